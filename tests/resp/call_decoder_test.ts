import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import {
  type ParsedRequest,
  type RespCall,
  RespCallDecoder,
  type RespCallLimits,
} from "../../lib/resp/mod.ts";
import { decode, raw } from "./helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `RespCallDecoder ${name}`, permissions: "none", fn });
}

function callsOf(input: string, limits?: RespCallLimits): RespCall[] {
  const { messages, error } = decode(new RespCallDecoder(limits), [raw(input)]);
  if (error !== undefined) throw error;
  return messages;
}

/** What the first request asks for. */
function requestOf(input: string, limits?: RespCallLimits): ParsedRequest {
  const call = callsOf(input, limits)[0]!;
  if (call.rejected) throw new Error(`${input} was rejected: ${call.message}`);
  return call.request;
}

/** What is wrong with a request, in the words of the reply. */
function refusalOf(input: string, limits?: RespCallLimits): string {
  const call = callsOf(input, limits)[0]!;
  if (call.rejected) return call.message;
  const { request } = call;
  if (request.op !== "INVALID") throw new Error(`${input} was taken as ${request.op}`);
  assertEquals(request.code, "BAD_REQUEST");
  return request.message;
}

test("gives the same calls however a stream is cut", () => {
  const input = raw(
    '*2\r\n$3\r\nGET\r\n$1\r\nk\r\nget "a b"\r\nNOPE x\r\nGET\r\nCOMMAND COUNT\r\n',
  );
  verifyDecoder({
    decoder: () => new RespCallDecoder(),
    input,
    messages: decode(new RespCallDecoder(), [input]).messages,
  });
});

test("gives the same calls and the same error however a corrupt stream is cut", () => {
  const input = raw("GET k\r\n*1\r\n$4\r\nPING\r\n*x\r\nGET k\r\n");
  const { messages, error } = decode(new RespCallDecoder(), [input]);
  assertEquals(messages.map(({ command }) => command?.name), ["get", "ping"]);
  const { code, offset } = error!;
  verifyDecoder({
    decoder: () => new RespCallDecoder(),
    input,
    messages,
    error: { code, offset },
  });
});

test("finds commands and subcommands in letters of any case", () => {
  const calls = callsOf("GET k\r\ngEt k\r\ncommand COUNT\r\nCOMMAND count\r\ncommand\r\n");
  assertEquals(calls.map(({ command }) => command?.name), [
    "get",
    "get",
    "command|count",
    "command|count",
    "command",
  ]);
  assertEquals(calls.map(({ rejected }) => rejected), [false, false, false, false, false]);
});

test("gives the arguments as they came, views of the stream", () => {
  const chunk = raw("*2\r\n$3\r\nGeT\r\n$2\r\n\0\xff\r\n");
  const { messages: [call] } = decode(new RespCallDecoder(), [chunk]);
  assertEquals(call!.args, [raw("GeT"), raw("\0\xff")]);
  assertStrictEquals(call!.args[1]?.buffer, chunk.buffer);
  assert(!call!.rejected);
  assertEquals(call!.request, { op: "GET", key: raw("\0\xff"), wantVersion: false });
});

test("rejects what is no command, and repeats the beginning of its arguments", () => {
  const [call] = callsOf("nope a 'b c'\r\n");
  assertEquals([call!.rejected, call!.command], [true, undefined]);
  assertEquals(refusalOf("nope\r\n"), "unknown command 'nope', with args beginning with: ");
  assertEquals(
    refusalOf("nope a 'b c'\r\n"),
    "unknown command 'nope', with args beginning with: 'a' 'b c' ",
  );
  assertEquals(refusalOf("*1\r\n$0\r\n\r\n"), "unknown command '', with args beginning with: ");
  const long = refusalOf(`${"n".repeat(500)} ${"a".repeat(60)} ${"b".repeat(500)} c\r\n`);
  assert(long.startsWith(`unknown command '${"n".repeat(128)}', with`), long);
  // Each shown argument has two quotes and a space.
  assert(long.endsWith(`: '${"a".repeat(60)}' '${"b".repeat(128 - 63)}' `), long);
});

test("rejects a subcommand that is none, and names the HELP of its container", () => {
  const message = "unknown subcommand 'NoPe'. Try COMMAND HELP.";
  assertEquals(refusalOf("cOmmand NoPe\r\n"), message);
  assertEquals(refusalOf("COMMAND ''\r\n"), "unknown subcommand ''. Try COMMAND HELP.");
});

