/**
 * What a server is asked: which requests, about which keys, with which values.
 *
 * @module
 */

import type {
  DeleteRequest,
  GetRequest,
  IncrRequest,
  PingRequest,
  SetRequest,
} from "../model/mod.ts";
import { NO_BYTES } from "../bytes/mod.ts";
import { Random } from "./random.ts";
import { Zipf } from "./zipf.ts";

/** The requests that a load is made of. */
export type LoadRequest = GetRequest | SetRequest | DeleteRequest | IncrRequest | PingRequest;

/** The name of one. */
export type LoadOp = LoadRequest["op"];

/** The names, in the order in which a mix tells them. */
export const LOAD_OPS: readonly LoadOp[] = ["GET", "SET", "INCR", "DELETE", "PING"];

/** How often which request is drawn: its share of the sum. */
export type Mix = Readonly<Partial<Record<LoadOp, number>>>;

/** What a workload is made of. */
export interface WorkloadOptions {
  /** How many keys there are. Default 100,000. */
  readonly keys?: number | undefined;
  /** How unequally keys are drawn, the exponent of Zipf's law; 0: all equally. Default 0. */
  readonly skew?: number | undefined;
  /** How many bytes a key has. Default 16. */
  readonly keySize?: number | undefined;
  /** The least and the largest size of values, in bytes. Default 64 and 64. */
  readonly valueSize?: readonly [least: number, largest: number] | undefined;
  /** Which requests there are. Default: 90 GET, 10 SET. */
  readonly mix?: Mix | undefined;
  /** Workloads of one seed, a whole number of 32 bits, draw the same. Default 1. */
  readonly seed?: number | undefined;
}

/** The longest value, in bytes: requests are built before they are sent. */
export const MAX_LOAD_VALUE = 67_108_864;
const MAX_KEY_SIZE = 65_535;
const MAX_KEYS = 2 ** 32 - 1;
/** Beyond this the first key is drawn nearly always, and the sums become inexact. */
const MAX_SKEW = 10;

/** Keys begin with it; those that are counted have another, so that no value is in the way. */
const KEY_PREFIX = "key:";
const COUNTER_PREFIX = "cnt:";

/** Values are cut out of so many random bytes more than they have themselves, a prime. */
const SHIFTS = 4_093;

const UTF8 = new TextEncoder();
const ZERO = 0x30;

/**
 * Draws requests. A key always has the same value, so that what is read can be checked.
 *
 * @example
 * ```ts
 * import { Workload } from "@cortado/cortado/load";
 * import { assertEquals } from "@std/assert";
 *
 * const workload = new Workload({ keys: 10, keySize: 8, valueSize: [3, 3], mix: { SET: 1 } });
 * assertEquals(workload.key(7), new TextEncoder().encode("key:0007"));
 * assertEquals(workload.value(7).length, 3);
 * assertEquals(workload.draw().op, "SET");
 * ```
 */
export class Workload {
  /** How many keys there are. */
  readonly keys: number;
  readonly #key: Uint8Array;
  readonly #counter: Uint8Array;
  readonly #least: number;
  readonly #sizes: number;
  /** Where the share of each request ends. */
  readonly #shares: readonly (readonly [op: LoadOp, end: number])[];
  readonly #random: Random;
  readonly #zipf: Zipf | undefined;
  readonly #pattern: Uint8Array;

