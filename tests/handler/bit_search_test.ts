import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { countOnes, findBit } from "../../lib/handler/bit_search.ts";

/** Bytes with many that are all 0 or all 1, and a part of them that is not empty, in bits. */
const PARTS = fc.tuple(
  fc.uint8Array({ minLength: 1, maxLength: 5 }),
  fc.array(fc.constantFrom(0, 0xff), { maxLength: 6 }),
).map(([some, others]) => Uint8Array.of(...others, ...some, ...others)).chain((value) =>
  fc.tuple(fc.nat(value.length * 8 - 1), fc.nat(value.length * 8 - 1))
    .map(([a, b]) => ({ value, from: Math.min(a, b), to: Math.max(a, b) + 1 }))
);

/** The bits as digits. */
function digitsOf(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(2).padStart(8, "0")).join("");
}

Deno.test({
  name: "the bits of a part are counted as its digits are",
  permissions: "none",
  fn() {
    fc.assert(
      fc.property(PARTS, ({ value, from, to }) => {
        const ones = digitsOf(value).slice(from, to).replaceAll("0", "").length;
        assertEquals(countOnes(value, from, to), ones);
      }),
      { seed: 8, numRuns: 2_000 },
    );
    assertEquals(countOnes(Uint8Array.of(0xff), 3, 3), 0);
    assertEquals(countOnes(new Uint8Array(0), 0, 0), 0);
  },
});

Deno.test({
  name: "the first bit of a part is where its digit is",
  permissions: "none",
  fn() {
    fc.assert(
      fc.property(PARTS, fc.constantFrom(0, 1), ({ value, from, to }, bit) => {
        const place = digitsOf(value).slice(from, to).indexOf(String(bit));
        assertEquals(findBit(value, bit, from, to), place === -1 ? -1 : place + from);
      }),
      { seed: 9, numRuns: 2_000 },
    );
  },
});
