/**
 * How often which times occurred.
 *
 * @module
 */

/** Each power of two is divided into so many parts: a time is told to 1 in 8. */
const PARTS = 8;
const PART_BITS = 3;
/** Longer times count as 2^31 microseconds, which is 35 minutes. */
const MAX_MICROS = 2 ** 31 - 1;

/** Counts times in microseconds, in buckets that grow with the time. */
export class Histogram {
  /** How many times were added. */
  count = 0;
  readonly #buckets = new Float64Array((32 - PART_BITS + 1) * PARTS);

  /** Adds a time, so many times over. */
  add(micros: number, times: number): void {
    this.count += times;
    this.#buckets[bucketOf(micros)]! += times;
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

function bucketOf(micros: number): number {
  const whole = Math.min(MAX_MICROS, Math.floor(micros));
  if (whole < PARTS) return whole;
  const exponent = 31 - Math.clz32(whole) - PART_BITS;
  return (exponent << PART_BITS) + (whole >>> exponent);
}

/** The longest whole time of a bucket. */
function endOf(bucket: number): number {
  if (bucket < PARTS) return bucket;
  const exponent = (bucket >>> PART_BITS) - 1;
  return (((bucket & (PARTS - 1)) + PARTS + 1) * 2 ** exponent) - 1;
}
