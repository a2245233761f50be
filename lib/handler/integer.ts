/**
 * Integers as entries hold them: decimal text in ASCII.
 *
 * @module
 */

const MINUS = 0x2d;
const ZERO = 0x30;
/** No number of so many digits is above 2^53: it is computed without a `bigint`. */
const EXACT_DIGITS = 15;
/** The digits of the largest 64-bit integer. */
const MAX_DIGITS = 19;

/**
 * The 64-bit integer that bytes say in decimal, strictly: digits with at most a minus before them, no
 * plus, no space, no leading zero, no `-0`. Otherwise `undefined`.
 *
 * @example
 * ```ts
 * import { parseInteger } from "@cortado/cortado/handler";
 * import { assertEquals } from "@std/assert";
 *
 * const parse = (text: string) => parseInteger(new TextEncoder().encode(text));
 * assertEquals(["-12", "007", "12x4", "9223372036854775808"].map(parse), [-12n, undefined, undefined, undefined]);
 * ```
 */
export function parseInteger(bytes: Uint8Array): bigint | undefined {
  const negative = bytes[0] === MINUS;
  const first = negative ? 1 : 0;
  const digits = bytes.length - first;
  if (digits < 1 || digits > MAX_DIGITS) return undefined;
  if (bytes[first] === ZERO && (digits > 1 || negative)) return undefined;
  let text = negative ? "-" : "";
  let value = 0;
  for (let at = first; at < bytes.length; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    if (digits > EXACT_DIGITS) text += digit;
    else value = value * 10 + digit;
  }
  if (digits <= EXACT_DIGITS) return BigInt(negative ? -value : value);
  const exact = BigInt(text);
  return BigInt.asIntN(64, exact) === exact ? exact : undefined;
}
