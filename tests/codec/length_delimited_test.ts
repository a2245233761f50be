import { CHAIN_THRESHOLD, ReadBuffer, WriteBuffer } from "../../lib/bytes/mod.ts";
import {
  BatchDecoder,
  DecodeError,
  encodeAll,
  LengthDelimitedDecoder,
  LengthDelimitedEncoder,
  type LengthDelimitedOptions,
} from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { assert, assertEquals, assertLess, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bytewise, chunksOf, decodeAll, hex, utf8 } from "./helpers.ts";

/** Every layout with a stream of it; the bytes are written by hand. */
const LAYOUTS: readonly {
  readonly name: string;
  readonly options: LengthDelimitedOptions;
  readonly bytes: string;
  readonly messages: readonly string[];
}[] = [
  {
    name: "no options: four bytes, big-endian",
    options: {},
    bytes: "00000003 616263 | 00000000 | 00000001 64",
    messages: ["616263", "", "64"],
  },
  {
    name: "one byte",
    options: { prefix: 1 },
    bytes: "03 616263 | 00 | 01 64",
    messages: ["616263", "", "64"],
  },
  {
    name: "two bytes, big-endian",
    options: { prefix: 2 },
    bytes: "0003 616263 | 0000 | 0001 64",
    messages: ["616263", "", "64"],
  },
  {
    name: "two bytes, little-endian",
    options: { prefix: 2, littleEndian: true },
    bytes: "0300 616263 | 0000 | 0100 64",
    messages: ["616263", "", "64"],
  },
  {
    name: "four bytes, little-endian",
    options: { prefix: 4, littleEndian: true },
    bytes: "03000000 616263 | 00000000 | 01000000 64",
    messages: ["616263", "", "64"],
  },
  {
    name: "a varint",
    options: { prefix: "varint" },
    bytes: "03 616263 | 00 | 01 64",
    messages: ["616263", "", "64"],
  },
  {
    name: "a length that counts itself",
    options: { prefix: 2, adjustment: -2 },
    bytes: "0005 616263 | 0002 | 0003 64",
    messages: ["616263", "", "64"],
  },
  {
    name: "a length that does not count a header of three bytes behind it",
    options: { prefix: 1, adjustment: 3 },
    bytes: "02 010203 6162 | 00 040506",
    messages: ["0102036162", "040506"],
  },
  {
    name: "a type byte before the length",
    options: { prefix: 2, offset: 1 },
    bytes: "aa 0003 616263 | bb 0000 | cc 0001 64",
    messages: ["aa616263", "bb", "cc64"],
  },
  {
    name: "a type byte before a length that counts itself, as in PostgreSQL",
    options: { prefix: 4, offset: 1, adjustment: -4 },
    bytes: "51 00000007 616263 | 58 00000004",
    messages: ["51616263", "58"],
  },
  {
    name: "two bytes before a varint",
    options: { prefix: "varint", offset: 2 },
    bytes: "aabb 03 616263 | ccdd 00",
    messages: ["aabb616263", "ccdd"],
  },
];

for (const { name, options, bytes, messages } of LAYOUTS) {
  Deno.test({
    name: `LengthDelimitedDecoder passes the verifier: ${name}`,
    permissions: "none",
    fn() {
      verifyDecoder({
        decoder: () => new LengthDelimitedDecoder(options),
        input: hex(bytes),
        messages: messages.map(hex),
      });
    },
  });

  Deno.test({
    name: `LengthDelimitedEncoder writes the golden bytes: ${name}`,
    permissions: "none",
    fn() {
      const written = encodeAll(new LengthDelimitedEncoder(options), messages.map(hex));
      assertEquals(written, hex(bytes));
    },
  });
}

const VARINTS: readonly (readonly [number, string])[] = [
  [0, "00"],
  [1, "01"],
  [127, "7f"],
  [128, "80 01"],
  [300, "ac 02"],
  [16_383, "ff 7f"],
  [16_384, "80 80 01"],
];

