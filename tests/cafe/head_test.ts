import { assertEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import { WriteBuffer } from "../../lib/bytes/mod.ts";
import { extensionSize, Head, trailerSize, writeHead } from "../../lib/cafe/head.ts";
import { FLAGS } from "../../lib/cafe/mod.ts";
import { hex } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

Deno.test(
  "extensionSize is 4 for ID, 8 for TTL, 8 for VERSION, for each set of flags",
  PURE,
  () => {
    for (let flags = 0; flags <= 0xffff; flags++) {
      const size = (flags & FLAGS.ID ? 4 : 0) + (flags & FLAGS.TTL ? 8 : 0) +
        (flags & FLAGS.VERSION ? 8 : 0);
      if (extensionSize(flags) !== size) assertEquals(extensionSize(flags), size, `flags ${flags}`);
    }
  },
);

Deno.test("trailerSize is 4 for CHECKSUM and 32 for SIGNED", PURE, () => {
  assertEquals([0, 0x0004, 0x0008, 0x000c, 0xfff3].map(trailerSize), [0, 4, 32, 36, 0]);
});

Deno.test("Head reads every field from any place", PURE, () => {
  const head = new Head();
  head.readHeader(hex("00 cafe 02 4d f07f fffe fffffffd"), 1);
  const { version, opcode, flags, keyLength, valueLength } = head;
  assertEquals({ version, opcode, flags, keyLength, valueLength }, {
    version: 2,
    opcode: 77,
    flags: 0xf07f,
    keyLength: 65_534,
    valueLength: 4_294_967_293,
  });
});

Deno.test("Head says the size of the largest frame there can be", PURE, () => {
  const head = new Head();
  head.readHeader(hex("cafe 01 01 ffff ffff ffffffff"), 0);
  assertEquals(head.frameSize, 12 + 20 + 65_535 + 4_294_967_295 + 36);
});

Deno.test("Head reads extensions in the order of their flag bits", PURE, () => {
  const head = new Head();
  head.readHeader(hex("cafe 01 02 0070 0000 00000000"), 0);
  const end = head.readExtensions(hex("fffffffe 0000000000000002 001fffffffffffff"), 0);
  assertEquals(end, 20);
  assertEquals([head.id, head.ttl, head.entryVersion], [4_294_967_294, 2, 2 ** 53 - 1]);
});

Deno.test("Head keeps no extension of the frame before", PURE, () => {
  const head = new Head();
  head.readHeader(hex("cafe 01 02 0070 0000 00000000"), 0);
  head.readExtensions(new Uint8Array(20), 0);
  head.readHeader(hex("cafe 01 02 0000 0000 00000000"), 0);
  assertEquals(head.readExtensions(new Uint8Array(0), 0), 0);
  assertEquals([head.id, head.ttl, head.entryVersion], [undefined, undefined, undefined]);
});

Deno.test("writeHead sets the flags of the extensions that it is given", PURE, () => {
  const out = new WriteBuffer();
  out.u8(0);
  assertEquals(writeHead(out, 2, FLAGS.QUIET, 3, 4, 5, 6, 7), 1);
  const [, ...bytes] = concat(out.drain());
  assertEquals(
    Uint8Array.from(bytes),
    hex("cafe 01 02 0170 0003 00000004 00000005 0000000000000006 0000000000000007"),
  );
});

Deno.test("writeHead refuses what does not fit a field before a byte is written", PURE, () => {
  const out = new WriteBuffer();
  const wrong: [() => number, string][] = [
    [
      () => writeHead(out, 1, 0, 65_536, 0, undefined, undefined, undefined),
      "Cannot encode GET: key_len 65536 is not a whole number from 0 to 65535",
    ],
    [
      () => writeHead(out, 2, 0, 0, 2 ** 32, undefined, undefined, undefined),
      "Cannot encode SET: value_len 4294967296 is not a whole number from 0 to 4294967295",
    ],
    [
      () => writeHead(out, 77, 0, 0, 0, 2 ** 32, undefined, undefined),
      "Cannot encode opcode 77: id 4294967296 is not a whole number from 0 to 4294967295",
    ],
    [
      () => writeHead(out, 128, 0, 0, 0, 1, 0.5, undefined),
      "Cannot encode OK: ttl 0.5 is not a whole number from 0 to 9007199254740991",
    ],
    [
      () => writeHead(out, 128, 0, 0, 0, 1, 1, -1),
      "Cannot encode OK: version -1 is not a whole number from 0 to 9007199254740991",
    ],
  ];
  for (const [write, message] of wrong) {
    assertEquals(assertThrows(write, RangeError).message, message);
    assertEquals(out.length, 0);
  }
});
