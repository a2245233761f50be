/**
 * Many keys: distinct, named as redis-benchmark names them, and made where they are used.
 *
 * @module
 */

/** How many bytes a key has: `key:` and twelve digits. */
export const KEY_SIZE = 16;

const PREFIX = new TextEncoder().encode("key:");
const ZERO = 0x30;

/** A prime: in steps of it, all numbers below a count that it does not divide come once. */
const STEP = 7_368_787;

/** Writes the key of a number to a place in `target`. */
export function writeKey(target: Uint8Array, place: number, number: number): void {
  target.set(PREFIX, place);
  writeDigits(target, place, number);
}

/** Writes the digits of a key where another key stands. */
export function writeDigits(target: Uint8Array, place: number, number: number): void {
  let rest = number;
  for (let at = place + KEY_SIZE - 1; at >= place + PREFIX.length; at--) {
    const tens = Math.floor(rest / 10);
    target[at] = ZERO + rest - tens * 10;
    rest = tens;
  }
}

/** The number that comes at a place when `count` numbers are gone through far from each other. */
export function scattered(place: number, count: number): number {
  return (place * STEP) % count;
}
