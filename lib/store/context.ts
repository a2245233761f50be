/**
 * What the stores of a server share.
 *
 * @module
 */

/** The time of an access is kept in seconds, of which there are so many bits: they come again in 194 days... */
const ACCESS_BITS = 0xffffff;
const SECOND = 1_000;
/** ...less this: an access may seem to lie ahead by so many seconds, when the clock was set back. */
const SET_BACK = 3_600;

/** A clock, a source of versions, and switches. */
export class StoreContext {
  /** The time when the clock was last asked: near enough for what need not be exact, at no cost. */
  time: number;
  /** Whether reading an entry counts as an access. */
  touching = true;
  /** Whether entries that have expired are removed before they are met. */
  activeExpiry = true;
  /** How many entries were removed on request. */
  removals = 0;
  readonly #clock: () => number;
  #versions = 0;

  /** Takes a clock in milliseconds since 1970. */
  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
    this.time = clock();
  }

  /** Asks the clock. */
  now(): number {
    return this.time = this.#clock();
  }

  /** How many changes there were: each but a removal takes a version. */
  get changes(): number {
    return this.#versions + this.removals;
  }

  /** An access at this time, to be kept with an entry. */
  get access(): number {
    return Math.floor(this.time / SECOND) & ACCESS_BITS;
  }

  /** When an access was, in milliseconds since 1970: as late as the clock was known to be, by the second. */
  timeOfAccess(access: number): number {
    const seconds = Math.floor(this.time / SECOND);
    const ago = (seconds - access + SET_BACK & ACCESS_BITS) - SET_BACK;
    return (seconds - ago) * SECOND;
  }

  /** A version larger than each before. */
  nextVersion(): number {
    return ++this.#versions;
  }
}
