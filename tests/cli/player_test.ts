import { assert, assertEquals, assertMatch } from "@std/assert";
import { play, type PlayOptions } from "../../lib/cli/player.ts";
import { differences, type RecordedConversation } from "../../lib/inspect/mod.ts";
import { serve } from "../../lib/server/mod.ts";
import { utf8 } from "./helpers.ts";

const NET = { permissions: { net: ["127.0.0.1"] } };

/** A connection: requests and answers in turns, each `step` milliseconds after the one before. */
function recorded(texts: readonly string[], began = 0, step = 1): RecordedConversation {
  const said = texts.map((text, at) => ({
    by: at % 2 === 0 ? "client" as const : "server" as const,
    time: began + at * step,
    bytes: utf8(text),
  }));
  return { name: `at ${began}`, began, ended: began + texts.length * step, said };
}

/** A server of which a test says what it does with each connection. */
class Fake implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #tasks: Promise<void>[] = [];
  readonly options: PlayOptions;

  constructor(serve: (socket: Deno.TcpConn) => Promise<void>, more: Partial<PlayOptions> = {}) {
    const to = { hostname: "127.0.0.1", port: this.#listener.addr.port };
    this.options = { to, speed: 0, timeout: 60_000, signal: NEVER, ...more };
    this.#tasks.push(this.#accept(serve));
  }

  async #accept(serve: (socket: Deno.TcpConn) => Promise<void>): Promise<void> {
    for await (const socket of this.#listener) {
      this.#tasks.push(serve(socket).catch(() => {}).finally(() => socket.close()));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await Promise.all(this.#tasks);
  }
}

const NEVER = new AbortController().signal;

/** Answers each read with a text. */
function answering(text: string): (socket: Deno.TcpConn) => Promise<void> {
  return async (socket) => {
    const room = new Uint8Array(1_000);
    while (await socket.read(room) !== null) await socket.write(utf8(text));
  };
}

/** Reads to the end, and answers nothing. */
const silent = answering("");

async function endingOf(
  serve: (socket: Deno.TcpConn) => Promise<void>,
  more?: Partial<PlayOptions>,
): Promise<string | undefined> {
  await using fake = new Fake(serve, more);
  const [player] = await play([recorded(["PING\r\n", "+PONG\r\n"])], fake.options);
  return player!.ending;
}

Deno.test(
  "a player connects when its connection began, and is done before the next",
  NET,
  async () => {
    let [open, most, all] = [0, 0, 0];
    await using fake = new Fake(async (socket) => {
      most = Math.max(most, ++open);
      all++;
      await answering("+PONG\r\n")(socket);
      open--;
    });
    const conversations = Array.from(
      { length: 20 },
      (_, at) => recorded(["PING\r\n", "+PONG\r\n"], at * 10),
    );
    // The first one lasts as long as all others.
    conversations[0]!.ended = Infinity;
    const players = await play(conversations, fake.options);
    assertEquals(players.flatMap(({ before, after }) => differences(before, after)), []);
    assertEquals(all, 20);
    assert(most <= 3, `${most}`); // The end of one and the beginning of the next may be seen together.
  },
);

Deno.test("a player is not played when too many connections are open", NET, async () => {
  const gone = Promise.withResolvers<void>();
  await using fake = new Fake(async (socket) => {
    await gone.promise;
    await answering("+PONG\r\n")(socket);
  });
  const open = { ...recorded(["PING\r\n", "+PONG\r\n"]), ended: Infinity };
  const playing = play([open, open, open], { ...fake.options, maxOpen: 2 });
  gone.resolve();
  const failures = (await playing).map(({ failure }) => failure);
  assertEquals(failures.slice(0, 2), [undefined, undefined]);
  assertMatch(`${failures[2]}`, /Cannot connect: 2 connections are open, the limit/);
});

