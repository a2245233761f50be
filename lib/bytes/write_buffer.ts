/**
 * Bytes that are about to be sent.
 *
 * @module
 */

/**
 * A payload of at least this many bytes is chained instead of copied: one more write call costs about as
 * much as copying so much (measured in `bench/bytes_bench.ts`).
 */
export const CHAIN_THRESHOLD = 65_536;

/** The room a new buffer starts with, in bytes. */
const FIRST_BLOCK = 4_096;

/** A payload shorter than this is copied faster by a loop than by `set` (11 against 14 ns for 16 bytes). */
const LOOP_COPY = 24;

const UTF8 = new TextEncoder();

/** A payload that was not copied, and the place in the block before which it belongs. */
interface Chained {
  readonly at: number;
  readonly payload: Uint8Array;
}

/**
 * Where encoders append their bytes.
 *
 * Small payloads are copied into one growing block, large ones are chained: kept as they are and handed
 * out between two pieces of the block. A length that is known only later is reserved and patched.
 * All integers are big-endian.
 *
 * @example
 * ```ts
 * import { WriteBuffer } from "@cortado/cortado/bytes";
 * import { concat } from "@std/bytes";
 * import { assertEquals } from "@std/assert";
 *
 * const out = new WriteBuffer();
 * const length = out.reserve(2);
 * out.text("héllo");
 * out.patchU16(length, out.length - 2);
 * assertEquals(concat(out.drain()), Uint8Array.of(0, 6, 104, 195, 169, 108, 108, 111));
 * assertEquals(out.length, 0);
 * ```
 */
export class WriteBuffer {
  #block = new Uint8Array(FIRST_BLOCK);
  /** How many bytes of the block are in use. */
  #used = 0;
  readonly #chained: Chained[] = [];
  #chainedBytes = 0;

  /** How many bytes were appended since the last `drain` or `clear`. */
  get length(): number {
    return this.#used + this.#chainedBytes;
  }

  /** How many of them were copied, and so take memory of this buffer. */
  get copied(): number {
    return this.#used;
  }

  /** How much memory the buffer holds, in bytes. */
  get capacity(): number {
    return this.#block.length;
  }

  /** Appends `count` bytes of any content and returns their place, for the `patch` methods. */
  reserve(count: number): number {
    const at = this.#used;
    if (at + count > this.#block.length) this.#grow(at + count);
    this.#used = at + count;
    return at;
  }

  /** Appends one byte. */
  u8(value: number): void {
    const at = this.reserve(1);
    this.#block[at] = value;
  }

  /** Appends a 16-bit integer. */
  u16(value: number): void {
    this.patchU16(this.reserve(2), value);
  }

  /** Appends a 32-bit integer. */
  u32(value: number): void {
    this.patchU32(this.reserve(4), value);
  }

  /**
   * Appends a whole number as 64 bits.
   *
   * @throws {RangeError} When it is negative or above `Number.MAX_SAFE_INTEGER`.
   */
  u64(value: number): void {
    if (!(Number.isSafeInteger(value) && value >= 0)) {
      throw new RangeError(
        `Cannot write ${value} as a u64: it must be a whole number from 0 to 2^53 - 1`,
      );
    }
    this.u32(Math.floor(value / 0x1_0000_0000));
    this.u32(value >>> 0);
  }

  /** Appends a signed 64-bit integer. Bits above the 64th are cut off, as `BigInt.asIntN` does. */
  i64(value: bigint): void {
    this.u32(Number(BigInt.asUintN(32, value >> 32n)));
    this.u32(Number(BigInt.asUintN(32, value)));
  }

  /**
   * Appends a payload: copies a small one, chains one of {@linkcode CHAIN_THRESHOLD} bytes or more, which
   * must then stay unchanged until the drained views are written.
   */
  bytes(payload: Uint8Array): void {
    const { length } = payload;
    if (length >= CHAIN_THRESHOLD) {
      this.#chained.push({ at: this.#used, payload });
      this.#chainedBytes += length;
      return;
    }
    const at = this.reserve(length);
    if (length < LOOP_COPY) {
      const block = this.#block;
      for (let i = 0; i < length; i++) block[at + i] = payload[i]!;
    } else this.#block.set(payload, at);
  }

  /** Appends text as UTF-8 and returns how many bytes it took. */
  text(text: string): number {
    const at = this.#used;
    this.reserve(text.length * 3); // No UTF-16 unit takes more than three bytes.
    const { written } = UTF8.encodeInto(text, this.#block.subarray(at));
    this.#used = at + written;
    return written;
  }

  /** Overwrites a reserved byte. */
  patchU8(at: number, value: number): void {
    this.#block[at] = value;
  }

  /** Overwrites two reserved bytes, most significant first. */
  patchU16(at: number, value: number): void {
    const block = this.#block;
    block[at] = value >>> 8;
    block[at + 1] = value;
  }

  /** Overwrites four reserved bytes, most significant first. */
  patchU32(at: number, value: number): void {
    const block = this.#block;
    block[at] = value >>> 24;
    block[at + 1] = value >>> 16;
    block[at + 2] = value >>> 8;
    block[at + 3] = value;
  }

  /**
   * All appended bytes in order, and the buffer is empty again. The views are valid until the next
   * append: write or copy them first.
   */
  drain(): Uint8Array[] {
    const views = this.#views(0, this.#chained);
    this.clear();
    return views;
  }

  /**
   * The bytes that were appended since the place `from` (a result of `reserve` for one byte or more), in
   * order, without draining them. For checksums; valid until the next append.
   */
  since(from: number): Uint8Array[] {
    // What is chained at `from` itself came before the byte reserved there.
    return this.#views(from, this.#chained.filter(({ at }) => at > from));
  }

  /** Forgets what was appended and keeps the memory. */
  clear(): void {
    this.#used = 0;
    this.#chainedBytes = 0;
    if (this.#chained.length > 0) this.#chained.length = 0;
  }

  #views(from: number, chained: readonly Chained[]): Uint8Array[] {
    const views: Uint8Array[] = [];
    let at = from;
    for (const chain of chained) {
      if (chain.at > at) views.push(this.#block.subarray(at, chain.at));
      views.push(chain.payload);
      at = chain.at;
    }
    if (this.#used > at) views.push(this.#block.subarray(at, this.#used));
    return views;
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.#block.length * 2));
    grown.set(this.#block.subarray(0, this.#used));
    this.#block = grown;
  }
}
