import { assertEquals } from "@std/assert";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { MEMCACHED_META, REPLY } from "../../lib/load/mod.ts";
import { MemcachedMetaScanner } from "../../lib/load/memcached_meta.ts";
import { assertRefuses, encoded, PURE, utf8 } from "./scanning.ts";

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
    assertRefuses(new MemcachedMetaScanner(false), utf8("HD\r\n"), utf8(text));
  });
}

Deno.test("MEMCACHED_META writes a line for each request", PURE, () => {
  assertEquals(
    new TextDecoder().decode(encoded(MEMCACHED_META, { value: "v", delta: 2 }, ["u"])),
    "mg k v\r\n" + "ms k 1\r\nv\r\n" + "md k\r\n" + "ma k N0 J2 D2\r\n" + "mn\r\n" +
      "set login 0 0 3\r\nu p\r\n",
  );
});
