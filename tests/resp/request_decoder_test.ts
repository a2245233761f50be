import { assert, assertEquals, assertLess, assertStrictEquals, assertThrows } from "@std/assert";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { ProtocolError } from "../../lib/model/mod.ts";
import {
  type RespCommand,
  RespRequestDecoder,
  type RespRequestLimits,
} from "../../lib/resp/mod.ts";
import { costOf } from "./counting.ts";
import { decode, raw, shown } from "./helpers.ts";
import { type Case, CASES, UNAUTHENTICATED } from "./hostile.ts";

const PURE = { permissions: "none" } as const;
const GET = "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n";

/** Cases that are too long to be cut in every way: their limits are tried with smaller ones. */
const LONG = 5_000;

function commandsOf(input: string, limits?: RespRequestLimits): string[][] {
  const { messages, error } = decode(new RespRequestDecoder(limits), [raw(input)]);
  if (error !== undefined) throw error;
  return messages.map((command) => command.map(shown));
}

/** The error of a stream, which is the same however the stream is cut. */
function failure(input: string, limits?: RespRequestLimits, authenticated = true) {
  const make = () => {
    const decoder = new RespRequestDecoder(limits);
    decoder.authenticated = authenticated;
    return decoder;
  };
  const { messages, error } = decode(make(), [raw(input)]);
  if (error === undefined) throw new Error("The stream was decoded to its end");
  const { code, offset, message } = error;
  verifyDecoder({ decoder: make, input: raw(input), messages, error: { code, offset } });
  return { code, offset, message };
}

// Requests

Deno.test("RespRequestDecoder takes arrays and inline commands, however they are cut", PURE, () => {
  const input = `${GET}*1\r\n$4\r\nPING\r\n\r\nSET "a b" ''\r\n*0\r\n*-1\r\nPING\n${GET}`;
  const messages = [["GET", "key"], ["PING"], ["SET", "a b", ""], ["PING"], ["GET", "key"]];
  verifyDecoder({
    decoder: () => new RespRequestDecoder(),
    input: raw(input),
    messages: messages.map((command) => command.map(raw)),
  });
});

Deno.test("RespRequestDecoder takes lengths of any number of digits", PURE, () => {
  for (const size of [0, 1, 9, 10, 99, 100, 999, 1_000, 100_000]) {
    const value = "x".repeat(size);
    assertEquals(commandsOf(`*2\r\n$4\r\nECHO\r\n$${size}\r\n${value}\r\n`), [["ECHO", value]]);
  }
  for (const count of [1, 9, 10, 11, 99, 100, 1_000]) {
    const args = Array<string>(count).fill("a");
    assertEquals(commandsOf(`*${count}\r\n${"$1\r\na\r\n".repeat(count)}`), [args]);
  }
});

Deno.test(
  "RespRequestDecoder gives views of what it was given, and one name to equal ones",
  PURE,
  () => {
    const chunk = raw(`${GET}GET key\r\n${GET}`);
    const { messages: [first, inline, last] } = decode(new RespRequestDecoder(), [chunk]);
    for (const argument of [first![1], ...inline!, last![1]]) {
      assertStrictEquals(argument!.buffer, chunk.buffer);
    }
    assertStrictEquals(first![0], last![0]);
  },
);

Deno.test("RespRequestDecoder tells names apart that begin alike, or have one length", PURE, () => {
  const names = ["GET", "GETX", "GE", "gET", "GET", "SET"];
  const requests = names.map((name) => `*2\r\n$${name.length}\r\n${name}\r\n$1\r\nk\r\n`);
  const { messages } = decode(new RespRequestDecoder(), [raw(requests.join(""))]);
  assertEquals(messages.map(([name]) => new TextDecoder().decode(name)), names);
});

Deno.test(
  "RespRequestDecoder skips requests without arguments, and ends clean behind them",
  PURE,
  () => {
    for (const input of ["\r\n", "\n", " \t\r\n", "*0\r\n", "*-1\r\n*-10\r\n\n"]) {
      verifyDecoder({ decoder: () => new RespRequestDecoder(), input: raw(input), messages: [] });
    }
  },
);

Deno.test("RespRequestDecoder names what an argument needs", PURE, () => {
  const decoder = new RespRequestDecoder();
  const batches = new BatchDecoder(decoder);
  const commands: RespCommand[] = [];
  batches.push(raw("*1\r\n$10\r\n12345"), commands);
  assertEquals(batches.waiting, 5);
  batches.push(raw("67890\r"), commands);
  assertEquals([commands.length, batches.waiting], [0, 11]);
  batches.push(raw("\n"), commands);
  assertEquals([commands.flat().map(shown), batches.waiting], [["1234567890"], 0]);
});

