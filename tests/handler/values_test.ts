import { assertEquals, assertThrows } from "@std/assert";
import { checkSize, lookUp, peekFor, placeOf, resized } from "../../lib/handler/values.ts";
import { CommandError } from "../../lib/model/mod.ts";
import { utf8 } from "../codec/helpers.ts";
import { eventsOf } from "./events.ts";
import { Bench } from "./helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("what is looked up counts as a hit or a miss, and a miss is announced", () => {
  const bench = new Bench();
  const { counters } = bench.services;
  const events = eventsOf(bench);
  assertEquals(lookUp(bench.peer, utf8("k")), undefined);
  assertEquals([counters.hits, counters.misses, events], [0, 1, ["0 keymiss k"]]);
  bench.peer.store.set(utf8("k"), utf8("v"));
  events.length = 0;
  assertEquals(lookUp(bench.peer, utf8("k"))?.value, utf8("v"));
  assertEquals([counters.hits, counters.misses, events], [1, 1, []]);
});

test("a value is copied with zeros up to a length, and never cut", () => {
  const value = Uint8Array.of(1, 2);
  assertEquals(resized(value, 4), Uint8Array.of(1, 2, 0, 0));
  const same = resized(value, 1);
  same[0] = 9;
  assertEquals([same, value], [Uint8Array.of(9, 2), Uint8Array.of(1, 2)]);
});

test("a place below 0 counts from the end, and stops at the beginning", () => {
  assertEquals([0, 7, -1, -5, -6].map((index) => placeOf(index, 5)), [0, 7, 4, 0, 0]);
});

test("a value of the limit is let through, one byte more is not", () => {
  const { peer } = new Bench();
  checkSize("set: the value has", 40, peer);
  assertThrows(
    () => checkSize("set: the value has", 41, peer),
    CommandError,
    "Cannot set: the value has 41 bytes, the limit is 40 (option maxValueSize)",
  );
});

test("what is looked at without an access counts and is announced the same", () => {
  const bench = new Bench();
  const { counters } = bench.services;
  const events = eventsOf(bench);
  assertEquals(peekFor(bench.peer, utf8("k")), undefined);
  assertEquals([counters.hits, counters.misses, events], [0, 1, ["0 keymiss k"]]);
  bench.peer.store.set(utf8("k"), utf8("v"));
  const { accessedAt } = bench.peer.store.peek(utf8("k"))!;
  bench.now += 5;
  bench.services.databases.now();
  assertEquals(peekFor(bench.peer, utf8("k"))?.accessedAt, accessedAt);
  assertEquals([counters.hits, counters.misses], [1, 1]);
});
