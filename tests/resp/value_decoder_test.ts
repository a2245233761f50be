import { assertEquals, assertLess, assertStrictEquals, assertThrows } from "@std/assert";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
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
  RespValueDecoder,
  type RespValueLimits,
  respVerbatim,
} from "../../lib/resp/mod.ts";
import { costOf } from "./counting.ts";
import { decode, raw } from "./helpers.ts";

const PURE = { permissions: "none" } as const;
const one = respInteger(1);
const two = respInteger(2);
const a = respBulk("a");

const GOLDEN: readonly (readonly [string, RespValue])[] = [
  ["+OK\r\n", RESP_OK],
  ["+OKAY\r\n", respSimple("OKAY")],
  ["+\r\n", respSimple("")],
  ["+\xc3\xa9\r\n", respSimple("é")],
  ["-ERR no\r\n", respError("ERR no")],
  ["!6\r\nERR \r\n\r\n", respError("ERR \r\n")],
  [":0\r\n", respInteger(0)],
  [":-17\r\n", respInteger(-17)],
  [":9007199254740991\r\n", respInteger(Number.MAX_SAFE_INTEGER)],
  [":9223372036854775807\r\n", respInteger(2n ** 63n - 1n)],
  [":-9223372036854775808\r\n", respInteger(-(2n ** 63n))],
  ["$0\r\n\r\n", respBulk("")],
  ["$5\r\n\r\n\0\xff$\r\n", respBulk(raw("\r\n\0\xff$"))],
  ["$-1\r\n", RESP_NULL],
  ["*-1\r\n", RESP_NULL_ARRAY],
  ["_\r\n", RESP_NULL],
  ["#t\r\n", respBoolean(true)],
  ["#f\r\n", respBoolean(false)],
  [",1.5\r\n", respDouble(1.5)],
  [",10\r\n", respDouble(10)],
  [",-1e+100\r\n", respDouble(-1e100)],
  [",inf\r\n", respDouble(Infinity)],
  [",-inf\r\n", respDouble(-Infinity)],
  [",nan\r\n", respDouble(NaN)],
  ["(0\r\n", respBigNumber(0n)],
  ["(-100000000000000000000\r\n", respBigNumber(-(10n ** 20n))],
  ["=4\r\ntxt:\r\n", respVerbatim("txt", "")],
  ["=9\r\nmkd:# h\r\n\r\n", respVerbatim("mkd", "# h\r\n")],
  ["*0\r\n", respArray([])],
  ["*3\r\n:1\r\n$1\r\na\r\n+OK\r\n", respArray([one, a, RESP_OK])],
  ["*3\r\n*1\r\n:1\r\n*0\r\n:2\r\n", respArray([respArray([one]), respArray([]), two])],
  ["%0\r\n", respMap([])],
  ["%2\r\n$1\r\na\r\n:1\r\n*1\r\n:1\r\n_\r\n", respMap([[a, one], [respArray([one]), RESP_NULL]])],
  ["~2\r\n:1\r\n:2\r\n", respSet([one, two])],
  [">2\r\n$1\r\na\r\n:1\r\n", respPush([a, one])],
  ["|1\r\n$1\r\na\r\n:1\r\n:2\r\n", respAttribute([[a, one]], two)],
  ["|0\r\n:2\r\n", respAttribute([], two)],
  [
    "|1\r\n:1\r\n:2\r\n|1\r\n:2\r\n:1\r\n*1\r\n:1\r\n",
    respAttribute([[one, two]], respAttribute([[two, one]], respArray([one]))),
  ],
  ["*2\r\n|1\r\n$1\r\na\r\n:1\r\n:1\r\n:2\r\n", respArray([respAttribute([[a, one]], one), two])],
];

for (const [input, value] of GOLDEN) {
  Deno.test(`RespValueDecoder reads ${JSON.stringify(input)}, however it is cut`, PURE, () => {
    verifyDecoder({
      decoder: () => new RespValueDecoder(),
      input: raw(`${input}:7\r\n${input}`),
      messages: [value, respInteger(7), value],
    });
  });
}

Deno.test("RespValueDecoder gives views of what it was given, not copies", PURE, () => {
  const chunk = raw("$3\r\nabc\r\n");
  const [value] = decode(new RespValueDecoder(), [chunk]).messages;
  assertStrictEquals((value as { bytes: Uint8Array }).bytes.buffer, chunk.buffer);
});

// Errors