// The table of raw inputs

function verify(title: string, cases: readonly Case[], authenticated: boolean): void {
  for (const { name, input } of cases.filter(({ input }) => input.length < LONG)) {
    Deno.test(`RespRequestDecoder gives the same however it is cut${title}: ${name}`, PURE, () => {
      const make = () => {
        const decoder = new RespRequestDecoder();
        decoder.authenticated = authenticated;
        return decoder;
      };
      const { messages, error } = decode(make(), [raw(input)]);
      const expected = error && { error: { code: error.code, offset: error.offset } };
      verifyDecoder({ decoder: make, input: raw(input), messages, ...expected });
    });
  }
}

verify("", CASES, true);
verify(", unauthenticated", UNAUTHENTICATED, false);

// Errors

Deno.test("RespRequestDecoder says with each error where its request begins", PURE, () => {
  const errors: readonly (readonly [input: string, code: string, message: string])[] = [
    ["*x\r\n", "PROTOCOL", "invalid multibulk length"],
    ["*2147483648\r\n", "TOO_LARGE", "invalid multibulk length"],
    ["*99999999999999999999\r\n", "PROTOCOL", "invalid multibulk length"],
    ["*1\n", "PROTOCOL", "invalid multibulk length"],
    ["*1\rX", "PROTOCOL", "invalid multibulk length"],
    ["*2\r\n$1\r\na\r\n:1\r\n", "PROTOCOL", "expected '$', got ':'"],
    ["*2\r\n$1\r\na\r\n$-1\r\n", "PROTOCOL", "invalid bulk length"],
    ["*2\r\n$1\r\na\r\n$536870913\r\n", "TOO_LARGE", "invalid bulk length"],
    ["*2\r\n$1\r\na\r\n$1\r\nabc", "PROTOCOL", "expected CRLF after a bulk string"],
    ["*2\r\n$1\r\na\r\n$1\r\na\rc", "PROTOCOL", "expected CRLF after a bulk string"],
    ["a 'b\r\n", "PROTOCOL", "unbalanced quotes in request"],
  ];
  for (const [input, code, message] of errors) {
    assertEquals(failure(`${GET}\r\n${input}`), {
      code,
      offset: GET.length + 2,
      message: `Protocol error: ${message}`,
    });
  }
});

Deno.test("RespRequestDecoder says which request was cut", PURE, () => {
  for (const input of ["*", "*1\r", "*1\r\n", "*1\r\n$4\r\nPIN", "*2\r\n$1\r\na\r\n", "PING"]) {
    assertEquals(failure(GET + input), {
      code: "CUT",
      offset: GET.length,
      message: `Stream ended inside a request: ${input.length} bytes of it, ` +
        `from offset ${GET.length}, had come`,
    });
  }
});

// Limits

Deno.test("RespRequestDecoder refuses lines whose end does not come, at the limit", PURE, () => {
  const limits = { maxInlineSize: 20 };
  const lines = [
    ["", "inline request"],
    ["*", "mbulk count string"],
    ["*1\r\n$", "bulk count string"],
    ["*1\r\n", "bulk count string"],
  ] as const;
  for (const [head, what] of lines) {
    const begun = head.endsWith("\n") || head === "" ? 0 : 1;
    const most = head + "1".repeat(20 - begun);
    assertEquals(failure(most, limits).code, "CUT");
    assertEquals(failure(`${most}1`, limits), {
      code: "TOO_LARGE",
      offset: 0,
      message: `Protocol error: too big ${what}`,
    });
    assertEquals(failure(`${most}1\r\n`, limits).code, "TOO_LARGE");
  }
  assertEquals(commandsOf(`${"1".repeat(20)}\n`, limits), [["1".repeat(20)]]);
});

Deno.test("RespRequestDecoder takes what is at its limits, and refuses one more", PURE, () => {
  const limits = { maxBulkSize: 5, maxArguments: 2 };
  assertEquals(commandsOf("*2\r\n$5\r\n12345\r\n$0\r\n\r\n", limits), [["12345", ""]]);
  const large = { code: "TOO_LARGE", offset: 0, message: "Protocol error: invalid bulk length" };
  assertEquals(failure("*1\r\n$6\r\n123456\r\n", limits), large);
  assertEquals(failure("*3\r\n", limits), {
    ...large,
    message: "Protocol error: invalid multibulk length",
  });
  assertEquals(failure("*1\r\n$1\r\na\r\n", { maxBulkSize: 0 }), large);
});

