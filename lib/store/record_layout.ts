/**
 * Where the parts of a record are.
 *
 * A record is a block of the arena: a header, when the entry ends if it does, the key, and the value.
 *
 *     0        4        8         12       16               24      28
 *     | shape  | value  | version | access | expires at     | place | key, value
 *     | u32    | 16, 16 | u32     | u32    | f64            | u32   |
 *                                          \__ if it expires _______/
 *
 * A key or a value that is large stands outside: here is its number then, in four bytes, aligned to them.
 *
 * @module
 */

import { classFor } from "./size_classes.ts";

/** A key or a value of so many bytes stands outside of its record. */
export const LARGE = 32_768;

/** A short record most often ends in the cache line behind that in which it begins: so many words further. */
export const LINE_WORDS = 16;

// The places of the words.

/** How much there is of what, and in which way: see below. */
export const SHAPE = 0;
/** The length of a value that stands here in the low half; the high half of the version in the other. */
export const VALUE = 1;
/** The low word of the version. A version has 48 bits: at a million writes a second, nine years of them. */
export const VERSION = 2;
/** The last access. */
export const ACCESS = 3;
/** The place in the heap of what expires, from 1; 0 for none. */
export const PLACE = 6;
/** The place of a double: when the entry ends. */
export const EXPIRES_AT = 2;

const HEADER = 16;
/** What an entry that expires has behind the header. */
export const EXPIRY = 12;
const NUMBER = 4;

// The shape: 16 bits for what the key takes here, 8 for the class of the block (which the arena has there),
// and these; the sign is the arena's.

/** How many bytes the key takes here. */
export const KEY_BITS = 0xffff;
/** The key stands outside. */
export const KEY_OUTSIDE: number = 1 << 24;
/** The value stands outside. */
export const VALUE_OUTSIDE: number = 1 << 25;
/** The entry expires. */
export const EXPIRES: number = 1 << 26;
/** Where the number of the encoding is. */
export const ENCODING_SHIFT = 27;
/** The bits of the encoding, shifted down. */
export const ENCODING_BITS = 3;

/** The bits of the length of a value. */
export const LENGTH_BITS = 0xffff;

/** How many bytes a key takes in a record. */
export function keySizeOf(key: Uint8Array): number {
  return key.length >= LARGE ? NUMBER : key.length;
}

/** How many bytes a record has before its key. */
export function headSize(shape: number): number {
  return (shape & EXPIRES) === 0 ? HEADER : HEADER + EXPIRY;
}

/** How many bytes a record has before its value. */
export function sizeBeforeValue(shape: number): number {
  return headSize(shape) + (shape & KEY_BITS);
}

/** The class of a block for a record with so many bytes before a value of such a length. */
export function classOfRecord(before: number, valueLength: number): number {
  return classFor(valueLength < LARGE ? before + valueLength : alignedUp(before) + NUMBER);
}

/** The next place for a number. */
export function alignedUp(place: number): number {
  return place + NUMBER - 1 & -NUMBER;
}

/** The first word of a block. */
export function firstWord(ref: number): number {
  return (ref & 0xffff) << 2;
}

/** The first double of a block. */
export function firstDouble(ref: number): number {
  return (ref & 0xffff) << 1;
}

/** The first byte of a block. */
export function firstByte(ref: number): number {
  return (ref & 0xffff) << 4;
}
