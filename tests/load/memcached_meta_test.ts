import { assertEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import { BatchDecoder, DecodeError } from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { WriteBuffer } from "../../lib/bytes/mod.ts";
import { type LoadRequest, MEMCACHED_META, REPLY } from "../../lib/load/mod.ts";
import { MemcachedMetaScanner } from "../../lib/load/memcached_meta.ts";

const PURE = { permissions: "none" } as const;

const LONG = "x".repeat(300);
const INPUT = utf8(
  "HD\r\nVA 4\r\na\r\nb\r\nEN\r\nVA 300 f0 t-1\r\n" + LONG + "\r\nNF\r\n" +
    "SERVER_ERROR object too large for cache\r\nVA 0\r\n\r\nMN\r\nSTORED\r\nERROR\r\n",
);
const TOO_LARGE = { code: "SERVER_ERROR", message: "SERVER_ERROR object too large for cache" };
const ERROR = { code: "ERROR", message: "ERROR" };

Deno.test("MemcachedMetaScanner finds the same replies wherever they are cut", PURE, () => {
  const { DONE, MISS, VALUE } = REPLY;
  const messages = [DONE, VALUE, MISS, VALUE, MISS, TOO_LARGE, VALUE, DONE, DONE, ERROR];
  verifyDecoder({ decoder: () => new MemcachedMetaScanner(false), input: INPUT, messages });
});

Deno.test("MemcachedMetaScanner gives values when they are wanted", PURE, () => {
  const { DONE, MISS } = REPLY;
  const [text, long, empty] = ["a\r\nb", LONG, ""].map(utf8);
  const messages = [DONE, text, MISS, long, MISS, TOO_LARGE, empty, DONE, DONE, ERROR];
  verifyDecoder({ decoder: () => new MemcachedMetaScanner(true), input: INPUT, messages });
});

const WRONG: Record<string, string> = {
  "a word that is no reply": "VALUE k 0 1\r\n",
  "a line that ends in LF only": "HD\n",
  "an empty line": "\r\n",
  "a length with a letter": "VA 1x\r\n",
  "no length": "VA \r\n",
  "a length that is not apart": "VA1\r\n",
  "a length of 11 digits": "VA 12345678901\r\n",
  "a line of 4 KiB": "H".repeat(4_097),
};

for (const [what, text] of Object.entries(WRONG)) {
  Deno.test(`MemcachedMetaScanner refuses ${what}, at its offset`, PURE, () => {
    const batches = new BatchDecoder(new MemcachedMetaScanner(false));
    const thrown = assertThrows(() => batches.push(utf8(`HD\r\n${text}`), []), DecodeError);
    assertEquals([thrown.code, thrown.offset], ["CORRUPT", 4]);
  });
}

Deno.test("MEMCACHED_META writes a line for each request", PURE, () => {
  const [key, value] = [utf8("k"), utf8("v")];
  const requests: LoadRequest[] = [
    { op: "GET", key, wantVersion: false },
    { op: "SET", key, value, ttl: undefined, version: undefined },
    { op: "DELETE", key, version: undefined },
    { op: "INCR", key, delta: 2 },
    { op: "PING", value: new Uint8Array(0) },
  ];
  const out = new WriteBuffer();
  for (const request of requests) MEMCACHED_META.encode(request, out);
  MEMCACHED_META.encodeLogin({ user: utf8("u"), password: utf8("p") }, out);
  assertEquals(
    new TextDecoder().decode(concat(out.drain())),
    "mg k v\r\n" + "ms k 1\r\nv\r\n" + "md k\r\n" + "ma k N0 J2 D2\r\n" + "mn\r\n" +
      "set login 0 0 3\r\nu p\r\n",
  );
});

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
