import { assertEquals, assertGreater } from "@std/assert";
import { type CopyRequest, miss, ok, type Response } from "../../lib/model/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";
import { eventsOf } from "./events.ts";
import { Bench } from "./helpers.ts";

const VALUE = utf8("value");
const OTHER = utf8("other");
const [A, B] = ["a", "b"].map(utf8) as [Uint8Array, Uint8Array];
const SAME = "source and destination objects are the same";

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

/** The value and the expiry of a key. */
function stateOf(bench: Bench, key: Uint8Array, database = 0): unknown {
  const entry = bench.services.databases.at(database).peek(key);
  return entry && [textOf(entry.value), entry.expiresAt];
}

function rename(bench: Bench, key: Uint8Array, newKey: Uint8Array, ifAbsent = false): Response {
  return bench.run({ op: "RENAME", key, newKey, ifAbsent });
}

function copy(bench: Bench, options: Partial<CopyRequest> = {}): Response {
  const request = { op: "COPY", key: A, newKey: B, database: undefined, replace: false } as const;
  return bench.run({ ...request, ...options });
}

test("RENAME gives the value and the expiry another key, with new versions", (bench) => {
  const { store } = bench.peer;
  const version = store.set(A, VALUE, bench.now + 5);
  const events = eventsOf(bench);
  assertEquals(rename(bench, A, B), ok());
  assertEquals([stateOf(bench, A), stateOf(bench, B)], [undefined, ["value", bench.now + 5]]);
  assertEquals(store.versionOf(A), 0);
  assertGreater(store.versionOf(B), version);
  assertEquals(events, ["0 new b", "0 rename_from a", "0 rename_to b"]);
});

test("RENAME replaces what the new key holds, its expiry too; that is a new key", (bench) => {
  bench.peer.store.set(A, VALUE);
  bench.peer.store.set(B, OTHER, bench.now + 5);
  const events = eventsOf(bench);
  assertEquals([rename(bench, A, B), stateOf(bench, B)], [ok(), ["value", Infinity]]);
  assertEquals(events, ["0 new b", "0 rename_from a", "0 rename_to b"]);
});

test("RENAME with ifAbsent leaves what the new key holds", (bench) => {
  bench.peer.store.set(A, VALUE);
  bench.peer.store.set(B, OTHER);
  assertEquals([rename(bench, A, B, true), stateOf(bench, B)], [miss(), ["other", Infinity]]);
  bench.peer.store.delete(B);
  assertEquals([rename(bench, A, B, true), stateOf(bench, B)], [ok(), ["value", Infinity]]);
});

test("RENAME to the same key changes nothing, its version neither", (bench) => {
  const version = bench.peer.store.set(A, VALUE);
  const events = eventsOf(bench);
  assertEquals([rename(bench, A, A), rename(bench, A, A, true)], [ok(), miss()]);
  assertEquals([bench.peer.store.versionOf(A), events], [version, []]);
});

test("RENAME of a key that is not there is an error, also to itself", (bench) => {
  for (const newKey of [A, B]) {
    for (const ifAbsent of [false, true]) {
      const request = { op: "RENAME", key: A, newKey, ifAbsent } as const;
      bench.assertError(request, "BAD_REQUEST", "no such key");
    }
  }
});

test("COPY makes an entry with the same value and expiry, which are its own then", (bench) => {
  const { store } = bench.peer;
  store.set(A, utf8("v"), bench.now + 5);
  store.append(A, utf8("a"));
  const events = eventsOf(bench);
  assertEquals([copy(bench), events.splice(0)], [ok(), ["0 new b", "0 copy_to b"]]);
  store.append(A, utf8("1"));
  store.append(B, utf8("22"));
  assertEquals([stateOf(bench, A), stateOf(bench, B)], [
    ["va1", bench.now + 5],
    ["va22", bench.now + 5],
  ]);
  assertEquals(store.peek(B)?.encoding, "raw");
});

test("COPY leaves what the new key holds, unless it is to be replaced", (bench) => {
  bench.peer.store.set(A, VALUE);
  bench.peer.store.set(B, OTHER);
  assertEquals([copy(bench), stateOf(bench, B)], [miss(), ["other", Infinity]]);
  assertEquals([copy(bench, { replace: true }), stateOf(bench, B)], [ok(), ["value", Infinity]]);
});

test("COPY to another database, where the same key is another", (bench) => {
  bench.peer.store.set(A, VALUE);
  const events = eventsOf(bench);
  assertEquals(copy(bench, { newKey: A, database: 3 }), ok());
  assertEquals([stateOf(bench, A), stateOf(bench, A, 3)], [["value", Infinity], [
    "value",
    Infinity,
  ]]);
  assertEquals(events, ["3 new a", "3 copy_to a"]);
});

test("COPY answers MISS without an entry, and is refused where nothing would be copied", (bench) => {
  const events = eventsOf(bench);
  assertEquals([copy(bench), events], [miss(), ["0 keymiss a"]]);
  const request = { op: "COPY", key: A, newKey: A, database: 0, replace: true } as const;
  bench.assertError(request, "BAD_REQUEST", SAME);
  for (const database of [-1, 16]) {
    bench.assertError({ ...request, database }, "BAD_REQUEST", "DB index is out of range");
  }
});

test("MOVE takes an entry to another database with its expiry", (bench) => {
  bench.peer.store.set(A, VALUE, bench.now + 5);
  const events = eventsOf(bench);
  assertEquals(bench.run({ op: "MOVE", key: A, database: 1 }), ok());
  assertEquals([stateOf(bench, A), stateOf(bench, A, 1)], [undefined, ["value", bench.now + 5]]);
  assertEquals(events, ["1 new a", "0 move_from a", "1 move_to a"]);
});

test("MOVE does nothing without an entry, or where there is one of that key", (bench) => {
  const move = () => bench.run({ op: "MOVE", key: A, database: 1 });
  assertEquals(move(), miss());
  bench.peer.store.set(A, VALUE);
  bench.services.databases.at(1).set(A, OTHER);
  assertEquals([move(), stateOf(bench, A)], [miss(), ["value", Infinity]]);
  assertEquals(stateOf(bench, A, 1), ["other", Infinity]);
});

test("MOVE is refused to the same database, and to one that there is not", (bench) => {
  bench.assertError({ op: "MOVE", key: A, database: 0 }, "BAD_REQUEST", SAME);
  for (const database of [-1, 16]) {
    const request = { op: "MOVE", key: A, database } as const;
    bench.assertError(request, "BAD_REQUEST", "DB index is out of range");
  }
});

test("RENAME carries the value of an entry that expires and is swept meanwhile", (bench) => {
  const { store } = bench.peer;
  const start = bench.now;
  store.set(A, VALUE, start + 2);
  const events = eventsOf(bench);
  bench.tick = () => bench.now += 1; // It is found at the first look, and over at the second.
  assertEquals(rename(bench, A, B), ok());
  assertEquals(events[0], "0 expired a");
  bench.tick = () => start;
  assertEquals([stateOf(bench, A), stateOf(bench, B)], [undefined, ["value", start + 2]]);
});
