import { crc32, inflateRawSync } from "../../../lib/console/shims/zlib.ts";
import { assertEquals } from "@std/assert";
import * as zlib from "node:zlib";

const PURE = { permissions: "none" } as const;

Deno.test("the checksum is that of zlib, in pieces as well", PURE, () => {
  for (const size of [0, 1, 9, 1_000]) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31) & 0xff);
    assertEquals(crc32(bytes), zlib.crc32(bytes));
    assertEquals(crc32(bytes, 0xcbf43926), zlib.crc32(bytes, 0xcbf43926));
  }
});

Deno.test("a value is inflated as by zlib", PURE, () => {
  const bytes = new TextEncoder().encode("aaaaaaaaaaaaaaaab");
  assertEquals(inflateRawSync(new Uint8Array(zlib.deflateRawSync(bytes))), bytes);
});
