import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { CafeRequestDecoder, Credit, type DecodedRequest } from "../../lib/cafe/mod.ts";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { decodeRequests, hex } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

/** What is wrong with a frame about a value in parts, the frame, its code, and what its message has. */
const REFUSED: readonly (readonly [string, string, string, string])[] = [
  ["a SET without an id", "cafe 01 02 0080 0001 00000008 61 0000000000000005", "BAD_REQUEST", "id"],
  ["a GET without an id", "cafe 01 01 0080 0001 00000004 61 00000005", "BAD_REQUEST", "id"],
  ["a WINDOW without an id", "cafe 01 10 0000 0000 00000004 00000005", "BAD_REQUEST", "id"],
  ["a SET with a short size", "cafe 01 02 0090 0001 00000001 00000007 61 05", "BAD_REQUEST", "8"],
  ["a GET without a window", "cafe 01 01 0090 0001 00000000 00000007 61", "BAD_REQUEST", "4"],
  ["a WINDOW without a number", "cafe 01 10 0010 0000 00000000 00000007", "BAD_REQUEST", "4"],
  [
    "a WINDOW with a key",
    "cafe 01 10 0010 0001 00000004 00000007 61 00000000",
    "BAD_REQUEST",
    "key",
  ],
  ["a PART with a key", "cafe 01 0f 0010 0001 00000000 00000007 61", "BAD_REQUEST", "key"],
  [
    "a size that is not exact",
    "cafe 01 02 0090 0000 00000008 00000007 0020000000000000",
    "BAD_REQUEST",
    "size",
  ],
  [
    "a PART with a time to live",
    "cafe 01 0f 0030 0000 00000000 00000007 0000000000000001",
    "UNSUPPORTED_FLAG",
    "TTL",
  ],
  [
    "a WINDOW with MORE",
    "cafe 01 10 0090 0000 00000004 00000007 00000000",
    "UNSUPPORTED_FLAG",
    "MORE",
  ],
  ["a PING with MORE", "cafe 01 04 0090 0000 00000000 00000007", "UNSUPPORTED_FLAG", "MORE"],
];

for (const [what, frame, code, part] of REFUSED) {
  Deno.test(`CafeRequestDecoder refuses ${what}, and reads on`, PURE, () => {
    const { messages, error } = decodeRequests(
      concat([hex(frame), hex("cafe 01 04 0000 0000 00000000")]),
    );
    const [refused, ping] = messages;
    assertEquals([error, messages.length, ping?.op], [undefined, 2, "PING"]);
    if (refused?.op !== "INVALID") throw new Error(`${refused?.op} is not refused`);
    assertEquals([refused.code, refused.message.includes(part)], [code, true], refused.message);
    assertEquals(refused.quiet || refused.durable, false);
  });
}

const PING = "cafe 01 04 0010 0000 00000001 00000007 78"; // 17 bytes
const PART = "cafe 01 0f 0090 0000 00000003 00000009 616263"; // 19 bytes
const WINDOW = "cafe 01 10 0010 0000 00000004 00000009 00000001";

/** What becomes of frames under a window. */
function decodeWithin(credit: Credit, ...frames: string[]): DecodedRequest[] {
  const decoder = new CafeRequestDecoder();
  decoder.credit = credit;
  const requests: DecodedRequest[] = [];
  new BatchDecoder(decoder).push(concat(frames.map(hex)), requests);
  return requests;
}

Deno.test("CafeRequestDecoder charges frames, and refuses those that overrun", PURE, () => {
  const credit = new Credit({ requests: 2, bytes: 1_000 });
  const requests = decodeWithin(credit, PING, PING, PING, WINDOW, PART);
  assertEquals(requests.map(({ op }) => op), ["PING", "PING", "INVALID", "WINDOW", "INVALID"]);
  const [, , overrun, , part] = requests;
  assertEquals(overrun, {
    op: "INVALID",
    id: 7,
    quiet: false,
    checksum: false,
    durable: false,
    code: "OVERRUN",
    message: "Cannot carry out PING: 2 requests or 1000 bytes are in flight " +
      "(options maxInFlight, maxInFlightBytes); wait for WINDOW",
  });
  assertEquals(part?.id, 9);
  assertEquals(credit.used, { requests: 2, bytes: 34 }, "what is refused costs nothing");
});

Deno.test(
  "CafeRequestDecoder charges no request for a PART, and nothing for a WINDOW",
  PURE,
  () => {
    const credit = new Credit({ requests: 1, bytes: 1_000 });
    decodeWithin(credit, PART, PART, WINDOW);
    assertEquals(credit.used, { requests: 0, bytes: 38 });
  },
);

Deno.test("CafeRequestDecoder takes a frame that is longer than what is left", PURE, () => {
  const requests = decodeWithin(new Credit({ requests: 9, bytes: 1 }), PART, PING);
  assertEquals(requests.map(({ op }) => op), ["PART", "INVALID"]);
});
