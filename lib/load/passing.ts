/**
 * Replies whose size is known: passed over as they come, or taken whole.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import { REPLY } from "./protocol.ts";

/**
 * Passes over replies as they come, so that a long value is not gathered.
 *
 * Each scanner has one, and none inherits from it: so its methods see objects of one class only, whatever a
 * program speaks, and stay as fast as if they were written in each.
 */
export class Passing {
  /** How many bytes of a reply are still to be passed over. */
  #left = 0;
  #reply: number = REPLY.DONE;

  /** Whether a reply was passed over in part: `goOn` is what comes next. */
  get isHalfway(): boolean {
    return this.#left > 0;
  }

  /** Passes over a reply of `size` bytes; gives what it says when all of it has come. */
  begin(input: Input, size: number, reply: number): number | undefined {
    if (size <= input.length) {
      input.skip(size);
      return reply;
    }
    this.#left = size;
    this.#reply = reply;
    return this.goOn(input);
  }

  /** Passes over what has come since; gives what the reply says when that was the rest. */
  goOn(input: Input): number | undefined {
    const count = Math.min(this.#left, input.length);
    input.skip(count);
    this.#left -= count;
    return this.#left === 0 ? this.#reply : undefined;
  }
}

/** Takes a reply of `size` bytes when all of it has come. */
export function takeWhole(input: Input, size: number): Uint8Array | undefined {
  if (input.length >= size) return input.take(size);
  input.need(size);
  return undefined;
}
