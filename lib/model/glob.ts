/**
 * Patterns of keys, channels and names.
 *
 * @module
 */

const STAR = 0x2a;
const ANY = 0x3f;
const OPEN = 0x5b;
const ESCAPE = 0x5c;
const CLOSE = 0x5d;
const NOT = 0x5e;
const TO = 0x2d;

/** No place in a pattern. */
const NO_MATCH = -1;

/**
 * Whether a pattern matches the whole of a text, with the meaning that Redis gives to it: `*` is any bytes,
 * `?` any byte, `[a-c]` and `[^x]` one byte of a set or outside it, and `\` takes the byte behind it as it is.
 * A set that is not closed ends with the pattern. An empty text is matched by the empty pattern only.
 *
 * It takes no more than length times length steps: only the last star met is ever tried again.
 *
 * @param ignoreCase Whether `a` matches `A`; only the letters of ASCII have case.
 *
 * @example
 * ```ts
 * import { globMatches } from "@cortado/cortado/model";
 * import { assert } from "@std/assert";
 *
 * const bytes = (text: string) => new TextEncoder().encode(text);
 * assert(globMatches(bytes("h[ae]llo*"), bytes("hello, world")));
 * assert(!globMatches(bytes("h?llo"), bytes("hllo")));
 * ```
 */
export function globMatches(pattern: Uint8Array, text: Uint8Array, ignoreCase = false): boolean {
  if (text.length === 0) return pattern.length === 0;
  let at = 0;
  let behindStar = -1;
  let starEnd = 0;
  for (let from = 0; from < text.length;) {
    if (pattern[at] === STAR) {
      behindStar = ++at;
      starEnd = from;
      if (at === pattern.length) return true;
      continue;
    }
    const next = afterItem(pattern, at, text[from]!, ignoreCase);
    if (next !== NO_MATCH) {
      at = next;
      from++;
    } else if (behindStar !== -1) {
      at = behindStar;
      from = ++starEnd;
    } else return false;
  }
  while (pattern[at] === STAR) at++;
  return at === pattern.length;
}

/** Where the next item of the pattern begins when the one at `at` matches the byte. */
function afterItem(pattern: Uint8Array, at: number, byte: number, ignoreCase: boolean): number {
  if (at === pattern.length) return NO_MATCH;
  const item = pattern[at]!;
  if (item === ANY) return at + 1;
  if (item === OPEN) return afterSet(pattern, at + 1, byte, ignoreCase);
  const literal = item === ESCAPE && at + 1 < pattern.length ? at + 1 : at;
  return isSame(pattern[literal]!, byte, ignoreCase) ? literal + 1 : NO_MATCH;
}

/** Where the set that begins at `first` has ended, when the byte is in it. */
function afterSet(pattern: Uint8Array, first: number, byte: number, ignoreCase: boolean): number {
  const { length } = pattern;
  const negated = pattern[first] === NOT;
  let found = false;
  let at = negated ? first + 1 : first;
  for (; at < length && pattern[at] !== CLOSE; at++) {
    const member = pattern[at]!;
    if (member === ESCAPE && at + 1 < length) {
      if (pattern[++at] === byte) found = true; // Redis minds the case of what is escaped in a set.
    } else if (pattern[at + 1] === TO && at + 2 < length) {
      if (isBetween(member, pattern[at += 2]!, byte, ignoreCase)) found = true;
    } else if (isSame(member, byte, ignoreCase)) found = true;
  }
  return found === negated ? NO_MATCH : Math.min(at + 1, length);
}

function isSame(one: number, other: number, ignoreCase: boolean): boolean {
  return one === other || (ignoreCase && small(one) === small(other));
}

/** Whether a byte is in a range, whose ends may stand in any order. */
function isBetween(one: number, other: number, byte: number, ignoreCase: boolean): boolean {
  const low = Math.min(one, other);
  const high = Math.max(one, other);
  if (!ignoreCase) return byte >= low && byte <= high;
  return small(byte) >= small(low) && small(byte) <= small(high);
}

function small(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
