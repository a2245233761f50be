/**
 * Figures per second.
 *
 * @module
 */

/** A sample is taken no more often than this, in milliseconds. */
const INTERVAL = 100;
/** A rate is that of so many samples: about two seconds. */
const SAMPLES = 16;

/** How fast counters grow. */
export class Rates {
  /** When each sample was taken, and the counters then; the oldest first. */
  readonly #samples: { readonly time: number; readonly counts: readonly number[] }[] = [];

  /** Looks at the counters, unless that was just done. They are told in the same order each time. */
  sample(time: number, ...counts: readonly number[]): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && time - last.time < INTERVAL) return;
    this.#samples.push({ time, counts });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  /** How much the counter of a place has grown per second of late; 0 while too little is known. */
  of(place: number): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.time <= first.time) return 0;
    const grown = last.counts[place]! - first.counts[place]!;
    return Math.max(0, grown * 1_000 / (last.time - first.time));
  }

  /** Forgets all samples, as when the counters have begun again. */
  reset(): void {
    this.#samples.length = 0;
  }
}
