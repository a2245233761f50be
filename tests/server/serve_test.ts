import {
  DataDirectoryError,
  DEFAULT_PORT,
  type Limits,
  serve,
  type Server,
} from "../../lib/server/mod.ts";
import { JournalError } from "../../lib/store/mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { concat } from "@std/bytes";
import { bytewise, textOf, utf8 } from "../codec/helpers.ts";
import { frame, INCR, PING, SUBSCRIBE, wordOf } from "./frames.ts";
import { assertAlive, RawClient, until } from "./raw_client.ts";
import { type Serve, testWithAndWithoutWorkers } from "./with_workers.ts";

const PING_HEX = "cafe 01 04 0000 0000 00000000";
const PONG_HEX = "cafe01800000000000000004504f4e47";

function test(name: string, fn: (serve: Serve) => Promise<void>): void {
  testWithAndWithoutWorkers(`serve ${name}`, fn);
}

/** Sends hex, and asserts that exactly these bytes come back. */
async function golden(client: RawClient, sent: string, received: string): Promise<void> {
  const expected = received.replaceAll(" ", "");
  await client.send(sent);
  assertEquals((await client.readExactly(expected.length / 2)).toHex(), expected, sent);
}

test("answers golden bytes with golden bytes over a socket", async (serve) => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  await golden(client, "cafe 01 01 0000 0003 00000000 666f6f", "cafe 01 82 0000 0000 00000000");
  await golden(
    client,
    "cafe 01 02 0010 0003 00000003 00000001 666f6f 626172",
    "cafe 01 80 0010 0000 00000000 00000001",
  );
  await golden(
    client,
    "cafe 01 01 0000 0003 00000000 666f6f",
    "cafe 01 80 0000 0000 00000003 626172",
  );
  await golden(client, PING_HEX, PONG_HEX);
  await golden(
    client,
    "cafe 01 04 0000 0000 00000003 00ff0d",
    "cafe 01 80 0000 0000 00000003 00ff0d",
  );
  await golden(client, "cafe 01 03 0000 0003 00000000 666f6f", "cafe 01 80 0000 0000 00000000");
  await golden(client, "cafe 01 03 0000 0003 00000000 666f6f", "cafe 01 82 0000 0000 00000000");
});

test("listens on 127.0.0.1 unless told otherwise", async (serve) => {
  await using server = await serve({ port: 0 });
  assertEquals([server.addr!.hostname, server.unix], ["127.0.0.1", undefined]);
  assertEquals(DEFAULT_PORT, 0xcafe);
});

test("fails when somebody listens there, and when a limit is out of range", async (serve) => {
  await using server = await serve({ port: 0 });
  await assertRejects(() => serve({ port: server.addr!.port }), Deno.errors.AddrInUse);
  await assertRejects(() => serve({ port: 0, limits: { maxBatch: 0 } }), RangeError, "maxBatch 0");
  await assertAlive(server.addr!);
});

test("answers an error and an unknown opcode or version in its place", async (serve) => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  await client.send(concat([
    frame({ opcode: 77, id: 1, key: "key", value: "value" }),
    frame({ opcode: PING, version: 3, id: 2 }),
    frame({ opcode: 10, id: 3, key: "weather" }),
    frame({ opcode: PING, id: 4 }),
  ]));
  const replies = [];
  for (let i = 0; i < 4; i++) replies.push((await client.readFrame())!);
  assertEquals(replies.map(({ id }) => id), [1, 2, 3, 4]);
  assertEquals(replies.map(wordOf), [
    "ERR UNKNOWN_OPCODE",
    "ERR UNSUPPORTED_VERSION",
    "ERR BAD_REQUEST",
    "OK",
  ]);
});

test("answers a frame that comes a byte at a time", async (serve) => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  const bytes = frame({ opcode: PING, id: 9, value: "slow", checksum: true });
  for (const byte of bytewise(bytes)) await client.send(byte);
  const reply = (await client.readFrame())!;
  assertEquals([reply.type, reply.id, textOf(reply.value), reply.flags], ["OK", 9, "slow", 0x14]);
});

test("answers 1,000 frames of one write in order", async (serve) => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  const ids = Array.from({ length: 1_000 }, (_, id) => id);
  await client.send(concat(ids.map((id) => frame({ opcode: INCR, key: "n", id }))));
  for (const id of ids) {
    const reply = (await client.readFrame())!;
    assertEquals([reply.id, BigInt(`0x${reply.value.toHex()}`)], [id, BigInt(id + 1)]);
  }
});

