import { assertEquals } from "@std/assert";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { Exchange } from "../../lib/inspect/exchange.ts";
import type { Direction, Item } from "../../lib/inspect/mod.ts";
import { InspectedStream } from "../../lib/inspect/stream.ts";
import { PURE, utf8 } from "./helpers.ts";

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
