/**
 * Compares redis-server and this project with made-up sequences:
 * `deno task differential [SECONDS] [SEED] [PEER]`, by default for a minute, with a seed of the time and
 * against `cortado`; the peer `redis`, a second redis-server, tries the comparison itself. It tells one
 * failure for each theme and version of the protocol, and ends with 1 if there was any.
 */

import { startCortado } from "./cortado.ts";
import { makeSequence, THEMES } from "./sequences.ts";
import { startRedis } from "./sides.ts";
import { tryOut } from "./trial.ts";

const LENGTH = 150;

const seconds = numberAt(0, 60);
const seed = numberAt(1, Date.now() % 0x1_0000_0000);
const peer = Deno.args[2] ?? "cortado";

say(`differential: ${seconds} s, seed ${seed}, redis and ${peer}`);
const failed = await compareAll();
Deno.exit(failed ? 1 : 0);

async function compareAll(): Promise<boolean> {
  await using redis = await startRedis();
  await using other = peer === "redis" ? await startRedis() : await startCortado();
  const cases = THEMES.flatMap((theme) =>
    ([2, 3] as const).map((version) => ({ theme, version, key: `${theme.name} ${version}` }))
  );
  const failures = new Set<string>();
  const begin = Date.now();
  let sequences = 0;
  for (let i = 0; Date.now() < begin + seconds * 1_000; i++) {
    const { theme, version, key } = cases[i % cases.length]!;
    if (failures.size === cases.length) break;
    if (failures.has(key)) continue;
    sequences++;
    const sequence = makeSequence(theme, version, seed + i, LENGTH);
    const report = await tryOut([redis, other], `${theme.name}, seed ${seed + i}`, sequence);
    if (report === undefined) continue;
    say(report);
    failures.add(key);
  }
  const rate = Math.round(sequences * LENGTH / (Date.now() - begin) * 1_000);
  say(`differential: ${sequences} sequences, ${rate} commands/s, ${failures.size} failures`);
  return failures.size > 0;
}

function numberAt(index: number, otherwise: number): number {
  const text = Deno.args[index];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  say(
    `Cannot compare: "${text}" is not a number from 0; usage: differential.ts [SECONDS] [SEED] [PEER]`,
  );
  Deno.exit(2);
}

function say(line: string): void {
  // deno-lint-ignore no-console -- a program for the command line
  console.log(line);
}