test("carries a value of 4 MiB there and back", async (serve) => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  const value = new Uint8Array(4_194_304).map((_, at) => at * 7);
  const sent = client.send(frame({ opcode: PING, value }));
  const reply = await client.readFrame();
  await sent;
  assertEquals(reply!.value, value);
});

test("gives all replies to a client that ends its sending side, and then the end", async (serve) => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  const pings = Array.from({ length: 2_500 }, (_, id) => frame({ opcode: PING, id }));
  await client.send(concat(pings));
  await client.closeWrite();
  const replies = await client.readToEnd();
  assertEquals(replies.map(({ id }) => id), pings.map((_, id) => id));
});

test("sends a message of another connection at once", async (serve) => {
  await using server = await serve({ port: 0 });
  using reader = await RawClient.connect(server.addr!);
  using writer = await RawClient.connect(server.addr!);
  await reader.call(frame({ opcode: SUBSCRIBE, key: "c" }));
  const count = await writer.call(frame({ opcode: 13, key: "c", value: "hi" }));
  assertEquals(count.value.toHex(), "00000001");
  const push = (await reader.readFrame())!;
  assertEquals([push.type, textOf(push.key), textOf(push.value)], ["PUSH", "c", "hi"]);
});

test("loses no message of a subscriber that sends requests all the time", async (serve) => {
  await using server = await serve({ port: 0 });
  using reader = await RawClient.connect(server.addr!);
  using writer = await RawClient.connect(server.addr!);
  await reader.call(frame({ opcode: SUBSCRIBE, key: "c" }));
  const rounds = 500;
  const publishing = (async () => {
    for (let i = 0; i < rounds; i++) await writer.call(frame({ opcode: 13, key: "c", id: i }));
  })();
  let pushes = 0;
  let waiting = false;
  while (pushes < rounds) {
    if (!waiting) await reader.send(frame({ opcode: PING }));
    const { type } = (await reader.readFrame())!;
    if (type === "PUSH") pushes++;
    // Pings only until the last few: those must come without a request that wakes the connection.
    waiting = type === "PUSH" || pushes > rounds - 10;
  }
  await publishing;
});

test("forgets what a connection was subscribed to when it ends", async (serve) => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  await client.call(frame({ opcode: SUBSCRIBE, key: "c" }));
  assertEquals(server.services.channels.size, 1);
  client.close();
  await until(() => server.services.counters.connections === 0);
  assertEquals(server.services.channels.size, 0);
});

test("removes expired entries that nobody asks for", async (serve) => {
  let now = 0;
  await using server = await serve({ port: 0, now: () => now });
  const store = server.services.databases.at(0);
  for (let i = 0; i < 100; i++) store.set(Uint8Array.of(i), Uint8Array.of(), 10);
  now = 10;
  await until(() => store.size === 0);
  assertEquals(store.expired, 100);
});

/** A server whose clock the test moves. */
async function clocked(serve: Serve, limits: Limits): Promise<[Server, { now: number }]> {
  const clock = { now: 1_000_000 };
  return [await serve({ port: 0, limits, now: () => clock.now }), clock];
}

test("closes an idle connection with GOAWAY, and neither a busy one nor a subscriber", async (serve) => {
  const [server, clock] = await clocked(serve, { idleTimeout: 20 });
  await using _ = server;
  using idle = await RawClient.connect(server.addr!);
  using silent = await RawClient.connect(server.addr!);
  using busy = await RawClient.connect(server.addr!);
  using subscriber = await RawClient.connect(server.addr!);
  await idle.call(PING_HEX);
  await subscriber.call(frame({ opcode: SUBSCRIBE, key: "c" }));
  clock.now += 19;
  await busy.call(PING_HEX);
  clock.now += 1;
  assertEquals((await idle.readToEnd()).map(wordOf), ["GOAWAY"]);
  assertEquals((await silent.readAll()).length, 0); // No byte has said which protocol it speaks.
  assertEquals((await busy.call(PING_HEX)).type, "OK");
  clock.now += 1_000;
  assertEquals((await busy.readToEnd()).map(wordOf), ["GOAWAY"]);
  assertEquals((await subscriber.call(PING_HEX)).type, "OK");
});

