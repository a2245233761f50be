/**
 * Plain GETs of RESP: an array of two bulk strings.
 *
 * @module
 */

import { CR, isCrlf, LF } from "../../resp/ascii.ts";
import { CUT, MAX_PLAIN_KEY, OTHER, type PlainGets } from "./plain_get.ts";

const DOLLAR = 0x24;
const ZERO = 0x30;

const UTF8 = new TextEncoder();

/** What stands before the length of the key; the name may also be in small letters. */
const HEAD = UTF8.encode("*2\r\n$3\r\nGET\r\n$");
const NAME_AT = 8;
const NAME_END = 11;
/** Makes a letter a capital. */
const CAPITAL = 0xdf;

const NULL_BULK = UTF8.encode("$-1\r\n");
const NULL = UTF8.encode("_\r\n");

/** GETs of RESP, answered in one of its versions. */
export class PlainRespGets implements PlainGets {
  keyAt = 0;
  keyLength = 0;
  readonly tellsExpiry = false;
  readonly #maxKeySize: number;
  readonly #null: Uint8Array;
  /** How many digits the length of the last value had: most have as many as the one before. */
  #digits = 1;

  /** Makes one for a version of RESP; longer keys are refused by the owner. */
  constructor(version: 2 | 3, maxKeySize: number) {
    this.#null = version === 2 ? NULL_BULK : NULL;
    this.#maxKeySize = Math.min(maxKeySize, MAX_PLAIN_KEY);
  }

  headSize(): number {
    return this.#digits + 3;
  }

  scan(bytes: Uint8Array, at: number, end: number): number {
    // Also of a short rest each byte is looked at: it may be another request, and whole.
    const known = Math.min(end - at, HEAD.length);
    for (let i = 0; i < known; i++) {
      const byte = bytes[at + i]!;
      const letter = i >= NAME_AT && i < NAME_END ? byte & CAPITAL : byte;
      if (letter !== HEAD[i]) return OTHER;
    }
    if (end - at <= HEAD.length) return CUT;
    let next = at + HEAD.length;
    let size = bytes[next++]! - ZERO;
    if (size < 1 || size > 9) return OTHER;
    for (; next < end && bytes[next] !== CR; next++) {
      const digit = bytes[next]! - ZERO;
      if (digit < 0 || digit > 9) return OTHER;
      size = 10 * size + digit;
      if (size > this.#maxKeySize) return OTHER;
    }
    if (next + size + 4 > end) return CUT;
    if (bytes[next + 1] !== LF || size > this.#maxKeySize) return OTHER;
    this.keyAt = next + 2;
    this.keyLength = size;
    next += size + 2;
    return isCrlf(bytes, next) ? next + 2 : OTHER;
  }

  hit(_: Uint8Array, __: number, out: Uint8Array, at: number, length: number): number {
    const digits = digitsOf(length);
    if (digits !== this.#digits) {
      out.copyWithin(at + digits + 3, at + this.headSize(), at + this.headSize() + length);
      this.#digits = digits;
    }
    out[at] = DOLLAR;
    for (let i = digits, rest = length; i > 0; i--) {
      const left = rest / 10 | 0;
      out[at + i] = ZERO + rest - 10 * left;
      rest = left;
    }
    out[at + digits + 1] = CR;
    out[at + digits + 2] = LF;
    const end = at + digits + 3 + length;
    out[end] = CR;
    out[end + 1] = LF;
    return end + 2;
  }

  miss(_: Uint8Array, __: number, out: Uint8Array, at: number): number {
    out.set(this.#null, at);
    return at + this.#null.length;
  }
}

/** Of a value that a worker can read: it has less than 100,000 bytes. */
function digitsOf(length: number): number {
  return length < 10 ? 1 : length < 100 ? 2 : length < 1_000 ? 3 : length < 10_000 ? 4 : 5;
}
