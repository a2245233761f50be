import { WriteBuffer } from "../../lib/bytes/mod.ts";
import { encodeAll } from "../../lib/codec/mod.ts";
import {
  count,
  error,
  type ErrorCode,
  goAway,
  integer,
  keys,
  list,
  miss,
  ok,
  push,
  type Response,
  text,
} from "../../lib/model/mod.ts";
import {
  errorText,
  respArrayStart,
  respBulk,
  respMap,
  RespReplyEncoder,
  respSimple,
  type RespValue,
  type RespVersion,
  respVersionStart,
  valueOf,
} from "../../lib/resp/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { raw, shown } from "./helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `RespReplyEncoder ${name}`, permissions: "none", fn });
}

function written(reply: Response | RespValue, version: RespVersion = 2): string {
  const encoder = new RespReplyEncoder();
  encoder.version = version;
  return shown(encodeAll(encoder, [reply]));
}

/** What each response is in RESP2, and in RESP3 where that differs. */
const REPLIES: readonly (readonly [reply: Response, resp2: string, resp3?: string])[] = [
  [ok(), "+OK\r\n"],
  [ok(raw("v\0\xff")), "$3\r\nv\0\xff\r\n"],
  [ok(raw("")), "$0\r\n\r\n"],
  // What CAFE tells besides the value has no place in RESP.
  [ok(raw("v"), 5_000, 7), "$1\r\nv\r\n"],
  [integer(-5), ":-5\r\n"],
  [integer(9_223_372_036_854_775_807n), ":9223372036854775807\r\n"],
  [integer(-9_223_372_036_854_775_808n), ":-9223372036854775808\r\n"],
  [count(4_294_967_295), ":4294967295\r\n"],
  [text("né"), "$3\r\nn\xc3\xa9\r\n"],
  [miss(), "$-1\r\n", "_\r\n"],
  [list([]), "*0\r\n"],
  [list([ok(raw("a")), miss(), integer(1)]), "*3\r\n$1\r\na\r\n$-1\r\n:1\r\n"],
  [list([list([ok()]), error("BAD_REQUEST", "no")]), "*2\r\n*1\r\n+OK\r\n-ERR no\r\n"],
  [keys([raw("a"), raw("")], 12), "*2\r\n$2\r\n12\r\n*2\r\n$1\r\na\r\n$0\r\n\r\n"],
  [keys([], 0), "*2\r\n$1\r\n0\r\n*0\r\n"],
  [error("BAD_REQUEST", "syntax error"), "-ERR syntax error\r\n"],
  [error("BAD_REQUEST", "two\r\nlines"), "-ERR two  lines\r\n"],
  [
    push(raw("c"), raw("m"), true),
    "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n",
    ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n",
  ],
];

test("writes each response as Redis would, in RESP2 and in RESP3", () => {
  for (const [reply, resp2, resp3 = resp2.replaceAll("$-1\r\n", "_\r\n")] of REPLIES) {
    assertEquals(written(reply, 2), resp2);
    assertEquals(written(reply, 3), resp3);
  }
});

test("writes values of RESP as they are", () => {
  const map = respMap([[respBulk("a"), respSimple("b")]]);
  assertEquals(written(map, 2), "*2\r\n$1\r\na\r\n+b\r\n");
  assertEquals(written(map, 3), "%1\r\n$1\r\na\r\n+b\r\n");
});

test("begins with RESP2, and changes between two replies", () => {
  const encoder = new RespReplyEncoder();
  assertEquals(encoder.version, 2);
  const out = new WriteBuffer();
  encoder.encode(miss(), out);
  encoder.version = 3;
  encoder.encode(miss(), out);
  assertEquals([encoder.version, out.length], [3, "$-1\r\n_\r\n".length]);
});

test("says what Redis says where a handler says more", () => {
  const expected: readonly (readonly [ErrorCode, string])[] = [
    ["NOT_AN_INTEGER", "ERR value is not an integer or out of range"],
    ["OVERFLOW", "ERR increment or decrement would overflow"],
    ["TOO_LARGE", "ERR string exceeds maximum allowed size (proto-max-bulk-len)"],
    ["AUTH_REQUIRED", "NOAUTH Authentication required."],
    ["BAD_REQUEST", "ERR as it was said"],
    ["INTERNAL", "ERR as it was said"],
  ];
  for (const [code, text] of expected) {
    assertEquals(errorText(error(code, "as it was said")), text);
  }
});

test("has no word for GOAWAY, and appends nothing for it", () => {
  assertThrows(() => valueOf(goAway()), RangeError, "GOAWAY");
  const out = new WriteBuffer();
  assertThrows(() => new RespReplyEncoder().encode(goAway(), out), RangeError);
  assertEquals(out.length, 0);
});

test("writes the head of an array alone, and what follows as its items", () => {
  for (const version of [2, 3] as const) {
    const encoder = new RespReplyEncoder();
    encoder.version = version;
    const replies = [respArrayStart(2), count(5), respSimple("OK"), respArrayStart(0)];
    assertEquals(shown(encodeAll(encoder, replies)), "*2\r\n:5\r\n+OK\r\n*0\r\n");
  }
});

Deno.test({
  name: "RespReplyEncoder changes the version where it is told, and not before",
  permissions: "none",
  fn() {
    const bytes = encodeAll(new RespReplyEncoder(), [
      miss(),
      respVersionStart(3),
      miss(),
      respVersionStart(2),
      miss(),
    ]);
    assertEquals(new TextDecoder().decode(bytes), "$-1\r\n_\r\n$-1\r\n");
  },
});
