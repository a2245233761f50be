/**
 * How long each of many operations took.
 *
 * @module
 */

/** What many times amount to; all in milliseconds. */
export interface LatencyFigures {
  /** How many there were. */
  readonly count: number;
  /** The mean. */
  readonly mean: number;
  /** The median. */
  readonly p50: number;
  /** What one of 100 exceeds. */
  readonly p99: number;
  /** What one of 1,000 exceeds. */
  readonly p999: number;
  /** What one of 10,000 exceeds. */
  readonly p9999: number;
  /** The longest. */
  readonly max: number;
  /** How many were longer than a millisecond. */
  readonly over1ms: number;
}

/** Sums up times in milliseconds; there must be one at least. */
export function latencyFigures(times: ArrayLike<number>): LatencyFigures {
  const sorted = Float64Array.from(times).sort();
  const count = sorted.length;
  const at = (part: number) => sorted[Math.ceil(part * count) - 1]!;
  return {
    count,
    mean: sorted.reduce((sum, time) => sum + time, 0) / count,
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    p9999: at(0.9999),
    max: at(1),
    over1ms: sorted.reduce((slow, time) => time > 1 ? slow + 1 : slow, 0),
  };
}
