/**
 * Measures a store with so many keys, in a process of its own, and prints the figures as JSON.
 *
 * Each round does the same with a new store, in the same order, so that what the store itself does at an
 * operation it does in every round, and a stop of the machine is hardly ever there twice.
 *
 * @module
 */

import { MemoryStore } from "../lib/store/mod.ts";
import { timeOf } from "./harness.ts";
import { type LatencyFigures, latencyFigures } from "./latencies.ts";
import { KEY_SIZE, scattered, writeDigits, writeKey } from "./numbered_keys.ts";
import { numberOption, print } from "./report.ts";

/** The times of an operation on all keys. */
export interface OperationFigures {
  /** By round. */
  readonly rounds: readonly LatencyFigures[];
  /** Of the least times of all rounds, key by key. */
  readonly least: LatencyFigures;
}

/** What one process measures. */
export interface StoreFigures {
  /** How many keys there were. */
  readonly keys: number;
  /** By name. */
  readonly operations: Readonly<Record<string, OperationFigures>>;
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
/** So many readings of the clock tell what one takes, in the best of so many trials. */
const READINGS = 10_000;
const TRIALS = 100;
/** Entries expire so many milliseconds after now. */
const LIFE = 1_000;

/** Fills a store, uses it, and empties it: by expiry, and again by DELETE. */
function measure(keys: number, rounds: number): StoreFigures {
  const recorder = new Recorder();
  let bytes = { filled: 0, overwritten: 0, overwrittenPayload: 0 };
  for (let round = 0; round < rounds; round++) {
    const trial = new Trial(keys, recorder);
    trial.fill("fill");
    const filled = trial.held;
    trial.use();
    bytes = { filled, overwritten: trial.held, overwrittenPayload: trial.payload };
    trial.expire();
    trial.fill("fill again");
    trial.delete();
  }
  return { keys, operations: recorder.figures, bytes };
}

/** Notes what each operation takes. */
class Recorder {
  readonly #rounds = new Map<string, LatencyFigures[]>();
  readonly #least = new Map<string, Float64Array>();

  /** What was noted. */
  get figures(): Record<string, OperationFigures> {
    return Object.fromEntries(
      Array.from(this.#rounds, ([name, rounds]) => {
        return [name, { rounds, least: latencyFigures(this.#least.get(name)!) }];
      }),
    );
  }

  /** Notes a round of an operation: its times, which it keeps, key by key. */
  add(name: string, times: Float64Array): void {
    const rounds = this.#rounds.get(name) ?? [];
    this.#rounds.set(name, [...rounds, latencyFigures(times)]);
    const least = this.#least.get(name);
    if (least === undefined) this.#least.set(name, times);
    else for (let at = 0; at < least.length; at++) least[at] = Math.min(least[at]!, times[at]!);
  }
}

/** A store with a clock of its own; each method does something with all keys. */
class Trial {
  readonly #keys: number;
  readonly #recorder: Recorder;
  readonly #value = new Uint8Array(VALUE_SIZE).fill(0x78);
  #now = 1_000_000_000_000;
  readonly #store = new MemoryStore({ now: () => this.#now });

  constructor(keys: number, recorder: Recorder) {
    this.#keys = keys;
    this.#recorder = recorder;
  }

  /** Bytes that are held for a key. */
  get held(): number {
    return this.#store.memory / this.#keys;
  }

  /** Bytes that a key and its value have. */
  get payload(): number {
    return this.#store.bytes / this.#keys;
  }

  fill(name: string): void {
    this.#each(name, (key) => this.#store.set(key, this.#value));
  }

  use(): void {
    const out = new Uint8Array(VALUE_SIZE);
    const others = OTHER_SIZES.map((size) => new Uint8Array(size).fill(0x79));
    const otherAt = (place: number) => others[place % others.length]!;
    this.#each("GET", (key) => out.set(this.#store.get(key)!.value));
    this.#each("SET, same size", (key) => this.#store.set(key, this.#value));
    this.#each("SET, other sizes", (key, place) => this.#store.set(key, otherAt(place)));
  }

  expire(): void {
    this.#each("EXPIRE", (key) => this.#store.expire(key, this.#now + LIFE));
    this.#now += LIFE;
    this.#each("sweep of one", () => this.#store.sweep(1));
    if (this.#store.size === 0) return;
    throw new Error(`Cannot go on: ${this.#store.size} entries did not expire`);
  }

  delete(): void {
    this.#each("DELETE", (key) => this.#store.delete(key));
  }

  #each(name: string, operate: (key: Uint8Array, place: number) => void): void {
    this.#recorder.add(name, timesOf(this.#keys, operate));
  }
}

/** The times of an operation on each key; the keys come in an order far from the one of the filling. */
function timesOf(
  keys: number,
  operate: (key: Uint8Array, place: number) => void,
): Float64Array {
  const clock = clockCost();
  const times = new Float64Array(keys); // Nothing that collections of garbage have to look at.
  const key = new Uint8Array(KEY_SIZE);
  writeKey(key, 0, 0);
  for (let place = 0; place < keys; place++) {
    writeDigits(key, 0, scattered(place, keys));
    const start = performance.now();
    operate(key, place);
    times[place] = performance.now() - start - clock;
  }
  return times;
}

/** What a reading of the clock takes, in milliseconds, when nothing disturbs. */
function clockCost(): number {
  const read = () => timeOf(() => performance.now(), READINGS) / READINGS;
  return Math.min(...Array.from({ length: TRIALS }, read));
}

if (import.meta.main) {
  print(JSON.stringify(measure(numberOption("keys", 1_000_000), numberOption("rounds", 1))));
}