/** The error of the second reply of a stream, which is the same however the stream is cut. */
function failure(reply: string, limits?: RespValueLimits) {
  const input = raw(`:1\r\n${reply}`);
  const { error } = decode(new RespValueDecoder(limits), [input]);
  if (error === undefined) throw new Error(`The stream was decoded to its end: ${reply}`);
  const { code, offset, message } = error;
  assertEquals(offset, 4, reply);
  verifyDecoder({
    decoder: () => new RespValueDecoder(limits),
    input,
    messages: [one],
    error: { code, offset },
    cutsInThree: 50,
  });
  return { code, message };
}

const WRONG: Readonly<Record<string, readonly string[]>> = {
  "no value begins with": ["x\r\n", "\r\n", "\n", "HTTP/1.1 200 OK\r\n", "\0", "PONG\r\n", "\xff"],
  "does not end in CR LF": [":1\n", ":1\rX", "+OK\n\r\n", "+a\rb\r\n", "$1\n", "_\n", "*1\r\n:1\n"],
  "is no integer of 64 bits": [
    ":\r\n",
    ":12x4\r\n",
    ":+1\r\n",
    ":01\r\n",
    ":-0\r\n",
    ": 1\r\n",
    ":1 \r\n",
    ":1.0\r\n",
    ":9223372036854775808\r\n",
    "$\r\n",
    "$x\r\n",
    "$1x\r\n",
    "$+1\r\n",
    "*01\r\n",
    "%1.0\r\n",
  ],
  "is negative": [
    "$-2\r\n",
    "*-2\r\n",
    "%-1\r\n",
    "~-1\r\n",
    ">-1\r\n",
    "|-1\r\n",
    "=-1\r\n",
    "!-1\r\n",
  ],
  "is no value": [
    "_x\r\n",
    "#\r\n",
    "#x\r\n",
    "#true\r\n",
    ",\r\n",
    ",1.\r\n",
    ",.5\r\n",
    ",0x1\r\n",
    ",Infinity\r\n",
    "(\r\n",
    "(-\r\n",
    "(01\r\n",
    "(-0\r\n",
    "(1.5\r\n",
    "(1n\r\n",
  ],
  "CR LF is not where the length": [
    "$1\r\nabc\r\n",
    "$3\r\na\r\n:1\r\n",
    "$0\r\n\n\n",
    "!1\r\nab\r\n",
  ],
  "does not begin with three characters and a colon": [
    "=0\r\n\r\n",
    "=3\r\ntxt\r\n",
    "=4\r\ntxt \r\n",
    "=4\r\ntx:t\r\n",
    "=4\r\n\n\n\n:\r\n",
  ],
  "streamed values": ["$?\r\n", "*?\r\n", "%?\r\n", "~?\r\n"],
};

for (const [message, replies] of Object.entries(WRONG)) {
  Deno.test(`RespValueDecoder refuses a reply when something ${message}`, PURE, () => {
    for (const reply of replies) {
      for (const inside of [reply, `*2\r\n:1\r\n${reply}`, `%1\r\n*1\r\n|1\r\n:1\r\n${reply}`]) {
        const error = failure(inside);
        assertEquals([error.code, error.message.includes(message)], ["PROTOCOL", true], inside);
        assertEquals(error.message.startsWith("Cannot decode reply at offset 4: "), true);
      }
    }
  });
}

Deno.test("RespValueDecoder says which reply was cut", PURE, () => {
  for (const reply of [":", ":1\r", "$3\r\n", "$3\r\nab", "*1\r\n", "*2\r\n:1\r\n", "|0\r\n"]) {
    assertEquals(failure(reply), {
      code: "CUT",
      message: `Stream ended inside a reply: ${reply.length} bytes of it, from offset 4, had come`,
    });
  }
});

// Limits

