import { assertEquals } from "@std/assert";
import { findLineEnd, isCrlf } from "../../lib/resp/ascii.ts";
import { raw } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

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
