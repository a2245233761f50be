import { assertGreaterOrEqual } from "@std/assert";
import { Random } from "../../random.ts";
import { type Clock, openOn, START, turns } from "./helpers.ts";
import { History, type HistoryOptions } from "./history.ts";
import { MemoryDisk } from "./memory_disk.ts";
import { type Blows, Moments } from "./moments.ts";

/** How one process after the other lives on a disk. */
interface Life {
  readonly seeds: number;
  /** How many processes there are, each on what a killed one or a loss of power has left. */
  readonly processes: number;
  readonly history: HistoryOptions;
  readonly blows: Blows;
}

/** Small entries, so that a snapshot is made in one step. */
const SMALL: HistoryOptions = { steps: 60, keys: 10, longest: 60 };
/** Entries of which a snapshot takes several steps, which meet changes. */
const LARGE: HistoryOptions = { steps: 60, keys: 60, longest: 30_000 };

/** One process: its history, one disk that it may leave, and how many were looked at. */
async function lived(
  name: string,
  disk: MemoryDisk,
  clock: Clock,
  random: Random,
  { history: options, blows }: Life,
): Promise<[MemoryDisk, number]> {
  const largeWrite = random.of([1, 100, 100_000]);
  const pause = () => turns(random.below(8));
  const opened = await openOn(disk, { clock, pause, largeWrite });
  const history = new History(opened, random, options);
  const moments = new Moments(name, disk, history, random);
  moments.add(blows);
  disk.pace = () => turns(random.below(12));
  disk.onOperation = (operation) => void moments.add(blows, operation);
  await history.run();
  await opened.journal.close();
  const next = random.of(moments.all).disk.killed();
  await moments.check(clock);
  return [next, moments.all.length];
}

/** Processes one after the other; returns how often the power or the process went. */
async function livedAll(seed: number, life: Life): Promise<number> {
  const random = new Random(seed);
  const clock = { now: START };
  let disk = new MemoryDisk();
  let count = 0;
  for (let process = 0; process < life.processes; process++) {
    const name = `seed ${seed}, process ${process}`;
    const [next, moments] = await lived(name, disk, clock, random, life);
    disk = next;
    count += moments;
  }
  return count;
}

function test(name: string, least: number, life: Life): void {
  Deno.test({
    name: `Journal keeps what it told to be safe, and never a part of a request, ${name}`,
    permissions: "none",
    async fn() {
      let count = 0;
      for (let seed = 0; seed < life.seeds; seed++) count += await livedAll(seed, life);
      assertGreaterOrEqual(count, least);
    },
  });
}

test("over 4,000 losses of power and kills, at each operation of the disk", 4_000, {
  ...{ seeds: 14, processes: 4, history: SMALL, blows: { crashes: 2, kills: 1 } },
});
test("over 250 of them with snapshots of several steps", 250, {
  ...{ seeds: 5, processes: 1, history: LARGE, blows: { crashes: 1, kills: 1 } },
});
