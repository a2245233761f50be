/** The entries that one thread writes and others read at the same time. */

/** Keys 0 and 1, 2 and 3, and so on are written together... */
export const PAIRS = 40;
/** ...and so many behind them come and go alone. */
export const SINGLES = 4_000;
/** The longest value. */
export const MAX_VALUE = 4_096;
/** A value is the number of its key, and from this word on a counter, again and again. */
export const COUNTER = 1;

const KEYS = Array.from(
  { length: 2 * PAIRS + SINGLES },
  (_, number) => new TextEncoder().encode(`key:${number}`),
);

/** The key of a number. */
export function keyOf(number: number): Uint8Array {
  return KEYS[number]!;
}

/** A value of so many words. */
export function valueOf(number: number, counter: number, words: number): Uint8Array {
  const value = new Uint32Array(words).fill(counter);
  value[0] = number;
  return new Uint8Array(value.buffer);
}
