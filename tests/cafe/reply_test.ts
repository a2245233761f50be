import { assertEquals, assertThrows } from "@std/assert";
import { replySize, replyWindow } from "../../lib/cafe/mod.ts";
import { DecodeError } from "../../lib/codec/mod.ts";
import { decodeReplies, hex } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

for (
  const [what, frame] of [
    ["a MISS with MORE", "cafe 01 82 0090 0000 00000000 00000007"],
    ["a PUSH with MORE", "cafe 01 83 0080 0000 00000000"],
    ["parts without an id", "cafe 01 80 0080 0000 00000008 0000000000000005"],
  ] as const
) {
  Deno.test(`CafeReplyDecoder takes ${what} for INVALID`, PURE, () => {
    const { messages, error } = decodeReplies(hex(frame));
    assertEquals([messages.map(({ type }) => type), error], [["INVALID"], undefined]);
  });
}

Deno.test("replySize and replyWindow read numbers of their sizes only", PURE, () => {
  const [ok] =
    decodeReplies(hex("cafe 01 80 0090 0000 00000008 00000007 0000000100000000")).messages;
  assertEquals([ok?.more, replySize(ok!)], [true, 2 ** 32]);
  const [huge] =
    decodeReplies(hex("cafe 01 80 0090 0000 00000008 00000007 0020000000000000")).messages;
  assertThrows(() => replySize(huge!), DecodeError);
  assertThrows(() => replyWindow(ok!), DecodeError);
  const [window] =
    decodeReplies(hex("cafe 01 86 0000 0000 0000000c 00000002 0000000000000003")).messages;
  assertEquals(replyWindow(window!), { requests: 2, bytes: 3 });
  assertThrows(() => replySize(window!), DecodeError);
});
