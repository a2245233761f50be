/**
 * Numbers that look random and are the same each time.
 *
 * @module
 */

const TWO_32 = 2 ** 32;

/** Numbers before these are thrown away: seeds that are alike would begin alike. */
const WARM_UP = 12;

/** The generator sfc32, which passes the usual tests and takes few operations. */
export class Random {
  #a = 0x9e37_79b9;
  #b = 0x243f_6a88;
  #c: number;
  #counter = 1;

  /** Begins with a seed, a whole number of 32 bits. */
  constructor(seed: number) {
    this.#c = seed | 0;
    for (let i = 0; i < WARM_UP; i++) this.next();
  }

  /** A number from 0 to below 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / TWO_32;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
}
