/**
 * Signed 64-bit integers, as they stand in decimal on the wire and in entries.
 *
 * @module
 */

const MINUS = 0x2d;
const ZERO = 0x30;

const UTF8 = new TextEncoder();

/** A signed 64-bit integer has no more digits. */
const MAX_DIGITS = 19;

/** Numbers of so many digits and less are exact as they are. */
const EXACT_DIGITS = 15;

/**
 * The signed 64-bit integer that the bytes from `from` to before `to` write in decimal, strictly: digits
 * with at most a minus before them, no plus, no space, no zero before other digits, no `-0`.
 *
 * @returns A number where that is exact, otherwise a bigint; `undefined` when it is no such integer.
 *
 * @example
 * ```ts
 * import { parseInteger } from "@cortado/cortado/model";
 * import { assertEquals } from "@std/assert";
 *
 * const parse = (text: string) => parseInteger(new TextEncoder().encode(text));
 * assertEquals(["-12", "007", "12x4", "9223372036854775808"].map(parse), [-12, undefined, undefined, undefined]);
 * assertEquals(parse("9223372036854775807"), 9223372036854775807n);
 * ```
 */
export function parseInteger(
  bytes: Uint8Array,
  from: number = 0,
  to: number = bytes.length,
): number | bigint | undefined {
  const negative = bytes[from] === MINUS;
  const first = negative ? from + 1 : from;
  const digits = to - first;
  if (digits < 1 || digits > MAX_DIGITS) return undefined;
  if (bytes[first] === ZERO) return digits === 1 && !negative ? 0 : undefined;
  let value = 0;
  for (let at = first; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (digits > EXACT_DIGITS) return parseLong(bytes.subarray(from, to));
  return negative ? -value : value;
}

function parseLong(digits: Uint8Array): number | bigint | undefined {
  const value = BigInt(String.fromCharCode(...digits));
  return fits64(value) ? narrowed(value) : undefined;
}

/** The integer as a number when that is exact. */
export function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The least signed 64-bit integer. */
export const MIN_INT64: bigint = -(2n ** 63n);

/** The greatest signed 64-bit integer. */
export const MAX_INT64: bigint = 2n ** 63n - 1n;

/** Whether an integer is from {@linkcode MIN_INT64} to {@linkcode MAX_INT64}. */
export function fits64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

/** The sum of two integers; `undefined` when it is over 64 bits. */
export function sum(a: number | bigint, b: number | bigint): number | bigint | undefined {
  if (typeof a === "number" && typeof b === "number") {
    const exact = a + b;
    if (Number.isSafeInteger(exact)) return exact;
  }
  const wide = BigInt(a) + BigInt(b);
  return fits64(wide) ? narrowed(wide) : undefined;
}

/** The longest text: a minus and all digits. */
const TEXT = new Uint8Array(MAX_DIGITS + 1);

/**
 * A signed 64-bit integer in decimal, as {@linkcode parseInteger} reads it. The bytes are a view of ones that
 * the next call writes over: what has to stay is copied.
 *
 * @example
 * ```ts
 * import { formatInteger } from "@cortado/cortado/model";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new TextDecoder().decode(formatInteger(-120)), "-120");
 * ```
 */
export function formatInteger(value: number | bigint): Uint8Array {
  if (typeof value === "bigint") {
    const { written } = UTF8.encodeInto(value.toString(), TEXT);
    return TEXT.subarray(0, written);
  }
  let at = TEXT.length;
  let rest = Math.abs(value);
  do {
    const next = Math.floor(rest / 10);
    TEXT[--at] = ZERO + (rest - next * 10); // The digit first: a larger sum would not be exact.
    rest = next;
  } while (rest > 0);
  if (value < 0) TEXT[--at] = MINUS;
  return TEXT.subarray(at);
}