test("refuses the connection over maxConnections with an error, and takes one when another ends", async (serve) => {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  await using server = await serve({ port: 0, limits: { maxConnections: 2 }, log });
  const { counters } = server.services;
  using first = await RawClient.connect(server.addr!);
  using second = await RawClient.connect(server.addr!);
  await Promise.all([first.call(PING_HEX), second.call(PING_HEX)]);
  {
    using third = await RawClient.connect(server.addr!);
    await third.flood(frame({ opcode: PING, value: new Uint8Array(100_000) }));
    const [refusal, ...more] = await third.readToEnd();
    assertEquals([wordOf(refusal!), more.length], ["ERR CONNECTION_LIMIT", 0]);
    assertStringIncludes(textOf(refusal!.value), "2 connections");
    assertEquals(lines, [textOf(refusal!.value)]);
  }
  assertEquals([counters.accepted, counters.refused, counters.connections], [2, 1, 2]);
  first.close();
  await until(() => counters.connections === 1);
  await assertAlive(server.addr!);
  assertEquals((await second.call(PING_HEX)).type, "OK");
});

/** All that a client gets; nothing when the connection was reset, because it had sent something. */
async function wordsTo(client: RawClient): Promise<string> {
  try {
    return textOf(await client.readAll());
  } catch {
    return "";
  }
}

test("closes more than 64 refused connections at once without a word", async (serve) => {
  await using server = await serve({ port: 0, limits: { maxConnections: 1 } });
  using first = await RawClient.connect(server.addr!);
  await first.call(PING_HEX);
  const refused: RawClient[] = [];
  for (let i = 0; i < 70; i++) refused.push(await RawClient.connect(server.addr!));
  await until(() => server.services.counters.refused === 70);
  // Those that are told why are held until they have said which protocol they speak.
  await Promise.all(refused.map((client) => client.flood(utf8("PING\r\n"))));
  const told = await Promise.all(refused.map(wordsTo));
  assertEquals(told.filter((text) => text === "").length, 6);
  const rest = told.filter((text) => text !== "");
  assertEquals(new Set(rest).size, 1);
  assertStringIncludes(rest[0]!, "-ERR max number of clients reached: Cannot accept: there are 1 ");
  for (const client of refused) client.close();
});

test("goes on when its log fails", async (serve) => {
  const log = () => {
    throw new Error("no room");
  };
  await using server = await serve({ port: 0, log });
  using client = await RawClient.connect(server.addr!);
  await client.send("caff"); // Its end is logged.
  assertEquals((await client.readToEnd()).map(wordOf), ["ERR PROTOCOL"]);
  client.close();
  await assertAlive(server.addr!);
});

test("refuses to listen nowhere", async (serve) => {
  await assertRejects(() => serve({ tcp: false }), TypeError, "option unix");
});

test("delivers the error for a corrupt stream though the client goes on sending", async (serve) => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  const rubbish = new Uint8Array(8_000_000);
  const sending = client.flood(concat([frame({ opcode: PING }), rubbish]));
  assertEquals((await client.readToEnd()).map(wordOf), ["OK", "ERR PROTOCOL"]);
  client.close();
  await sending;
  await assertAlive(server.addr!);
});

test("answers 1,000 connections at once, and ends all of them at shutdown", async (serve) => {
  await using server = await serve({ port: 0 });
  const clients = await Promise.all(
    Array.from({ length: 1_000 }, () => RawClient.connect(server.addr!)),
  );
  await Promise.all(clients.map((client) => client.send(PING_HEX)));
  const replies = await Promise.all(clients.map((client) => client.readExactly(16)));
  assert(replies.every((reply) => reply.toHex() === PONG_HEX));
  assertEquals(server.services.counters.connections, 1_000);
  const ended = clients.map(async (client) => {
    const words = (await client.readToEnd()).map(wordOf);
    client.close();
    return words.join();
  });
  await server.shutdown();
  assertEquals(new Set(await Promise.all(ended)), new Set(["GOAWAY"]));
  assertEquals(server.services.counters.connections, 0);
});

