/**
 * What both directions of RESP read alike: lines and numbers.
 *
 * @module
 */

/** Ends a line, before {@linkcode LF}. */
export const CR = 0x0d;
/** Ends a line. */
export const LF = 0x0a;

const MINUS = 0x2d;
const ZERO = 0x30;

/** A signed 64-bit integer has no more digits. */
const MAX_DIGITS = 19;

/** Numbers of so many digits and less are exact as they are. */
const EXACT_DIGITS = 15;

/** The index of the first CR or LF from `from` on; `end` when there is none before it. */
export function findLineEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === CR || byte === LF) break;
  }
  return at;
}

/** Whether CR and LF stand at `at` and behind it. */
export function isCrlf(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === CR && bytes[at + 1] === LF;
}

/**
 * The signed 64-bit integer that the bytes from `from` to before `to` write in decimal, as Redis reads
 * it: no spaces, no plus sign, no zero before other digits and no minus before zero.
 *
 * @returns A number where that is exact, otherwise a bigint; `undefined` when it is no such integer.
 */
export function parseInteger(
  bytes: Uint8Array,
  from: number,
  to: number,
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
  return BigInt.asIntN(64, value) === value ? narrowed(value) : undefined;
}

/** The integer as a number when that is exact. */
export function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
