import { assertEquals } from "@std/assert";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { MEMCACHED_BINARY, REPLY } from "../../lib/load/mod.ts";
import { MemcachedBinaryScanner } from "../../lib/load/memcached_binary.ts";
import { assertRefuses, encoded, PURE } from "./scanning.ts";

/** Opaque and CAS, which a load does not look at. */
const REST = "00000000" + "0000000000000001";

const REPLIES = hex(
  "81 00 0000 04 00 0000 00000007" + REST + "deadbeef" + "610d0a", // GET: flags, then "a\r\n"
  "81 00 0000 00 00 0001 00000009" + REST + "4e6f7420666f756e64", // GET: "Not found"
  "81 01 0000 00 00 0000 00000000" + REST, // SET
  "81 05 0000 00 00 0000 00000008" + REST + "0000000000000007", // INCR: 7
  "81 04 0000 00 00 0000 00000000" + REST, // DELETE
  "81 01 0000 00 00 0003 00000008" + REST + "546f6f206269672e", // SET: "Too big."
  "81 00 0002 04 00 0000 00000006" + REST + "00000000" + "6b31", // GET: flags, a key, no value
  "81 0a 0000 00 00 0000 00000000" + REST, // NOOP
);
const ERROR = { code: "STATUS_3", message: "Too big." };

Deno.test("MemcachedBinaryScanner finds the same replies wherever they are cut", PURE, () => {
  const { DONE, MISS, VALUE, INTEGER } = REPLY;
  const messages = [VALUE, MISS, DONE, INTEGER, DONE, ERROR, VALUE, DONE];
  verifyDecoder({ decoder: () => new MemcachedBinaryScanner(false), input: REPLIES, messages });
});

Deno.test("MemcachedBinaryScanner gives values when they are wanted", PURE, () => {
  const { DONE, MISS, INTEGER } = REPLY;
  const [text, empty] = [hex("610d0a"), new Uint8Array(0)];
  const messages = [text, MISS, DONE, INTEGER, DONE, ERROR, empty, DONE];
  verifyDecoder({ decoder: () => new MemcachedBinaryScanner(true), input: REPLIES, messages });
});

Deno.test("MemcachedBinaryScanner refuses what is no reply, at its offset", PURE, () => {
  const reply = hex("81 01 0000 00 00 0000 00000000" + REST);
  assertRefuses(new MemcachedBinaryScanner(false), reply, hex("80 01" + "00".repeat(22)));
});

Deno.test("MEMCACHED_BINARY writes headers, extras, keys and values", PURE, () => {
  const none = "00".repeat(12); // Opaque and CAS.
  assertEquals(
    encoded(MEMCACHED_BINARY, { value: "vw", delta: 1 }, ["u"]),
    hex(
      "80 00 0001 00 00 0000 00000001" + none + "6b",
      "80 01 0001 08 00 0000 0000000b" + none + "00000000 00000000" + "6b" + "7677",
      "80 04 0001 00 00 0000 00000001" + none + "6b",
      "80 05 0001 14 00 0000 00000015" + none + "0000000000000001 0000000000000001 00000000" + "6b",
      "80 0a 0000 00 00 0000 00000000" + none,
      "80 21 0005 00 00 0000 00000009" + none + "504c41494e" + "00 75 00 70",
    ),
  );
});

function hex(...texts: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(texts.join("").replaceAll(" ", ""));
}
