import { DecodeError } from "../../lib/codec/mod.ts";
import { type Ending, EndingReport } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";

const LAST = { protocol: "resp", bytes: new Uint8Array(1), offset: 0, brokenAt: 0 } as const;
const BROKEN: Ending = {
  reason: "protocol error",
  error: new DecodeError("PROTOCOL", 0, "it is none"),
  last: LAST,
};

Deno.test("a stream that broke the protocol is told with what came last", {
  permissions: "none",
}, () => {
  const lines: string[] = [];
  const report = new EndingReport((line) => lines.push(line), () => 0, () => ["  a", "  b"]);
  report.add("peer", BROKEN);
  report.add("peer", { reason: "protocol error", error: BROKEN.error });
  assertEquals(lines, [
    "peer: protocol error: it is none\n  a\n  b",
    "peer: protocol error: it is none",
  ]);
});

Deno.test("a flood of broken streams is counted, and other endings are told beside it", {
  permissions: "none",
}, () => {
  const lines: string[] = [];
  let now = 0;
  const report = new EndingReport((line) => lines.push(line), () => now);
  for (let i = 0; i < 1_000; i++) report.add("peer", BROKEN);
  report.add("peer", { reason: "slow reader", error: undefined });
  assertEquals([lines.length, lines.at(-1)], [11, "peer: slow reader"]);
  now = 10_000;
  report.add("peer", BROKEN);
  assertEquals(lines.slice(11), [
    "990 more connections ended with a protocol error",
    "peer: protocol error: it is none",
  ]);
});

Deno.test("what cannot be explained is told all the same", { permissions: "none" }, () => {
  const lines: string[] = [];
  const report = new EndingReport((line) => lines.push(line), () => 0, () => {
    throw new Error("no");
  });
  report.add("peer", BROKEN);
  assertEquals(lines, ["peer: protocol error: it is none\n  what came cannot be shown: no"]);
});
