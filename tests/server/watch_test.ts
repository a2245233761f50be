import {
  Connection,
  type Ending,
  newServices,
  serve,
  serverLimits,
  Watch,
} from "../../lib/server/mod.ts";
import { ENDED_AT_ONCE } from "../../lib/server/watch.ts";
import { nextTurn } from "../../lib/server/turn.ts";
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes";
import { hex, settle, textOf, utf8 } from "../codec/helpers.ts";
import { FakeSocket } from "./fake_socket.ts";
import { frame, PING, SUBSCRIBE } from "./frames.ts";
import { RawClient, until } from "./raw_client.ts";

interface Client {
  readonly socket: FakeSocket;
  readonly connection: Connection;
  readonly ending: Promise<Ending>;
}

/** Connections that are watched as those of a server. */
class Stage {
  now = 0;
  readonly services;
  readonly connections = new Map<Connection, Client>();
  readonly watch: Watch;

  constructor(maxBufferMemory: number) {
    this.services = newServices({ limits: { maxBufferMemory }, now: () => this.now });
    this.watch = new Watch(this.connections, this.services.limits, () => this.now);
  }

  connect(): Client {
    const socket = new FakeSocket();
    const grow = (bytes: number) => this.watch.grow(bytes);
    const connection = new Connection(socket, this.services, serverLimits({}), grow);
    const client = { socket, connection, ending: connection.run() };
    this.connections.set(connection, client);
    client.ending.then(() => this.connections.delete(connection));
    return client;
  }

