/**
 * Loads on several servers in turn.
 *
 * A machine that does other things too is slower at some times than at others. So what is compared runs in
 * short slices, one server after the other, and the figures are the median of the slices, and the quartile
 * on the side where nothing disturbs.
 *
 * @module
 */

import type { LoadError } from "./error.ts";
import type { Load, Slice } from "./load.ts";
import { Tally } from "./tally.ts";

/** How servers take turns. */
export interface RoundsOptions {
  /** How often each is measured. */
  readonly rounds: number;
  /** What each does in a round. */
  readonly slice: Slice;
  /** How long each does the same before that, in milliseconds, which is not counted; 0: not at all. */
  readonly warmup: number;
  /** Ends it early; what was measured is returned. */
  readonly signal: AbortSignal;
  /** Called before each slice: whose it is, and in which round, from 0; -1 for the time before. */
  readonly onTurn?: (name: string, round: number) => void;
}

/** What came of a load on one server. */
export interface LoadResult {
  /** The name of the server. */
  readonly name: string;
  /** What each round has counted. */
  readonly rounds: readonly Tally[];
  /** All rounds together. */
  readonly total: Tally;
  /** What stopped the load; undefined when nothing did. */
  readonly failure: LoadError | undefined;
}

/**
 * Runs loads in turn; each round begins with another one. A load that fails is left out from then on.
 *
 * @param loads The loads by the names of their servers.
 */
export async function takeTurns(
  loads: ReadonlyMap<string, Load>,
  { rounds, slice, warmup, signal, onTurn = () => {} }: RoundsOptions,
): Promise<LoadResult[]> {
  const names = [...loads.keys()];
  const tallies = new Map(names.map((name) => [name, [] as Tally[]]));
  for (let round = warmup > 0 ? -1 : 0; round < rounds; round++) {
    for (const turn of names.keys()) {
      const name = names[(turn + round + 1) % names.length]!;
      const load = loads.get(name)!;
      if (signal.aborted || load.failure !== undefined) continue;
      onTurn(name, round);
      const { rate } = slice;
      const tally = await load.run(round < 0 ? { duration: warmup, rate } : slice, signal);
      if (round >= 0) tallies.get(name)!.push(tally);
    }
  }
  return names.map((name) => {
    const total = new Tally();
    for (const tally of tallies.get(name)!) total.merge(tally);
    return { name, rounds: tallies.get(name)!, total, failure: loads.get(name)!.failure };
  });
}

/** A figure of several rounds. */
export interface Spread {
  /** The median. */
  readonly median: number;
  /** The quartile on the better side: what it is when nothing disturbs. */
  readonly quartile: number;
}

/** The spread of a figure, of which `better` says whether more of it is better, or less. */
export function spreadOf(values: readonly number[], better: "more" | "less"): Spread {
  const sorted = values.toSorted((a, b) => better === "less" ? a - b : b - a);
  const last = sorted.length - 1;
  const at = (place: number) => sorted[place] ?? 0;
  const median = (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2;
  return { median, quartile: at(Math.round(last / 4)) };
}
