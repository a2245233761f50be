import * as text from "../../lib/console/text.ts";
import { assertEquals } from "@std/assert";

const PURE = { permissions: "none" } as const;
const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("a key is shown in a line, with what cannot be seen escaped, or in hex", PURE, () => {
  assertEquals(text.labelOf(utf8("<b>é</b>")), "<b>é</b>");
  assertEquals(text.labelOf(utf8("a\n\x1b\u202eb")), "a\\x0a\\x1b\\u{202e}b");
  assertEquals(text.labelOf(Uint8Array.of(0xff, 0)), "0xff00");
});

Deno.test("bytes are edited as text only when that gives the same bytes again", PURE, () => {
  assertEquals(text.textOf(utf8("a\tb\nc")), "a\tb\nc");
  for (const odd of [utf8("\r\n"), utf8("\x00"), utf8("\x7f"), Uint8Array.of(0xc3)]) {
    assertEquals(text.textOf(odd), undefined);
    assertEquals(text.bytesOfHex(text.hexOf(odd)), odd);
  }
  assertEquals(text.bytesOfHex("0"), undefined);
  assertEquals(text.hexOf(new Uint8Array(17)), `${"00 ".repeat(15)}00\n00`);
});

Deno.test("numbers are short", PURE, () => {
  assertEquals([0, 12, 9_999, 12_345, 2.5e6].map(text.amount), [
    "0",
    "12",
    "9999",
    "12.3 k",
    "2.50 M",
  ]);
  assertEquals([0, 1_024, 1.5 * 2 ** 20].map(text.size), ["0 B", "1 KiB", "1.50 MiB"]);
  assertEquals([undefined, 0.5, 1_500, 2e6].map(text.micros), ["–", "0.50 µs", "1.50 ms", "2 s"]);
  assertEquals([20, 61_000, 86_400_000].map(text.duration), ["20 ms", "1 min 1 s", "1 d"]);
});