  /**
   * Makes a workload.
   *
   * @throws {RangeError} When a number is out of range, the keys do not fit their size, or the mix is empty.
   */
  constructor(options: WorkloadOptions = {}) {
    const { keys = 100_000, skew = 0, keySize = 16, valueSize = [64, 64], seed = 1 } = options;
    const [least, largest] = valueSize;
    checkNumber("keys", keys, 1, MAX_KEYS);
    const shortest = KEY_PREFIX.length + `${keys - 1}`.length;
    checkNumber(`size of ${keys} keys`, keySize, shortest, MAX_KEY_SIZE);
    checkNumber("size of values", largest, 0, MAX_LOAD_VALUE);
    checkNumber("least size of values", least, 0, largest);
    if (!(skew >= 0 && skew <= MAX_SKEW)) {
      throw new RangeError(`Cannot use skew ${skew}: it must be a number from 0 to ${MAX_SKEW}`);
    }
    this.keys = keys;
    this.#key = UTF8.encode(KEY_PREFIX.padEnd(keySize, "0"));
    this.#counter = UTF8.encode(COUNTER_PREFIX.padEnd(keySize, "0"));
    this.#least = least;
    this.#sizes = largest - least + 1;
    this.#shares = sharesOf(options.mix ?? { GET: 90, SET: 10 });
    this.#random = new Random(seed);
    this.#zipf = skew > 0 ? new Zipf(keys, skew) : undefined;
    this.#pattern = patternOf(largest + SHIFTS, seed);
  }

  /** The mean size of a value, in bytes. */
  get meanValueSize(): number {
    return this.#least + (this.#sizes - 1) / 2;
  }

  /** The bytes of the key with a number, from 0. */
  key(number: number): Uint8Array {
    return numbered(this.#key, number);
  }

  /** The value of the key with a number; a view that stays unchanged. */
  value(number: number): Uint8Array {
    // Two primes, so that keys in a row differ in both.
    const size = this.#least + (number * 7_919) % this.#sizes;
    const at = (number * 31) % SHIFTS;
    return this.#pattern.subarray(at, at + size);
  }

  /** Stores the value of the key with a number. */
  set(number: number): SetRequest {
    const [key, value] = [this.key(number), this.value(number)];
    return { op: "SET", key, value, ttl: undefined, version: undefined };
  }

  /** Draws the next request. */
  draw(): LoadRequest & { readonly number: number } {
    const op = this.#drawOp();
    const number = this.#zipf?.draw(this.#random) ?? this.#random.below(this.keys);
    return Object.assign(this.#request(op, number), { number });
  }

  #drawOp(): LoadOp {
    const share = this.#random.next() * this.#shares.at(-1)![1];
    return this.#shares.find(([, end]) => share < end)![0];
  }

  #request(op: LoadOp, number: number): LoadRequest {
    switch (op) {
      case "GET":
        return { op, key: this.key(number), wantVersion: false };
      case "SET":
        return this.set(number);
      case "DELETE":
        return { op, key: this.key(number), version: undefined };
      case "INCR":
        return { op, key: numbered(this.#counter, number), delta: 1 };
      case "PING":
        return { op, value: NO_BYTES };
    }
  }
}

/** A template with a number in the place of its last digits. */
function numbered(template: Uint8Array, number: number): Uint8Array {
  const bytes = template.slice();
  let rest = number;
  for (let at = bytes.length - 1; rest > 0; at--) {
    const tenth = Math.floor(rest / 10);
    bytes[at] = ZERO + rest - 10 * tenth;
    rest = tenth;
  }
  return bytes;
}

function sharesOf(mix: Mix): readonly (readonly [LoadOp, number])[] {
  let end = 0;
  const shares = LOAD_OPS.flatMap((op) => {
    const share = mix[op] ?? 0;
    if (!(share >= 0 && share < Infinity)) {
      throw new RangeError(`Cannot mix ${share} of ${op}: it must be a number from 0`);
    }
    end += share;
    return share > 0 ? [[op, end] as const] : [];
  });
  if (end > 0) return shares;
  throw new RangeError("Cannot mix requests: no share is above 0");
}

function patternOf(size: number, seed: number): Uint8Array {
  const random = new Random(~seed);
  return Uint8Array.from({ length: size }, () => random.below(256));
}

function checkNumber(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `Cannot use ${name} ${value}: it must be a whole number from ${least} to ${most}`,
  );
}
