/**
 * How often which values occurred, from the least to the largest, with an error that is bounded.
 *
 * @module
 */

/** Each power of two is divided into so many parts. */
const PARTS = 128;
const PART_BITS = 7;

/** Larger values count as this one: in nanoseconds it is 4.9 hours. */
const MAX_VALUE = 2 ** 44 - 1;
const MAX_BITS = 44;
const BUCKETS = (MAX_BITS - PART_BITS + 1) * PARTS;

const TWO_32 = 2 ** 32;

/** A bucket that has values. */
export interface Bucket {
  /** The least value that belongs into it. */
  readonly from: number;
  /** The largest value that belongs into it. */
  readonly to: number;
  /** How many values it has. */
  readonly count: number;
}

/**
 * A histogram of high dynamic range: whole numbers from 0 to 2^44 - 1, such as nanoseconds up to 4.9 hours.
 *
 * Values below 256 are kept as they are. Each power of two above is divided into 128 buckets of one size, so
 * that what is told of a value is at most 0.8% more than it was, and never less. Histograms can be added
 * up: what comes out is that of all their values.
 *
 * @example
 * ```ts
 * import { Histogram } from "@cortado/cortado/load";
 * import { assertEquals } from "@std/assert";
 *
 * const times = new Histogram();
 * times.add(100, 99); // 99 times 100
 * times.add(1_000_000);
 * assertEquals(times.percentile(99), 100);
 * assertEquals([times.min, times.max, times.mean], [100, 1_000_000, 10_099]);
 * ```
 */
export class Histogram {
  /** How many values there are. */
  count = 0;
  /** The least value; 0 when there is none. */
  min = 0;
  /** The largest value, exactly; 0 when there is none. */
  max = 0;
  #sum = 0;
  readonly #buckets = new Float64Array(BUCKETS);

  /** The mean, exactly; 0 when there are no values. */
  get mean(): number {
    return this.count === 0 ? 0 : this.#sum / this.count;
  }

  /** Adds a value, so many times over. What is below 0 counts as 0, and parts of a whole are cut off. */
  add(value: number, times = 1): void {
    const whole = value > 0 ? Math.min(MAX_VALUE, Math.floor(value)) : 0;
    if (this.count === 0 || whole < this.min) this.min = whole;
    if (whole > this.max) this.max = whole;
    this.count += times;
    this.#sum += whole * times;
    this.#buckets[bucketOf(whole)]! += times;
  }

  /** Adds all values of another histogram, which stays as it is. */
  merge(other: Histogram): void {
    if (other.count === 0) return;
    this.min = this.count === 0 ? other.min : Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.count += other.count;
    this.#sum += other.#sum;
    for (const [at, times] of other.#buckets.entries()) this.#buckets[at]! += times;
  }

  /**
   * The value that so many percent of all are not above: the largest of its bucket, and not above the
   * largest of all. 0 when there are no values.
   */
  percentile(percent: number): number {
    const wanted = Math.min(this.count, Math.max(1, Math.ceil(this.count * percent / 100)));
    let seen = 0;
    for (const { to, count } of this.buckets()) {
      seen += count;
      if (seen >= wanted) return to;
    }
    return 0;
  }

  /** The buckets that have values, in order; the last one ends with the largest value. */
  *buckets(): Generator<Bucket> {
    for (const [at, count] of this.#buckets.entries()) {
      if (count > 0) {
        yield { from: startOf(at), to: Math.min(this.max, startOf(at + 1) - 1), count };
      }
    }
  }
}

/** The bits below the first eight that are set are cut off: that many, and what is left, name the bucket. */
function bucketOf(value: number): number {
  if (value < 2 * PARTS) return value;
  const bits = value < TWO_32 ? 32 - Math.clz32(value) : 64 - Math.clz32(value / TWO_32);
  const cut = bits - PART_BITS - 1;
  return cut * PARTS + Math.floor(value / 2 ** cut);
}

function startOf(bucket: number): number {
  if (bucket < 2 * PARTS) return bucket;
  const cut = Math.floor(bucket / PARTS) - 1;
  return (bucket - cut * PARTS) * 2 ** cut;
}
