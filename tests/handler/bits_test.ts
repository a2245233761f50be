import { assertEquals } from "@std/assert";
import {
  type BitOperator,
  type BitRange,
  count,
  integer,
  type Response,
} from "../../lib/model/mod.ts";
import { hex, utf8 } from "../codec/helpers.ts";
import { eventsOf } from "./events.ts";
import { Bench } from "./helpers.ts";

const KEY = utf8("key");

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

function getBit(bench: Bench, offset: number): Response {
  return bench.run({ op: "GET_BIT", key: KEY, offset });
}

function setBit(bench: Bench, offset: number, bit: 0 | 1): Response {
  return bench.run({ op: "SET_BIT", key: KEY, offset, bit });
}

function valueOf(bench: Bench, key = KEY): Uint8Array | undefined {
  return bench.peer.store.get(key)?.value;
}

test("GET_BIT answers with a bit, and with 0 behind the end", (bench) => {
  assertEquals(getBit(bench, 3), count(0));
  bench.peer.store.set(KEY, hex("10 01"));
  assertEquals([3, 4, 15, 16].map((at) => getBit(bench, at)), [1, 0, 1, 0].map(count));
});

test("SET_BIT answers with the bit before, grows the value and keeps the expiry", (bench) => {
  assertEquals(setBit(bench, 10, 1), count(0));
  bench.peer.store.expire(KEY, bench.now + 5);
  const held = valueOf(bench)!;
  assertEquals(setBit(bench, 0, 1), count(0));
  assertEquals(setBit(bench, 10, 0), count(1));
  assertEquals(setBit(bench, 30, 0), count(0));
  assertEquals([valueOf(bench), held], [hex("80 00 00 00"), hex("00 20")]);
  assertEquals(bench.peer.store.get(KEY)?.expiresAt, bench.now + 5);
});

test("SET_BIT is no write when nothing changes", (bench) => {
  setBit(bench, 7, 1);
  const before = bench.peer.store.get(KEY)!.version;
  const events = eventsOf(bench);
  setBit(bench, 7, 1);
  setBit(bench, 0, 0);
  assertEquals([bench.peer.store.get(KEY)!.version, events], [before, []]);
  setBit(bench, 8, 0); // It grows.
  assertEquals(events, ["0 setbit key"]);
});

test("GET_BIT and SET_BIT take no place behind the longest value", (bench) => {
  assertEquals(getBit(bench, 319), count(0));
  assertEquals(setBit(bench, 319, 1), count(0));
  const message = "bit offset is not an integer or out of range";
  for (const offset of [320, 2 ** 32 - 1]) {
    bench.assertError({ op: "GET_BIT", key: KEY, offset }, "BAD_REQUEST", message);
    bench.assertError({ op: "SET_BIT", key: KEY, offset, bit: 1 }, "BAD_REQUEST", message);
  }
});

/** A range; in bytes unless it says `bit`. */
function range(start: number, end?: number, unit: BitRange["unit"] = "byte"): BitRange {
  return { start, end, unit };
}

// What redis-server answers for "foobar", which has 26 ones.
const COUNTS: readonly (readonly [BitRange | undefined, number])[] = [
  [undefined, 26],
  [range(0, 0), 4],
  [range(1, 1), 6],
  [range(0, -1), 26],
  [range(-2, 100), 7],
  [range(-100, -100), 4],
  [range(-100, -101), 0],
  [range(3, 2), 0],
  [range(9, 10), 0],
  [range(5, 30, "bit"), 17],
  [range(0, 0, "bit"), 0],
  [range(-48, 1, "bit"), 1],
];

for (const [part, ones] of COUNTS) {
  test(`COUNT_BITS in ${JSON.stringify(part)} is ${ones}`, (bench) => {
    const request = { op: "COUNT_BITS", key: KEY, range: part } as const;
    assertEquals(bench.run(request), integer(0));
    bench.peer.store.set(KEY, utf8("foobar"));
    assertEquals(bench.run(request), integer(ones));
  });
}

// What redis-server answers: value, bit, range, place.
const PLACES: readonly (readonly [string, 0 | 1, BitRange | undefined, number])[] = [
  ["ff f0 00", 0, undefined, 12],
  ["00 ff f0", 1, range(0), 8],
  ["00 ff f0", 1, range(2), 16],
  ["00 00 00", 1, undefined, -1],
  ["ff ff ff", 0, undefined, 24],
  ["ff ff ff", 0, range(1), 24],
  ["ff ff ff", 0, range(3), -1],
  ["ff ff ff", 0, range(0, -1), -1],
  ["ff ff ff", 0, range(-50, -100), -1],
  ["0f ff ff", 0, range(-50, -100), 0],
  ["00 ff f0", 1, range(7, 15, "bit"), 8],
  ["00 ff f0", 0, range(8, 19, "bit"), -1],
  ["00 ff f0", 0, range(8, -1, "bit"), 20],
  ["", 0, undefined, -1],
  ["", 1, undefined, -1],
];

for (const [digits, bit, part, place] of PLACES) {
  test(`FIND_BIT ${bit} of "${digits}" in ${JSON.stringify(part)} is ${place}`, (bench) => {
    bench.peer.store.set(KEY, hex(digits));
    assertEquals(bench.run({ op: "FIND_BIT", key: KEY, bit, range: part }), integer(place));
  });
}

test("FIND_BIT takes a missing value for endless zeros, whatever the range", (bench) => {
  const request = { op: "FIND_BIT", key: KEY, range: range(3, 4) } as const;
  assertEquals(bench.run({ ...request, bit: 0 }), integer(0));
  assertEquals(bench.run({ ...request, bit: 1 }), integer(-1));
});

const RESULTS: readonly (readonly [BitOperator, readonly string[], string])[] = [
  ["and", ["f0 ff", "aa"], "a0 00"],
  ["or", ["f0", "0a 01"], "fa 01"],
  ["xor", ["f0", "aa 01", "01"], "5b 01"],
  ["not", ["f0 ff"], "0f 00"],
  ["and", ["f0"], "f0"],
];

for (const [operator, digits, result] of RESULTS) {
  test(`COMBINE_BITS ${operator} of ${digits.join(", ")} is ${result}`, (bench) => {
    const sources = digits.map((_, i) => utf8(`source:${i}`));
    for (const [i, key] of sources.entries()) bench.peer.store.set(key, hex(digits[i]!));
    bench.peer.store.set(KEY, utf8("before"), bench.now + 5);
    const request = { op: "COMBINE_BITS", operator, target: KEY, sources } as const;
    assertEquals(bench.run(request), count(hex(result).length));
    assertEquals(valueOf(bench), hex(result));
    assertEquals(bench.peer.store.get(KEY)?.expiresAt, Infinity);
  });
}

test("COMBINE_BITS removes the target when all values are empty", (bench) => {
  const request = { op: "COMBINE_BITS", operator: "or", target: KEY, sources: [] } as const;
  const sources = [utf8("nothing"), utf8("nothing")];
  const events = eventsOf(bench);
  assertEquals(bench.run({ ...request, sources }), count(0));
  bench.peer.store.set(KEY, utf8("before"));
  assertEquals(bench.run({ ...request, sources }), count(0));
  assertEquals(valueOf(bench), undefined);
  bench.peer.store.set(utf8("a"), utf8("x"));
  assertEquals(bench.run({ ...request, sources: [utf8("nothing"), utf8("a")] }), count(1));
  const others = events.filter((event) => !/new|keymiss/.test(event));
  assertEquals(others, ["0 del key", "0 set key"]);
});
