import { crc32 } from "../../lib/bytes/mod.ts";
import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import fc from "fast-check";

const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test({
  name: "crc32 gives the published checksums of ISO-HDLC",
  permissions: "none",
  fn() {
    assertEquals(crc32(utf8("123456789")), 0xcbf43926);
    assertEquals(crc32(utf8("a")), 0xe8b7be43);
    assertEquals(crc32(utf8("abc")), 0x352441c2);
    assertEquals(crc32(utf8("The quick brown fox jumps over the lazy dog")), 0x414fa339);
    assertEquals(crc32(new Uint8Array(32)), 0x190a55ad);
    assertEquals(crc32(new Uint8Array(32).fill(0xff)), 0xff6cab0b);
  },
});

Deno.test({
  name: "crc32 of no bytes is 0, in no piece or in empty ones",
  permissions: "none",
  fn() {
    assertEquals(crc32(), 0);
    assertEquals(crc32(new Uint8Array(0), new Uint8Array(0)), 0);
  },
});

Deno.test({
  name: "crc32 sees only the window of a view",
  permissions: "none",
  fn() {
    assertEquals(crc32(utf8("<<123456789>>").subarray(2, 11)), 0xcbf43926);
  },
});

Deno.test({
  name: "crc32 of pieces is that of the whole",
  permissions: "none",
  fn() {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (pieces) => {
        assertEquals(crc32(...pieces), crc32(concat(pieces)));
      }),
      { seed: 32, numRuns: 100 },
    );
  },
});
