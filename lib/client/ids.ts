/**
 * Request ids.
 *
 * @module
 */

/** The bit that the ids of quiet requests have and all others have not. */
const QUIET_BIT = 0x8000_0000;
const MAX_COUNT = 0x7fff_ffff;

/** More requests than this cannot be in flight: half of the ids are for quiet ones. */
export const MAX_IN_FLIGHT: number = 2 ** 30;

/**
 * Gives out request ids, unsigned 32-bit numbers: the lower half for requests that are answered, the upper
 * half for quiet ones. So the late error of a quiet request is told from an answer without remembering
 * which quiet requests were sent.
 */
export class Ids {
  #next: number;
  #nextQuiet = 0;

  /** Starts at `first`, a number below 2^31. */
  constructor(first = 0) {
    this.#next = first;
  }

  /** The next id that is not `taken`. */
  next(taken: { has(id: number): boolean }): number {
    let id: number;
    do {
      id = this.#next;
      this.#next = id === MAX_COUNT ? 0 : id + 1;
    } while (taken.has(id));
    return id;
  }

  /** The next id for a quiet request. */
  nextQuiet(): number {
    const count = this.#nextQuiet;
    this.#nextQuiet = count === MAX_COUNT ? 0 : count + 1;
    return QUIET_BIT + count;
  }
}

/** Whether an id is that of a quiet request. */
export function isQuietId(id: number): boolean {
  return id >= QUIET_BIT;
}
