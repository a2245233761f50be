import { MemoryStore } from "../../lib/store/mod.ts";
import { assertEquals, assertLess, assertThrows } from "@std/assert";
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
