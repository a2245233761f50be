import { assert, assertEquals } from "@std/assert";
import { count, miss, ok, type ScanKeysRequest, text } from "../../lib/model/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";
import { eventsOf } from "./events.ts";
import { Bench } from "./helpers.ts";

const VALUE = utf8("value");
const [A, B, C] = ["a", "b", "c"].map(utf8) as [Uint8Array, Uint8Array, Uint8Array];

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

test("DELETE_MANY removes keys and answers how many there were, each with its event", (bench) => {
  for (const key of [A, B]) bench.peer.store.set(key, VALUE);
  const events = eventsOf(bench);
  assertEquals(bench.run({ op: "DELETE_MANY", keys: [A, C, B, A] }), count(2));
  assertEquals(events, ["0 del a", "0 del b"]);
});

test("EXISTS counts a key as often as it is named, and tells of those that are missing", (bench) => {
  bench.peer.store.set(A, VALUE);
  const events = eventsOf(bench);
  assertEquals(bench.run({ op: "EXISTS", keys: [A, B, A] }), count(2));
  assertEquals(events, ["0 keymiss b"]);
});

test("TOUCH_MANY makes this the time of the last access, EXISTS and TYPE do not", (bench) => {
  const { store } = bench.peer;
  store.set(A, VALUE);
  bench.now += 3_000;
  bench.services.databases.now();
  bench.run({ op: "EXISTS", keys: [A] });
  bench.run({ op: "TYPE", key: A });
  assertEquals(store.peek(A)?.accessedAt, 1_000_000);
  const events = eventsOf(bench);
  assertEquals(bench.run({ op: "TOUCH_MANY", keys: [A, B] }), count(1));
  assertEquals([store.peek(A)?.accessedAt, events], [1_003_000, ["0 keymiss b"]]);
});

test("TYPE says string or none", (bench) => {
  bench.peer.store.set(A, VALUE, bench.now + 5);
  assertEquals(bench.run({ op: "TYPE", key: A }), text("string"));
  bench.now += 5;
  assertEquals(bench.run({ op: "TYPE", key: A }), text("none"));
});

test("KEYS gives the keys that match, and with one star the empty key as well", (bench) => {
  for (const key of ["", "a", "ab", "b"]) bench.peer.store.set(utf8(key), VALUE);
  const found = (pattern: string) => {
    const response = bench.run({ op: "KEYS", pattern: utf8(pattern) });
    assert(response.type === "LIST");
    return response.items.map((key) => key.type === "OK" && textOf(key.value!)).sort();
  };
  assertEquals(found("a*"), ["a", "ab"]);
  assertEquals(found("*"), ["", "a", "ab", "b"]);
  assertEquals(found("**"), ["a", "ab", "b"]);
  assertEquals(found("x"), []);
});

test("SCAN_KEYS gives pages of the keys that match, of strings only", (bench) => {
  for (const key of ["a1", "b1", "a2", "b2"]) bench.peer.store.set(utf8(key), VALUE);
  const scan = (options: Partial<ScanKeysRequest>) => {
    const response = bench.run({
      ...{ op: "SCAN_KEYS", cursor: 0, pattern: undefined, count: 10, type: undefined },
      ...options,
    });
    assert(response.type === "KEYS");
    return { keys: response.keys.map(textOf), cursor: response.cursor };
  };
  const first = scan({ count: 3 });
  const second = scan({ cursor: first.cursor, count: 3 });
  assertEquals([first.keys.length, second.keys.length, second.cursor], [3, 1, 0]);
  assertEquals([...first.keys, ...second.keys].sort(), ["a1", "a2", "b1", "b2"]);
  for (const type of [undefined, "string"]) {
    const { keys, cursor } = scan({ pattern: utf8("a*"), type });
    assertEquals([keys.sort(), cursor], [["a1", "a2"], 0]);
  }
  assertEquals(scan({ type: "hash", count: 3 }), { keys: [], cursor: first.cursor });
});

test("RANDOM_KEY gives a key, or MISS without one", (bench) => {
  assertEquals(bench.run({ op: "RANDOM_KEY" }), miss());
  bench.peer.store.set(B, VALUE);
  assertEquals(bench.run({ op: "RANDOM_KEY" }), ok(B));
});

test("EXISTS, TYPE, TOUCH_MANY and COPY count hits and misses, as reads do", (bench) => {
  const { counters } = bench.services;
  bench.peer.store.set(A, A);
  bench.run({ op: "EXISTS", keys: [A, B] });
  assertEquals([counters.hits, counters.misses], [1, 1]);
  bench.run({ op: "TYPE", key: B });
  assertEquals([counters.hits, counters.misses], [1, 2]);
  bench.run({ op: "TOUCH_MANY", keys: [A, B] });
  assertEquals([counters.hits, counters.misses], [2, 3]);
  bench.run({ op: "COPY", key: B, newKey: A, database: undefined, replace: false });
  assertEquals([counters.hits, counters.misses], [2, 4]);
});
