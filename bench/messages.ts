/**
 * What the benchmarks send: the same keys, values and requests every time.
 *
 * @module
 */

import type { RequestHead } from "../lib/cafe/mod.ts";
import type { GetRequest, SetRequest } from "../lib/model/mod.ts";

/** How many messages one iteration of a benchmark handles, unless its name says otherwise. */
export const BATCH = 128;

/** How long keys are, in bytes. */
export const KEY_SIZE = 16;

/** How long small values are, in bytes. */
export const SMALL_VALUE = 64;

/** How long large values are, in bytes. */
export const LARGE_VALUE = 16_384;

const UTF8 = new TextEncoder();

/** The key number `index`, of {@linkcode KEY_SIZE} bytes. */
export function keyOf(index: number): Uint8Array {
  return UTF8.encode(`key:${String(index).padStart(KEY_SIZE - 4, "0")}`);
}

/** A value of any bytes but line feeds, so that delimited frames can carry it as it is. */
export function valueOf(size: number, seed: number): Uint8Array {
  const random = randomFrom(seed);
  return Uint8Array.from({ length: size }, () => {
    const byte = random(256);
    return byte === 10 ? 11 : byte;
  });
}

/** Requests for the keys from 0 to `count - 1`. */
export function getRequests(count: number): (GetRequest & RequestHead)[] {
  return Array.from({ length: count }, (_, index) => ({
    op: "GET",
    key: keyOf(index),
    wantVersion: false,
    id: undefined,
    quiet: false,
    checksum: false,
    durable: false,
  }));
}

/** Requests that store a value of `valueSize` bytes under each key from 0 to `count - 1`. */
export function setRequests(count: number, valueSize: number): (SetRequest & RequestHead)[] {
  return Array.from({ length: count }, (_, index) => ({
    op: "SET",
    key: keyOf(index),
    value: valueOf(valueSize, index),
    ttl: undefined,
    version: undefined,
    id: undefined,
    quiet: false,
    checksum: false,
    durable: false,
  }));
}

/** Puts the items in an order that looks random and is always the same. */
export function shuffled<T>(items: readonly T[]): T[] {
  const random = randomFrom(1);
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

/** Whole numbers from 0 up to a bound, by a linear congruential generator. */
function randomFrom(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 0x1_0000_0000 * bound);
  };
}
