import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { concat } from "@std/bytes";
import { DecodeError } from "../../lib/codec/mod.ts";
import { readRecording } from "../../lib/inspect/mod.ts";
import { BEGAN, captured, clientEnds, conversation, pcap, pcapng } from "./captures.ts";
import { PURE, utf8 } from "./helpers.ts";

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

const SEGMENTS = [
  ...conversation([
    { by: "client", bytes: utf8("one") },
    { by: "server", bytes: utf8("two") },
  ]),
  ...conversation([{ by: "client", bytes: utf8("three") }], clientEnds(6379, 1_234)),
];

Deno.test("recording is read as what each side said, and when", PURE, async () => {
  for (const bytes of [pcap(captured(SEGMENTS)), pcapng(captured(SEGMENTS))]) {
    for (const size of [7, 100, bytes.length]) {
      const { conversations, cut } = await readRecording(inPieces(bytes, size));
      assertEquals([conversations.length, cut], [2, undefined]);
      const [first, second] = conversations;
      const said = first!.said.map(({ by, bytes }) => `${by} ${new TextDecoder().decode(bytes)}`);
      assertEquals(said, ["client one", "server two"]);
      assertEquals([first!.began, first!.said[0]!.time, first!.ended], [
        BEGAN,
        BEGAN + 3,
        BEGAN + 5,
      ]);
      assertEquals(second!.name, "10.0.0.1:1234 > 10.0.0.2:6379");
    }
  }
});

Deno.test("recording that is cut is read as far as it goes, and says so", PURE, async () => {
  const whole = pcap(captured(SEGMENTS.slice(0, 5)));
  const { conversations, cut } = await readRecording(inPieces(whole.slice(0, -1), 1_000));
  assertMatch(cut!, /it is cut: \d+ bytes of a packet or block are left at its end/);
  assertEquals(conversations.map(({ said, ended }) => [said.length, ended]), [[1, Infinity]]);
});

Deno.test("recording that is none, or lacks bytes, is refused", PURE, async () => {
  const long = conversation([{ by: "client", bytes: new Uint8Array(30) }], clientEnds(), 10);
  const gap = pcap(captured(long.filter((_, at) => at !== 4)));
  for (const bytes of [utf8("no capture"), gap]) {
    await assertRejects(() => readRecording(inPieces(bytes, 1_000)), DecodeError);
  }
  const nothing = await readRecording(inPieces(concat([]), 1));
  assertEquals(nothing, { conversations: [], cut: undefined });
});