Deno.test({
  name: "LengthDelimitedDecoder and Encoder know varints of one to three bytes",
  permissions: "none",
  fn() {
    for (const [length, varint] of VARINTS) {
      const message = new Uint8Array(length).fill(5);
      const frame = Uint8Array.of(...hex(varint), ...message);
      assertEquals(encodeAll(new LengthDelimitedEncoder({ prefix: "varint" }), [message]), frame);
      assertEquals(decodeAll(new LengthDelimitedDecoder({ prefix: "varint" }), frame), [message]);
    }
  },
});

Deno.test({
  name: "LengthDelimitedDecoder reads varints of four and five bytes exactly",
  permissions: "none",
  fn() {
    for (
      const [varint, length] of [
        ["80 80 80 01", 2_097_152],
        ["ff ff ff 7f", 268_435_455],
        ["80 80 80 80 01", 268_435_456],
        ["80 80 80 80 0f", 4_026_531_840],
        ["ff ff ff ff 0f", 4_294_967_295],
      ] as const
    ) {
      const decoder = new LengthDelimitedDecoder({ prefix: "varint", maxLength: 100 });
      const error = assertThrows(() => decodeAll(decoder, hex(varint)), DecodeError);
      assertEquals(
        error.message,
        `Cannot decode frame: length ${length} exceeds the limit 100 (option maxLength)`,
      );
    }
  },
});

Deno.test({
  name: "LengthDelimitedDecoder refuses a varint of over 32 bits, however it is cut",
  permissions: "none",
  fn() {
    for (const varint of ["ff ff ff ff 10", "80 80 80 80 80", "ff ff ff ff ff 01"]) {
      verifyDecoder({
        decoder: () => new LengthDelimitedDecoder({ prefix: "varint" }),
        input: hex(`01 61 | ${varint}`),
        messages: [hex("61")],
        error: { code: "CORRUPT", offset: 2 },
      });
    }
  },
});

Deno.test({
  name: "LengthDelimitedDecoder and Encoder know the largest length of one and two bytes",
  permissions: "none",
  fn() {
    for (const [prefix, length, field] of [[1, 255, "ff"], [2, 65_535, "ffff"]] as const) {
      const message = new Uint8Array(length).fill(5);
      const bytes = encodeAll(new LengthDelimitedEncoder({ prefix }), [message]);
      assertEquals(bytes.subarray(0, prefix), hex(field));
      assertEquals(bytes.length, prefix + length);
      assertEquals(decodeAll(new LengthDelimitedDecoder({ prefix }), bytes)[0]?.length, length);
    }
  },
});

Deno.test({
  name: "LengthDelimitedDecoder reads a four-byte length above 2^31 as unsigned",
  permissions: "none",
  fn() {
    for (
      const [options, field] of [
        [{}, "ff ff ff fe"],
        [{ littleEndian: true }, "fe ff ff ff"],
      ] as const
    ) {
      assertThrows(
        () => decodeAll(new LengthDelimitedDecoder(options), hex(field)),
        DecodeError,
        "length 4294967294 exceeds",
      );
    }
  },
});

Deno.test({
  name: "LengthDelimitedDecoder accepts maxLength and refuses one more, however it is cut",
  permissions: "none",
  fn() {
    verifyDecoder({
      decoder: () => new LengthDelimitedDecoder({ prefix: 1, maxLength: 3 }),
      input: hex("03 616263 | 04"),
      messages: [hex("616263")],
      error: { code: "TOO_LARGE", offset: 4 },
    });
  },
});

Deno.test({
  name: "LengthDelimitedDecoder counts maxLength behind the length field, with the adjustment",
  permissions: "none",
  fn() {
    const options = { prefix: 1, offset: 2, adjustment: -1, maxLength: 3 } as const;
    verifyDecoder({
      decoder: () => new LengthDelimitedDecoder(options),
      input: hex("aabb 04 616263 | ccdd 05"),
      messages: [hex("aabb616263")],
      error: { code: "TOO_LARGE", offset: 6 },
    });
  },
});

Deno.test({
  name: "LengthDelimitedDecoder refuses 8 MiB and a byte unless told otherwise",
  permissions: "none",
  fn() {
    const decoder = new BatchDecoder(new LengthDelimitedDecoder());
    decoder.push(hex("00 80 00 00"), []);
    assertEquals(decoder.waiting, 4);
    const error = assertThrows(
      () => decodeAll(new LengthDelimitedDecoder(), hex("00 80 00 01")),
      DecodeError,
      "length 8388609 exceeds the limit 8388608 (option maxLength)",
    );
    assertEquals([error.code, error.offset], ["TOO_LARGE", 0]);
  },
});

