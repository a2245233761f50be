/**
 * The keys that most requests are about.
 *
 * @module
 */

import { quoted } from "./quoted.ts";
import { SpaceSaving } from "./space_saving.ts";

/** One request in so many is looked at, at random. */
const PERIOD = 256;
/** So many keys are kept. */
const CAPACITY = 128;
/** Of a request with more keys, so many are looked at. */
const MAX_KEYS = 16;
/** So many bytes of a key are kept: longer keys that begin alike and have the same length are one. */
const MAX_BYTES = 128;
/** In so many milliseconds a count loses half of its weight. */
const HALF_LIFE = 60_000;
/** What weighs less than this together, as one use after ten minutes, is forgotten. */
const MIN_TOTAL = 1 / 1_024;
/** How often counts are made less, in milliseconds. */
const FADE_INTERVAL = 1_000;

/** A key that many requests are about. */
export interface HotKey {
  /** The number of its database. */
  readonly database: number;
  /** The key; a long one is cut, and says how many bytes it had more. */
  readonly key: Uint8Array;
  /** Which part of all uses of keys it has at most, from 0 to 1. */
  readonly share: number;
  /** By how much that may be too much. */
  readonly error: number;
}

/** A key that many requests are about, as JSON can have it. */
export interface HotKeyText extends Omit<HotKey, "key"> {
  /** The key between quotes; what is not printable ASCII is escaped. */
  readonly key: string;
}

/** Finds the keys that most requests are about, from a sample of them. */
export class HotKeys {
  /** The request after so many is looked at: 1 is the next one. */
  #untilLook: number;
  readonly #period: number;
  readonly #elapsed: () => number;
  readonly #random: () => number;
  readonly #sketch = new SpaceSaving(CAPACITY);
  #fadedAt = 0;

  /** Makes one that knows no key yet; the clock gives milliseconds of any start, chance numbers from 0 to 1. */
  constructor(
    elapsed: () => number = () => performance.now(),
    period: number = PERIOD,
    random: () => number = Math.random,
  ) {
    this.#elapsed = elapsed;
    this.#period = period;
    this.#random = random;
    this.#untilLook = this.#next();
  }

  /** How many keys are kept. */
  get size(): number {
    return this.#sketch.size;
  }

  /** How many uses of keys were looked at, of late: what is old weighs less. */
  get weight(): number {
    this.#fade();
    return this.#sketch.total;
  }

  /**
   * Passes over requests that have come together, those from one place to another, and looks at some. It is
   * asked once for all of them, and not for each, because it takes less time.
   */
  pass<R>(
    requests: readonly R[],
    [from, end]: readonly [number, number],
    requestOf: (item: R) => object | undefined,
    database: number,
  ): void {
    this.#untilLook -= end - from;
    while (this.#untilLook <= 0) {
      const request = requestOf(requests[end - 1 + this.#untilLook]!);
      if (request !== undefined) this.look(request, database);
      this.#untilLook += this.#next();
    }
  }

  /** Looks at a request about a database. */
  look(request: object, database: number): void {
    this.#fade();
    for (const key of keysOf(request)) this.#sketch.add(`${database} ${binaryText(key)}`);
  }

  /** The keys that most requests are about, the hottest one first. */
  top(count: number): readonly HotKey[] {
    this.#fade();
    const { total } = this.#sketch;
    return this.#sketch.top(count).map(({ id, count, error }) => {
      const space = id.indexOf(" ");
      return {
        database: Number(id.slice(0, space)),
        key: Uint8Array.from(id.slice(space + 1), (letter) => letter.charCodeAt(0)),
        share: count / total,
        error: error / total,
      };
    });
  }

  /** The same for JSON. */
  topAsText(count: number): readonly HotKeyText[] {
    return this.top(count).map((hot) => ({ ...hot, key: quoted(hot.key) }));
  }

  /** Forgets all. */
  reset(): void {
    this.#sketch.clear();
  }

  /** How many requests there are to the next one that is looked at. Not always 256: programs repeat themselves. */
  #next(): number {
    return 1 + Math.floor(this.#random() * (2 * this.#period - 1));
  }

  #fade(): void {
    const passed = this.#elapsed() - this.#fadedAt;
    if (passed < FADE_INTERVAL) return;
    this.#sketch.fade(2 ** (-passed / HALF_LIFE));
    this.#fadedAt += passed;
    if (this.#sketch.total < MIN_TOTAL) this.#sketch.clear();
  }
}

/** The keys of a request of any protocol: one, several, or those that it reads. */
function keysOf(request: object): readonly Uint8Array[] {
  if ("key" in request && request.key instanceof Uint8Array) return [request.key];
  const keys = "keys" in request ? request.keys : "sources" in request ? request.sources : [];
  if (!Array.isArray(keys)) return [];
  return keys.slice(0, MAX_KEYS).filter((key) => key instanceof Uint8Array);
}

/** A character for each byte. */
function binaryText(key: Uint8Array): string {
  const text = String.fromCharCode(...key.subarray(0, MAX_BYTES));
  const rest = key.length - MAX_BYTES;
  return rest > 0 ? `${text}... (${rest} more bytes)` : text;
}
