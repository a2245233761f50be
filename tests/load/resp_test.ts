import { assertEquals, assertThrows } from "@std/assert";
import { BatchDecoder, DecodeError, encodeAll } from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { WriteBuffer } from "../../lib/bytes/mod.ts";
import { type LoadRequest, REPLY, RESP } from "../../lib/load/mod.ts";
import { RespScanner } from "../../lib/load/resp.ts";
import {
  RESP_NULL,
  RESP_OK,
  respBulk,
  respError,
  respInteger,
  respSimple,
  RespValueEncoder,
} from "../../lib/resp/mod.ts";

const PURE = { permissions: "none" } as const;

const LONG = new Uint8Array(300).fill(0x0d);
const INPUT = encodeAll(new RespValueEncoder(), [
  RESP_OK,
  respBulk("a\r\nb"),
  RESP_NULL,
  respInteger(-12),
  respBulk(LONG),
  respError("WRONGTYPE not this one"),
  respBulk(""),
  respSimple("PONG"),
]);
const ERROR = { code: "WRONGTYPE", message: "WRONGTYPE not this one" };

Deno.test("RespScanner finds the same replies wherever they are cut", PURE, () => {
  const { DONE, MISS, VALUE, INTEGER } = REPLY;
  const messages = [DONE, VALUE, MISS, INTEGER, VALUE, ERROR, VALUE, DONE];
  verifyDecoder({ decoder: () => new RespScanner(false), input: INPUT, messages });
});

Deno.test("RespScanner gives values when they are wanted", PURE, () => {
  const { DONE, MISS, INTEGER } = REPLY;
  const [text, empty] = [utf8("a\r\nb"), new Uint8Array(0)];
  const messages = [DONE, text, MISS, INTEGER, LONG, ERROR, empty, DONE];
  verifyDecoder({ decoder: () => new RespScanner(true), input: INPUT, messages });
});

const WRONG: Record<string, string> = {
  "an array": "*1\r\n:1\r\n",
  "rubbish without the end of a line": "HTTP/1.1 400 Bad",
  "a line that ends in CR only": "+OK\rx",
  "a length with a letter": "$1x\r\n",
  "no length": "$\r\n\r\n",
  "a negative length": "$-2\r\n",
  "a length of 11 digits": "$12345678901\r\n",
  "a line of 64 KiB": `+${"x".repeat(65_536)}\r\n`,
};

for (const [what, text] of Object.entries(WRONG)) {
  Deno.test(`RespScanner refuses ${what}, at its offset`, PURE, () => {
    const batches = new BatchDecoder(new RespScanner(false));
    const thrown = assertThrows(() => batches.push(utf8(`+OK\r\n${text}`), []), DecodeError);
    assertEquals([thrown.code, thrown.offset], ["CORRUPT", 5]);
  });
}

Deno.test("RESP writes requests as arrays of bulk strings", PURE, () => {
  const [key, value] = [utf8("k"), utf8("v")];
  const requests: LoadRequest[] = [
    { op: "GET", key, wantVersion: false },
    { op: "SET", key, value, ttl: undefined, version: undefined },
    { op: "DELETE", key, version: undefined },
    { op: "INCR", key, delta: 1 },
    { op: "PING", value: new Uint8Array(0) },
  ];
  const out = new WriteBuffer();
  for (const request of requests) RESP.encode(request, out);
  RESP.encodeLogin({ user: utf8("default"), password: utf8("p") }, out);
  RESP.encodeLogin({ user: utf8("u"), password: utf8("p") }, out);
  assertEquals(
    new TextDecoder().decode(out.drain()[0]),
    "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n" +
      "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n" +
      "*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n" +
      "*2\r\n$4\r\nINCR\r\n$1\r\nk\r\n" +
      "*1\r\n$4\r\nPING\r\n" +
      "*2\r\n$4\r\nAUTH\r\n$1\r\np\r\n" +
      "*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$1\r\np\r\n",
  );
});

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
