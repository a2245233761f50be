import { assertEquals } from "@std/assert";
import { describeForeign } from "../../lib/cafe/foreign.ts";
import { utf8 } from "./dump.ts";
import { hex } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

const TEXTS: readonly (readonly [string, string])[] = [
  ["GET / HTTP/1.1\r\n", "an HTTP request"],
  ["POST /x HTTP/1.1\r\n", "an HTTP request"],
  ["PRI * HTTP/2.0\r\n", "an HTTP request"],
  ["HTTP/1.1 200 OK\r\n", "an HTTP response"],
  ["*1\r\n$4\r\nPING\r\n", "a RESP (Redis) request"],
  ["$3\r\nfoo\r\n", "a RESP (Redis) request"],
  ["+OK\r\n", "a RESP (Redis) reply"],
  ["-ERR no\r\n", "a RESP (Redis) reply"],
  [":-1\r\n", "a RESP (Redis) reply"],
  ["ping\r\n", "an inline RESP (Redis) request"],
  ["SSH-2.0-OpenSSH_9.6\r\n", "an SSH greeting"],
];

for (const [text, look] of TEXTS) {
  Deno.test(`describeForeign says that ${JSON.stringify(text)} is ${look}`, PURE, () => {
    assertEquals(describeForeign(utf8(text)).split(": it looks like ")[1], look);
  });
}

const BYTES: readonly (readonly [string, string])[] = [
  ["16 03 01 02 00 01 00 01", "a TLS handshake"],
  ["16 03 03 00 7a 02 00 00", "a TLS handshake"],
  ["ca fe ba be 00 00 00 34", "a Java class file"],
  ["fe ca 01 01 00 00 03 00", "CAFE with its bytes swapped: all integers are big-endian"],
  ["80 01 00 03 08 00 00 00", "a memcached binary frame"],
];

for (const [bytes, look] of BYTES) {
  Deno.test(`describeForeign says that ${bytes} is ${look}`, PURE, () => {
    assertEquals(describeForeign(hex(bytes)), `${bytes}: it looks like ${look}`);
  });
}

Deno.test("describeForeign shows eight bytes in hex, and as text where they are text", PURE, () => {
  assertEquals(
    describeForeign(utf8("hello, world")),
    '68 65 6c 6c 6f 2c 20 77 ("hello, w")',
  );
  assertEquals(describeForeign(hex("00 01 02")), "00 01 02");
  assertEquals(describeForeign(utf8("a\r\n")), '61 0d 0a ("a\\r\\n")');
});

Deno.test("describeForeign does not guess from too few bytes", PURE, () => {
  assertEquals(describeForeign(utf8("G")), '47 ("G")');
  assertEquals(describeForeign(hex("16 03")), "16 03");
});
