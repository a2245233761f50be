import { assertEquals } from "@std/assert";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { Exchange } from "../../lib/inspect/exchange.ts";
import type { Direction, Item } from "../../lib/inspect/mod.ts";
import { InspectedStream } from "../../lib/inspect/stream.ts";
import { inspect, PURE, summary, utf8 } from "./helpers.ts";

/** What is told of bytes before any others have come. */
function atOnce(text: string, direction: Direction): string[] {
  const decoder = new BatchDecoder(new InspectedStream(new Exchange(), { direction }));
  const found: (readonly Item[])[] = [];
  decoder.push(utf8(text), found);
  return found.flat().map((item) => item.type === "frame" ? item.title : item.type);
}

Deno.test("stream whose sender is known tells its first frame when that has come", PURE, () => {
  assertEquals(atOnce("*0\r\n", "response"), ["array of 0"]);
  assertEquals(atOnce("*-1\r\n", "response"), ["null"]);
  assertEquals(atOnce("_\r\n", "response"), ["null"]);
  assertEquals(atOnce("*1\r\n$4\r\nPING\r\n", "request"), ["PING"]);
});

Deno.test("stream of RESP may begin with empty lines, in whatever pieces they come", PURE, () => {
  const requests = "*1\r\n$4\r\nPING\r\n\r\nGET k\r\n";
  for (const blank of ["\r\n", "\n\r\n", "\r\n".repeat(100)]) {
    for (const piece of [1, 2, 63, 64, 65, 1_000]) {
      const found = summary(inspect(utf8(blank + requests), { format: "raw" }, piece));
      assertEquals(found, ["request PING", "request GET k"]);
    }
  }
  assertEquals(summary(inspect(utf8("\r\n\r\n"), { format: "raw" })), []);
});

Deno.test("stream of CAFE may not begin with empty lines", PURE, () => {
  const bytes = Uint8Array.fromHex("0d0a" + "cafe01040000000000000000");
  const found = summary(inspect(bytes, { format: "raw" }));
  assertEquals(found, ["damage at 0", "resumed at 2, skipped 2", "request PING"]);
});