Deno.test({
  name: "LengthDelimitedDecoder refuses a length on its field, before anything is allocated",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    const chunk = hex("ff ff ff ff | 61");
    input.append(chunk);
    assertThrows(() => new LengthDelimitedDecoder().decode(input), DecodeError);
    assertStrictEquals(input.bytes, chunk);
    assertEquals([input.offset, input.missing], [0, 0]);
  },
});

Deno.test({
  name: "LengthDelimitedDecoder holds what has come of a message of 4 GiB, not what was announced",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    const decoder = new LengthDelimitedDecoder({ maxLength: 0xffff_ffff });
    input.append(hex("ff ff ff ff"));
    for (let i = 0; i < 10; i++) {
      assertEquals(decoder.decode(input), undefined);
      input.append(new Uint8Array(100));
    }
    assertEquals(input.missing, 0xffff_ffff + 4 - input.length);
    assertLess(input.bytes.buffer.byteLength, 3_000);
  },
});

Deno.test({
  name: "LengthDelimitedDecoder refuses a length that the adjustment makes negative",
  permissions: "none",
  fn() {
    verifyDecoder({
      decoder: () => new LengthDelimitedDecoder({ prefix: 4, offset: 1, adjustment: -4 }),
      input: hex("58 00000004 | 51 00000003"),
      messages: [hex("58")],
      error: { code: "CORRUPT", offset: 5 },
    });
  },
});

Deno.test({
  name: "LengthDelimitedDecoder passes the verifier with a stream cut in each part of a frame",
  permissions: "none",
  fn() {
    for (const rest of ["51", "51 00", "51 0002", "51 0002 61"]) {
      verifyDecoder({
        decoder: () => new LengthDelimitedDecoder({ prefix: 2, offset: 1 }),
        input: hex(`aa 0001 61 | ${rest}`),
        messages: [hex("aa61")],
        error: { code: "CUT", offset: 4 },
      });
    }
  },
});

Deno.test({
  name: "LengthDelimitedDecoder gives views of the chunk without an offset, and copies with one",
  permissions: "none",
  fn() {
    const chunk = hex("aa 02 6162");
    const [copy] = decodeAll(new LengthDelimitedDecoder({ prefix: 1, offset: 1 }), chunk);
    assert(copy?.buffer !== chunk.buffer);
    const [view] = decodeAll(new LengthDelimitedDecoder({ prefix: 1 }), chunk.subarray(1));
    assertStrictEquals(view?.buffer, chunk.buffer);
  },
});

Deno.test({
  name: "LengthDelimitedDecoder without state serves two streams in turn",
  permissions: "none",
  fn() {
    const shared = new LengthDelimitedDecoder({ prefix: 1 });
    const [a, b] = [new BatchDecoder(shared), new BatchDecoder(shared)];
    const messages: Uint8Array[] = [];
    a.push(hex("03 61"), messages);
    b.push(hex("02 62"), messages);
    a.push(hex("61 61"), messages);
    b.push(hex("62"), messages);
    assertEquals(messages, [utf8("aaa"), utf8("bb")]);
  },
});

Deno.test({
  name: "LengthDelimitedEncoder refuses what its length field cannot say, and appends nothing",
  permissions: "none",
  fn() {
    const refusals: readonly (readonly [LengthDelimitedOptions, number, string])[] = [
      [{ prefix: 1 }, 256, "its length field 256 is not in 0 to 255"],
      [{ prefix: 2 }, 65_536, "its length field 65536 is not in 0 to 65535"],
      [{ prefix: 1, adjustment: -1 }, 255, "its length field 256 is not in 0 to 255"],
      [{ prefix: 1, adjustment: 3 }, 2, "its length field -1 is not in 0 to 255"],
      [{ prefix: 1, offset: 2 }, 1, "2 belong before the length (option offset)"],
      [{ maxLength: 5 }, 6, "the limit is 5 (option maxLength)"],
      [{ maxLength: 5, offset: 1 }, 7, "Cannot encode a message of 6 bytes: the limit is 5"],
      [{}, 8_388_609, "the limit is 8388608 (option maxLength)"],
    ];
    for (const [options, size, message] of refusals) {
      const out = new WriteBuffer();
      const encoder = new LengthDelimitedEncoder(options);
      assertThrows(() => encoder.encode(new Uint8Array(size), out), RangeError, message);
      assertEquals(out.length, 0);
    }
  },
});

