import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatDouble, parseDouble } from "../../lib/resp/double.ts";

const PURE = { permissions: "none" } as const;

/** What C's printf makes of each with `%.17g`. */
const PRINTED: readonly (readonly [number, string])[] = [
  [0, "0"],
  [-0, "-0"],
  [3, "3"],
  [-17, "-17"],
  [0.1, "0.10000000000000001"],
  [0.3, "0.29999999999999999"],
  [1.5, "1.5"],
  [-1.5, "-1.5"],
  [10.5, "10.5"],
  [3.14, "3.1400000000000001"],
  [100.25, "100.25"],
  [123456.789, "123456.789"],
  [2 / 3, "0.66666666666666663"],
  [0.0001, "0.0001"],
  [0.00012345, "0.00012344999999999999"],
  [0.00001, "1.0000000000000001e-05"],
  [2 ** 53, "9007199254740992"],
  [1e16, "10000000000000000"],
  [2 ** 56 + 16, "72057594037927952"],
  [99999999999999984, "99999999999999984"],
  [1e17, "1e+17"],
  [123456789012345680, "1.2345678901234568e+17"],
  [1e21, "1e+21"],
  [1e22, "1e+22"],
  [1e100, "1e+100"],
  [-1e-100, "-1e-100"],
  [5e-324, "4.9406564584124654e-324"],
  [Number.MAX_VALUE, "1.7976931348623157e+308"],
  // The 18th digit is a 5 and the last one: C rounds to the even digit.
  [1 + 2 ** -17, "1.0000076293945312"],
  [1 + 3 * 2 ** -17, "1.0000228881835938"],
  [Infinity, "inf"],
  [-Infinity, "-inf"],
  [NaN, "nan"],
];

Deno.test("formatDouble prints as C does", PURE, () => {
  for (const [value, text] of PRINTED) assertEquals(formatDouble(value), text);
});

Deno.test("parseDouble reads what formatDouble prints", PURE, () => {
  for (const [value, text] of PRINTED) assertEquals(parseDouble(text), value);
  const there = (value: number) => assertEquals(parseDouble(formatDouble(value)), value);
  fc.assert(fc.property(fc.double(), there), { seed: 1, numRuns: 2_000 });
});

Deno.test("parseDouble reads signs, fractions and exponents", PURE, () => {
  const texts = ["+1", "1E5", "1e5", "1e+5", "1.50e-2", "-nan", "007.5"];
  assertEquals(texts.map(parseDouble), [1, 1e5, 1e5, 1e5, 0.015, NaN, 7.5]);
});

Deno.test("parseDouble refuses what is no decimal number", PURE, () => {
  const texts = ["", " ", "1 ", " 1", ".", ".5", "5.", "1e", "e5", "--1", "0x1", "1_0", "1,5"];
  for (const text of [...texts, "INF", "Infinity", "infinity", "NaN", "+inf", "1n", "1.2.3"]) {
    assertEquals(parseDouble(text), undefined, text);
  }
});
