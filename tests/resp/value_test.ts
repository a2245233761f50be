import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  respAttribute,
  respBigNumber,
  respBoolean,
  respBulk,
  respDouble,
  respInteger,
  respMap,
  respVerbatim,
} from "../../lib/resp/mod.ts";

const PURE = { permissions: "none" } as const;

Deno.test("respInteger makes a number of a bigint where that is exact", PURE, () => {
  assertStrictEquals(respInteger(5n).value, 5);
  assertStrictEquals(respInteger(-(2n ** 53n) + 1n).value, Number.MIN_SAFE_INTEGER);
  assertStrictEquals(respInteger(2n ** 53n).value, 2n ** 53n);
  assertStrictEquals(respInteger(7).value, 7);
});

Deno.test("respBulk and respVerbatim take text as UTF-8, and keep bytes", PURE, () => {
  assertEquals(respBulk("é").bytes, Uint8Array.of(0xc3, 0xa9));
  assertEquals(respVerbatim("txt", "é").bytes, Uint8Array.of(0xc3, 0xa9));
  const bytes = Uint8Array.of(1);
  assertStrictEquals(respBulk(bytes).bytes, bytes);
  assertStrictEquals(respVerbatim("txt", bytes).bytes, bytes);
});

Deno.test("the constructors make values of their types", PURE, () => {
  const value = respInteger(1);
  assertEquals(respMap([[value, value]]), { type: "map", entries: [[value, value]] });
  assertEquals(respAttribute([], value), { type: "attribute", entries: [], value });
  assertEquals([respBoolean(true).value, respDouble(1.5).value, respBigNumber(9n).value], [
    true,
    1.5,
    9n,
  ]);
});
