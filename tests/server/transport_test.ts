import { type ByteListener, Connection, newServices, serverLimits } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { settle } from "../codec/helpers.ts";
import { FakeSocket } from "./fake_socket.ts";

const UTF8 = new TextEncoder();

/** Notes what it is told. */
class Notes implements ByteListener {
  readonly lines: string[] = [];

  received(bytes: Uint8Array, isStart: boolean): void {
    if (bytes.length > 0) this.lines.push(`${isStart ? ">" : "|"} ${textOf(bytes)}`);
  }

  sent(bytes: Uint8Array): void {
    this.lines.push(`< ${textOf(bytes)}`);
  }

  ended(): void {
    this.lines.push("ended");
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll("\r\n", "_");
}

/** Serves what comes in parts; tells how it ended, and what a listener was told. */
async function serve(...parts: readonly string[]) {
  const socket = new FakeSocket();
  const notes = new Notes();
  const observer = { connected: () => notes, explain: () => [] };
  const connection = new Connection(socket, newServices(), serverLimits({}), () => {}, observer);
  const ending = connection.run();
  for (const part of parts) {
    socket.give(UTF8.encode(part));
    await settle();
  }
  socket.give(null);
  return { ending: await ending, lines: notes.lines };
}

Deno.test("a listener is told what is read and written, and where requests begin", {
  permissions: "none",
}, async () => {
  const { lines } = await serve("PING\r\nPI", "NG\r\n", "PING\r\n");
  assertEquals(lines, [
    "> PING_PI",
    "< +PONG_",
    "| NG_",
    "< +PONG_",
    "> PING_",
    "< +PONG_",
    "ended",
  ]);
});

Deno.test("a connection that broke the protocol ends with what came last, from a beginning on", {
  permissions: "none",
}, async () => {
  const { ending: { last } } = await serve("PING\r\n", "GET k\r\n*1\r\n", "+oops\r\n");
  assertEquals([last?.protocol, last?.offset, last?.brokenAt], ["resp", 0, 13]);
  assertEquals(textOf(last!.bytes), "PING_GET k_*1_+oops_");
});

Deno.test("what came last is not at hand when the request began long before", {
  permissions: "none",
}, async () => {
  const parts = [
    "*2\r\n$100000\r\n",
    ..."x".repeat(200).split("").map((x) => x.repeat(500)),
    "oops",
  ];
  const { ending } = await serve(...parts);
  assertEquals([ending.reason, ending.last], ["protocol error", undefined]);
});

Deno.test("what came last has the requests of the block that is read into only", {
  permissions: "none",
}, async () => {
  const parts = Array.from({ length: 300 }, (_, at) => `ECHO ${at}\r\n`);
  const { ending: { last } } = await serve(...parts, "*1\r\n+oops\r\n");
  const text = textOf(last!.bytes);
  assertEquals(text.startsWith("ECHO "), true);
  assertEquals(text.endsWith("_ECHO 299_*1_+oops_"), true);
  assertEquals(last!.bytes.length <= 512, true);
});

Deno.test("what came last begins behind requests that were read over", {
  permissions: "none",
}, async () => {
  const { ending } = await serve("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "PING\r\n", "*x\r\n");
  assertEquals(textOf(ending.last!.bytes), "PING_*x_");
  assertEquals([ending.last!.offset, ending.last!.brokenAt], [20, 26]);
});