Deno.test(
  "RespRequestDecoder refuses limits that are no whole numbers from 0",
  PURE,
  () => {
    for (const name of ["maxBulkSize", "maxArguments", "maxInlineSize"]) {
      for (const value of [-1, 1.5, NaN, Infinity]) {
        const make = () => new RespRequestDecoder({ [name]: value });
        assertThrows(make, RangeError, `Cannot use ${name} ${value}`);
      }
    }
  },
);

// Before AUTH

Deno.test("RespRequestDecoder takes small requests of an unauthenticated connection", PURE, () => {
  const decoder = new RespRequestDecoder();
  decoder.authenticated = false;
  const large = "x".repeat(16_384);
  const input = `*2\r\n$4\r\nECHO\r\n$16384\r\n${large}\r\n*10\r\n${"$1\r\na\r\n".repeat(10)}`;
  const { messages, error } = decode(decoder, [raw(input)]);
  assertEquals(messages.map((command) => command.length), [2, 10]);
  assertEquals(error, undefined);
});

Deno.test(
  "RespRequestDecoder refuses large requests of an unauthenticated connection",
  PURE,
  () => {
    assertEquals(failure(`${GET}*11\r\n`, {}, false), {
      code: "TOO_LARGE",
      offset: GET.length,
      message: "Protocol error: unauthenticated multibulk length",
    });
    assertEquals(failure(`${GET}*2\r\n$1\r\na\r\n$16385\r\n`, {}, false), {
      code: "TOO_LARGE",
      offset: GET.length,
      message: "Protocol error: unauthenticated bulk length",
    });
  },
);

for (const large of ["*11\r\n", "*1\r\n$16385\r\n"]) {
  const name = JSON.stringify(large);
  Deno.test(`RespRequestDecoder holds ${name} until it is known whether GET was AUTH`, PURE, () => {
    const decoder = new RespRequestDecoder();
    decoder.authenticated = false;
    const batches = new BatchDecoder(decoder);
    const commands: RespCommand[] = [];
    batches.push(raw(GET + large), commands);
    assertEquals([commands.length, decoder.held], [1, true]);
    decoder.authenticated = true;
    batches.push(new Uint8Array(0), commands);
    assertEquals([commands.length, decoder.held], [1, false]);
    const args = large.startsWith("*11") ? "$1\r\na\r\n".repeat(11) : `${"x".repeat(16_385)}\r\n`;
    batches.push(raw(args), commands);
    assertEquals(commands.length, 2);
  });

  Deno.test(
    `RespRequestDecoder refuses ${name} that was held, when there was no AUTH`,
    PURE,
    () => {
      const decoder = new RespRequestDecoder();
      decoder.authenticated = false;
      const batches = new BatchDecoder(decoder);
      batches.push(raw(GET + large), []);
      assert(decoder.held);
      assertThrows(() => batches.push(new Uint8Array(0), []), ProtocolError, "unauthenticated");
    },
  );
}

// Cost

const LINEAR: Readonly<Record<string, string>> = {
  "small arguments": `*5000\r\n${"$1\r\na\r\n".repeat(5_000)}`,
  "a long argument": `*1\r\n$30000\r\n${"x".repeat(30_000)}\r\n`,
  "a long inline command": `${"x".repeat(30_000)}\n`,
  "a long inline command in quotes": `"${"x".repeat(30_000)}"\n`,
  "many requests": GET.repeat(2_000),
  "empty requests": "*0\r\n".repeat(8_000),
  "empty lines": "\r\n".repeat(15_000),
  "a count without an end": `*${"1".repeat(30_000)}`,
  "a length without an end": `*1\r\n$${"1".repeat(30_000)}`,
};

for (const [name, stream] of Object.entries(LINEAR)) {
  Deno.test(
    `RespRequestDecoder looks at bytes that come singly a few times each: ${name}`,
    PURE,
    () => {
      const { looks } = costOf(new RespRequestDecoder(), raw(stream));
      assertLess(looks, 12 * stream.length);
    },
  );
}

Deno.test("RespRequestDecoder takes no memory for what is only announced", PURE, () => {
  const before = Deno.memoryUsage();
  const decoders = Array.from({ length: 1_000 }, () => new BatchDecoder(new RespRequestDecoder()));
  for (const decoder of decoders) {
    decoder.push(raw("*2147483647\r\n$536870912\r\n"), []);
    decoder.push(raw("abc"), []);
    decoder.push(raw("abc"), []);
  }
  const after = Deno.memoryUsage();
  assertEquals(decoders.map(({ waiting }) => waiting), Array<number>(1_000).fill(6));
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  assertLess(grown, 64 * 1_024 * 1_024);
});
