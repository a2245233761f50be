import { assertEquals } from "@std/assert";
import { type Segment, segmentOf } from "../../lib/inspect/packet.ts";
import { TcpReassembler } from "../../lib/inspect/tcp.ts";
import { clientEnds, conversation, ipPacket, type Said, type SegmentSpec } from "./captures.ts";
import { PURE, utf8 } from "./helpers.ts";

const SAID: readonly Said[] = [
  { by: "client", bytes: utf8("one") },
  { by: "server", bytes: utf8("two") },
];

function segment(spec: SegmentSpec): Segment {
  const read = segmentOf({ linkType: 101, time: spec.time, bytes: ipPacket(spec) });
  if (typeof read === "string") throw new Error(read);
  return read;
}

/** What segments say, connection by connection, but for those that say nothing. */
function said(specs: readonly SegmentSpec[]): string[] {
  const tcp = new TcpReassembler();
  const pieces = [...specs.flatMap((spec) => tcp.push(segment(spec))), ...tcp.end()];
  const texts = new Map<unknown, string>();
  for (const { connection, bytes } of pieces) {
    const text = new TextDecoder().decode(bytes);
    texts.set(connection, (texts.get(connection) ?? "") + text);
  }
  return [...texts.values()].filter((text) => text !== "");
}

Deno.test("tcp takes what is sent again after both ends for nothing new", PURE, () => {
  const all = conversation(SAID);
  assertEquals(said(all), ["onetwo"]);
  for (const again of all) assertEquals(said([...all, again]), ["onetwo"], again.flags);
});

Deno.test("tcp takes nothing that comes behind a reset", PURE, () => {
  const [syn, synAck, ack, one, two] = conversation(SAID);
  const reset = { ...one!, flags: "R", payload: new Uint8Array() };
  assertEquals(said([syn!, synAck!, ack!, reset, one!, two!]), []);
});

Deno.test(
  "tcp begins anew with a SYN, or the answer to one, also with the same numbers",
  PURE,
  () => {
    const all = conversation(SAID);
    const other = all.map((spec) => ({ ...spec, sequence: (spec.sequence + 77_777) >>> 0 }));
    assertEquals(said([...all, ...all]), ["onetwo", "onetwo"]); // As CaptureWriter numbers them.
    assertEquals(said([...all, ...other]), ["onetwo", "onetwo"]);
    assertEquals(said([...all, ...other.slice(1)]), ["onetwo", "onetwo"]);
  },
);

Deno.test("tcp follows a connection however many have ended since it began", PURE, () => {
  const long = conversation(SAID, clientEnds(6379, 1));
  const short = Array.from({ length: 20_000 }, (_, at) => {
    const [syn] = conversation([], clientEnds(6379, 2 + at));
    return [syn!, { ...syn!, flags: "R" }];
  }).flat();
  assertEquals(said([...long.slice(0, 4), ...short, ...long.slice(4)]), ["onetwo"]);
});
