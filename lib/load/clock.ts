/**
 * The time, and waiting.
 *
 * @module
 */

import { nextTurn } from "../server/turn.ts";

/** The time as a load sees it, so that tests can have one of their own. */
export interface Clock {
  /** The time in milliseconds, from any beginning. */
  now(): number;
  /** Waits so many milliseconds or less; the event loop turns once at least. */
  pause(milliseconds: number): Promise<void>;
}

/** Timers are late by up to a millisecond, and by more when much is to be done. */
const TIMER_ERROR = 2;

/**
 * The time of this machine. What is left of a pause when timers are too coarse for it is spent in turns of
 * the event loop: a request is sent when it is due, and not with the next tick of a timer.
 */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  pause: (milliseconds) =>
    milliseconds > TIMER_ERROR
      ? new Promise((resolve) => setTimeout(resolve, milliseconds - TIMER_ERROR))
      : nextTurn(),
};
