import { assertEquals } from "@std/assert";
import { raw } from "../helpers.ts";
import { refusalOf, requestOf } from "./calls.ts";

const PLAIN = {
  op: "SCAN_KEYS",
  cursor: 0,
  pattern: undefined,
  count: 10,
  type: undefined,
} as const;

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("KEYS is parsed", () => {
  assertEquals(requestOf("keys a*"), { op: "KEYS", pattern: raw("a*") });
});

test("SCAN takes its options in any order and case, the last of each", () => {
  assertEquals(requestOf("scan 0"), PLAIN);
  assertEquals(requestOf("scan 7 TYPE String Match x* COUNT 5"), {
    ...PLAIN,
    ...{ cursor: 7, type: "string", pattern: raw("x*"), count: 5 },
  });
  assertEquals(requestOf("scan 0 count 1 count 2"), { ...PLAIN, count: 2 });
  const most = requestOf("scan 0 count 9223372036854775807");
  assertEquals(most, { ...PLAIN, count: Number(2n ** 63n - 1n) });
});

test("SCAN refuses other options, and counts that are none", () => {
  for (const options of ["nope", "nope 1", "match", "count 0", "count -1", "type", "1 2"]) {
    assertEquals(refusalOf(`scan 0 ${options}`), "syntax error", options);
  }
  for (const count of ["x", "9223372036854775808", "1.5"]) {
    assertEquals(
      refusalOf(`scan 0 count ${count} nope`),
      "value is not an integer or out of range",
    );
  }
});

for (
  const [written, cursor] of [
    ["+5", 5],
    ["007", 7],
    ['""', 0],
    ['"5\\x00x"', 5],
    ['"\\x00"', 0],
    ["18446744073709551615", 2 ** 64],
    ["-1", 2 ** 64],
    ["-18446744073709551615", 1],
    ["-0", 0],
  ] as const
) {
  test(`SCAN reads the cursor ${written} as Redis does`, () => {
    assertEquals(requestOf(`scan ${written}`), { ...PLAIN, cursor });
  });
}

for (const written of ["x", "5x", '" 5"', '"5 "', "+", "-", "0x5", "1.0", "18446744073709551616"]) {
  test(`SCAN refuses the cursor ${written} before its options`, () => {
    assertEquals(refusalOf(`scan ${written} nope`), "invalid cursor");
  });
}
