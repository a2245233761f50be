import { UsageError } from "../../lib/cli/error.ts";
import { bytesOf, escapeBytes, quoteBytes, splitWords } from "../../lib/cli/words.ts";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { utf8 } from "./helpers.ts";

const SEED = 51_966;

Deno.test({
  name: "splitWords splits at white space",
  permissions: "none",
  fn() {
    assertEquals(splitWords("  set\ta  b \r"), ["set", "a", "b"]);
    assertEquals(splitWords(" \t "), []);
  },
});

Deno.test({
  name: "splitWords keeps white space in quotes, and empty words",
  permissions: "none",
  fn() {
    assertEquals(splitWords(`set "a b" 'c "d' ""`), ["set", "a b", 'c "d', ""]);
    assertEquals(splitWords(`a"b c"'d e'f`), ["ab cd ef"]);
  },
});

Deno.test({
  name: "splitWords reads escapes, except in single quotes",
  permissions: "none",
  fn() {
    assertEquals(splitWords(String.raw`"\n\r\t\\\"\x41" a\ b 'c\n'`), [
      '\n\r\t\\"A',
      "a b",
      "c\\n",
    ]);
  },
});

Deno.test({
  name: "splitWords refuses an open quote, a lone backslash and an unknown escape",
  permissions: "none",
  fn() {
    assertThrows(() => splitWords('get "a'), UsageError, 'the quote " is not closed');
    assertThrows(() => splitWords("get 'a"), UsageError, "the quote ' is not closed");
    assertThrows(() => splitWords("get a\\"), UsageError, "it ends in a backslash");
    assertThrows(() => splitWords("get \\q"), UsageError, "Cannot read \\q");
    assertThrows(() => splitWords("get \\xg0"), UsageError, "Cannot read \\x");
  },
});

Deno.test({
  name: "bytesOf gives the bytes that \\xNN names, also those that are no UTF-8",
  permissions: "none",
  fn() {
    const [word = ""] = splitWords(String.raw`"\xff\x00\x80é\xc3\xa9\xed\xb2\x80"`);
    assertEquals(
      bytesOf(word),
      Uint8Array.of(0xff, 0, 0x80, 0xc3, 0xa9, 0xc3, 0xa9, 0xed, 0xb2, 0x80),
    );
  },
});

Deno.test({
  name: "bytesOf takes characters beyond U+FFFF for what they are, next to escapes too",
  permissions: "none",
  fn() {
    // Its second code unit, U+DC80, would be the byte 0x80 if it stood alone.
    const skull = "\u{1f480}";
    assertEquals(bytesOf(skull), utf8(skull));
    const [word = ""] = splitWords(`${skull}\\xfe`);
    assertEquals(bytesOf(word), Uint8Array.of(...utf8(skull), 0xfe));
  },
});

Deno.test({
  name: "escapeBytes keeps what prints and escapes the rest",
  permissions: "none",
  fn() {
    assertEquals(
      escapeBytes(utf8('é 日 "\\\n\r\t\0\x1b[31m')),
      'é 日 \\"\\\\\\n\\r\\t\\x00\\x1b[31m',
    );
    assertEquals(escapeBytes(utf8("\u202e")), "\\xe2\\x80\\xae");
    assertEquals(escapeBytes(Uint8Array.of(0x61, 0xff, 0x0a)), "a\\xff\\n");
    assertEquals(escapeBytes(new Uint8Array(0)), "");
  },
});

Deno.test({
  name: "escapeBytes takes a megabyte that is no UTF-8",
  permissions: "none",
  fn: () => assertEquals(escapeBytes(new Uint8Array(1 << 20).fill(0xff)).length, 4 << 20),
});

Deno.test({
  name: "any bytes, quoted, are one word that stands for the same bytes",
  permissions: "none",
  fn() {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.string({ unit: "grapheme" }).map(utf8),
    );
    fc.assert(
      fc.property(bytes, (bytes) => {
        assertEquals(splitWords(quoteBytes(bytes)).map(bytesOf), [new Uint8Array(bytes)]);
      }),
      { seed: SEED },
    );
  },
});

Deno.test({
  name: "splitWords takes a word of ten megabytes, quoted or not",
  permissions: "none",
  fn() {
    const long = "a".repeat(10_000_000);
    assertEquals(splitWords(`${long} "${long}" '${long}'`).map((word) => word.length), [
      10_000_000,
      10_000_000,
      10_000_000,
    ]);
  },
});
