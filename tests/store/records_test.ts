import { KeyHash } from "../../lib/store/key_hash.ts";
import { MemoryStore, StoreContext } from "../../lib/store/mod.ts";
import { Records } from "../../lib/store/records.ts";
import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";

const KEY = utf8("key");

/** `key-` and a number. */
function numbered(number: number): Uint8Array {
  return utf8(`key-${number}`);
}

/** Bytes of which no copy can be made. */
function uncopied(): Uint8Array {
  return Object.defineProperty(new Uint8Array(1), "length", { value: 2 ** 53 });
}

function test(name: string, fn: () => void): void {
  Deno.test({ name: `MemoryStore ${name}`, permissions: "none", fn });
}

test("uses the room of what was overwritten or deleted again", () => {
  const store = new MemoryStore();
  const values = [10, 1_000, 5_000, 30_000, 40_000].map((size) => new Uint8Array(size));
  const round = () => {
    for (const value of values) {
      for (let i = 0; i < 50; i++) store.set(numbered(i), value);
    }
    for (let i = 0; i < 50; i += 2) store.delete(numbered(i));
  };
  round();
  const { memory } = store;
  for (let i = 0; i < 100; i++) round();
  assertLess(store.memory, memory + 2_100_000); // Two empty segments may be kept.
});

test("holds about twice its bytes at the most while values become larger", () => {
  const store = new MemoryStore();
  for (let size = 16; size < 1_500; size += 16) {
    for (let i = 0; i < 3_000; i++) store.set(numbered(i), new Uint8Array(size).fill(size));
    assertLess(store.memory, 2.5 * store.bytes + 5_000_000);
  }
  for (let i = 0; i < 3_000; i++) assertEquals(store.get(numbered(i))?.value[0], 1_488 % 256);
});

test("gives memory back when most entries are deleted, and keeps the others", () => {
  const clock = { now: 1_000_000 };
  const store = new MemoryStore({ now: () => clock.now });
  const count = 40_000;
  const until = (i: number) => clock.now + (i % 1_000 === 0 ? 5_000 : 9_000);
  for (let i = 0; i < count; i++) store.set(numbered(i), utf8(`${i}`.padEnd(600)), until(i));
  const { memory } = store;
  for (let i = 0; i < count; i++) if (i % 20 !== 0) store.delete(numbered(i));
  assertLess(store.memory, memory / 2);
  clock.now += 5_000;
  assertEquals(store.sweep(1_000), count / 1_000);
  for (let i = 0; i < count; i += 20) {
    const value = store.get(numbered(i))?.value;
    assertEquals(value && textOf(value).trim(), i % 1_000 === 0 ? undefined : `${i}`);
  }
});

test("has changed nothing when there is no memory for a value", () => {
  const store = new MemoryStore();
  assertThrows(() => store.set(KEY, uncopied()), RangeError);
  assertThrows(() => store.append(KEY, uncopied()), RangeError);
  assertEquals([store.size, store.bytes, store.get(KEY)], [0, 0, undefined]);
  const version = store.set(KEY, utf8("before"));
  assertThrows(() => store.set(KEY, uncopied()), RangeError);
  assertThrows(() => store.append(KEY, uncopied()), RangeError);
  assertEquals([store.size, store.bytes, store.versionOf(KEY)], [1, 9, version]);
  assertEquals(textOf(store.get(KEY)!.value), "before");
});

/** Records, and one of a key and a value among them. */
function withRecord(key: Uint8Array, value: Uint8Array): { records: Records; ref: number } {
  const records = new Records(new StoreContext(() => 0));
  const ref = records.setValue(records.create(key, value.length, false), value);
  records.headers.setVersion(ref, 1);
  return { records, ref };
}

Deno.test("Records keeps a key and a value when an expiry comes, changes and goes", {
  permissions: "none",
}, () => {
  const lengths = [0, 1, 3, 4, 12, 16, 40_000];
  for (const [keyLength, valueLength] of lengths.flatMap((a) => lengths.map((b) => [a, b]))) {
    const key = new Uint8Array(keyLength!).map((_, at) => at);
    const value = new Uint8Array(valueLength!).map((_, at) => 255 - at);
    let { records, ref } = withRecord(key, value);
    const same = () => {
      assertEquals([records.keyOf(ref), records.valueOf(ref)], [key, value]);
      assert(records.hasKey(ref, key, 0, key.length));
    };
    ref = records.setExpiresAt(ref, 1e13 + 0.5);
    records.setPlace(ref, 7);
    assertEquals([records.expiresAt(ref), records.placeOf(ref)], [1e13 + 0.5, 7]);
    same();
    ref = records.setExpiresAt(ref, 5);
    assertEquals([records.expiresAt(ref), records.placeOf(ref)], [5, 7]);
    records.dropExpiry(ref);
    assertEquals([records.expiresAt(ref), records.placeOf(ref)], [Infinity, 0]);
    same();
    ref = records.move(ref);
    same();
  }
});

Deno.test("Records gives the hash of a key inside and outside, wherever its record is", {
  permissions: "none",
}, () => {
  const hash = new KeyHash();
  for (const length of [0, 1, 5, 16, 32_767, 32_768]) {
    const key = new Uint8Array(length).fill(length);
    const { records, ref } = withRecord(key, utf8("value"));
    assertEquals(records.hashOf(ref, hash), hash.of(key));
    assertEquals(records.hashOf(records.setExpiresAt(ref, 1), hash), hash.of(key));
  }
});

Deno.test("Records keeps versions of 48 bits beside the length of a value", {
  permissions: "none",
}, () => {
  const { records, ref } = withRecord(KEY, utf8("value"));
  for (const version of [1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 47 + 5, 2 ** 48 - 1]) {
    records.headers.setVersion(ref, version);
    const to = records.append(ref, utf8(""));
    assertEquals([records.headers.versionOf(to), records.valueLengthOf(to)], [version, 5]);
  }
});

Deno.test("Records takes 96 bytes for 16 and 64 without an expiry, and 112 with one", {
  permissions: "none",
}, () => {
  const { records, ref } = withRecord(new Uint8Array(16), new Uint8Array(64));
  assertEquals(records.blockSizeOf(ref), 96);
  const to = records.setExpiresAt(ref, 1);
  assertEquals(records.blockSizeOf(to), 112);
  records.dropExpiry(to);
  assertEquals(records.blockSizeOf(records.setValue(to, new Uint8Array(64))), 96);
});
