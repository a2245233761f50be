/**
 * A thread that looks at its rings, and sleeps when there is nothing in them.
 *
 * @module
 */

import { nextTurn } from "../turn.ts";
import type { Bell } from "./bell.ts";

/** So many turns of the event loop without anything to do, of 3 us each, and the thread sleeps. */
const TURNS = 20;

/** Nobody sleeps for longer, in milliseconds: what was sent without a ring is found then. */
const LONGEST_SLEEP = 1_000;

/** What a poller does. */
export interface PollerOptions {
  /** Does what there is to do; returns whether there was anything. */
  readonly step: () => boolean;
  /** Whether something is likely to come soon, so that it pays to look again and again. */
  readonly expects: () => boolean;
  /** Whether something could not be sent for want of room. */
  readonly wantsRoom: () => boolean;
  /** Called before each sleep. */
  readonly beforeSleep?: () => void;
}

/** Calls a step for as long as there is something to do, then sleeps until the bell rings. */
export class Poller {
  readonly #bell: Bell;
  readonly #options: PollerOptions;
  #idle = 0;
  #awake = false;
  #stopped = false;
  /** The end of a sleep; it may lie in the future though the thread is awake: it is waited for again then. */
  #sleep: Promise<void> | undefined = undefined;
  #running: Promise<void> = Promise.resolve();

  /** Does nothing before `wake`. */
  constructor(bell: Bell, options: PollerOptions) {
    this.#bell = bell;
    this.#options = options;
  }

  /** Looks from now on, until nothing has come for a while. */
  wake(): void {
    this.#idle = 0;
    if (this.#awake || this.#stopped) return;
    this.#awake = true;
    this.#bell.rise();
    this.#running = this.#run();
  }

  /** Looks no more; resolves when the last look is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#bell.wake();
    // A wait for shared memory keeps no event loop alive: with nothing else left, its end would not be seen.
    const alive = setInterval(() => {}, LONGEST_SLEEP);
    await Promise.all([this.#running, this.#sleep]);
    clearInterval(alive);
  }

  async #run(): Promise<void> {
    const { step, expects } = this.#options;
    while (!this.#stopped) {
      this.#idle = step() ? 0 : this.#idle + 1;
      if (this.#idle > (expects() ? TURNS : 1) && this.#fallAsleep()) return;
      await nextTurn();
    }
  }

  /** Sleeps, unless there is something to do after all. */
  #fallAsleep(): boolean {
    const { step, wantsRoom, beforeSleep } = this.#options;
    beforeSleep?.();
    this.#bell.lie(wantsRoom());
    if (step()) {
      this.#bell.rise();
      this.#idle = 0;
      return false;
    }
    if (this.#sleep === undefined) {
      const wait = this.#bell.wait(LONGEST_SLEEP);
      if (wait === undefined) return false;
      this.#sleep = wait.then(() => {
        this.#sleep = undefined;
        this.wake();
      });
    }
    this.#awake = false;
    return true;
  }
}
