/**
 * Keys of which some are asked for more often than others.
 *
 * @module
 */

import type { Random } from "./random.ts";

/**
 * Draws numbers from 0 to below `size`, of which the one at place `n` (from 1) is drawn in proportion to
 * `1 / n ** skew`. It takes no table: rejection inversion, after W. Hörmann and G. Derflinger, "Rejection-
 * inversion to generate variates from monotone discrete distributions" (1996).
 */
export class Zipf {
  readonly #size: number;
  readonly #skew: number;
  readonly #first: number;
  readonly #last: number;
  readonly #sure: number;

  /** Takes how many numbers there are, from 1, and how unequal they are, above 0. */
  constructor(size: number, skew: number) {
    this.#size = size;
    this.#skew = skew;
    this.#first = this.#area(1.5) - 1;
    this.#last = this.#area(size + 0.5);
    this.#sure = 2 - this.#inverse(this.#area(2.5) - this.#height(2));
  }

  /** Draws a number. */
  draw(random: Random): number {
    for (;;) {
      const area = this.#last + random.next() * (this.#first - this.#last);
      const x = this.#inverse(area);
      const place = Math.min(this.#size, Math.max(1, Math.round(x)));
      const isInside = place - x <= this.#sure ||
        area >= this.#area(place + 0.5) - this.#height(place);
      if (isInside) return place - 1;
    }
  }

  #height(x: number): number {
    return x ** -this.#skew;
  }

  /** The integral of the height, up to a constant. */
  #area(x: number): number {
    const log = Math.log(x);
    const exponent = (1 - this.#skew) * log;
    return log * (exponent === 0 ? 1 : Math.expm1(exponent) / exponent);
  }

  #inverse(area: number): number {
    const scaled = Math.max(-1, area * (1 - this.#skew));
    return Math.exp(area * (scaled === 0 ? 1 : Math.log1p(scaled) / scaled));
  }
}
