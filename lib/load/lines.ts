/**
 * Lengths in the lines that replies begin with, and what is said of replies that are wrong.
 *
 * What is looked at byte by byte stays in the scanners, with its constants: those that are imported are read
 * anew each time, which is a tenth of what a short reply takes.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import { DecodeError } from "../codec/mod.ts";

const ZERO = 0x30;

/** The length of a value has at most so many digits. */
const MAX_DIGITS = 10;

/** How many bytes of what is wrong are shown. */
const SHOWN = 32;

const UTF8 = new TextDecoder();

/**
 * The length whose digits stand from `from` on, until a byte `stop` or until `to`.
 *
 * @throws {DecodeError} When those are not one to ten digits.
 */
export function lengthAt(input: Input, from: number, to: number, stop: number): number {
  const { bytes } = input;
  let length = 0;
  let at = from;
  for (; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    length = length * 10 + digit;
  }
  const hasEnded = at === to || bytes[at] === stop;
  if (hasEnded && at > from && at - from <= MAX_DIGITS) return length;
  throw notLength(input);
}

/** The error of a line that should have a length and has none. */
export function notLength(input: Input): DecodeError {
  return corrupt(input, "a length that is no number");
}

/** The error of a reply that is wrong, which shows how it begins. */
export function corrupt({ bytes, start, end, offset }: Input, what: string): DecodeError {
  const found = UTF8.decode(bytes.subarray(start, Math.min(end, start + SHOWN)));
  return new DecodeError("CORRUPT", offset, `${JSON.stringify(found)} is ${what}`);
}
