/**
 * Bytes that are about to be sent.
 *
 * @module
 */

import { crc32 } from "./crc32.ts";

/**
 * A payload of at least this many bytes is chained instead of copied: copying that much costs about as
 * much as one more write call (measured in `bench/bytes_bench.ts`).
 */
export const CHAIN_THRESHOLD = 65_536;

/** The room a new buffer starts with, in bytes. */
const FIRST_BLOCK = 4_096;

/** A payload shorter than this is copied faster by a loop than by `set` (11 against 14 ns for 16 bytes). */
const LOOP_COPY = 24;

const UTF8 = new TextEncoder();

const MINUS = 0x2d;
const ZERO = 0x30;

/** A payload that was not copied, and the place in the block before which it belongs. */
interface Chained {
  readonly at: number;
  readonly payload: Uint8Array;
}

/**
 * Where encoders append their bytes.
 *
 * Small payloads are copied into one growing block. Large ones are chained: kept as they are, and handed
 * out between two pieces of the block. A length that is known only later is reserved and patched.
 *
 * All integers are big-endian. `u8` to `i64` refuse a number that does not fit; the `patch` methods check
 * nothing, for encoders that have checked all fields before they write.
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

  /** How many of the appended bytes were copied into this buffer's memory. */
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

  /**
   * Appends an unsigned 8-bit integer.
   *
   * @throws {RangeError} When it is not a whole number from 0 to 255. Nothing is appended then.
   */
  u8(value: number): void {
    if ((value & 0xff) !== value) throw misfit(value, "u8", "255");
    const at = this.reserve(1);
    this.#block[at] = value;
  }

  /**
   * Appends an unsigned 16-bit integer.
   *
   * @throws {RangeError} When it is not a whole number from 0 to 65,535. Nothing is appended then.
   */
  u16(value: number): void {
    if ((value & 0xffff) !== value) throw misfit(value, "u16", "65535");
    this.patchU16(this.reserve(2), value);
  }

  /**
   * Appends an unsigned 32-bit integer.
   *
   * @throws {RangeError} When it is not a whole number from 0 to 4,294,967,295. Nothing is appended then.
   */
  u32(value: number): void {
    if ((value >>> 0) !== value) throw misfit(value, "u32", "4294967295");
    this.patchU32(this.reserve(4), value);
  }

  /**
   * Appends an unsigned 64-bit integer.
   *
   * @throws {RangeError} When it is not a whole number from 0 to `Number.MAX_SAFE_INTEGER`. Nothing is
   *   appended then.
   */
  u64(value: number): void {
    if (!(Number.isSafeInteger(value) && value >= 0)) throw misfit(value, "u64", "2^53 - 1");
    const at = this.reserve(8);
    this.patchU32(at, Math.floor(value / 0x1_0000_0000));
    this.patchU32(at + 4, value >>> 0);
  }

  /**
   * Appends a signed 64-bit integer in two's complement.
   *
   * @throws {RangeError} When it does not fit 64 bits. Nothing is appended then.
   */
  i64(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) {
      throw new RangeError(`Cannot write ${value} as an i64: it must be from -2^63 to 2^63 - 1`);
    }
    const at = this.reserve(8);
    this.patchU32(at, Number(BigInt.asUintN(32, value >> 32n)));
    this.patchU32(at + 4, Number(BigInt.asUintN(32, value)));
  }

  /**
   * Appends a whole number as decimal digits, with a minus sign when it is negative.
   *
   * @throws {RangeError} When it is not a whole number within 2^53. Nothing is appended then.
   */
  decimal(value: number): void {
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(
        `Cannot write ${value} in decimal: it must be a whole number within 2^53`,
      );
    }
    if (value < 0) this.u8(MINUS);
    let rest = Math.abs(value);
    const at = this.reserve(decimalDigits(rest));
    const block = this.#block;
    for (let i = this.#used - 1; i >= at; i--) {
      const tenth = Math.floor(rest / 10);
      block[i] = ZERO + (rest - 10 * tenth); // A sum with the whole of `rest` would not be exact.
      rest = tenth;
    }
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

  /** Overwrites a reserved byte. Nothing is checked: the value's low 8 bits are written. */
  patchU8(at: number, value: number): void {
    this.#block[at] = value;
  }

  /** Overwrites two reserved bytes. Nothing is checked: the value's low 16 bits are written. */
  patchU16(at: number, value: number): void {
    const block = this.#block;
    block[at] = value >>> 8;
    block[at + 1] = value;
  }

  /** Overwrites four reserved bytes. Nothing is checked: the value's low 32 bits are written. */
  patchU32(at: number, value: number): void {
    const block = this.#block;
    block[at] = value >>> 24;
    block[at + 1] = value >>> 16;
    block[at + 2] = value >>> 8;
    block[at + 3] = value;
  }

  /**
   * Gives out all appended bytes in order and empties the buffer. The views are valid until the next
   * append: write or copy them before it.
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
    if (this.#chained.length === 0) return [this.#part(from, this.#used)];
    // What is chained at `from` itself came before the byte reserved there.
    return this.#views(from, this.#chained.filter(({ at }) => at > from));
  }

  /** The CRC-32 of the bytes that were appended since the place `from`, as {@linkcode WriteBuffer.since} gives them. */
  crc32(from: number): number {
    // Without a list of views: in a journal each record asks.
    return this.#chained.length === 0
      ? crc32(this.#part(from, this.#used))
      : crc32(...this.since(from));
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
      if (chain.at > at) views.push(this.#part(at, chain.at));
      views.push(chain.payload);
      at = chain.at;
    }
    if (this.#used > at) views.push(this.#part(at, this.#used));
    return views;
  }

  #part(from: number, to: number): Uint8Array {
    return new Uint8Array(this.#block.buffer, from, to - from);
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.#block.length * 2));
    grown.set(this.#block.subarray(0, this.#used));
    this.#block = grown;
  }
}

function misfit(value: number, type: string, most: string): RangeError {
  return new RangeError(
    `Cannot write ${value} as a ${type}: it must be a whole number from 0 to ${most}`,
  );
}

function decimalDigits(value: number): number {
  let digits = 1;
  for (let power = 10; value >= power; power *= 10) digits++;
  return digits;
}
