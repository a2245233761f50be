/**
 * What the stores of a server share.
 *
 * @module
 */

import { Accesses } from "./accesses.ts";
import { type Effects, NO_EFFECTS } from "./effects.ts";
import { Loans } from "./loans.ts";
import { Sections } from "./sections.ts";
import { SharedPool } from "./shared_pool.ts";

/** A clock, sources of versions and of chance, switches, and who is told of changes. */
export class StoreContext {
  /** The time when the clock was last asked: near enough for what need not be exact, at no cost. */
  time: number;
  /** Whether reading an entry counts as an access. */
  touching = true;
  /** Whether entries that have expired are removed before they are met. */
  activeExpiry = true;
  /** Whether what was written before is written again: nothing has expired then, whatever the clock says. */
  replaying = false;
  /** Who is told of each change. */
  effects: Effects = NO_EFFECTS;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** The values that replies hold as views. */
  readonly loans: Loans = new Loans();
  /** How accesses are counted. */
  readonly accesses: Accesses;
  /** What keeps readers in other threads from seeing changes half done; without it, there are none. */
  readonly sections: Sections | undefined;
  /** The memory that such threads have read and that nobody uses; without them, there is none. */
  readonly pool: SharedPool | undefined;
  readonly #clock: () => number;
  #versions = 0;

  /** Takes a clock in milliseconds since 1970; `shared` says whether other threads read the stores. */
  constructor(
    clock: () => number = Date.now,
    random: () => number = Math.random,
    shared: boolean = false,
  ) {
    this.#clock = clock;
    this.random = random;
    this.accesses = new Accesses(random);
    this.sections = shared ? new Sections() : undefined;
    this.pool = shared ? new SharedPool() : undefined;
    this.time = clock();
  }

  /** Asks the clock. */
  now(): number {
    return this.time = this.#clock();
  }

  /** The largest version that was given: as many changes there were. */
  get version(): number {
    return this.#versions;
  }

  /** Makes the next version a larger one than this; while replaying also a smaller one, which was given before. */
  continueFrom(version: number): void {
    this.#versions = version;
  }

  /** A version larger than each before. */
  nextVersion(): number {
    return ++this.#versions;
  }
}