Deno.test(
  "a player waits as long as the recording did, and the time that it is given",
  NET,
  async () => {
    const sockets: Deno.TcpConn[] = [];
    await using fake = new Fake(async (socket) => {
      sockets.push(socket);
      await socket.read(new Uint8Array(100));
      // Both are answered when both have asked: the second a fifth of a second later.
      if (sockets.length === 2) { for (const one of sockets) await one.write(utf8("+OK\r\n")); }
      await socket.read(new Uint8Array(100));
    });
    const slow = recorded(["BLPOP list 0\r\n", "+OK\r\n"], 0, 20_000);
    const later = recorded(["RPUSH list 1\r\n", "+OK\r\n"], 20_000);
    const options = { ...fake.options, speed: 100, timeout: 1_000 };
    const players = await play([slow, later], options);
    assertEquals(players.map(({ ending }) => ending), [undefined, undefined]);
  },
);

Deno.test("a player gives up a server that is silent", NET, async () => {
  assertEquals(await endingOf(silent, { timeout: 20 }), "gave up after 21 ms without a byte");
});

Deno.test("a player says why no more answers came", NET, async () => {
  const closing = async (socket: Deno.TcpConn) => void await socket.read(new Uint8Array(100));
  assertEquals(await endingOf(closing), "the server closed the connection");
  assertEquals(await endingOf(answering("+PONG\r\n")), undefined);
  const stop = new AbortController();
  const stopping = async (socket: Deno.TcpConn) => {
    await socket.read(new Uint8Array(100));
    stop.abort();
    await socket.read(new Uint8Array(100));
  };
  assertEquals(await endingOf(stopping, { signal: stop.signal }), "it was stopped");
});

Deno.test("a player that is stopped sends nothing more, however long the pauses", NET, async () => {
  const stop = new AbortController();
  await using fake = new Fake(async (socket) => {
    await socket.read(new Uint8Array(100));
    stop.abort();
    await socket.read(new Uint8Array(100));
  }, { speed: 1, signal: stop.signal });
  const hour = 3_600_000;
  const conversations = [
    recorded(["PING\r\n", "+PONG\r\n", "PING\r\n", "+PONG\r\n"], 0, hour),
    recorded(["PING\r\n", "+PONG\r\n"], hour),
  ];
  const players = await play(conversations, fake.options);
  assertEquals(players.map(({ after }) => after.requests.length), [1, 0]);
});

Deno.test(
  "a player has the answers to any number of requests, of any number of pieces",
  NET,
  async () => {
    await using server = await serve({ port: 0 });
    const to = { hostname: "127.0.0.1", port: server.addr!.port };
    const many = 100_000;
    const conversation = recorded(["PING\r\n".repeat(many), "+PONG\r\n".repeat(many)]);
    const pieces = Array.from({ length: many }, (_, at) => ({
      by: at % 2 === 0 ? "client" as const : "server" as const,
      time: at,
      bytes: utf8(at % 2 === 0 ? "PING\r\n" : "+PONG\r\n"),
    }));
    const inPieces = { ...conversation, said: pieces, began: 10, ended: 20 };
    const options = { to, speed: 0, timeout: 60_000, signal: NEVER };
    const players = await play([conversation, inPieces], options);
    assertEquals(players.map(({ ending }) => ending), [undefined, undefined]);
    assertEquals(players.flatMap(({ before, after }) => differences(before, after)), []);
    assertEquals(players[0]!.after.requests.length, many);
  },
);

Deno.test("a player stops to connect to a server that does not take connections", {
  ...NET,
  ignore: Deno.build.os !== "linux", // Others refuse what they have no place for.
}, async () => {
  using full = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const to = { hostname: "127.0.0.1", port: full.addr.port };
  using _one = await Deno.connect(to);
  using _two = await Deno.connect(to);
  const stop = new AbortController();
  const options = { to, speed: 0, timeout: 60_000, signal: stop.signal };
  const playing = play([recorded(["PING\r\n", "+PONG\r\n"])], options);
  setTimeout(() => stop.abort());
  const [player] = await playing;
  assertEquals([player!.after.requests.length, player!.ending], [0, "it was stopped"]);
  assertEquals(player!.failure, undefined);
});
