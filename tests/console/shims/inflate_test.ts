import { inflateRaw } from "../../../lib/console/shims/inflate.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { deflateRawSync } from "node:zlib";

const PURE = { permissions: "none" } as const;

const SAMPLES: readonly Uint8Array[] = [
  new Uint8Array(),
  new TextEncoder().encode("hello hello hello hello"),
  new Uint8Array(100_000),
  Uint8Array.from({ length: 70_000 }, (_, at) => (at * at * 7 + (at >> 5)) & 0xff),
  new TextEncoder().encode(JSON.stringify(Array.from({ length: 3_000 }, (_, at) => ({ at })))),
];

Deno.test("what zlib deflates is inflated, at every level", PURE, () => {
  for (const sample of SAMPLES) {
    for (const level of [0, 1, 6, 9]) {
      assertEquals(inflateRaw(new Uint8Array(deflateRawSync(sample, { level })), 1e6), sample);
    }
  }
});

Deno.test("what is cut or no deflate is an error, and so is what is too long", PURE, () => {
  const whole = new Uint8Array(deflateRawSync(SAMPLES[4]!));
  for (let size = 0; size < whole.length; size += 97) {
    assertThrows(() => inflateRaw(whole.subarray(0, size), 1e6), RangeError, "no raw deflate");
  }
  assertThrows(() => inflateRaw(Uint8Array.of(7), 1e6), RangeError, "no raw deflate");
  assertThrows(() => inflateRaw(whole, 1_000), RangeError, "over 1000");
});
