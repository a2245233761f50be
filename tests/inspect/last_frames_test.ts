import { type BrokenStream, lastFrames } from "../../lib/inspect/mod.ts";
import { assertEquals } from "@std/assert";
import { PURE } from "./helpers.ts";

function broken(before: string, after: string, more: Partial<BrokenStream> = {}): BrokenStream {
  const bytes = new TextEncoder().encode(before + after);
  return { protocol: "RESP", bytes, offset: 0, brokenAt: before.length, ...more };
}

function told(stream: BrokenStream, most = 3): string[] {
  return lastFrames(stream, most).map((item) =>
    item.type === "frame" ? `${item.offset} ${item.title}` : `${item.offset} ${item.type}`
  );
}

Deno.test("the last frames are those before the broken one, and that", PURE, () => {
  const before = "PING\r\nSET k v\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";
  assertEquals(told(broken(before, "*1\r\n+oops\r\n")), ["6 SET k v", "15 GET k", "39 damage"]);
  assertEquals(told(broken(before, "*1\r\n+oops\r\n"), 9).length, 4);
});

Deno.test("the places of the last frames are those in the stream", PURE, () => {
  const stream = broken("PING\r\n", "*1\r\n+oops\r\n", { offset: 1_000, brokenAt: 1_006 });
  assertEquals(told(stream), ["1000 PING", "1010 damage"]);
});

Deno.test("the last frames of CAFE have one whose lengths are over a limit", PURE, () => {
  const bytes = Uint8Array.fromHex(
    "cafe01040000000000000000" + "cafe01020000000300000fff" + "666f6f626172",
  );
  const stream = { protocol: "CAFE", bytes, offset: 0, brokenAt: 12 } as const;
  assertEquals(told(stream), ["0 PING", "12 SET foo"]);
});

Deno.test("the last frames have no passwords", PURE, () => {
  const [frame] = lastFrames(broken("AUTH hunter2\r\n", "*1\r\n+oops\r\n"), 3);
  assertEquals(JSON.stringify(frame).includes("hunter2"), false);
});

Deno.test("the last frames of random bytes are told without an exception", PURE, () => {
  for (let round = 0; round < 300; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(1 + round % 200));
    if (round % 3 === 0) bytes.set([0xca, 0xfe, 0x01].slice(0, bytes.length));
    const protocol = round % 2 === 0 ? "CAFE" : "RESP";
    const brokenAt = 500 + round % bytes.length;
    lastFrames({ protocol, bytes, offset: 500, brokenAt }, 4);
  }
});
