import type { Input } from "../../lib/bytes/mod.ts";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { RespCallDecoder } from "../../lib/resp/mod.ts";
import type { Incoming } from "../../lib/server/mod.ts";
import { FirstByteDecoder } from "../../lib/server/first_byte_decoder.ts";
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
