import { encodeAll, type Encoder, FixedSizeEncoder } from "../../lib/codec/mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

Deno.test({
  name: "encodeAll gives the bytes of all messages in order",
  permissions: "none",
  fn() {
    const numbers: Encoder<number> = { encode: (message, out) => out.u16(message) };
    assertEquals(encodeAll(numbers, [1, 0x0203]), Uint8Array.of(0, 1, 2, 3));
    assertEquals(encodeAll(numbers, []), new Uint8Array(0));
  },
});

Deno.test({
  name: "encodeAll gives an array of its own, also for a payload that was chained",
  permissions: "none",
  fn() {
    const payload = new Uint8Array(100_000).fill(1);
    const bytes = encodeAll(new FixedSizeEncoder(100_000), [payload]);
    payload.fill(2);
    assert(bytes.every((byte) => byte === 1));
    assertEquals(bytes.buffer.byteLength, 100_000);
  },
});

Deno.test({
  name: "encodeAll throws what the encoder throws",
  permissions: "none",
  fn() {
    assertThrows(() => encodeAll(new FixedSizeEncoder(2), [new Uint8Array(3)]), RangeError);
  },
});
