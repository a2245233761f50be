import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { CHAIN_THRESHOLD, WriteBuffer } from "../../lib/bytes/mod.ts";
import {
  RESP_NULL,
  RESP_NULL_ARRAY,
  RESP_OK,
  respArray,
  respAttribute,
  respBigNumber,
  respBoolean,
  respBulk,
  respDouble,
  respError,
  respInteger,
  respMap,
  respPush,
  respSet,
  respSimple,
  type RespValue,
  RespValueEncoder,
  respVerbatim,
} from "../../lib/resp/mod.ts";
import { appended, encoded, raw } from "./helpers.ts";

const PURE = { permissions: "none" } as const;
const one = respInteger(1);
const two = respInteger(2);
const a = respBulk("a");

/** Values and their bytes: in RESP2, and in RESP3 where that differs. */
const GOLDEN: readonly (readonly [RespValue, resp2: string, resp3?: string])[] = [
  [RESP_OK, "+OK\r\n"],
  [respSimple("PONG"), "+PONG\r\n"],
  [respSimple("QUEUED"), "+QUEUED\r\n"],
  [respSimple("Background saving started"), "+Background saving started\r\n"],
  [respSimple(""), "+\r\n"],
  [respSimple("é"), "+\xc3\xa9\r\n"],
  [respError("ERR no such key"), "-ERR no such key\r\n"],
  [respInteger(0), ":0\r\n"],
  [respInteger(1), ":1\r\n"],
  [respInteger(-1), ":-1\r\n"],
  [respInteger(1_234_567_890), ":1234567890\r\n"],
  [respInteger(Number.MAX_SAFE_INTEGER), ":9007199254740991\r\n"],
  [respInteger(2n ** 63n - 1n), ":9223372036854775807\r\n"],
  [respInteger(-(2n ** 63n)), ":-9223372036854775808\r\n"],
  [{ type: "integer", value: 5n }, ":5\r\n"],
  [respBulk(""), "$0\r\n\r\n"],
  [respBulk("hello"), "$5\r\nhello\r\n"],
  [respBulk(raw("\r\n\0\xff")), "$4\r\n\r\n\0\xff\r\n"],
  [RESP_NULL, "$-1\r\n", "_\r\n"],
  [RESP_NULL_ARRAY, "*-1\r\n", "_\r\n"],
  [respBoolean(true), ":1\r\n", "#t\r\n"],
  [respBoolean(false), ":0\r\n", "#f\r\n"],
  [respDouble(1.5), "$3\r\n1.5\r\n", ",1.5\r\n"],
  [respDouble(0.1), "$19\r\n0.10000000000000001\r\n", ",0.10000000000000001\r\n"],
  [respDouble(1e100), "$6\r\n1e+100\r\n", ",1e+100\r\n"],
  [respDouble(Infinity), "$3\r\ninf\r\n", ",inf\r\n"],
  [respDouble(-Infinity), "$4\r\n-inf\r\n", ",-inf\r\n"],
  [respDouble(NaN), "$3\r\nnan\r\n", ",nan\r\n"],
  [
    respBigNumber(-(10n ** 20n)),
    "$22\r\n-100000000000000000000\r\n",
    "(-100000000000000000000\r\n",
  ],
  [respVerbatim("txt", "some\r\ntext"), "$10\r\nsome\r\ntext\r\n", "=14\r\ntxt:some\r\ntext\r\n"],
  [respArray([]), "*0\r\n"],
  [respArray([one, a, RESP_OK]), "*3\r\n:1\r\n$1\r\na\r\n+OK\r\n"],
  [respArray([respArray([one]), respArray([]), two]), "*3\r\n*1\r\n:1\r\n*0\r\n:2\r\n"],
  [respMap([]), "*0\r\n", "%0\r\n"],
  [
    respMap([[a, one], [one, two]]),
    "*4\r\n$1\r\na\r\n:1\r\n:1\r\n:2\r\n",
    "%2\r\n$1\r\na\r\n:1\r\n:1\r\n:2\r\n",
  ],
  [respSet([one, two]), "*2\r\n:1\r\n:2\r\n", "~2\r\n:1\r\n:2\r\n"],
  [respPush([a, one]), "*2\r\n$1\r\na\r\n:1\r\n", ">2\r\n$1\r\na\r\n:1\r\n"],
  [respAttribute([[a, one]], two), ":2\r\n", "|1\r\n$1\r\na\r\n:1\r\n:2\r\n"],
  [
    respArray([respAttribute([[a, RESP_NULL]], respArray([two])), RESP_NULL]),
    "*2\r\n*1\r\n:2\r\n$-1\r\n",
    "*2\r\n|1\r\n$1\r\na\r\n_\r\n*1\r\n:2\r\n_\r\n",
  ],
  [
    respMap([[a, respMap([[one, respSet([respBoolean(true)])]])]]),
    "*2\r\n$1\r\na\r\n*2\r\n:1\r\n*1\r\n:1\r\n",
    "%1\r\n$1\r\na\r\n%1\r\n:1\r\n~1\r\n#t\r\n",
  ],
];

Deno.test("RespValueEncoder writes each type, in RESP2 and RESP3", PURE, () => {
  for (const [value, resp2, resp3 = resp2] of GOLDEN) {
    assertEquals(encoded(2, value), resp2);
    assertEquals(encoded(3, value), resp3);
  }
});

Deno.test("RespValueEncoder writes RESP2 unless told, and changes when told", PURE, () => {
  const encoder = new RespValueEncoder();
  const out = new WriteBuffer();
  encoder.encode(RESP_NULL, out);
  encoder.version = 3;
  encoder.encode(RESP_NULL, out);
  assertEquals(out.drain(), [raw("$-1\r\n_\r\n")]);
});

Deno.test("RespValueEncoder sends no CR or LF inside a line", PURE, () => {
  assertEquals(encoded(3, respSimple("a\r\nb\n")), "+a  b \r\n");
  assertEquals(encoded(2, respError("ERR \r\n+OK\r\n")), "-ERR   +OK  \r\n");
});

Deno.test("RespValueEncoder chains a large value", PURE, () => {
  const bytes = new Uint8Array(CHAIN_THRESHOLD);
  const out = new WriteBuffer();
  new RespValueEncoder().encode(respArray([respBulk(bytes), one]), out);
  const views = out.drain();
  assertEquals([views[0], views[2]], [raw("*2\r" + "\n$65536\r\n"), raw("\r\n:1\r\n")]);
  assertStrictEquals(views[1], bytes);
});

const WRONG: readonly RespValue[] = [
  respInteger(1.5),
  respInteger(2 ** 53),
  respInteger(NaN),
  respInteger(2n ** 63n),
  respInteger(-(2n ** 63n) - 1n),
  respVerbatim("", "a"),
  respVerbatim("text", "a"),
  respVerbatim("t\nt", "a"),
  respVerbatim("été", "a"),
];

Deno.test("RespValueEncoder refuses what cannot be sent, and appends nothing", PURE, () => {
  for (const wrong of WRONG) {
    const deep = respArray([one, respMap([[a, respSet([one, wrong])]])]);
    for (const value of [wrong, deep]) {
      assertThrows(() => encoded(3, value), RangeError, "Cannot encode");
      assertEquals(appended(value, 3), 0);
    }
  }
});

Deno.test("RespValueEncoder writes 200,000 arrays in each other", PURE, () => {
  let value: RespValue = one;
  for (let depth = 0; depth < 200_000; depth++) value = respArray([value]);
  assertEquals(encoded(2, value), `${"*1\r\n".repeat(200_000)}:1\r\n`);
});
