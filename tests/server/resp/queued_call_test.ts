import { keptCall, sizeOf } from "../../../lib/server/resp/queued_call.ts";
import { type RespCall, RespCallDecoder, type RespParsedCall } from "../../../lib/resp/mod.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { decodeAll } from "../../codec/helpers.ts";
import { raw } from "../../resp/helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

function callOf(line: string): RespParsedCall {
  const [call]: readonly RespCall[] = decodeAll(new RespCallDecoder(), raw(`${line}\r\n`));
  assert(call !== undefined && !call.rejected);
  return call;
}

test("what is kept of a request means the same, and shares no bytes with what was received", () => {
  const call = callOf("SET key value EX 5");
  const kept = keptCall(call);
  assertEquals(kept, call);
  for (const [at, argument] of call.args.entries()) {
    assert(kept.args[at]!.buffer !== argument.buffer);
    argument.fill(0);
  }
  assertEquals(kept, callOf("SET key value EX 5"));
});

test("an argument that fills most of its buffer is not copied", () => {
  const call = callOf(`SET k ${"v".repeat(1_000)}`);
  const kept = keptCall(call);
  assertStrictEquals(kept.args[2], call.args[2]);
  assert(kept.args[1] !== call.args[1]);
});

test("what has no meaning is kept as it is", () => {
  const call = callOf("SET k v NOPE");
  assertStrictEquals(keptCall(call).request, call.request);
});

test("each argument adds to the size of a request more than its bytes", () => {
  const [one, two, longer] = [["GET"], ["GET", "k"], ["GET", "kk"]].map((args) =>
    sizeOf(args.map(raw))
  );
  assert(two! - one! > 1);
  assertEquals(longer! - two!, 1);
});
