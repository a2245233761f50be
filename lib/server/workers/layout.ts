/**
 * The memory that a worker shares with the store's thread.
 *
 * @module
 */

import { ANSWERED_BYTES } from "./answered.ts";
import { Bell, BELL_BYTES } from "./bell.ts";
import { Ring, RING_BYTES } from "./ring.ts";

/** One side of what the two threads share. */
export interface Layout {
  /** From the worker. */
  readonly up: Ring;
  /** To the worker. */
  readonly down: Ring;
  /** Wakes the worker. */
  readonly bell: Bell;
}

/** Where in it the figures of what the worker has answered begin. */
export const ANSWERED_AT: number = 2 * RING_BYTES + BELL_BYTES;

/** The memory for one worker. */
export function newRings(): SharedArrayBuffer {
  return new SharedArrayBuffer(ANSWERED_AT + ANSWERED_BYTES);
}

/** One side of what is in such memory. */
export function layout(rings: SharedArrayBuffer): Layout {
  return {
    up: new Ring(rings, 0),
    down: new Ring(rings, RING_BYTES),
    bell: new Bell(rings, 2 * RING_BYTES),
  };
}
