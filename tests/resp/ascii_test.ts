import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { findLineEnd, isCrlf, narrowed, parseInteger } from "../../lib/resp/ascii.ts";
import { raw } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

/** The integer of a text that has other digits around it. */
function parse(text: string): number | bigint | undefined {
  return parseInteger(raw(`7${text}7`), 1, 1 + text.length);
}

Deno.test("parseInteger reads 64 bits, as a number where that is exact", PURE, () => {
  assertEquals(["0", "7", "-7", "10", "999999999999999"].map(parse), [
    0,
    7,
    -7,
    10,
    999999999999999,
  ]);
  assertEquals(parse("9007199254740991"), Number.MAX_SAFE_INTEGER);
  assertEquals(parse("-9007199254740991"), Number.MIN_SAFE_INTEGER);
  assertEquals(parse("9007199254740992"), 9007199254740992n);
  assertEquals(parse("9223372036854775807"), 9223372036854775807n);
  assertEquals(parse("-9223372036854775808"), -9223372036854775808n);
});

Deno.test("parseInteger refuses what is more than 64 bits", PURE, () => {
  const texts = ["9223372036854775808", "-9223372036854775809", "9".repeat(19), "9".repeat(400)];
  for (const text of texts) assertEquals(parse(text), undefined, text);
});

Deno.test("parseInteger refuses signs, spaces, zeros and letters where none may be", PURE, () => {
  const texts = [
    "",
    "-",
    "+1",
    "--1",
    "-0",
    "00",
    "01",
    "-01",
    " 1",
    "1 ",
    "1\r",
    "1x",
    "x1",
    "0x1",
  ];
  for (const text of [...texts, "1.0", "1e3", "1_0", "12345678901234567x", "\0", "1\0"]) {
    assertEquals(parse(text), undefined, text);
  }
});

Deno.test("parseInteger reads every integer of 64 bits", PURE, () => {
  const there = (value: bigint) => assertEquals(parse(String(value)), narrowed(value));
  const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(fc.property(i64, there), { seed: 1, numRuns: 1_000 });
});

Deno.test("findLineEnd stops at CR, at LF and at the end", PURE, () => {
  const bytes = raw("ab\rc\nd");
  assertEquals(
    [[0, 6], [3, 6], [5, 6], [0, 2], [2, 2]].map(([a, b]) => findLineEnd(bytes, a!, b!)),
    [
      2,
      4,
      6,
      2,
      2,
    ],
  );
});

Deno.test("isCrlf wants both bytes", PURE, () => {
  const bytes = raw("\r\n\r\r\n");
  assertEquals([0, 1, 2, 3, 4].map((at) => isCrlf(bytes, at)), [true, false, false, true, false]);
});
