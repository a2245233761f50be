import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Client } from "../../lib/client/mod.ts";
import { main } from "../../lib/cli/mod.ts";
import { serve } from "../../lib/server/mod.ts";
import { captured, clientEnds, conversation, pcap, type SegmentSpec } from "../inspect/captures.ts";
import { MemoryIo, run, textOf, utf8 } from "./helpers.ts";

const FILES = { permissions: { net: true, read: true, write: true, sys: true } } as const;

/** What a client and a server say in turns, on a connection that begins so many milliseconds later. */
function said(texts: readonly string[], port: number, later = 0): SegmentSpec[] {
  const turns = texts.map((text, at) => ({
    by: at % 2 === 0 ? "client" as const : "server" as const,
    bytes: utf8(text),
  }));
  const segments = conversation(turns, clientEnds(6379, port));
  return segments.map((segment) => ({ ...segment, time: segment.time + later }));
}

/** An array of bulk strings: a request, or an answer. */
function array(texts: readonly string[]): string {
  return `*${texts.length}\r\n${texts.map((text) => `$${text.length}\r\n${text}\r\n`).join("")}`;
}

/** A file with a capture of segments, in the order of their times. */
async function fileOf(segments: readonly SegmentSpec[], cut = 0): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  const bytes = pcap(captured(segments.toSorted((one, other) => one.time - other.time)));
  await Deno.writeFile(path, bytes.subarray(0, bytes.length - cut));
  return path;
}

/** Records a conversation of each protocol with a new server. */
async function record(path: string): Promise<void> {
  await using server = await serve({ port: 0 });
  const io = new MemoryIo();
  const to = `127.0.0.1:${server.addr!.port}`;
  const ended = main(["tap", "--listen", "0", "--to", to, "--record", path], io);
  await io.stderr.waitFor("\n");
  const port = Number(/:(\d+)\n/.exec(io.stderr.text)![1]);
  {
    await using client = await Client.connect({ hostname: "127.0.0.1", port });
    await client.set("greeting", "hello");
    await client.get("greeting");
    await client.incr("visits");
  }
  {
    using redis = await Deno.connect({ hostname: "127.0.0.1", port });
    await redis.write(new TextEncoder().encode("APPEND text abc\r\nGET text\r\n"));
    await io.stdout.waitFor("response abc");
  }
  io.signal(130);
  assertEquals(await ended, 0);
}

