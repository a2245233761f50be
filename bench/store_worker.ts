/**
 * Measures a store with so many keys, in a process of its own, and prints the figures as JSON.
 *
 * @module
 */

import { MemoryStore } from "../lib/store/mod.ts";
import { type LatencyFigures, latencyFigures } from "./latencies.ts";
import { KEY_SIZE, scattered, writeDigits, writeKey } from "./numbered_keys.ts";
import { numberOption, print } from "./report.ts";

/** What one process measures. */
export interface StoreFigures {
  /** How many keys there were. */
  readonly keys: number;
  /** The times of each operation, by its name. */
  readonly operations: Readonly<Record<string, LatencyFigures>>;
  /** Bytes that the store really held for a key. */
  readonly bytes: {
    readonly filled: number;
    /** With values of other sizes, in the place of the first ones... */
    readonly overwritten: number;
    /** ...which have so many bytes with their keys, on average. */
    readonly overwrittenPayload: number;
  };
}

const VALUE_SIZE = 64;
/** On average they have about as many bytes as before, so that it shows what is lost by the change. */
const OTHER_SIZES = [8, 24, 40, 56, 100, 160];
/** So many readings of the clock tell what one takes. */
const READINGS = 1_000_000;
/** Entries expire so many milliseconds after now. */
const LIFE = 1_000;

if (import.meta.main) print(JSON.stringify(measure(numberOption("keys", 1_000_000))));

/** Fills a store, uses it, and empties it: by expiry, and again by DELETE. */
function measure(keys: number): StoreFigures {
  let now = 1_000_000_000_000;
  const store = new MemoryStore({ now: () => now });
  const value = new Uint8Array(VALUE_SIZE).fill(0x78);
  const others = OTHER_SIZES.map((size) => new Uint8Array(size).fill(0x79));
  const out = new Uint8Array(VALUE_SIZE);
  const held = () => store.memory / keys;
  const each = (operate: (key: Uint8Array, place: number) => void) => timesOf(keys, operate);

  const fill = each((key) => store.set(key, value));
  const filled = held();
  const get = each((key) => out.set(store.get(key)!.value));
  const set = each((key) => store.set(key, value));
  const overwrite = each((key, place) => store.set(key, others[place % others.length]!));
  const [overwritten, overwrittenPayload] = [held(), store.bytes / keys];
  const expire = each((key) => store.expire(key, now + LIFE));
  now += LIFE;
  const sweep = each(() => store.sweep(1));
  if (store.size !== 0) throw new Error(`Cannot go on: ${store.size} entries did not expire`);
  for (let place = 0; place < keys; place++) store.set(keyAt(place), value);
  const remove = each((key) => store.delete(key));
  return {
    keys,
    operations: {
      "fill": fill,
      "GET": get,
      "SET, same size": set,
      "SET, other sizes": overwrite,
      "EXPIRE": expire,
      "sweep of one": sweep,
      "DELETE": remove,
    },
    bytes: { filled, overwritten, overwrittenPayload },
  };
}

/** The times of an operation on each key; the keys come in an order far from the one of the filling. */
function timesOf(
  keys: number,
  operate: (key: Uint8Array, place: number) => void,
): LatencyFigures {
  const clock = clockCost();
  const times = new Float64Array(keys); // Nothing that collections of garbage have to look at.
  const key = keyAt(0);
  for (let place = 0; place < keys; place++) {
    writeDigits(key, 0, scattered(place, keys));
    const start = performance.now();
    operate(key, place);
    times[place] = performance.now() - start - clock;
  }
  return latencyFigures(times);
}

function keyAt(number: number): Uint8Array {
  const key = new Uint8Array(KEY_SIZE);
  writeKey(key, 0, number);
  return key;
}

/** What a reading of the clock takes, in milliseconds. */
function clockCost(): number {
  const start = performance.now();
  for (let reading = 0; reading < READINGS; reading++) performance.now();
  return (performance.now() - start) / READINGS;
}
