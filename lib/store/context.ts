/**
 * What the stores of a server share.
 *
 * @module
 */

import { Accesses } from "./accesses.ts";

/** A clock, sources of versions and of chance, and switches. */
export class StoreContext {
  /** The time when the clock was last asked: near enough for what need not be exact, at no cost. */
  time: number;
  /** Whether reading an entry counts as an access. */
  touching = true;
  /** Whether entries that have expired are removed before they are met. */
  activeExpiry = true;
  /** How many entries were removed on request. */
  removals = 0;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** How accesses are counted. */
  readonly accesses: Accesses;
  readonly #clock: () => number;
  #versions = 0;

  /** Takes a clock in milliseconds since 1970. */
  constructor(clock: () => number = Date.now, random: () => number = Math.random) {
    this.#clock = clock;
    this.random = random;
    this.accesses = new Accesses(random);
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

  /** A version larger than each before. */
  nextVersion(): number {
    return ++this.#versions;
  }
}
