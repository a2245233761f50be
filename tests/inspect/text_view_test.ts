import { assertEquals, assertStringIncludes } from "@std/assert";
import { TextView } from "../../lib/inspect/mod.ts";
import { inspect, PURE, textOf, utf8 } from "./helpers.ts";

const GET = Uint8Array.fromHex("cafe0101001000030000000000000007" + "666f6f");

Deno.test("text of a frame has its offset, its bytes and what they say", PURE, () => {
  const text = textOf(inspect(GET)).split("\n").map((line) => line.trim().replace(/ {2,}/g, "  "));
  assertEquals(text, [
    "#1 request GET foo, id 7  (CAFE, offset 0, 19 bytes)",
    "= RESP: GET foo",
    "0  [ca fe]  magic",
    "2  [01]  version 1",
    "3  [01]  opcode 1: GET. Reads the value of a key.",
    "4  [00 10]  flags: ID",
    "6  [00 03]  key_len 3",
    "8  [00 00 00 00]  value_len 0",
    "12  [00 00 00 07]  id 7",
    '16  [66 6f 6f]  key "foo"',
  ]);
});

Deno.test("text has colours only where they are asked for", PURE, () => {
  assertEquals(textOf(inspect(GET)).includes("\x1b"), false);
  assertStringIncludes(textOf(inspect(GET), true), "\x1b[32m[66 6f 6f]\x1b[0m");
});

Deno.test("text shows the beginning of long fields, and how much is left", PURE, () => {
  const frame = new Uint8Array(12 + 1000).fill(0x61);
  frame.set(Uint8Array.fromHex("cafe010400000000000003e8"));
  const [located] = inspect(frame);
  const lines = new TextView({ maxBytes: 20 }).lines(located!);
  assertEquals(lines.length, 11);
  assertStringIncludes(lines.at(-1)!, "... 980 bytes more]");
});

Deno.test("text does not let bytes command a terminal", PURE, () => {
  const found = inspect(utf8("*2\r\n$3\r\nGET\r\n$5\r\n\x1b[31m\r\n+\x1b[2J\r\n"), {
    direction: "request",
  });
  const reply = inspect(utf8("-ERR \x1b[2J\u009b\r\n"), { protocol: "RESP" });
  for (const text of [textOf(found), textOf(reply)]) {
    // deno-lint-ignore no-control-regex -- what must not be there
    assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(text), false, JSON.stringify(text));
  }
});
