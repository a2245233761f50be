import { assertEquals } from "@std/assert";
import { raw } from "../helpers.ts";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const K = raw("k");
const NOT_AN_INTEGER = "value is not an integer or out of range";

test("GETBIT and SETBIT take places up to 2^32 - 1", () => {
  const offset = 2 ** 32 - 1;
  assertEquals(requestOf("getbit k 4294967295"), { op: "GET_BIT", key: K, offset });
  assertEquals(requestOf("setbit k 4294967295 1"), { op: "SET_BIT", key: K, offset, bit: 1 });
  for (const place of ["4294967296", "-1", "x", "#1", "9223372036854775808"]) {
    const message = "bit offset is not an integer or out of range";
    assertEquals(refusalOf(`getbit k ${place}`), message);
    assertEquals(refusalOf(`setbit k ${place} x`), message);
  }
});

test("SETBIT takes 0 and 1", () => {
  for (const bit of ["2", "-1", "x"]) {
    assertEquals(refusalOf(`setbit k 0 ${bit}`), "bit is not an integer or out of range");
  }
});

test("BITCOUNT takes both ends of a range, or none", () => {
  const request = { op: "COUNT_BITS", key: K } as const;
  const range = { start: 1, end: -2, unit: "byte" } as const;
  assertEquals(requestOf("bitcount k"), { ...request, range: undefined });
  assertEquals(requestOf("bitcount k 1 -2"), { ...request, range });
  assertEquals(requestOf("bitcount k 1 -2 byte"), { ...request, range });
  assertEquals(requestOf("bitcount k 1 -2 BIT"), { ...request, range: { ...range, unit: "bit" } });
  for (const range of ["1", "1 2 bits", "1 2 bit 3"]) {
    assertEquals(refusalOf(`bitcount k ${range}`), "syntax error");
  }
  assertEquals(refusalOf("bitcount k x 1"), NOT_AN_INTEGER);
  assertEquals(refusalOf("bitcount k 1 x nope"), NOT_AN_INTEGER);
});

test("BITPOS takes a bit, and a range that may be open", () => {
  const request = { op: "FIND_BIT", key: K, bit: 1 } as const;
  const range = { start: 1, end: undefined, unit: "byte" } as const;
  assertEquals(requestOf("bitpos k 1"), { ...request, range: undefined });
  assertEquals(requestOf("bitpos k 1 1"), { ...request, range });
  assertEquals(requestOf("bitpos k 1 1 -2"), { ...request, range: { ...range, end: -2 } });
  const bits = { start: 1, end: -2, unit: "bit" } as const;
  assertEquals(requestOf("bitpos k 1 1 -2 bit"), { ...request, range: bits });
  assertEquals(refusalOf("bitpos k 2 x"), "The bit argument must be 1 or 0.");
  assertEquals(refusalOf("bitpos k x"), NOT_AN_INTEGER);
  assertEquals(refusalOf("bitpos k 1 x 1 nope"), NOT_AN_INTEGER);
  assertEquals(refusalOf("bitpos k 1 1 x nope"), "syntax error");
  assertEquals(refusalOf("bitpos k 1 1 2 bit 3"), "syntax error");
});

test("BITOP takes one source for NOT, any number for the others", () => {
  const [target, sources] = [K, [raw("a"), raw("b")]];
  for (const operator of ["and", "or", "xor"] as const) {
    const request = { op: "COMBINE_BITS", operator, target, sources } as const;
    assertEquals(requestOf(`bitop ${operator.toUpperCase()} k a b`), request);
  }
  const request = { op: "COMBINE_BITS", operator: "not", target, sources: [raw("a")] } as const;
  assertEquals(requestOf("bitop not k a"), request);
  const message = "BITOP NOT must be called with a single source key.";
  assertEquals(refusalOf("bitop not k a b"), message);
  assertEquals(refusalOf("bitop nand k a b"), "syntax error");
});
