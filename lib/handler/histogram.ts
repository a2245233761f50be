/**
 * How often which times occurred.
 *
 * @module
 */

/** Each power of two is divided into so many parts: a time is told to 1 in 32. */
const PARTS = 32;
const PART_BITS = 5;
/** The least times that are told apart: so many are a microsecond. */
const UNITS = 16;
/** Longer times count as 2^28 microseconds, which is 268 seconds. */
const LAST_UNIT = 2 ** 32 - 1;

/** How many buckets a histogram has. */
export const BUCKETS: number = (32 - PART_BITS + 1) * PARTS;

/**
 * Counts times in microseconds, in buckets that grow with the time: what is told of a time is not below it,
 * and above it by at most 1 in 32, or by 1/16 of a microsecond when it is shorter than 2.
 */
export class Histogram {
  /** How many times were added. */
  count = 0;
  /** Their sum, in microseconds. */
  sum = 0;
  readonly #buckets = new Float64Array(BUCKETS);

  /** Adds a time, so many times over. */
  add(micros: number, times: number): void {
    this.count += times;
    this.sum += micros * times;
    this.#buckets[bucketOf(micros)]! += times;
  }

  /** Adds times that {@linkcode bucketOf} has sorted: how many to each bucket, and their sum in microseconds. */
  addSorted(buckets: Float64Array, sum: number): void {
    this.sum += sum;
    for (let at = 0; at < BUCKETS; at++) {
      this.count += buckets[at]!;
      this.#buckets[at]! += buckets[at]!;
    }
  }

  /** The time that so many percent of all are not above. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil(this.count * percent / 100));
    let seen = 0;
    for (const [at, times] of this.#buckets.entries()) {
      seen += times;
      if (times > 0 && seen >= wanted) return endOf(at);
    }
    return 0;
  }

  /** The times that occurred, as {@linkcode Histogram.percentile} tells them, each with how often it did. */
  times(): (readonly [micros: number, count: number])[] {
    const rows: [number, number][] = [];
    for (let at = 0; at < this.#buckets.length; at++) {
      const times = this.#buckets[at]!;
      if (times > 0) rows.push([endOf(at), times]);
    }
    return rows;
  }

  /** Adds all times of another one. */
  include(other: Histogram): void {
    this.count += other.count;
    this.sum += other.sum;
    for (let at = 0; at < this.#buckets.length; at++) this.#buckets[at]! += other.#buckets[at]!;
  }

  /** For each power of two up to the longest time, how many times were not above it. */
  cumulative(): (readonly [micros: number, count: number])[] {
    const rows: [number, number][] = [];
    let seen = 0;
    for (const [at, times] of this.#buckets.entries()) {
      if (times === 0) continue;
      seen += times;
      const power = 2 ** Math.ceil(Math.log2(Math.max(1, endOf(at))));
      const last = rows.at(-1);
      if (last?.[0] === power) last[1] = seen;
      else rows.push([power, seen]);
    }
    return rows;
  }
}

/**
 * Which of a histogram's buckets a time in microseconds is counted in. A bucket has its end, and not its start:
 * what is told as `not above` a power of two is exact.
 */
export function bucketOf(micros: number): number {
  const unit = Math.max(0, Math.min(LAST_UNIT, Math.ceil(micros * UNITS) - 1));
  if (unit < PARTS) return unit;
  const exponent = 31 - Math.clz32(unit) - PART_BITS;
  return (exponent << PART_BITS) + (unit >>> exponent);
}

/** The longest time of a bucket. */
function endOf(bucket: number): number {
  if (bucket < PARTS) return (bucket + 1) / UNITS;
  const exponent = (bucket >>> PART_BITS) - 1;
  return ((bucket & (PARTS - 1)) + PARTS + 1) * 2 ** exponent / UNITS;
}
