/** This project against redis-server, reply by reply. `differential.ts` does the same for longer. */

import { assertEquals } from "@std/assert";
import { startCortado } from "./cortado.ts";
import { arityOf, makeSequence, NAMES, THEMES } from "./sequences.ts";
import { isInstalled, type Side, startRedis } from "./sides.ts";
import { tryOut } from "./trial.ts";
import { WRITTEN } from "./written.ts";

/** Sequences for each theme and version of the protocol. */
const SEEDS = 20;
const LENGTH = 80;

const installed = await isInstalled();
const reason = installed ? "" : " (ignored: redis-server is not installed)";

/** Tests something with a new server on each side. */
function test(name: string, fn: (sides: readonly [Side, Side]) => Promise<void>): void {
  Deno.test({
    name: `the server answers as redis-server: ${name}${reason}`,
    ignore: !installed,
    async fn() {
      await using redis = await startRedis();
      await using cortado = await startCortado();
      await fn([redis, cortado]);
    },
  });
}

for (const version of [2, 3] as const) {
  for (const theme of THEMES) {
    test(`${theme.name}, in RESP${version}`, async (sides) => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const sequence = makeSequence(theme, version, seed, LENGTH);
        assertEquals(await tryOut(sides, `${theme.name}, seed ${seed}`, sequence), undefined);
      }
    });
  }

  test(`each command with 0 to 5 arguments, in RESP${version}`, async (sides) => {
    const reports: string[] = [];
    for (const name of NAMES) {
      const report = await tryOut(sides, name, arityOf(name, version));
      if (report !== undefined) reports.push(report);
    }
    assertEquals(reports, []);
  });
}

for (const [name, sequences] of Object.entries(WRITTEN)) {
  test(name, async (sides) => {
    for (const sequence of sequences) {
      assertEquals(await tryOut(sides, name, sequence), undefined);
    }
  });
}
