import { MemoryStore, type Page } from "../../lib/store/mod.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertLessOrEqual,
  assertNotEquals,
} from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";

const KEY = utf8("key");
const NONE = new Uint8Array(0);

/** A store whose clock the test moves. */
function clocked(): { store: MemoryStore; clock: { now: number } } {
  const clock = { now: 1_000_000 };
  return { store: new MemoryStore({ now: () => clock.now }), clock };
}

/** `key-` and a number. */
function numbered(number: number): Uint8Array {
  return utf8(`key-${number}`);
}

/** The keys of all pages as text, in order; `between` runs after each page but the last. */
function scanAll(store: MemoryStore, prefix = NONE, between: () => void = () => {}): string[] {
  const keys: string[] = [];
  let page: Page = store.scan(prefix, 0);
  for (;;) {
    keys.push(...page.keys.map(textOf));
    if (page.cursor === 0) return keys;
    between();
    page = store.scan(prefix, page.cursor);
  }
}

function test(name: string, fn: () => void): void {
  Deno.test({ name: `MemoryStore.${name}`, permissions: "none", fn });
}

test("scan gives all keys once, in pages of at most 1,000 entries", () => {
  const store = new MemoryStore();
  const all = Array.from({ length: 2_500 }, (_, i) => `key-${i}`);
  for (const key of all) store.set(utf8(key), NONE);
  const first = store.scan(NONE, 0);
  assertEquals(first.keys.length, 1_000);
  assertEquals(scanAll(store).sort(), all.sort());
});

test("scan ends a page when its keys take 65,536 bytes", () => {
  const store = new MemoryStore();
  for (let i = 0; i < 10; i++) {
    const key = new Uint8Array(30_000);
    key[0] = i;
    store.set(key, NONE);
  }
  const page = store.scan(NONE, 0);
  assertEquals(page.keys.length, 3);
  assertGreater(page.cursor, 0);
  assertEquals(scanAll(store).length, 10);
});

test("scan ends with cursor 0 when the last page is exactly full", () => {
  const store = new MemoryStore();
  for (let i = 0; i < 1_000; i++) store.set(numbered(i), NONE);
  const page = store.scan(NONE, 0);
  assertEquals([page.keys.length, page.cursor], [1_000, 0]);
});

test("scan gives only keys that begin with the prefix, byte by byte", () => {
  const store = new MemoryStore();
  for (const key of ["", "a", "ab", "abc", "b", "A"]) store.set(utf8(key), NONE);
  assertEquals(scanAll(store, utf8("ab")).sort(), ["ab", "abc"]);
  assertEquals(scanAll(store, utf8("abcd")), []);
  assertEquals(scanAll(store).length, 6);
});

test("scan gives an empty page that is not the last when nothing matches among its entries", () => {
  const store = new MemoryStore();
  for (let i = 0; i < 1_500; i++) store.set(numbered(i), NONE);
  store.set(utf8("needle"), NONE);
  const page = store.scan(utf8("hay"), 0);
  assertEquals(page.keys.length, 0);
  assertGreater(page.cursor, 0);
  assertEquals(scanAll(store, utf8("needle")), ["needle"]);
});

test("scan takes a cursor that it never gave: it begins or ends anywhere, and nothing is thrown", () => {
  const store = new MemoryStore();
  assertEquals(store.scan(NONE, 99), { cursor: 0, keys: [] });
  store.set(KEY, NONE);
  assertEquals(store.scan(NONE, 99).cursor, 0);
  for (const cursor of [2 ** 32, Number.MAX_SAFE_INTEGER]) {
    assertEquals(store.scan(NONE, cursor), { cursor: 0, keys: [] });
  }
});

test("scan keeps its promise while keys come, go and change", () => {
  const { store, clock } = clocked();
  const total = 6_000;
  for (let i = 0; i < total; i++) {
    store.set(numbered(i), NONE, i % 3 === 1 ? clock.now + 1 : Infinity);
  }
  let step = 0;
  const seen = scanAll(store, NONE, () => {
    clock.now += 1;
    store.sweep(1_000);
    for (let i = 0; i < 500; i++) {
      const place = step * 500 + i;
      if (place * 3 + 2 < total) store.delete(numbered(place * 3 + 2));
      store.set(utf8(`new-${place}`), NONE);
      if (i % 5 === 0) store.delete(utf8(`new-${place}`));
    }
    for (let i = 0; i < total; i += 30) store.append(numbered(i), utf8("x"));
    step++;
  });
  assertGreater(step, 3);
  assertEquals(new Set(seen).size, seen.length, "no key twice");
  const found = new Set(seen);
  for (let i = 0; i < total; i += 3) assert(found.has(`key-${i}`), `key-${i} stayed`);
});

test("scan gives a key that was deleted and created again between pages once", () => {
  const store = new MemoryStore();
  for (let i = 0; i < 1_200; i++) store.set(numbered(i), NONE);
  const seen = scanAll(store, NONE, () => {
    assert(store.delete(numbered(5)));
    store.set(numbered(5), NONE);
  });
  assertEquals(seen.filter((key) => key === "key-5").length, 1);
});

test("scan of few keys has few pages, however many there were", () => {
  const store = new MemoryStore();
  for (let i = 0; i < 50_000; i++) store.set(numbered(i), NONE);
  for (let i = 10; i < 50_000; i++) store.delete(numbered(i));
  let pages = 1;
  assertEquals(scanAll(store, NONE, () => pages++).length, 10);
  assertLessOrEqual(pages, 2);
});

test("scan orders keys by its seed, and not by the time of birth", () => {
  const order = (seed: readonly [number, number], from: number, step: number) => {
    const store = new MemoryStore({ seed });
    for (let i = 0; i < 100; i++) store.set(numbered((from + i * step + 100) % 100), NONE);
    return scanAll(store).join();
  };
  assertEquals(order([1, 2], 0, 1), order([1, 2], 99, -1));
  assertNotEquals(order([1, 2], 0, 1), order([3, 4], 0, 1));
});
