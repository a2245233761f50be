/** Losses of power and kills at each operation of the disk, in histories that are made at random. */

import { JournalError } from "../../../lib/store/mod.ts";
import { Random } from "../../random.ts";
import { type Clock, dump, openOn, START, turns } from "./helpers.ts";
import { History } from "./history.ts";
import { MemoryDisk } from "./memory_disk.ts";
import { assert, assertEquals } from "@std/assert";

/** How many histories there are, and how many ends of each at one operation. */
const HISTORIES = 40;
const CRASHES = 3;

/** What a disk was when its process ended, and how much of the history must be there. */
interface End {
  readonly disk: MemoryDisk;
  readonly least: number;
  readonly what: string;
}

/** What ends are tried with. */
interface Trial {
  readonly history: History;
  readonly ends: readonly End[];
  readonly clock: Clock;
}

/** Carries out a history, and keeps what a disk may be at each of its operations. */
async function run(seed: number): Promise<Trial> {
  const random = new Random(seed);
  const disk = new MemoryDisk();
  const clock = { now: START };
  const ends: End[] = [];
  disk.pace = () => turns(random.below(6));
  const opened = await openOn(disk, { clock, pause: () => turns(random.below(3)) });
  const history = new History(opened, random, { requests: 60, keys: 6, longest: 40 });
  disk.onOperation = ({ number, kind, bytes, file }) => {
    const what = `seed ${seed}, operation ${number}, ${kind} ${file}`;
    for (let crash = 0; crash < CRASHES; crash++) {
      ends.push({ disk: disk.crashed(random), least: history.durable, what: `crash: ${what}` });
    }
    const torn = bytes && { file, bytes: bytes.subarray(0, random.below(bytes.length + 1)) };
    ends.push({ disk: disk.killed(torn), least: history.written, what: `kill: ${what}` });
    return undefined;
  };
  await history.run();
  disk.onOperation = () => undefined;
  await opened.journal.close();
  return { history, ends, clock };
}

/** Asserts that a disk has what was there after some request, which is not before the least. */
async function check({ disk, least, what }: End, texts: readonly string[], clock: Clock) {
  try {
    const { databases, journal } = await openOn(disk, { clock });
    const found = texts.lastIndexOf(dump(databases));
    assert(found >= least, `${what}: it has request ${found} of ${texts.length}, not ${least}`);
    databases.at(0).set(Uint8Array.of(7), Uint8Array.of(7));
    assertEquals(await journal.settle(true), undefined);
    const next = dump(databases);
    const again = await openOn(disk.crashed(new Random(least)), { clock });
    assertEquals(dump(again.databases), next, what); // What was cut does not come back.
  } catch (cause) {
    if (cause instanceof JournalError) throw new Error(`${what}: ${cause.message}`);
    throw cause;
  }
}

Deno.test({
  name: "a journal has all up to some request after a loss of power or a kill at any operation",
  permissions: "none",
  async fn() {
    let ends = 0;
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const trial = await run(seed);
      const texts = trial.history.texts(trial.clock.now);
      for (const end of trial.ends) await check(end, texts, trial.clock);
      ends += trial.ends.length;
    }
    assert(ends > 5_000, `only ${ends} ends were tried`);
  },
});
