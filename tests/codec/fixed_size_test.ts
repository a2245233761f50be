import { WriteBuffer } from "../../lib/bytes/mod.ts";
import { DecodeError, encodeAll, FixedSizeDecoder, FixedSizeEncoder } from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { chunksOf, decodeAll, hex } from "./helpers.ts";

Deno.test({
  name: "FixedSizeDecoder takes messages of its size",
  permissions: "none",
  fn() {
    const messages = decodeAll(new FixedSizeDecoder(3), hex("01 02 03 | 04 05 06"));
    assertEquals(messages, [hex("01 02 03"), hex("04 05 06")]);
  },
});

Deno.test({
  name: "FixedSizeDecoder passes the verifier",
  permissions: "none",
  fn() {
    verifyDecoder({
      decoder: () => new FixedSizeDecoder(3),
      input: hex("01 02 03 | 00 ff 00 | 07 08 09"),
      messages: [hex("01 02 03"), hex("00 ff 00"), hex("07 08 09")],
    });
  },
});

Deno.test({
  name: "FixedSizeDecoder passes the verifier with a cut last message",
  permissions: "none",
  fn() {
    verifyDecoder({
      decoder: () => new FixedSizeDecoder(3),
      input: hex("01 02 03 | 04 05"),
      messages: [hex("01 02 03")],
      error: { code: "CUT", offset: 3 },
    });
  },
});

Deno.test({
  name: "FixedSizeDecoder gives views of the chunk, not copies",
  permissions: "none",
  fn() {
    const chunk = hex("01 02 03 04");
    for (const message of decodeAll(new FixedSizeDecoder(2), chunk)) {
      assertStrictEquals(message.buffer, chunk.buffer);
    }
  },
});

Deno.test({
  name: "FixedSizeDecoder says that the stream ended inside a message",
  permissions: "none",
  fn() {
    const error = assertThrows(
      () => decodeAll(new FixedSizeDecoder(4), hex("01 02 03 04 05")),
      DecodeError,
      "1 bytes of it, from offset 4",
    );
    assertEquals(error.code, "CUT");
  },
});

Deno.test({
  name: "FixedSizeEncoder writes the message as it is",
  permissions: "none",
  fn() {
    const bytes = encodeAll(new FixedSizeEncoder(2), [hex("01 02"), hex("03 04")]);
    assertEquals(bytes, hex("01 02 | 03 04"));
  },
});

Deno.test({
  name: "FixedSizeEncoder refuses a message of another size, and appends nothing",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    const encoder = new FixedSizeEncoder(2);
    for (const size of [0, 1, 3]) {
      assertThrows(
        () => encoder.encode(new Uint8Array(size), out),
        RangeError,
        `Cannot encode a message of ${size} bytes: the frame size is 2`,
      );
    }
    assertEquals(out.length, 0);
  },
});

Deno.test({
  name: "FixedSizeDecoder and FixedSizeEncoder refuse a size that is no whole number from 1",
  permissions: "none",
  fn() {
    for (const size of [0, -1, 1.5, NaN, Infinity]) {
      assertThrows(() => new FixedSizeDecoder(size), RangeError, `size ${size}`);
      assertThrows(() => new FixedSizeEncoder(size), RangeError, `size ${size}`);
    }
  },
});

Deno.test({
  name: "FixedSizeDecoder reads what FixedSizeEncoder wrote, however it is cut",
  permissions: "none",
  fn() {
    const streams = fc.integer({ min: 1, max: 9 }).chain((size) =>
      fc.array(fc.uint8Array({ minLength: size, maxLength: size }), { minLength: 1, maxLength: 9 })
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 });
    fc.assert(
      fc.property(streams, cuts, (messages, cuts) => {
        const size = messages[0]!.length;
        const bytes = encodeAll(new FixedSizeEncoder(size), messages);
        assertEquals(decodeAll(new FixedSizeDecoder(size), ...chunksOf(bytes, cuts)), messages);
      }),
      { seed: 3, numRuns: 100 },
    );
  },
});
