import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type BitField,
  integer,
  list,
  miss,
  narrowed,
  type Response,
} from "../../lib/model/mod.ts";
import { hex, utf8 } from "../codec/helpers.ts";
import { eventsOf } from "./events.ts";
import { Bench } from "./helpers.ts";

const KEY = utf8("key");

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

/** A field, as in `set u8 0 255 sat`. */
function field(text: string): BitField {
  const [action, type, offset, value = "0", overflow = "wrap"] = text.split(" ");
  return {
    action: action as BitField["action"],
    signed: type!.startsWith("i"),
    bits: Number(type!.slice(1)),
    offset: Number(offset),
    value: BigInt(value),
    overflow: overflow as BitField["overflow"],
  };
}

function run(bench: Bench, ...fields: string[]): Response {
  return bench.run({ op: "BIT_FIELDS", key: KEY, fields: fields.map(field) });
}

/** The answer: numbers, and nothing for MISS. */
function answer(...values: (number | bigint | undefined)[]): Response {
  return list(values.map((value) => value === undefined ? miss() : integer(value)));
}

// What redis-server answers to each on an empty value, and what is stored then.
const SINGLE: readonly (readonly [string, number | bigint | undefined, string])[] = [
  ["set u8 0 255", 0, "ff"],
  ["set u4 2 15", 0, "3c"],
  ["set i8 4 -1", 0, "0f f0"],
  ["set u8 0 257", 0, "01"],
  ["set u8 0 257 sat", 0, "ff"],
  ["set u8 0 -1 sat", 0, "ff"],
  ["set u8 0 257 fail", undefined, "00"],
  ["set i8 0 -129 sat", 0, "80"],
  ["set i8 0 -9223372036854775681 sat", 0, "7f"], // As Redis: 127 is 2^63 above it.
  ["set i8 0 -9223372036854775680 sat", 0, "80"],
  ["set i8 0 128 wrap", 0, "80"],
  ["set i64 0 -2", 0, "ff ff ff ff ff ff ff fe"],
  ["set u63 1 9223372036854775807", 0, "7f ff ff ff ff ff ff ff"],
  ["incrby u2 0 5", 1, "40"],
  ["incrby u2 0 5 sat", 3, "c0"],
  ["incrby u2 0 -1", 3, "c0"],
  ["incrby u2 0 -1 sat", 0, "00"],
  ["incrby i4 3 -9", 7, "0e"],
  ["incrby i4 3 -9 sat", -8, "10"],
  ["incrby i4 3 8 fail", undefined, "00"],
  ["incrby i64 0 -9223372036854775808", -(2n ** 63n), "80 00 00 00 00 00 00 00"],
];

for (const [text, value, digits] of SINGLE) {
  test(`BIT_FIELDS ${text} answers ${value} and stores ${digits}`, (bench) => {
    assertEquals(run(bench, text), answer(value));
    assertEquals(bench.peer.store.get(KEY)?.value, hex(digits));
  });
}

test("BIT_FIELDS carries fields out one after the other, each on what the last one left", (bench) => {
  bench.peer.store.set(KEY, hex("ff 7f"), bench.now + 5);
  const held = bench.peer.store.get(KEY)!.value;
  assertEquals(
    run(bench, "get u8 0", "set u8 4 0", "get i8 0", "incrby i8 8 1", "get u16 4"),
    answer(255, 0xf7, -16, 16, 0x0100),
  );
  const { value, expiresAt } = bench.peer.store.get(KEY)!;
  assertEquals([value, expiresAt, held], [hex("f0 10"), bench.now + 5, hex("ff 7f")]);
});

test("BIT_FIELDS reads zeros behind the end, and stores nothing by reading", (bench) => {
  const events = eventsOf(bench);
  assertEquals(run(bench, "get u63 100", "get i8 0"), answer(0, 0));
  assertEquals(run(bench), answer());
  assertEquals(bench.peer.store.get(KEY), undefined);
  assertEquals(events, ["0 keymiss key", "0 keymiss key"]);
});

test("BIT_FIELDS announces a write only when something changed", (bench) => {
  const events = eventsOf(bench);
  run(bench, "set u8 0 0"); // It grows.
  run(bench, "set u8 0 0");
  run(bench, "set u8 8 999 fail"); // It grows, but the number did not fit.
  run(bench, "set u8 0 1", "set u8 8 0");
  const written = events.filter((event) => !event.startsWith("0 new"));
  assertEquals(written, ["0 setbit key", "0 setbit key"]);
  assertEquals(bench.peer.store.get(KEY)?.value, hex("01 00"));
});

test("BIT_FIELDS takes no place behind the longest value", (bench) => {
  const fields = [field("get u8 0"), field("set u1 320 1")];
  const message = "bit offset is not an integer or out of range";
  bench.assertError({ op: "BIT_FIELDS", key: KEY, fields }, "BAD_REQUEST", message);
  assertEquals(bench.peer.store.get(KEY), undefined);
});

test("what a field stores is what it reads, and the bits around it stay", () => {
  const places = fc.record({
    signed: fc.boolean(),
    bits: fc.integer({ min: 1, max: 63 }),
    offset: fc.nat(200),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  });
  fc.assert(
    fc.property(places, (place) => {
      const bench = new Bench();
      const before = new Uint8Array(40).fill(0xa5);
      bench.peer.store.set(KEY, before);
      const write = { ...place, action: "set", overflow: "wrap" } as const;
      const fields: BitField[] = [write, { ...write, action: "get" }];
      const response = bench.run({ op: "BIT_FIELDS", key: KEY, fields });
      const { signed, bits, offset, value } = place;
      const wrapped = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
      assertEquals(response.type === "LIST" && response.items[1], integer(narrowed(wrapped)));
      const digits = digitsOf(before);
      const written = BigInt.asUintN(bits, value).toString(2).padStart(bits, "0");
      const expected = digits.slice(0, offset) + written + digits.slice(offset + bits);
      assertEquals(digitsOf(bench.peer.store.get(KEY)!.value), expected);
    }),
    { seed: 4, numRuns: 1_000 },
  );
});

function digitsOf(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(2).padStart(8, "0")).join("");
}