test("rejects a wrong number of arguments under the full name of the command", () => {
  const expected: readonly (readonly [string, string])[] = [
    ["GET\r\n", "get"],
    ["GET a b\r\n", "get"],
    ["MSET a\r\n", "mset"],
    ["COMMAND COUNT x\r\n", "command|count"],
    ["COMMAND GETKEYS get\r\n", "command|getkeys"],
  ];
  for (const [input, name] of expected) {
    assertEquals(refusalOf(input), `wrong number of arguments for '${name}' command`);
    assertEquals(callsOf(input)[0]!.rejected, true, input);
  }
});

test("takes what the parser of a command refuses as invalid, and does not reject it", () => {
  const [call] = callsOf("SET k v NOPE\r\n");
  assertEquals(requestOf("SET k v NOPE\r\n"), {
    op: "INVALID",
    code: "BAD_REQUEST",
    message: "syntax error",
  });
  assertEquals([call!.rejected, call!.command?.name], [false, "set"]);
});

test("refuses a key over its limit, wherever it stands, and takes one at the limit", () => {
  const limits = { maxKeySize: 3 };
  assertEquals(requestOf("GET 123\r\n", limits).op, "GET");
  const message = "key of 4 bytes exceeds the limit 3 (option maxKeySize)";
  for (const input of ["GET 1234", "DEL a b 1234", "MSET a 12345 1234 x", "mget 1234 a"]) {
    assertEquals(refusalOf(`${input}\r\n`, limits), message, input);
    assertEquals(callsOf(`${input}\r\n`, limits)[0]!.rejected, false);
  }
  assertEquals(requestOf("MSET a 12345\r\n", limits).op, "SET_MANY");
});

test("takes keys of 65,535 bytes where no limit is given, as CAFE", () => {
  assertEquals(requestOf(`GET ${"k".repeat(65_530)}\r\n`).op, "GET");
  const most = "k".repeat(65_535);
  assertEquals(requestOf(`*2\r\n$3\r\nGET\r\n$65535\r\n${most}\r\n`).op, "GET");
  assertEquals(
    refusalOf(`*2\r\n$3\r\nGET\r\n$65536\r\n${most}k\r\n`),
    "key of 65536 bytes exceeds the limit 65535 (option maxKeySize)",
  );
});

test("holds what is too large before AUTH until it is told", () => {
  const decoder = new RespCallDecoder();
  assertEquals(decoder.authenticated, true);
  decoder.authenticated = false;
  const value = "v".repeat(20_000);
  const { messages, error } = decode(
    decoder,
    [raw(`PING\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20000\r\n${value}\r\n`)],
    false,
  );
  assertEquals([messages.length, decoder.held, error], [1, true, undefined]);
  assertEquals(decoder.state, "Header");
});

test("says what it waits for, as the decoder of requests", () => {
  const decoder = new RespCallDecoder();
  assertEquals(decoder.state, "Idle");
  decode(decoder, [raw("*2\r\n$3\r\nGET\r\n$5\r\nab")], false);
  assertEquals([decoder.state, decoder.held], ["Body", false]);
});

test("tells a stream that ends inside a request", () => {
  const { messages, error } = decode(new RespCallDecoder(), [raw("PING\r\n*1\r\n$4\r\nPI")]);
  assertEquals([messages.length, error?.code, error?.offset], [1, "CUT", 6]);
});

test("throws for a limit that is none", () => {
  assertThrows(() => new RespCallDecoder({ maxBulkSize: -1 }), RangeError, "maxBulkSize");
  assertThrows(() => new RespCallDecoder({ maxKeySize: 0.5 }), RangeError, "maxKeySize");
});

test("keeps no view of a SET whose value has not come, and those of an MSET", () => {
  const decoder = new RespCallDecoder();
  const batches = new BatchDecoder(decoder);
  const keeps = (input: string) => {
    batches.push(raw(input), []);
    return decoder.keepsViews;
  };
  assertEquals(keeps("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$200\r\n1"), false);
  batches.push(raw("1".repeat(199) + "\r\n"), []);
  assertEquals(keeps(`*5\r\n$4\r\nMSET\r\n$1\r\na\r\n$2000\r\n${"2".repeat(2_000)}\r\n$1`), true);
});