Deno.test({
  name: "LengthDelimitedEncoder chains a large message behind its length without a copy",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    const message = new Uint8Array(CHAIN_THRESHOLD);
    new LengthDelimitedEncoder().encode(message, out);
    const [length, payload] = out.drain();
    assertEquals(length, hex("00 01 00 00"));
    assertStrictEquals(payload, message);
  },
});

Deno.test({
  name: "LengthDelimitedDecoder and Encoder refuse options out of range",
  permissions: "none",
  fn() {
    const wrong: readonly LengthDelimitedOptions[] = [
      ...[0, 3, 8, NaN, "4", "leb128"].map((prefix) => ({ prefix }) as LengthDelimitedOptions),
      { offset: -1 },
      { offset: 0.5 },
      { offset: NaN },
      { adjustment: 0.5 },
      { adjustment: NaN },
      { maxLength: -1 },
      { maxLength: NaN },
      { maxLength: 2 ** 32 },
    ];
    for (const options of wrong) {
      const [name, value] = Object.entries(options)[0]!;
      assertThrows(() => new LengthDelimitedDecoder(options), RangeError, `${name} ${value}`);
      assertThrows(() => new LengthDelimitedEncoder(options), RangeError, `${name} ${value}`);
    }
  },
});

Deno.test({
  name: "LengthDelimitedDecoder and Encoder take an option that is undefined as not given",
  permissions: "none",
  fn() {
    const names = ["prefix", "littleEndian", "offset", "adjustment", "maxLength"];
    // The compiler does not let a caller write this; a caller without one may.
    const options = Object.fromEntries(names.map((name) => [name, undefined]));
    const bytes = encodeAll(new LengthDelimitedEncoder(options), [hex("07")]);
    assertEquals(bytes, hex("00 00 00 01 07"));
    assertEquals(decodeAll(new LengthDelimitedDecoder(options), bytes), [hex("07")]);
  },
});

Deno.test({
  name:
    "LengthDelimitedDecoder reads what LengthDelimitedEncoder wrote, in any layout and however cut",
  permissions: "none",
  fn() {
    const layouts = fc.record({
      prefix: fc.constantFrom(...[1, 2, 4, "varint"] as const),
      littleEndian: fc.boolean(),
      offset: fc.nat(4),
      adjustment: fc.integer({ min: -4, max: 4 }),
    });
    const payloads = fc.array(fc.uint8Array({ minLength: 8, maxLength: 200 }), { maxLength: 6 });
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(layouts, payloads, cuts, (layout, messages, cuts) => {
        const bytes = encodeAll(new LengthDelimitedEncoder(layout), messages);
        const decoder = new LengthDelimitedDecoder(layout);
        assertEquals(decodeAll(decoder, ...chunksOf(bytes, cuts)), messages);
      }),
      { seed: 4, numRuns: 150 },
    );
  },
});

Deno.test({
  name: "LengthDelimitedDecoder gives messages or a DecodeError for any bytes, alike however cut",
  permissions: "none",
  fn() {
    const outcome = (decoder: LengthDelimitedDecoder, chunks: Uint8Array[]) => {
      const messages: Uint8Array[] = [];
      const batches = new BatchDecoder(decoder);
      try {
        for (const chunk of chunks) batches.push(chunk, messages);
        batches.end(messages);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        return [messages, error.code, error.offset, error.message];
      }
      return [messages];
    };
    const prefixes = fc.constantFrom(...[1, 2, "varint"] as const);
    fc.assert(
      fc.property(prefixes, fc.uint8Array({ maxLength: 60 }), (prefix, input) => {
        const decoder = new LengthDelimitedDecoder({ prefix, adjustment: -1, maxLength: 100 });
        assertEquals(outcome(decoder, bytewise(input)), outcome(decoder, [input]));
      }),
      { seed: 5, numRuns: 200 },
    );
  },
});
