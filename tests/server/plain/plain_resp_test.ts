import { encodeAll } from "../../../lib/codec/mod.ts";
import { miss, ok } from "../../../lib/model/mod.ts";
import { RespCallDecoder, RespReplyEncoder } from "../../../lib/resp/mod.ts";
import { CUT, OTHER } from "../../../lib/server/plain/plain_get.ts";
import { PlainRespGets } from "../../../lib/server/plain/plain_resp.ts";
import { assertEquals, assertGreater } from "@std/assert";
import { concat } from "@std/bytes";
import { utf8 } from "../../codec/helpers.ts";
import { Random } from "../../random.ts";
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
  Deno.test({ name: `a plain GET of RESP ${name}`, permissions: "none", fn });
}

/** What the decoder of the store's thread takes first. */
function decoderOf(maxKeySize: number): FirstOf {
  return firstOfDecoder(() => new RespCallDecoder({ maxKeySize }), (call) => {
    if (call.rejected || call.request.op !== "GET" || call.request.wantVersion) return undefined;
    return call.request.key;
  });
}

const firstOf = decoderOf(65_535);

/** A GET of a key of some length, whose name may be written in some way. */
function get(length: number, name = "GET"): Uint8Array {
  const key = new Random(length).bytes(length);
  return concat([utf8(`*2\r\n$3\r\n${name}\r\n$${length}\r\n`), key, utf8("\r\n")]);
}

test("is one for the decoder as well, with the same key and the same end, for keys of 1 to 999 bytes", () => {
  const gets = new PlainRespGets(2, 65_535);
  for (let length = 1; length <= 999; length++) {
    assertEquals(scanned(gets, get(length), firstOf), get(length).length);
  }
  for (const length of [0, 1_000, 9_999, 65_535]) {
    assertEquals(scanned(gets, get(length), firstOf), OTHER);
  }
});

test("may have its name in small letters, each of them", () => {
  const gets = new PlainRespGets(2, 65_535);
  for (const name of ["get", "Get", "gEt", "geT", "GEt"]) {
    assertEquals(scanned(gets, get(5, name), firstOf), get(5, name).length, name);
  }
  for (const name of ["SET", "GE_", "G\x05T", "\x07ET", "G\xc5T"]) {
    assertEquals(scanned(gets, get(5, name), firstOf), OTHER, name);
  }
});

test("is cut wherever its rest is missing", () => {
  const gets = new PlainRespGets(2, 65_535);
  for (const length of [1, 9, 10, 99, 100, 999]) checkPrefixes(gets, get(length), firstOf);
});

test("ends where it ends when others stand behind it", () => {
  const gets = new PlainRespGets(2, 65_535);
  for (const length of [1, 9, 10, 99, 100, 999]) {
    const both = concat([get(length), get(7), utf8("PING\r\n")]);
    assertEquals(scanned(gets, both, firstOf), get(length).length);
  }
});

test("is none with another byte in it, unless that is one of its key or a small letter", () => {
  const gets = new PlainRespGets(2, 65_535);
  // Each byte of the key may be 255 others, and three letters may be small.
  for (const length of [1, 2, 12]) {
    assertEquals(checkMutations(gets, get(length), firstOf), 255 * length + 3);
  }
});

test("is none when its length is written in another way, or is none", () => {
  const gets = new PlainRespGets(2, 65_535);
  for (const length of ["0", "01", "001", "+1", "-1", " 1", "1 ", "", "1\n", "\r1", "0x1", "1.0"]) {
    const request = utf8(`*2\r\n$3\r\nGET\r\n$${length}\r\nk\r\n`);
    assertEquals(scanned(gets, request, firstOf), OTHER, length);
  }
  for (
    const head of ["*02\r\n$3\r\n", "*2\r\n$03\r\n", "*3\r\n$3\r\n", "*1\r\n$3\r\n", "*2\n$3\n"]
  ) {
    assertEquals(scanned(gets, utf8(`${head}GET\r\n$1\r\nk\r\n`), firstOf), OTHER, head);
  }
});

test("is never what a shorter request is that has come whole: it would be waited for", () => {
  const gets = new PlainRespGets(2, 65_535);
  const requests = [
    "PING\r\n",
    "\r\n",
    "*0\r\n",
    "*1\r\n$4\r\nPING\r\n",
    "*1\r\n$4\r\nping\r\n",
    "GET k\r\n",
    "*2\r\n$3\r\nGET\r\n$0\r\n\r\n",
    "*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n",
    "*2\r\n$3\r\nTTL\r\n$0\r\n\r\n",
  ];
  for (const request of requests) {
    assertEquals(scanned(gets, utf8(request), firstOf), OTHER, request);
  }
});

test("has no key that is longer than the limit", () => {
  for (const limit of [0, 1, 5, 9, 10, 99, 100, 998]) {
    const gets = new PlainRespGets(3, limit);
    const limited = decoderOf(limit);
    for (const length of [1, 4, 5, 6, 9, 10, 11, 98, 99, 100, 101, 998, 999]) {
      const expected = length <= limit ? get(length).length : OTHER;
      assertEquals(scanned(gets, get(length), limited), expected, `${length} of ${limit}`);
    }
  }
});

test("is found, or not, in whatever bytes as the decoder does", () => {
  const gets = new PlainRespGets(2, 200);
  const random = new Random(11);
  const parts = ["*2\r\n", "$3\r\n", "GET\r\n", "$1\r\n", "k\r\n", "$2\r\nkk\r\n", "get\r\n", "\r"];
  const rare = [
    "\n",
    "$12\r\n",
    "*",
    "$",
    "1",
    "0",
    "-1",
    "PING\r\n",
    "*3\r\n",
    "$0\r\n\r\n",
    "GET k",
  ];
  const found = { whole: 0, cut: 0 };
  for (let round = 0; round < 20_000; round++) {
    const chosen: Uint8Array[] = round % 2 === 0 ? [] : [utf8("*2\r\n$3\r\nGET\r\n")];
    for (let count = random.below(6); count > 0; count--) {
      chosen.push(
        random.once(9) ? random.bytes(3) : utf8(random.of(random.once(5) ? rare : parts)),
      );
    }
    const next = scanned(gets, concat(chosen), firstOf);
    if (next > 0) found.whole++;
    else if (next === CUT) found.cut++;
  }
  for (let round = 0; round < 5_000; round++) {
    scanned(gets, random.bytes(random.below(60)), firstOf);
  }
  assertGreater(found.whole, 500);
  assertGreater(found.cut, 500);
});

for (const version of [2, 3] as const) {
  const encoder = new RespReplyEncoder();
  encoder.version = version;

  test(`gets the bytes of the encoder in version ${version}, whatever lengths come one after another`, () => {
    const gets = new PlainRespGets(version, 65_535);
    const random = new Random(version);
    const request = get(3);
    for (const length of LENGTHS) {
      const value = new Uint8Array(length).fill(random.below(256));
      if (length > 0) value[length - 1] = random.below(256);
      assertEquals(hitOf(gets, request, value, random.below(9)), encodeAll(encoder, [ok(value)]));
      if (!random.once(3)) continue;
      assertEquals(missOf(gets, request, random.below(9)), encodeAll(encoder, [miss()]));
    }
    for (let round = 0; round < 500; round++) {
      const value = random.bytes(random.below(random.of([2, 20, 200, 2_000])));
      assertEquals(hitOf(gets, request, value, 0), encodeAll(encoder, [ok(value)]));
    }
  });
}
