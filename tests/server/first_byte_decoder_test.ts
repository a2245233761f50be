import type { Input } from "../../lib/bytes/mod.ts";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { RespCallDecoder } from "../../lib/resp/mod.ts";
import type { Incoming } from "../../lib/server/mod.ts";
import { FirstByteDecoder } from "../../lib/server/first_byte_decoder.ts";
import { GetRun } from "../../lib/server/plain/get_runs.ts";
import { assertEquals } from "@std/assert";
import { raw } from "../resp/helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `FirstByteDecoder ${name}`, permissions: "none", fn });
}

/** One that begins RESP, and notes the bytes that it was asked with. */
function make(): { decoder: FirstByteDecoder; asked: number[] } {
  const asked: number[] = [];
  const decoder = new FirstByteDecoder((first) => {
    asked.push(first);
    return new RespCallDecoder();
  });
  return { decoder, asked };
}

test("asks once, with the first byte, and takes that byte as well", () => {
  const { decoder, asked } = make();
  const batches = new BatchDecoder<Incoming>(decoder);
  const calls: Incoming[] = [];
  assertEquals([decoder.state, decoder.held], ["Idle", false]);
  for (const part of ["P", "ING\r\nGET", " k\r\n*2\r\n$3"]) batches.push(raw(part), calls);
  assertEquals(asked, [0x50]);
  assertEquals(calls.map((call) => "command" in call && call.command?.name), ["ping", "get"]);
});

test("tells how much is decoded, how much waits, and for what", () => {
  const { decoder } = make();
  const batches = new BatchDecoder<Incoming>(decoder);
  assertEquals([decoder.offset, decoder.waiting], [0, 0]);
  batches.push(raw("PING\r\n*1\r\n$4\r\nPI"), []);
  assertEquals(decoder.state, "Body");
  assertEquals(decoder.offset + decoder.waiting, 16);
});

test("has nothing to say at the end of a stream that never began", () => {
  const { decoder, asked } = make();
  const input: Pick<Input, "length"> = { length: 0 };
  assertEquals(decoder.end(input as Input), undefined);
  assertEquals(asked, []);
});

test("says up to which request somebody may look at the bytes", () => {
  const { decoder } = make();
  const batches = new BatchDecoder<Incoming>(decoder);
  assertEquals(decoder.kept, Infinity);
  batches.push(raw("PING\r\nPING\r\nNOPE\r\n"), []);
  assertEquals(decoder.kept, Infinity, "none is done");
  decoder.done(false);
  decoder.done(true);
  assertEquals(decoder.kept, Infinity, "the third one is not");
  decoder.done(false);
  assertEquals([decoder.kept, batches.count], [2, 3]);
});

test("counts a run as one request, and not what comes in its place", () => {
  const run = new GetRun(raw(""), 4);
  const decoder = new FirstByteDecoder(
    () => new RespCallDecoder(),
    (input) => input.bytes[input.start] === 0x2a ? (input.skip(input.length), run) : undefined,
  );
  const batches = new BatchDecoder<Incoming>(decoder);
  const requests: Incoming[] = [];
  batches.push(raw("PING\r\n"), requests);
  batches.push(raw("*".repeat(60)), requests);
  assertEquals([requests.length, requests[1] === run, decoder.kept], [2, true, Infinity]);
  decoder.done(true);
  decoder.replaced([new GetRun(raw(""), 4)]);
  assertEquals(decoder.kept, Infinity, "a part of the run is left");
  decoder.replaced([requests[0]!, requests[0]!]);
  assertEquals(decoder.kept, 1, "what is left is no view of the stream");
  decoder.done(true);
  decoder.done(true);
  assertEquals(decoder.kept, 1);
  batches.push(raw("PING\r\n"), requests);
  decoder.done(true);
  assertEquals([decoder.kept, batches.count], [3, 3]);
});
