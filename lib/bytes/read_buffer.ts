/**
 * Bytes that have been received and not yet been taken by a decoder.
 *
 * @module
 */

import type { Input } from "./input.ts";
import { NO_BYTES } from "./no_bytes.ts";
import type { Slab } from "./slab.ts";

/**
 * The window of received bytes that messages are taken from. Whoever reads from the network appends to it;
 * a decoder sees it as an {@linkcode Input}.
 *
 * Bytes are never moved or overwritten once they are in the window: a view that `take` gave out stays as
 * it is for as long as its holder keeps it, or until `rewind` says that nobody does. A chunk that follows
 * the previous one in the same `ArrayBuffer` (a {@linkcode Slab} carves them so) extends the window without
 * a copy; any other chunk that arrives while bytes are waiting is copied behind them into a buffer that
 * grows with what was received, never with what a length field announces.
 *
 * @example
 * ```ts
 * import { ReadBuffer } from "@cortado/cortado/bytes";
 * import { assertEquals } from "@std/assert";
 *
 * const input = new ReadBuffer();
 * input.append(Uint8Array.of(1, 2, 3));
 * const first = input.take(2);
 * input.append(Uint8Array.of(4));
 * assertEquals([...first], [1, 2]);
 * assertEquals([...input.take(2)], [3, 4]);
 * assertEquals(input.offset, 4);
 * ```
 */
export class ReadBuffer implements Input {
  /** What the window lies in. Only `start` to `end` may be read; nothing may be written. */
  bytes: Uint8Array = NO_BYTES;
  /** Index in `bytes` of the first byte that waits. Only `take` and `skip` move it. */
  start = 0;
  /** Index in `bytes` one past the last byte that waits. */
  end = 0;
  /** Where `bytes` lies. */
  #buffer: ArrayBufferLike = NO_BYTES.buffer;
  #byteOffset = 0;
  /** Whether `bytes` was allocated here, so that what lies past `end` may be appended to. */
  #owned = false;
  /** The stream offset of `bytes[0]`. */
  #base = 0;
  /** How many waiting bytes the next message needs, 0 when that is unknown. */
  #need = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.end - this.start;
  }

  /** How many bytes of the stream were taken before `start`. */
  get offset(): number {
    return this.#base + this.start;
  }

  /** How many bytes are missing of those that a decoder asked for with `need`; 0 when none are. */
  get missing(): number {
    return Math.max(0, this.#need - this.length);
  }

  /**
   * Adds the next bytes of the stream. The chunk is kept instead of copied where possible: nobody may
   * write to it after this call.
   */
  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.start === this.end) this.#replace(chunk, chunk.length, false);
    else if (this.#owned && this.bytes.length - this.end >= chunk.length) {
      this.bytes.set(chunk, this.end);
      this.end += chunk.length;
    } else if (!this.#owned && this.#isNext(chunk)) {
      const joined = this.length + chunk.length;
      const at = this.#byteOffset + this.start;
      this.#replace(new Uint8Array(this.#buffer, at, joined), joined, false);
    } else this.#copyBoth(chunk);
  }

  /**
   * Takes the next `count` bytes, as a view that stays valid and unchanged. The view keeps the memory
   * block it lies in alive: copy what is kept for long.
   *
   * @throws {RangeError} When fewer bytes wait.
   */
  take(count: number): Uint8Array {
    const at = this.start;
    this.skip(count);
    if (count === 0) return NO_BYTES;
    // The constructor costs a third of `subarray`; to ask `bytes` where it lies costs as much again.
    return new Uint8Array(this.#buffer, this.#byteOffset + at, count);
  }

  /**
   * Takes the next `count` bytes without a view of them.
   *
   * @throws {RangeError} When fewer bytes wait.
   */
  skip(count: number): void {
    if (!(count >= 0 && count <= this.end - this.start)) {
      throw new RangeError(`Cannot take ${count} bytes: ${this.length} are waiting`);
    }
    this.start += count;
    this.#need = 0;
  }

  /**
   * Says that the next message is `count` bytes long from `start`. The decoder is not called again until
   * that many wait, and a message that arrives in many chunks is gathered with few copies.
   */
  need(count: number): void {
    this.#need = count;
  }

  /**
   * Lets the slab that the chunks come from use its block again. Nobody may look any more at what `take` gave
   * out since that block was made. What waits in it moves to its front when that makes much room, or, when it
   * is more than half of a full block, to memory of its own.
   */
  rewind(slab: Slab): void {
    const { length } = this;
    if (length === 0 || this.#owned) {
      slab.rewind();
    } else if (!slab.isIn(this.#buffer)) return;
    else if (slab.isWorthRewinding(length)) {
      this.#replace(slab.rewind(this.bytes.subarray(this.start, this.end)), length, false);
    } else if (slab.isFull) {
      this.#copyBoth(NO_BYTES);
      slab.rewind();
    }
  }

  #isNext(chunk: Uint8Array): boolean {
    return chunk.buffer === this.#buffer && chunk.byteOffset === this.#byteOffset + this.end;
  }

  #replace(bytes: Uint8Array, end: number, owned: boolean): void {
    this.#base += this.start;
    this.bytes = bytes;
    this.#buffer = bytes.buffer;
    this.#byteOffset = bytes.byteOffset;
    this.start = 0;
    this.end = end;
    this.#owned = owned;
  }

  #copyBoth(chunk: Uint8Array): void {
    const waiting = this.length;
    const received = waiting + chunk.length;
    // Twice what was received makes the copies of a long message linear; a known need caps it.
    const capacity = this.#need > received ? Math.min(this.#need, 2 * received) : 2 * received;
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes.subarray(this.start, this.end));
    grown.set(chunk, waiting);
    this.#replace(grown, received, true);
  }
}
