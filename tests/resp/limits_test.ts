import { assertEquals, assertThrows } from "@std/assert";
import { limitsOf } from "../../lib/resp/limits.ts";

const PURE = { permissions: "none" } as const;
const DEFAULTS = { maxA: 1, maxB: 2 };

Deno.test("limitsOf fills in the defaults, and leaves out what is no limit", PURE, () => {
  assertEquals(limitsOf(DEFAULTS, {}), DEFAULTS);
  const given = { maxB: 0, other: "x" };
  assertEquals(limitsOf(DEFAULTS, given), { maxA: 1, maxB: 0 });
});

Deno.test("limitsOf refuses what is no whole number from 0", PURE, () => {
  for (const value of [-1, 1.5, NaN, Infinity]) {
    assertThrows(() => limitsOf(DEFAULTS, { maxB: value }), RangeError, `Cannot use maxB ${value}`);
  }
});
