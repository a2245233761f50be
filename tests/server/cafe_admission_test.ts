import { newServices, Session } from "../../lib/server/mod.ts";
import { UNAUTHENTICATED_MAX_FRAME_SIZE } from "../../lib/server/cafe_admission.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes";
import { deflateRawSync } from "node:zlib";
import { textOf } from "../codec/helpers.ts";
import { frame, parseReplies, PING, type Reply, SET, wordOf } from "./frames.ts";

const HELLO = frame({ opcode: 5, key: "default", value: "secret" });
const LARGE = frame({ opcode: SET, key: "k", value: new Uint8Array(100_000) });
const MOST = frame({
  opcode: SET,
  key: "k",
  value: new Uint8Array(UNAUTHENTICATED_MAX_FRAME_SIZE - 1),
});

function test(name: string, fn: (session: Session) => void): void {
  Deno.test({
    name: `before authentication, a CAFE client ${name}`,
    permissions: "none",
    fn: () => fn(new Session(newServices({ password: "secret" }))),
  });
}

function say(session: Session, ...parts: Uint8Array[]): Reply[] {
  return parseReplies(concat(parts.map((part) => session.receive(part))));
}

test("may send 16 KiB, and no byte more", (session) => {
  assertEquals(say(session, MOST).map(wordOf), ["ERR AUTH_REQUIRED"]);
  const over = frame({
    opcode: SET,
    key: "kk",
    value: new Uint8Array(UNAUTHENTICATED_MAX_FRAME_SIZE - 1),
  });
  const [reply] = say(session, over.subarray(0, 12));
  assertEquals(wordOf(reply!), "ERR TOO_LARGE", "when its header has come");
  assertStringIncludes(textOf(reply!.value), "16385 exceed the limit 16384 before authentication");
});

test("may send the password and a large request in one packet", (session) => {
  assertEquals(say(session, concat([HELLO, LARGE, HELLO])).map(wordOf), ["OK", "OK", "OK"]);
});

test("is refused a large request behind others in one packet", (session) => {
  const ping = frame({ opcode: PING });
  assertEquals(say(session, concat([ping, LARGE])).map(wordOf), [
    "ERR AUTH_REQUIRED",
    "ERR TOO_LARGE",
  ]);
});

test("may send the password and a large request in any pieces", () => {
  const stream = concat([HELLO, LARGE.subarray(0, 40)]);
  for (let at = 1; at < stream.length; at++) {
    const session = new Session(newServices({ password: "secret" }));
    const parts = [stream.subarray(0, at), stream.subarray(at), LARGE.subarray(40)];
    assertEquals(say(session, ...parts).map(wordOf), ["OK", "OK"], `cut at ${at}`);
  }
});

/** An offer of COMPRESSED alone, behind no password. */
const OFFER = concat([
  Uint8Array.of(0, 0, 0),
  new TextEncoder().encode('{"flags":["COMPRESSED"]}'),
]);

/** A PING whose value inflates to so many bytes. */
function inflating(size: number): Uint8Array {
  return frame({ opcode: PING, flags: 0x0001, value: deflateRawSync(new Uint8Array(size)) });
}

test("may send a compressed request that inflates to 16 KiB, and no byte more", (session) => {
  assertEquals(say(session, frame({ opcode: 5, value: OFFER })).map(wordOf), ["OK"]);
  assertEquals(say(session, inflating(16_384)).map(wordOf), ["ERR AUTH_REQUIRED"]);
  const [reply] = say(session, inflating(16_385));
  assertEquals(wordOf(reply!), "ERR TOO_LARGE");
  assertStringIncludes(textOf(reply!.value), "more than the limit 16384 before authentication");
});

test("may send an offer, the password and a large request in one packet", (session) => {
  const offer = frame({ opcode: 5, value: OFFER });
  assertEquals(say(session, concat([offer, HELLO, LARGE])).map(wordOf), ["OK", "OK", "OK"]);
});

test("is refused a large request behind an offer in one packet", (session) => {
  const offer = frame({ opcode: 5, value: OFFER });
  assertEquals(say(session, concat([offer, LARGE])).map(wordOf), ["OK", "ERR TOO_LARGE"]);
});