Deno.test("RespValueDecoder takes what is at its limits, and refuses one more", PURE, () => {
  const limits = { maxDepth: 2, maxElements: 3, maxSize: 25 };
  const cases = [
    [
      "*1\r\n*1\r\n:1\r\n",
      "*1\r\n*1\r\n*1\r\n",
      "the depth, 3, exceeds the limit 2 (option maxDepth)",
    ],
    [
      "*3\r\n:1\r\n:1\r\n:1\r\n",
      "*4\r\n",
      "the number of values, 4, exceeds the limit 3 (option maxElements)",
    ],
    [
      "*1\r\n*2\r\n:1\r\n:1\r\n",
      "*2\r\n*2\r\n",
      "the number of values, 4, exceeds the limit 3 (option maxElements)",
    ],
    [
      "%1\r\n:1\r\n:1\r\n",
      "%2\r\n",
      "the number of values, 4, exceeds the limit 3 (option maxElements)",
    ],
    [
      "|1\r\n:1\r\n:1\r\n:1\r\n",
      "|2\r\n",
      "the number of values, 5, exceeds the limit 3 (option maxElements)",
    ],
    [
      `$18\r\n${"x".repeat(18)}\r\n`,
      "$19\r\n",
      "the size, 26, exceeds the limit 25 (option maxSize)",
    ],
    [
      `+${"x".repeat(22)}\r\n`,
      `+${"x".repeat(23)}\r\n`,
      "the size, 26, exceeds the limit 25 (option maxSize)",
    ],
    [
      `*1\r\n+${"x".repeat(18)}\r\n`,
      `*1\r\n+${"x".repeat(19)}\r\n`,
      "the size, 26, exceeds the limit 25 (option maxSize)",
    ],
  ] as const;
  for (const [most, over, message] of cases) {
    const { messages, error } = decode(new RespValueDecoder(limits), [raw(most + most)]);
    assertEquals([messages.length, error], [2, undefined], most);
    assertEquals(failure(over, limits), {
      code: "TOO_LARGE",
      message: `Cannot decode reply at offset 4: ${message}`,
    });
  }
});

Deno.test(
  "RespValueDecoder refuses a line whose end does not come within 65,536 bytes",
  PURE,
  () => {
    const line = `+${"x".repeat(65_535)}`;
    const { messages } = decode(new RespValueDecoder(), [raw(`${line}\r\n`)]);
    assertEquals(messages, [respSimple(line.slice(1))]);
    for (const input of [`${line}x`, `${line}x\r\n`]) {
      const { error } = decode(new RespValueDecoder(), [raw(input)]);
      assertEquals([error?.code, error?.offset], ["TOO_LARGE", 0]);
    }
  },
);

Deno.test(
  "RespValueDecoder refuses limits that are no whole numbers from 0",
  PURE,
  () => {
    for (const name of ["maxDepth", "maxElements", "maxSize"]) {
      for (const value of [-1, 1.5, NaN, Infinity]) {
        const make = () => new RespValueDecoder({ [name]: value });
        assertThrows(make, RangeError, `Cannot use ${name} ${value}`);
      }
    }
  },
);

Deno.test("RespValueDecoder refuses 200,000 arrays in each other, or takes them", PURE, () => {
  const input = raw(`${"*1\r\n".repeat(200_000)}:1\r\n`);
  const { error } = decode(new RespValueDecoder(), [input]);
  assertEquals([error?.code, error?.offset], ["TOO_LARGE", 0]);
  const { messages } = decode(new RespValueDecoder({ maxDepth: 200_000 }), [input]);
  let depth = 0;
  let value = messages[0]!;
  for (; value.type === "array"; value = value.items[0]!) depth++;
  assertEquals([depth, value], [200_000, one]);
});

// Cost

const LINEAR: Readonly<Record<string, string>> = {
  "many small values": `*5000\r\n${"$1\r\na\r\n".repeat(5_000)}`,
  "a long value": `$30000\r\n${"x".repeat(30_000)}\r\n`,
  "a long line": `+${"x".repeat(30_000)}\r\n`,
  "a line without an end": `+${"x".repeat(30_000)}`,
  "a length without an end": `$${"1".repeat(30_000)}`,
  "deep values": "*1\r\n".repeat(100),
};

for (const [name, stream] of Object.entries(LINEAR)) {
  Deno.test(
    `RespValueDecoder looks at bytes that come singly a few times each: ${name}`,
    PURE,
    () => {
      const { looks } = costOf(new RespValueDecoder(), raw(stream));
      assertLess(looks, 12 * stream.length);
    },
  );
}

Deno.test("RespValueDecoder takes no memory for what is only announced", PURE, () => {
  const before = Deno.memoryUsage();
  const decoders = Array.from({ length: 1_000 }, () => new BatchDecoder(new RespValueDecoder()));
  for (const decoder of decoders) {
    decoder.push(raw("*16000000\r\n%300000\r\n$1000000000\r\n"), []);
    decoder.push(raw("abc"), []);
    decoder.push(raw("abc"), []);
  }
  const after = Deno.memoryUsage();
  assertEquals(decoders.map(({ waiting }) => waiting), Array<number>(1_000).fill(6));
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  assertLess(grown, 64 * 1_024 * 1_024);
});
