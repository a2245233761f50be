/**
 * Measuring on a machine that does other things too.
 *
 * Virtual processors stop for 10 to 500 ms at random, and a stop is charged to whoever runs. So runs are
 * short (most are not hit), many, and interleaved (what is compared has the same weather), and the
 * figures are the median and the quartile on the clean side; what is compared is a ratio of them.
 *
 * @module
 */

/** How long one run should take, in milliseconds. */
export const RUN_TIME = 20;

/** A run within this factor of the clean-side quartile counts as clean. */
const CLEAN = 1.5;

/** Something that is measured. */
export interface Subject<S> {
  /** Its name in tables. */
  readonly name: string;
  /** Measures one short run. */
  readonly run: () => S | Promise<S>;
}

/** Some measurements of which less is better, summed up. */
export interface Spread {
  /** The median. */
  readonly median: number;
  /** The lower quartile: what it takes when nothing disturbs. */
  readonly quartile: number;
  /** Which part of the runs was within 1.5 times the quartile. Under a third: measure again. */
  readonly clean: number;
}

/**
 * Runs every subject `rounds` times, in turn, beginning with another one each round; one round before
 * them is not counted.
 *
 * @returns The samples by the name of their subject.
 */
export async function interleave<S>(
  rounds: number,
  subjects: readonly Subject<S>[],
): Promise<Map<string, S[]>> {
  const samples = new Map<string, S[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const { name, run } of inTurn(subjects, round + 1)) {
      const sample = await run();
      if (round >= 0) samples.get(name)!.push(sample);
    }
  }
  return samples;
}

/** All of `subjects` in the order of a round: each round begins with another one. */
export function inTurn<T>(subjects: readonly T[], round: number): T[] {
  return subjects.map((_, turn) => subjects[(turn + round) % subjects.length]!);
}

/** Sums up measurements of which less is better. */
export function spreadOf(values: readonly number[]): Spread {
  const quartile = quantile(values, 0.25);
  const clean = values.filter((value) => value <= CLEAN * quartile).length / values.length;
  return { median: quantile(values, 0.5), quartile, clean };
}

/** The value below which the given part of `values` lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(part * (sorted.length - 1))] ?? NaN;
}

/**
 * How many times `work` fits into a run of `runTime` milliseconds, by the fastest of a few trials; they
 * warm it up as well.
 */
export async function calibrate(
  work: (times: number) => number | Promise<number>,
  warmUp = 300,
  runTime = RUN_TIME,
): Promise<number> {
  let times = 1;
  let best = Infinity;
  for (let spent = 0; spent < warmUp;) {
    const took = await work(times);
    best = Math.min(best, took / times);
    spent += Math.max(took, 0.1);
    times = Math.max(1, Math.round(runTime / best));
  }
  return times;
}

/** How long a synchronous piece of work takes when it is done `times` times, in milliseconds. */
export function timeOf(work: () => void, times: number): number {
  const start = performance.now();
  for (let i = 0; i < times; i++) work();
  return performance.now() - start;
}