test("tells its log of a defect, and of a connection that broke the protocol", async (serve) => {
  const lines: string[] = [];
  await using server = await serve({ port: 0, log: (line) => void lines.push(line) });
  using client = await RawClient.connect(server.addr!);
  const store = server.services.databases.at(0);
  store.get = () => {
    throw new TypeError("oops");
  };
  const reply = await client.call("cafe 01 01 0000 0001 00000000 61");
  assertEquals([wordOf(reply), textOf(reply.value)], [
    "ERR INTERNAL",
    "Cannot carry out GET: a fault of the server, see its log",
  ]);
  assertStringIncludes(lines.join("\n"), "defect: TypeError: oops");
  await client.send("caff"); // Its end is logged.
  assertEquals((await client.readToEnd()).map(wordOf), ["ERR PROTOCOL"]);
  client.close();
  await until(() => lines.length === 2);
  assertMatch(lines[1]!, /^127\.0\.0\.1:\d+: protocol error: Cannot decode frame/);
});

/** A test of a server with a data directory. */
function dataTest(name: string, fn: (directory: string) => Promise<void>): void {
  Deno.test({
    name: `serve with a data directory ${name}`,
    permissions: { net: ["127.0.0.1", "localhost"], read: true, write: true },
    async fn() {
      const directory = await Deno.makeTempDir();
      try {
        await fn(directory);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

const DURABLE = 0x0200;

/** What is not on stable storage. */
function unsyncedOf({ services }: Server): number {
  return services.journal!.figures.unsynced;
}

dataTest("has what the one before it had, versions included", async (directory) => {
  let version = 0;
  for (const value of [1n, 2n, 3n]) {
    await using server = await serve({ port: 0, data: { directory } });
    using client = await RawClient.connect(server.addr!);
    const reply = await client.call(frame({ opcode: INCR, key: "n" }));
    assertEquals(BigInt(`0x${reply.value.toHex()}`), value);
    assert(server.services.databases.version > version);
    version = server.services.databases.version;
  }
});

dataTest("answers what is durable when all before it is synced", async (directory) => {
  await using server = await serve({ port: 0, data: { directory, fsync: "never" } });
  using client = await RawClient.connect(server.addr!);
  await client.call(frame({ opcode: INCR, key: "n" }));
  await client.call(frame({ opcode: INCR, key: "n" }));
  assertEquals(unsyncedOf(server), 2);
  await client.call(frame({ opcode: PING, flags: DURABLE }));
  assertEquals(unsyncedOf(server), 0);
  const reply = await client.call(frame({ opcode: INCR, flags: DURABLE, key: "n" }));
  assertEquals([wordOf(reply), unsyncedOf(server)], ["OK", 0]);
});

dataTest("syncs before each reply with always", async (directory) => {
  await using server = await serve({ port: 0, data: { directory, fsync: "always" } });
  using client = await RawClient.connect(server.addr!);
  for (let i = 0; i < 3; i++) {
    await client.call(frame({ opcode: INCR, key: "n" }));
    assertEquals(unsyncedOf(server), 0);
  }
});

dataTest("syncs by itself with everysec", async (directory) => {
  await using server = await serve({ port: 0, data: { directory } });
  using client = await RawClient.connect(server.addr!);
  await client.call(frame({ opcode: INCR, key: "n" }));
  await until(() => unsyncedOf(server) === 0);
});

dataTest("compacts by itself when the journal is long enough", async (directory) => {
  const data = { directory, compactMinSize: 1, compactPercentage: 1 };
  await using server = await serve({ port: 0, data });
  using client = await RawClient.connect(server.addr!);
  await client.call(frame({ opcode: INCR, key: "n" }));
  await until(() => server.services.journal!.figures.finishedAt !== undefined);
});

dataTest("gives it up when it cannot listen, or cannot load", async (directory) => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = other.addr.port;
  await assertRejects(() => serve({ port, data: { directory } }), Deno.errors.AddrInUse);
  await Deno.writeTextFile(`${directory}/snapshot-00000007.cafe`, "");
  await assertRejects(() => serve({ port: 0, data: { directory } }), JournalError, "is missing");
  await Deno.remove(`${directory}/snapshot-00000007.cafe`);
  await using server = await serve({ port: 0, data: { directory } });
  await assertAlive(server.addr!);
});

dataTest("says what the system says of it", async (directory) => {
  await Deno.writeTextFile(`${directory}/file`, "");
  const data = { directory: `${directory}/file/data` };
  await assertRejects(
    () => serve({ port: 0, data }),
    DataDirectoryError,
    `Cannot use ${directory}`,
  );
});
