import { readI64, readU16, readU32, readU64, WriteBuffer } from "../../lib/bytes/mod.ts";
import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import fc from "fast-check";

const PURE = { permissions: "none" } as const;

const hex = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));

Deno.test("readU16, readU32, readU64 and readI64 read the ends of their ranges", PURE, () => {
  const ones = new Uint8Array(9).fill(0xff);
  assertEquals(readU16(ones, 1), 65_535);
  assertEquals(readU16(hex("0001"), 0), 1);
  assertEquals(readU32(ones, 1), 4_294_967_295);
  assertEquals(readI64(ones, 1), -1n);
  assertEquals(readI64(hex("80000000 00000000"), 0), -(2n ** 63n));
  assertEquals(readI64(hex("7fffffff ffffffff"), 0), 2n ** 63n - 1n);
  assertEquals(readU64(hex("001fffff ffffffff"), 0), Number.MAX_SAFE_INTEGER);
  assertEquals(readU64(hex("00000001 00000000"), 0), 2 ** 32);
});

Deno.test("readU64 never gives a safe integer for what is 2^53 or more", PURE, () => {
  for (const bytes of ["0020000000000000", "0020000000000001", "ffffffffffffffff"]) {
    assertEquals(Number.isSafeInteger(readU64(hex(bytes), 0)), false, bytes);
  }
});

Deno.test("readU16, readU32, readU64 and readI64 read what WriteBuffer wrote", PURE, () => {
  const integers = fc.record({
    u16: fc.nat(0xffff),
    u32: fc.nat(0xffff_ffff),
    u64: fc.maxSafeNat(),
    i64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  });
  fc.assert(
    fc.property(integers, (written) => {
      const out = new WriteBuffer();
      out.u16(written.u16);
      out.u32(written.u32);
      out.u64(written.u64);
      out.i64(written.i64);
      const bytes = concat(out.drain());
      const read = {
        u16: readU16(bytes, 0),
        u32: readU32(bytes, 2),
        u64: readU64(bytes, 6),
        i64: readI64(bytes, 14),
      };
      assertEquals(read, written);
    }),
    { seed: 3, numRuns: 300 },
  );
});
