import { ASK, LARGE, MAX_AHEAD, MemoryStore, MISS, StoreContext } from "../../lib/store/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";
import { Random } from "../random.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `ValueFinder ${name}`, permissions: "none", fn });
}

/** Finds a key that stands among other bytes, and gives the answer and what was copied. */
function find(store: MemoryStore, key: Uint8Array, room = 40_000): readonly [number, Uint8Array] {
  const around = Uint8Array.of(9, 9, 9, ...key, 9);
  const into = new Uint8Array(room).fill(0xee);
  const { finder } = store;
  const hash = finder.hashOf(around, 3, key.length);
  const view = new DataView(into.buffer);
  const length = finder.findHashed(hash, around, 3, key.length, view, 5);
  return [length, into];
}

test("copies values of all lengths to their place, and nothing else", () => {
  const store = new MemoryStore();
  for (const length of [0, 1, 7, 8, 9, 16, 17, 63, 64, 65, 1_000, 2_048]) {
    const value = new Random(length).bytes(length);
    const key = utf8("k".repeat(1 + length % 5));
    store.set(key, value);
    const [found, into] = find(store, key);
    assertEquals(found, length);
    assertEquals(into.subarray(5, 5 + length), value);
    const around = [...into.subarray(0, 5), ...into.subarray(5 + length)];
    assertEquals(around.filter((byte) => byte !== 0xee), []);
  }
});

test("misses what is not there, and asks about what is long or does not fit", () => {
  const store = new MemoryStore();
  assertEquals(find(store, utf8("k"))[0], MISS);
  store.set(utf8("k"), new Uint8Array(100));
  store.set(utf8("large"), new Uint8Array(LARGE));
  store.set(utf8("long"), new Uint8Array(2_049));
  store.set(new Uint8Array(LARGE), utf8("v"));
  assertEquals(find(store, utf8("k"))[0], 100);
  assertEquals(find(store, utf8("k"), 104)[0], ASK);
  assertEquals(find(store, utf8("k"), 105)[0], 100);
  assertEquals(find(store, utf8("large"))[0], ASK);
  assertEquals(find(store, utf8("long"))[0], ASK);
  assertEquals(find(store, new Uint8Array(LARGE))[0], ASK);
  assertEquals(find(store, utf8("other"))[0], MISS);
});

test("tells when an entry ends, and asks when that was", () => {
  const clock = { now: 1_000 };
  const store = new MemoryStore({ now: () => clock.now });
  store.set(utf8("k"), utf8("v"), 1_500);
  assertEquals([find(store, utf8("k"))[0], store.finder.expiresAt], [1, 1_500]);
  clock.now = 1_500;
  assertEquals(find(store, utf8("k"))[0], ASK);
  assertEquals(store.size, 1); // Its owner removes it, and tells that.
  store.set(utf8("k"), utf8("v"));
  assertEquals([find(store, utf8("k"))[0], store.finder.expiresAt], [1, Infinity]);
});

test("is an access when the value is used, unless accesses leave no trace", () => {
  const context = new StoreContext(() => 1_000);
  context.accesses.logFactor = 0;
  const store = new MemoryStore({ context });
  store.set(utf8("k"), utf8("v"));
  const frequency = () => store.peek(utf8("k"))!.frequency;
  const before = frequency();
  find(store, utf8("k"));
  assertEquals(frequency(), before);
  store.finder.use();
  assertEquals(frequency(), before + 1);
  context.touching = false;
  store.finder.use();
  assertEquals(frequency(), before + 1);
});

test("looks ahead at keys that are there, are not there, move, and have moved", () => {
  const store = new MemoryStore();
  const { finder } = store;
  const hashes = new Int32Array(MAX_AHEAD);
  finder.lookAhead(hashes, MAX_AHEAD);
  for (let i = 0; i < 5_000; i++) {
    const key = utf8(`${i}`);
    store.set(key, key);
    if (i % 7 === 0) store.delete(utf8(`${i - 3}`));
    for (let at = 0; at < MAX_AHEAD; at++) {
      const other = utf8(`${(i * 13 + at) % 6_000}`);
      hashes[at] = finder.hashOf(other, 0, other.length);
    }
    finder.lookAhead(hashes, MAX_AHEAD);
    assertEquals(find(store, key)[0], key.length);
  }
  store.clear();
  finder.lookAhead(hashes, MAX_AHEAD);
  assertEquals(find(store, utf8("1"))[0], MISS);
});
