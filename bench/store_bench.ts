/**
 * What an entry costs: GET and SET over many keys in random order, beside a map from strings to arrays, and
 * beside a store that other threads can read, with the look of such a reader.
 *
 *     deno bench bench/store_bench.ts
 *
 * Most of it is cache misses, so that few keys would tell something else.
 *
 * @module
 */

import { MemoryStore, nameOf, StoreReader } from "../lib/store/mod.ts";

const KEYS = 100_000;
const KEY_SIZE = 16;
/** Each call of a benchmark does so many operations. */
const OPERATIONS = 10_000;

const value = new Uint8Array(64).fill(0x78);
/** The keys are views of one buffer, as requests have them. */
const keys = keysIn(new Uint8Array(KEYS * KEY_SIZE));
const order = Array.from({ length: OPERATIONS }, () => Math.floor(Math.random() * KEYS));

function keysIn(buffer: Uint8Array): Uint8Array[] {
  return Array.from({ length: KEYS }, (_, at) => {
    const key = buffer.subarray(at * KEY_SIZE, (at + 1) * KEY_SIZE);
    new TextEncoder().encodeInto(`key:${String(at).padStart(12, "0")}`, key);
    return key;
  });
}

/** The least that a store could do: it knows neither expiry nor versions. */
class NaiveStore {
  readonly #values = new Map<string, Uint8Array>();

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#values.get(nameOf(key));
  }

  set(key: Uint8Array, value: Uint8Array): void {
    this.#values.set(nameOf(key), value.slice());
  }
}

const store = new MemoryStore();
const shared = new MemoryStore({ shared: true });
const naive = new NaiveStore();
for (const key of keys) {
  store.set(key, value);
  shared.set(key, value);
  naive.set(key, value);
}

const reader = new StoreReader(shared.shared!);

/** Values are copied here, as replies do, so that reading them is not optimised away. */
const out = new Uint8Array(value.length);

function benchEach(group: string, name: string, operate: (key: Uint8Array) => void): void {
  Deno.bench({
    name: `${OPERATIONS} ${name}`,
    group,
    baseline: name === `MemoryStore.${group.toLowerCase()}`,
    permissions: "none",
    fn() {
      for (const at of order) operate(keys[at]!);
    },
  });
}

benchEach("GET", "MemoryStore.get", (key) => out.set(store.get(key)!.value));
benchEach("GET", "MemoryStore.get, the view", (key) => out.set(store.get(key)!.view));
benchEach("GET", "shared, get", (key) => out.set(shared.get(key)!.value));
benchEach("GET", "shared, StoreReader.find", (key) => void reader.find(key, out, 0));
benchEach("GET", "map of strings, get", (key) => out.set(naive.get(key)!));
benchEach("SET", "MemoryStore.set", (key) => void store.set(key, value));
benchEach("SET", "shared, set", (key) => void shared.set(key, value));
benchEach("SET", "map of strings, set", (key) => naive.set(key, value));
