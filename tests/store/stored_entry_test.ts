import { MemoryStore } from "../../lib/store/mod.ts";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { textOf, utf8 } from "../codec/helpers.ts";

const KEY = utf8("key");

function test(name: string, fn: () => void): void {
  Deno.test({ name: `StoredEntry ${name}`, permissions: "none", fn });
}

test("never changes a value that was handed out", () => {
  const store = new MemoryStore();
  store.set(KEY, utf8("a"));
  const handedOut: (readonly [Uint8Array, string])[] = [];
  for (let round = 0; round < 40; round++) {
    store.append(KEY, utf8(String(round)));
    const { value } = store.get(KEY)!;
    handedOut.push([value, textOf(value)]);
  }
  store.set(KEY, utf8("z"));
  store.append(KEY, utf8("zz"));
  store.set(KEY, utf8("y"));
  store.delete(KEY);
  store.append(KEY, utf8("x"));
  for (const [value, text] of handedOut) assertEquals(textOf(value), text);
});

test("reads what is asked for, and copies its value once", () => {
  const store = new MemoryStore({ now: () => 1_000 });
  store.set(KEY, utf8("a"), 1_005, "raw");
  const entry = store.get(KEY)!;
  assertStrictEquals(entry.value, entry.value);
  assertEquals([textOf(entry.key), textOf(entry.value), entry.valueLength], ["key", "a", 1]);
  assertEquals([entry.version, entry.encoding, entry.expiresAt], [1, "raw", 1_005]);
  assertEquals(entry.accessedAt, 1_000);
});

test("has a value that may be set for another key, and for its own", () => {
  for (const size of [10, 32_767, 32_768, 100_000]) {
    const store = new MemoryStore();
    const value = new Uint8Array(size).map((_, at) => at);
    store.set(KEY, value);
    store.set(utf8("other"), store.get(KEY)!.value);
    store.set(KEY, store.get(KEY)!.value);
    store.append(KEY, utf8("x"));
    assertEquals(store.get(utf8("other"))!.value, value);
    assertEquals(store.get(KEY)!.value, concat([value, utf8("x")]));
  }
});