  /** How many bytes are held for all. */
  get held(): number {
    return [...this.connections.keys()].reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  async end(): Promise<void> {
    for (const { socket } of this.connections.values()) {
      socket.gate = undefined;
      socket.give(null);
    }
    await Promise.all([...this.connections.values()].map(({ ending }) => ending));
  }
}

function test(name: string, maxBufferMemory: number, fn: (stage: Stage) => Promise<void>): void {
  Deno.test({
    name: `the memory of all buffers ${name}`,
    permissions: "none",
    async fn() {
      const stage = new Stage(maxBufferMemory);
      await fn(stage);
      await stage.end();
    },
  });
}

/** The header of a SET with 16 MiB, which an attacker announces and partly sends. */
const BOMB = hex("cafe 01 02 0000 0001 01000000 61");

test("counts what has come of requests, and not what they announce", 0, async (stage) => {
  const [cafe, resp] = [stage.connect(), stage.connect()];
  cafe.socket.give(BOMB, new Uint8Array(1_000));
  resp.socket.give(utf8("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000000\r\nabc"));
  await settle();
  assertEquals(cafe.connection.heldBytes, 1_013);
  assertEquals(resp.connection.heldBytes, 33);
  cafe.socket.give(new Uint8Array(16_777_216 - 1_000));
  await settle();
  while (cafe.socket.sent.length === 0) await settle();
  await settle();
  assertEquals(cafe.connection.heldBytes, 0);
});

test("counts transactions, messages, and replies that are not taken", 0, async (stage) => {
  const resp = stage.connect();
  resp.socket.give(utf8("MULTI\r\nSET k 0123456789\r\n"));
  await settle();
  assertLess(10, resp.connection.heldBytes);
  const subscriber = stage.connect();
  subscriber.socket.give(frame({ opcode: SUBSCRIBE, key: "c" }));
  const reader = stage.connect();
  reader.socket.give(frame({ opcode: 2, key: "k", value: new Uint8Array(5_000) }));
  await settle();
  const gate = Promise.withResolvers<void>();
  reader.socket.gate = subscriber.socket.gate = gate.promise;
  stage.services.channels.publish(hex("63"), new Uint8Array(100));
  reader.socket.give(frame({ opcode: 1, key: "k" }));
  await settle();
  assertEquals([reader.connection.heldBytes, subscriber.connection.heldBytes], [5_000, 421]);
  gate.resolve();
  await settle();
  assertEquals([reader.connection.heldBytes, subscriber.connection.heldBytes], [0, 0]);
});

test(
  "is bounded when many connections send what they announce, and others are served",
  1_000_000,
  async (stage) => {
    const good = stage.connect();
    const bad = Array.from({ length: 50 }, () => stage.connect());
    const part = new Uint8Array(20_000);
    for (const { socket } of bad) socket.give(BOMB);
    let most = 0;
    let pings = 0;
    for (let round = 0; round < 20; round++) {
      for (const { socket } of bad) socket.give(part);
      good.socket.give(frame({ opcode: PING }));
      await settle();
      most = Math.max(most, stage.held);
      assertEquals(good.socket.words.length, ++pings, "a good client is answered");
    }
    // Counted again after each eighth: the limit, an eighth, and a read of each connection.
    assertLess(most, 1_000_000 * 9 / 8 + 50 * 20_000);
    const closed = bad.filter(({ socket }) => socket.closed > 0);
    assertLess(1, closed.length);
    const told = textOf(concat(closed[0]!.socket.sent));
    assertStringIncludes(told, "OUT_OF_MEMORY");
    assertStringIncludes(told, "the limit is 1000000 (option maxBufferMemory)");
    const { reason, error } = await closed[0]!.ending;
    assertEquals(reason, "buffer memory");
    assertStringIncludes(error!.message, "Cannot hold 1");
  },
);

test("closes the connection that holds most, and tells it in RESP", 1_000, async (stage) => {
  const [small, large] = [stage.connect(), stage.connect()];
  small.socket.give(utf8("*2\r\n$3\r\nGET\r\n$5\r\nab"));
  large.socket.give(utf8(`*2\r\n$3\r\nGET\r\n$5000\r\n${"a".repeat(2_000)}`));
  await settle();
  await stage.watch.look();
  await settle();
  assertStringIncludes(textOf(concat(large.socket.sent)), "-ERR Cannot hold 20");
  assertStringIncludes(textOf(concat(large.socket.sent)), "(option maxBufferMemory)\r\n");
  assertEquals((await large.ending).reason, "buffer memory");
  assertEquals([large.socket.closed > 0, small.socket.closed], [true, 0]);
  small.socket.give(utf8("cde\r\n"));
  await settle();
  assertEquals(textOf(concat(small.socket.sent)), "$-1\r\n");
});

test("closes at once who holds it in replies, and takes none", 1_000, async (stage) => {
  const reader = stage.connect();
  reader.socket.give(frame({ opcode: 2, key: "k", value: new Uint8Array(900) }));
  await settle();
  const gate = Promise.withResolvers<void>();
  reader.socket.gate = gate.promise;
  reader.socket.give(concat([1, 1].map((opcode) => frame({ opcode, key: "k" }))));
  await settle();
  stage.watch.bound();
  assertEquals(reader.connection.state, "Closed");
  gate.resolve();
  assertEquals((await reader.ending).reason, "buffer memory");
});

test("is not limited when the limit is 0", 0, async (stage) => {
  const client = stage.connect();
  client.socket.give(BOMB, new Uint8Array(10_000_000));
  await settle();
  await stage.watch.look();
  assert(client.socket.closed === 0);
});

Deno.test({
  name: "Watch lets others be served while it ends thousands of connections",
  permissions: "none",
  async fn() {
    const ended: Idler[] = [];
    class Idler {
      readonly heldBytes = 0;
      ending = false;
      look(): void {
        this.ending = true;
        ended.push(this);
      }
      endFor(): void {}
    }
    const idlers = new Map(Array.from({ length: 5_000 }, () => [new Idler(), undefined]));
    const watch = new Watch(idlers, serverLimits({}), () => 0);
    const looking = watch.look();
    assertEquals(ended.length, ENDED_AT_ONCE);
    await watch.look(); // It is at it already.
    assertEquals(ended.length, ENDED_AT_ONCE);
    let turns = 0;
    while (ended.length < idlers.size) await nextTurn().then(() => turns++);
    await looking;
    assertEquals(ended.length, idlers.size);
    assertLess(5_000 / ENDED_AT_ONCE / 2, turns);
  },
});

Deno.test({
  name: "Watch looks as often as the shortest limit of time, and each second at the least",
  permissions: "none",
  fn() {
    const of = (limits: Parameters<typeof serverLimits>[0]) =>
      new Watch(new Map(), serverLimits(limits), () => 0).interval;
    assertEquals(of({}), 1_000);
    assertEquals(of({ idleTimeout: 20, frameTimeout: 30 }), 20);
    assertEquals(of({ authTimeout: 5 }), 5);
    assertEquals(of({ frameTimeout: 0, authTimeout: 0, softOutputTime: 0 }), 1_000);
  },
});

Deno.test({
  name:
    "a server tells clients that send a request a byte at a time, and ends them; others are served",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    let now = 1_000_000;
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const limits = { frameTimeout: 20 };
    await using server = await serve({ port: 0, limits, now: () => now, log });
    const { counters } = server.services;
    using good = await RawClient.connect(server.addr!);
    const slow: RawClient[] = [];
    for (let i = 0; i < 40; i++) {
      const client = await RawClient.connect(server.addr!);
      await client.send(i % 2 === 0 ? BOMB : utf8("*2\r\n$3\r\nGET\r\n$10\r\n"));
      slow.push(client);
    }
    const drained = slow.map((client) => client.drain());
    let rounds = 0;
    await until(() => {
      now += 5;
      if (rounds++ % 10 === 0) { for (const client of slow) void client.flood(Uint8Array.of(97)); }
      return counters.errors === slow.length;
    });
    for (const client of slow) void client.closeWrite().catch(() => {});
    await Promise.all(drained);
    assertEquals((await good.call(frame({ opcode: PING }))).type, "OK");
    await until(() => counters.connections === 1);
    for (const client of slow) client.close();
    assertEquals(lines.length, slow.length);
    for (const line of lines) {
      assertStringIncludes(line, ": frame timeout: Cannot read request: ");
      assertStringIncludes(line, "(option frameTimeout)");
    }
  },
});
