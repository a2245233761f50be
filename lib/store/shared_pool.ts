/**
 * Shared memory that is used again.
 *
 * @module
 */

/**
 * Keeps shared memory that was given away for the next who needs as much. It is not left to the collection of
 * garbage: each thread that has read it would have to collect, and V8 does not count shared memory as a reason to.
 * Where 300 MB were written and removed again and again beside one reader, each round took 290 MB more.
 *
 * @example
 * ```ts
 * import { SharedPool } from "@cortado/cortado/store";
 * import { assert } from "@std/assert";
 *
 * const pool = new SharedPool();
 * const first = pool.take(64);
 * assert(pool.take(64) !== first);
 * pool.give(first);
 * assert(pool.take(64) === first);
 * ```
 */
export class SharedPool {
  readonly #bySize = new Map<number, SharedArrayBuffer[]>();

  /** Memory of a size; what is in it is left from before. */
  take(bytes: number): SharedArrayBuffer {
    return this.#bySize.get(bytes)?.pop() ?? new SharedArrayBuffer(bytes);
  }

  /** Takes memory back that its owner needs no more; readers may still look at it. */
  give(buffer: SharedArrayBuffer): void {
    const { byteLength } = buffer;
    const free = this.#bySize.get(byteLength);
    if (free === undefined) this.#bySize.set(byteLength, [buffer]);
    else free.push(buffer);
  }
}