Deno.test("replay sends a recording again, and tells which answers differ", {
  permissions: { net: true, read: true, write: true, sys: true },
}, async () => {
  const path = await Deno.makeTempFile({ suffix: ".pcapng" });
  try {
    await record(path);
    await using server = await serve({ port: 0 });
    const replay = ["replay", path, "--connect", `127.0.0.1:${server.addr!.port}`, "--speed", "0"];
    const same = await run(replay);
    assertEquals([same.code, same.stderr], [0, ""], same.stdout);
    assertMatch(same.stdout, /^\d+ requests, 0 answered in another way\nrecorded: \d+ answers/);
    assertMatch(same.stdout, /\nnow: \d+ answers\n {2}latency, ms {4}min /);
    const again = await run(replay); // The counter and the text are longer now.
    assertEquals(again.code, 1);
    assertStringIncludes(again.stdout, "INCR visits");
    assertStringIncludes(again.stdout, "  recorded: integer 3\n  now:      integer 6\n");
    assertStringIncludes(again.stdout, " 3 answered in another way");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("replay says that no server is there, and what is no recording", {
  permissions: { net: true, read: true, write: true, sys: true },
}, async () => {
  const path = await Deno.makeTempFile();
  try {
    const args = ["replay", path, "--connect", "127.0.0.1:1"];
    assertStringIncludes((await run(args)).stderr, "nothing is said in it");
    await Deno.writeTextFile(path, "no recording");
    assertStringIncludes((await run(args)).stderr, "neither pcap nor pcapng");
    await record(path);
    const { code, stderr } = await run(args);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "refused");
    assertEquals((await run(["replay", path])).code, 2);
    assertEquals((await run([...args, "--speed", "-1"])).code, 2);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test(
  "replay plays several connections at their times, with messages and long answers",
  FILES,
  async () => {
    const keys = Array.from({ length: 300 }, (_, at) => `k${at}`);
    const mset = array(["MSET", ...keys.flatMap((key) => [key, key])]);
    const values = array(keys);
    const subscribed = "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n";
    const message = (text: string) => `*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\n${text}\r\n`;
    const subscriber = said(["SUBSCRIBE c\r\n", subscribed, "", message("m")], 4_000);
    // It ends when the message has come.
    const later = subscriber.map((segment, at) =>
      at < 5 ? segment : { ...segment, time: segment.time + 400 }
    );
    const path = await fileOf([
      ...later,
      ...said([mset, "+OK\r\n", array(["MGET", ...keys]), values], 4_001, 50),
      ...said(["PUBLISH c m\r\n", ":1\r\n"], 4_002, 200),
      ...said(
        [array(["SET", "k299", "x299"]), "+OK\r\n", "PUBLISH c x\r\n", ":0\r\n"],
        4_003,
        500,
      ),
      ...said([array(["MGET", ...keys]), values], 4_004, 600),
    ]);
    try {
      await using server = await serve({ port: 0 });
      const args = ["replay", path, "--connect", `127.0.0.1:${server.addr!.port}`];
      const { code, stdout, stderr } = await run(args);
      assertEquals([code, stderr], [1, ""]);
      assertEquals(stdout.split("\n").slice(0, 4), [
        "10.0.0.1:4004 > 10.0.0.2:6379 request 1: MGET k0 k1 k2 k3 and 296 arguments more",
        '  recorded: array of 300: k0, k1, k2, k3, ..., in it "k299"',
        '  now:      array of 300: k0, k1, k2, k3, ..., in it "x299"',
        "7 requests, 1 answered in another way",
      ]);
    } finally {
      await Deno.remove(path);
    }
  },
);

Deno.test("replay compares pushes, and waits for answers that were late", FILES, async () => {
  const push = (text: string) => `>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\n${text}\r\n`;
  const subscribed = ">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n";
  const popped = array(["l", "v"]);
  // What the server says comes three seconds later, and so does what is behind it.
  const late = (texts: readonly string[], port: number, later: number) =>
    said(texts, port, later).map((segment, at) =>
      at < 4 ? segment : { ...segment, time: segment.time + 3_000 }
    );
  const path = await fileOf([
    ...late([array(["BLPOP", "l", "0"]), popped], 4_000, 0),
    ...late([array(["SUBSCRIBE", "c"]), subscribed + push("m")], 4_001, 10),
    ...late([array(["RPUSH", "l", "v"]), ":1\r\n"], 4_002, 2_900),
  ]);
  try {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const to = `127.0.0.1:${listener.addr.port}`;
    const running = run(["replay", path, "--connect", to, "--speed", "0", "--timeout", "1ms"]);
    using sockets = new DisposableStack();
    const answers = { SUBSCRIBE: subscribed + push("x"), RPUSH: ":1\r\n", BLPOP: "" };
    const asked = new Map<string, Deno.TcpConn>();
    while (asked.size < 3) {
      const socket = sockets.use(await listener.accept());
      const room = new Uint8Array(100);
      const request = textOf(room.subarray(0, await socket.read(room) ?? 0));
      const [name, answer] = Object.entries(answers).find(([name]) => request.includes(name))!;
      asked.set(name, socket);
      await socket.write(utf8(answer));
    }
    // It comes when the others are done.
    for (const name of ["SUBSCRIBE", "RPUSH"]) await asked.get(name)!.read(new Uint8Array(1));
    await asked.get("BLPOP")!.write(utf8(popped));
    const { code, stdout, stderr } = await running;
    assertEquals([code, stderr], [1, ""]);
    assertEquals(stdout.split("\n").slice(0, 4), [
      "10.0.0.1:4001 > 10.0.0.2:6379 what no request asked for",
      "  recorded: push of 3: message, c, m",
      "  now:      push of 3: message, c, x",
      "3 requests, 1 answered in another way",
    ]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("replay says why answers are missing, and which nobody asked for", FILES, async () => {
  const path = await fileOf(said(["QUIT\r\nPING\r\n", "+OK\r\n+PONG\r\n"], 4_000));
  const more = await fileOf(said(["PING\r\n", "+PONG\r\n:1\r\n"], 4_000));
  try {
    await using server = await serve({ port: 0 });
    const to = ["--connect", `127.0.0.1:${server.addr!.port}`, "--timeout", "1ms"];
    const quit = await run(["replay", path, ...to]);
    assertEquals(quit.code, 1);
    assertStringIncludes(quit.stdout, "now:      nothing: the server closed the connection");
    const unasked = await run(["replay", more, ...to]);
    assertEquals(unasked.code, 1);
    assertStringIncludes(unasked.stdout, "what no request asked for\n  recorded: integer 1\n");
    assertMatch(unasked.stdout, /now: {6}nothing: gave up after \d+ ms without a byte/);
  } finally {
    await Deno.remove(path);
    await Deno.remove(more);
  }
});

Deno.test("replay plays a recording that is cut to its cut, and says so", FILES, async () => {
  const segments = said(["PING\r\n", "+PONG\r\n", "PING\r\n", "+PONG\r\n"], 4_000).slice(0, -3);
  const path = await fileOf(segments, 3);
  try {
    await using server = await serve({ port: 0 });
    const args = ["replay", path, "--connect", `127.0.0.1:${server.addr!.port}`];
    const { code, stdout, stderr } = await run(args);
    assertMatch(
      stderr,
      /^cortado: Cannot read the capture at offset \d+: it is cut: .*; it is played to there\n$/,
    );
    assertEquals([code, stdout.split("\n")[0]], [0, "2 requests, 0 answered in another way"]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("replay reports what was compared when a signal ends it", FILES, async () => {
  const hour = 3_600_000;
  const path = await fileOf([
    ...said(["PING\r\n", "+PONG\r\n"], 4_000),
    ...said(["PING\r\n", "+PONG\r\n"], 4_001, hour),
  ]);
  try {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const io = new MemoryIo();
    const ended = main(["replay", path, "--connect", `127.0.0.1:${listener.addr.port}`], io);
    using socket = await listener.accept();
    await socket.read(new Uint8Array(100));
    await socket.write(utf8("+PONG\r\n"));
    assertEquals(await socket.read(new Uint8Array(100)), null); // The first is done.
    io.signal(130);
    assertEquals([await ended, io.listeners], [130, 0]);
    assertStringIncludes(io.stdout.text, "2 requests, 0 answered in another way, 1 not sent\n");
  } finally {
    await Deno.remove(path);
  }
});
