import { assertEquals } from "@std/assert";
import { encodeAll } from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { REPLY, RESP } from "../../lib/load/mod.ts";
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
import { assertRefuses, encoded, PURE, utf8 } from "./scanning.ts";

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
    assertRefuses(new RespScanner(false), utf8("+OK\r\n"), utf8(text));
  });
}

Deno.test("RESP writes requests as arrays of bulk strings", PURE, () => {
  assertEquals(
    new TextDecoder().decode(encoded(RESP, { value: "v", delta: 1 }, ["default", "u"])),
    "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n" +
      "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n" +
      "*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n" +
      "*2\r\n$4\r\nINCR\r\n$1\r\nk\r\n" +
      "*1\r\n$4\r\nPING\r\n" +
      "*2\r\n$4\r\nAUTH\r\n$1\r\np\r\n" +
      "*3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$1\r\np\r\n",
  );
});
