import { CafeRequestDecoder, CafeResponseEncoder } from "../../../lib/cafe/mod.ts";
import { encodeAll } from "../../../lib/codec/mod.ts";
import { miss, ok } from "../../../lib/model/mod.ts";
import { PlainCafeGets } from "../../../lib/server/plain/plain_cafe.ts";
import { CUT, OTHER } from "../../../lib/server/plain/plain_get.ts";
import { assertEquals, assertGreater } from "@std/assert";
import { concat } from "@std/bytes";
import { Random } from "../../random.ts";
import { frame, GET } from "../frames.ts";
import {
  checkMutations,
  checkPrefixes,
  type FirstOf,
  firstOfDecoder,
  hitOf,
  LENGTHS,
  missOf,
  scanned,
} from "./plain_gets.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `a plain GET of CAFE ${name}`, permissions: "none", fn });
}

const FLAG_ID = 0x0010;
const IDS = [undefined, 0, 1, 0x01020304, 0xffffffff];

/** What the decoder of the store's thread takes first. */
function decoderOf(maxKeySize: number): FirstOf {
  return firstOfDecoder(() => new CafeRequestDecoder({ maxKeySize }), (request) => {
    if (request.op !== "GET" || request.wantVersion) return undefined;
    return request.quiet || request.checksum || request.durable ? undefined : request.key;
  });
}

const firstOf = decoderOf(65_535);

/** A GET of a key of some length. */
function get(length: number, id?: number): Uint8Array {
  return frame({ opcode: GET, id, key: new Random(length).bytes(length) });
}

test("is one for the decoder as well, with the same key and the same end, for keys of 1 to 999 bytes", () => {
  const gets = new PlainCafeGets(65_535);
  for (let length = 1; length <= 999; length++) {
    const request = get(length, IDS[length % IDS.length]);
    assertEquals(scanned(gets, request, firstOf), request.length);
  }
  for (const length of [0, 1_000, 9_999, 65_535]) {
    for (const id of IDS) assertEquals(scanned(gets, get(length, id), firstOf), OTHER);
  }
});

test("is cut wherever its rest is missing", () => {
  const gets = new PlainCafeGets(65_535);
  for (const length of [1, 9, 255, 256, 999]) {
    for (const id of IDS) checkPrefixes(gets, get(length, id), firstOf);
  }
});

test("ends where it ends when others stand behind it", () => {
  const gets = new PlainCafeGets(65_535);
  for (const id of IDS) {
    const both = concat([get(100, id), get(7, 9), get(1)]);
    assertEquals(scanned(gets, both, firstOf), get(100, id).length);
  }
});

test("has no other flag than that of an id", () => {
  const gets = new PlainCafeGets(65_535);
  for (let bit = 0; bit < 16; bit++) {
    for (const id of IDS) {
      const request = concat([get(5, id), new Uint8Array(40)]);
      const flags = request[4]! << 8 | request[5]! | 1 << bit;
      request[4] = flags >> 8;
      request[5] = flags;
      const expected = flags === FLAG_ID ? 21 : OTHER;
      assertEquals(scanned(gets, request, firstOf), expected, `flags ${flags.toString(16)}`);
    }
  }
});

test("has no other opcode and no other version, and no value", () => {
  const gets = new PlainCafeGets(65_535);
  for (let byte = 0; byte < 256; byte++) {
    const expected = byte === 1 ? 17 : OTHER;
    const key = "abcde";
    assertEquals(scanned(gets, frame({ opcode: byte, key }), firstOf), expected);
    assertEquals(scanned(gets, frame({ opcode: GET, version: byte, key }), firstOf), expected);
  }
  assertEquals(scanned(gets, frame({ opcode: GET, key: "k", value: "v" }), firstOf), OTHER);
  for (let at = 8; at < 12; at++) {
    const request = get(5);
    request[at] = 1;
    assertEquals(scanned(gets, request, firstOf), OTHER, `a length of a value, byte ${at}`);
  }
});

test("is none with another byte in its head that is not one of its id", () => {
  const gets = new PlainCafeGets(65_535);
  // The key may be said to be shorter, in four ways. The bytes of an id are free, and it may be called none.
  assertEquals(checkMutations(gets, get(5), firstOf), 255 * 5 + 4);
  assertEquals(checkMutations(gets, get(5, 77), firstOf), 255 * (5 + 4) + 4 + 1);
});

test("has no key that is longer than the limit", () => {
  for (const limit of [0, 1, 5, 255, 256, 998]) {
    const gets = new PlainCafeGets(limit);
    const limited = decoderOf(limit);
    for (const length of [1, 4, 5, 6, 255, 256, 257, 998, 999]) {
      const request = get(length, length);
      const expected = length <= limit ? request.length : OTHER;
      assertEquals(scanned(gets, request, limited), expected, `${length} of ${limit}`);
    }
  }
});

test("is found, or not, in whatever bytes as the decoder does", () => {
  const gets = new PlainCafeGets(200);
  const random = new Random(12);
  const found = { whole: 0, cut: 0 };
  for (let round = 0; round < 20_000; round++) {
    const bytes = concat([get(random.below(9), random.of(IDS)), random.bytes(random.below(9))]);
    for (let changes = random.below(4); changes > 0; changes--) {
      bytes[random.below(bytes.length)] = random.of([0, 1, 2, 16, random.below(256)]);
    }
    const cut = bytes.subarray(0, random.once(3) ? random.below(bytes.length) : bytes.length);
    const next = scanned(gets, cut, firstOf);
    if (next > 0) found.whole++;
    else if (next === CUT) found.cut++;
  }
  for (let round = 0; round < 5_000; round++) {
    scanned(gets, random.bytes(random.below(60)), firstOf);
  }
  assertGreater(found.whole, 500);
  assertGreater(found.cut, 500);
});

test("gets the bytes of the encoder, with its id if it has one", () => {
  const gets = new PlainCafeGets(65_535);
  const random = new Random(13);
  const encoder = new CafeResponseEncoder();
  for (const length of LENGTHS) {
    const id = random.of(IDS);
    const request = get(3, id);
    const value = new Uint8Array(length).fill(random.below(256));
    const at = random.below(9);
    assertEquals(hitOf(gets, request, value, at), encodeAll(encoder, [{ ...ok(value), id }]));
    assertEquals(missOf(gets, request, at), encodeAll(encoder, [{ ...miss(), id }]));
  }
});
