/**
 * When an entry was last accessed, and how often it is, in 32 bits.
 *
 * @module
 */

// An access is 24 bits of the second when it was, and above them 8 of a counter.

/** The seconds begin again after 194 days... */
const SECOND_BITS = 0xffffff;
const COUNTER_SHIFT = 24;
/** ...less this: an access may seem to lie ahead by so many seconds, when the clock was set back. */
const SET_BACK = 3_600;
const SECOND = 1_000;
const MINUTE = 60;

/** A new entry begins with this, so that it has time to be used before it is the least used one. */
export const FIRST_FREQUENCY = 5;
const MAX_FREQUENCY = 255;

/**
 * Counts accesses as Redis does: a counter of 8 bits that becomes less likely to grow the larger it is, so
 * that it goes up to a million accesses by default, and that goes down by one as time passes.
 */
export class Accesses {
  /** How much less likely the counter grows as it gets larger: 10 lets it count about a million, 0 to 255. */
  logFactor = 10;
  /** In so many minutes the counter goes down by one; 0 for never. */
  decayTime = 1;
  readonly #random: () => number;

  /** Takes a source of numbers from 0 to 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** The access that makes an entry, at a time in milliseconds. */
  first(time: number): number {
    return secondOf(time) & SECOND_BITS | FIRST_FREQUENCY << COUNTER_SHIFT;
  }

  /** The access that follows another one. */
  next(access: number, time: number): number {
    const second = secondOf(time) & SECOND_BITS;
    const isSame = (access & SECOND_BITS) === second; // As nearly always where it matters.
    const frequency = isSame ? access >>> COUNTER_SHIFT : this.frequencyOf(access, time);
    return second | (this.#grows(frequency) ? frequency + 1 : frequency) << COUNTER_SHIFT;
  }

  /** When an access was, in milliseconds. */
  timeOf(access: number, time: number): number {
    return (secondOf(time) - secondsSince(access, time)) * SECOND;
  }

  /** How often there was one, from 0 to 255, on a scale of logarithms; at a time in milliseconds. */
  frequencyOf(access: number, time: number): number {
    const counter = access >>> COUNTER_SHIFT;
    if (this.decayTime === 0) return counter;
    const seconds = secondOf(time);
    const before = seconds - secondsSince(access, time);
    const minutes = Math.floor(seconds / MINUTE) - Math.floor(before / MINUTE);
    return Math.max(0, counter - Math.max(0, Math.floor(minutes / this.decayTime)));
  }

  #grows(frequency: number): boolean {
    if (frequency === MAX_FREQUENCY) return false;
    const steps = Math.max(0, frequency - FIRST_FREQUENCY);
    return this.#random() * (steps * this.logFactor + 1) < 1;
  }
}

function secondOf(time: number): number {
  return Math.floor(time / SECOND);
}

function secondsSince(access: number, time: number): number {
  return (secondOf(time) - access + SET_BACK & SECOND_BITS) - SET_BACK;
}
