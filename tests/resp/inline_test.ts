import { assertEquals, assertStrictEquals } from "@std/assert";
import * as fc from "fast-check";
import { isHttp, splitInline } from "../../lib/resp/inline.ts";
import { raw, shown } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

/** The arguments of a line, as text. What Redis makes of lines is in hostile.ts. */
function split(line: string): string[] | undefined {
  return splitInline(raw(line))?.map(shown);
}

Deno.test("splitInline gives no arguments for white space", PURE, () => {
  assertEquals(["", " ", "\t\v\f\r "].map(split), [[], [], []]);
});

Deno.test("splitInline splits at white space", PURE, () => {
  assertEquals(split("  SET\tkey \r value "), ["SET", "key", "value"]);
});

Deno.test("splitInline gives views of arguments without quotes", PURE, () => {
  const line = raw('GET key "x"');
  const args = splitInline(line)!;
  assertStrictEquals(args[1]!.buffer, line.buffer);
  assertEquals(args.map(shown), ["GET", "key", "x"]);
});

Deno.test("splitInline keeps NUL and bytes from 128", PURE, () => {
  assertEquals(split('a\0b "\0" \x80\xff'), ["a\0b", "\0", "\x80\xff"]);
});

Deno.test(
  "splitInline refuses quotes that are not closed, or not followed by a space",
  PURE,
  () => {
    const lines = [
      '"',
      "'",
      'a"',
      '"a',
      '"a\\"',
      "'a\\'",
      '"a"b',
      "'a'b",
      "\"a\"'b'",
      '""""',
      '"\\',
    ];
    for (const line of lines) assertEquals(split(line), undefined, line);
  },
);

/** An argument as redis-cli shows it. */
function quoted(bytes: Uint8Array): string {
  const escapes: Readonly<Record<string, string>> = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\x07": "\\a",
    '"': '\\"',
    "\\": "\\\\",
  };
  const character = (text: string) =>
    escapes[text] ?? (/[ -~]/.test(text) ? text : `\\x${raw(text).toHex()}`);
  return `"${Array.from(shown(bytes), character).join("")}"`;
}

Deno.test("splitInline gives back any bytes that are quoted", PURE, () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (args) => {
      assertEquals(split(args.map(quoted).join(" ")), args.map(shown));
    }),
    { seed: 1, numRuns: 500 },
  );
});

Deno.test("splitInline refuses or splits any line, and throws never", PURE, () => {
  const line = fc.string({ unit: fc.constantFrom(..."ab \t\\x4n'\"") });
  fc.assert(fc.property(line, (text) => void split(text)), { seed: 1, numRuns: 2_000 });
});

Deno.test("isHttp knows a request of HTTP by its first line, and by Host", PURE, () => {
  const http = (line: string) => isHttp(splitInline(raw(line))!);
  const methods = ["GET", "head", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"];
  for (const method of methods) assertEquals(http(`${method} / HTTP/1.1`), true, method);
  for (const line of ["POST", "post /x HTTP/1.0", "Host: a", "HOST:", "hOsT: a:5"]) {
    assertEquals(http(line), true, line);
  }
  const others = ["", "GET HTTP/1.1", "GET a b", "GET a HTTP", "SET k HTTP/1.1", "HOST a", "POSTS"];
  for (const line of others) assertEquals(http(line), false, line);
});
