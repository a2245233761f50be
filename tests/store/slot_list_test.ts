import { MemoryStore } from "../../lib/store/mod.ts";
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { textOf, utf8 } from "../codec/helpers.ts";

const NONE = new Uint8Array(0);
const all = () => true;

function test(name: string, fn: () => void): void {
  Deno.test({ name: `SlotList ${name}`, permissions: "none", fn });
}

/** A store with the keys 0 to `total - 1`. */
function filled(total: number): MemoryStore {
  const store = new MemoryStore();
  for (let i = 0; i < total; i++) store.set(utf8(String(i)), NONE);
  return store;
}

test("gives a page of as many keys as are asked for, and 0 behind the last", () => {
  const store = filled(5);
  const first = store.page({ cursor: 0, count: 2, matches: all });
  assertEquals(first.keys.map(textOf), ["0", "1"]);
  const rest = store.page({ cursor: first.cursor, count: 3, matches: all });
  assertEquals([rest.keys.map(textOf), rest.cursor], [["2", "3", "4"], 0]);
});

test("counts the keys that do not match, so that a page has an end", () => {
  const page = filled(50).page({ cursor: 0, count: 10, matches: (key) => textOf(key) === "49" });
  assertEquals(page, { cursor: 10, keys: [] });
});

test("does not count keys that are gone, also behind the last one asked for", () => {
  const store = filled(30);
  for (let i = 0; i < 30; i++) if (i % 3 !== 0) store.delete(utf8(String(i)));
  const page = store.page({ cursor: 0, count: 10, matches: all });
  assertEquals([page.keys.length, page.cursor], [10, 0]);
});

test("passes over a bounded number of keys that are gone", () => {
  const store = filled(1_000);
  for (let i = 0; i < 999; i++) store.delete(utf8(String(i)));
  let pages = 0;
  let cursor = 0;
  const keys: string[] = [];
  do {
    const page = store.page({ cursor, count: 1, matches: all });
    keys.push(...page.keys.map(textOf));
    cursor = page.cursor;
    pages++;
  } while (cursor !== 0);
  assertEquals([pages, keys], [100, ["999"]]);
});

test("gives each key that stays exactly once, whatever the counts and whatever comes and goes", () => {
  const changes = fc.array(fc.record({ count: fc.integer({ min: 1, max: 9 }), gone: fc.nat(99) }), {
    minLength: 20,
    maxLength: 60,
  });
  fc.assert(
    fc.property(changes, (changes) => {
      const store = filled(100);
      const seen: string[] = [];
      const gone = new Set<string>();
      let cursor = 0;
      let step = 0;
      do {
        const change = changes[step++ % changes.length]!;
        const page = store.page({ cursor, count: change.count, matches: all });
        seen.push(...page.keys.map(textOf));
        cursor = page.cursor;
        gone.add(String(change.gone));
        store.delete(utf8(String(change.gone)));
        store.set(utf8(`new-${step}`), NONE);
        if (step % 2 === 0) store.delete(utf8(`new-${step}`));
      } while (cursor !== 0 && step < 1_000);
      assertEquals(new Set(seen).size, seen.length, "no key twice");
      for (let i = 0; i < 100; i++) {
        assert(gone.has(String(i)) || seen.includes(String(i)), `${i} stayed`);
      }
    }),
    { seed: 0xcafe, numRuns: 100 },
  );
});

test("keeps cursors good over a clear: what was made later is given once, what went is not", () => {
  const store = filled(20);
  const { cursor } = store.page({ cursor: 0, count: 10, matches: all });
  store.clear();
  for (let i = 0; i < 5; i++) store.set(utf8(`new-${i}`), NONE);
  const page = store.page({ cursor, count: 10, matches: all });
  assertEquals([page.keys.length, page.cursor], [5, 0]);
});

test("gives any key at random: each of ten within 1,000 tries, also between many that are gone", () => {
  const store = filled(500);
  for (let i = 0; i < 490; i++) store.delete(utf8(String(i)));
  const found = new Set<string>();
  let tries = 0;
  for (; found.size < 10 && tries < 1_000; tries++) found.add(textOf(store.randomKey()!));
  assertEquals([...found].sort(), Array.from({ length: 10 }, (_, i) => String(490 + i)));
  assertLessOrEqual(tries, 1_000); // A miss has a chance of 10 * 0.9^1000, below 1 in 10^44.
});
