import { assertEquals } from "@std/assert";
import type { BitField } from "../../../lib/model/mod.ts";
import { raw } from "../helpers.ts";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const K = raw("k");
const READ: BitField = {
  action: "get",
  signed: false,
  bits: 8,
  offset: 0,
  value: 0n,
  overflow: "wrap",
};

test("BITFIELD takes any number of parts, and OVERFLOW for those behind it", () => {
  const request = requestOf(
    "bitfield k get u8 0 overflow SAT set i5 #3 -7 OverFlow fail incrby u63 9 1",
  );
  assertEquals(request, {
    op: "BIT_FIELDS",
    key: K,
    fields: [
      READ,
      { action: "set", signed: true, bits: 5, offset: 15, value: -7n, overflow: "sat" },
      { action: "incrby", signed: false, bits: 63, offset: 9, value: 1n, overflow: "fail" },
    ],
  });
  assertEquals(requestOf("bitfield k"), { op: "BIT_FIELDS", key: K, fields: [] });
  assertEquals(requestOf("bitfield k overflow wrap"), { op: "BIT_FIELDS", key: K, fields: [] });
});

const WRONG: readonly (readonly [string, string])[] = [
  ["nope", "syntax error"],
  ["get u8", "syntax error"],
  ["set u8 0", "syntax error"],
  ["incrby x 0", "syntax error"],
  ["overflow", "syntax error"],
  ["get u8 0 get", "syntax error"],
  ["overflow nope get x", "Invalid OVERFLOW type specified"],
  ["set u8 0 x", "value is not an integer or out of range"],
  ["get u8 x", "bit offset is not an integer or out of range"],
  ["get u8 -1", "bit offset is not an integer or out of range"],
  ["get u8 #", "bit offset is not an integer or out of range"],
  ["get u8 #-1", "bit offset is not an integer or out of range"],
  ["get u8 #536870912", "bit offset is not an integer or out of range"],
  ["set u8 4294967296 x", "bit offset is not an integer or out of range"],
];

for (const [parts, message] of WRONG) {
  test(`BITFIELD refuses ${parts}`, () => assertEquals(refusalOf(`bitfield k ${parts}`), message));
}

test("a field has up to 64 bits with a sign, and up to 63 without", () => {
  for (const [type, bits] of [["i1", 1], ["i64", 64], ["u1", 1], ["u63", 63]] as const) {
    const fields = [{ ...READ, signed: type.startsWith("i"), bits }];
    assertEquals(requestOf(`bitfield k get ${type} 0`), { op: "BIT_FIELDS", key: K, fields });
  }
  const message =
    "Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";
  for (
    const type of ["i0", "i65", "u0", "u64", "u08", "I8", "8", "u", "x8", "u8x", "u-1", "i100"]
  ) {
    assertEquals(refusalOf(`bitfield k get ${type} x`), message);
  }
});

test("BITFIELD_RO only reads", () => {
  assertEquals(requestOf("bitfield_ro k get u8 0"), { op: "BIT_FIELDS", key: K, fields: [READ] });
  const message = "BITFIELD_RO only supports the GET subcommand";
  assertEquals(refusalOf("bitfield_ro k get u8 0 set u8 0 1"), message);
  assertEquals(refusalOf("bitfield_ro k nope"), "syntax error");
});
