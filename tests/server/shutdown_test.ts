import type { Server } from "../../lib/server/mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { concat } from "@std/bytes";
import { textOf, utf8 } from "../codec/helpers.ts";
import { frame, GET, INCR, PING, type Reply, SET, SUBSCRIBE, wordOf } from "./frames.ts";
import { assertAlive, RawClient, until } from "./raw_client.ts";
import { type Serve, testWithAndWithoutWorkers } from "./with_workers.ts";

function test(name: string, fn: (serve: Serve) => Promise<void>): void {
  testWithAndWithoutWorkers(`shutdown ${name}`, fn);
}

/** How many requests a client has under way at the most. */
const WINDOW = 2_000;

/** Sends INCRs of one key with many under way at any time, and reads all that comes, to the end. */
async function increment(server: Server, key: string): Promise<Reply[]> {
  using client = await RawClient.connect(server.addr!);
  const replies: Reply[] = [];
  let more = Promise.withResolvers<void>();
  let ended = false;
  const sending = (async () => {
    for (let id = 0; !ended; id += 100) {
      const batch = Array.from({ length: 100 }, (_, i) => frame({ opcode: INCR, key, id: id + i }));
      if (!await client.flood(concat(batch))) return;
      while (!ended && id - replies.length > WINDOW) await more.promise;
    }
  })();
  for (let reply; (reply = await client.readFrame()) !== undefined;) {
    replies.push(reply);
    more.resolve();
    more = Promise.withResolvers();
  }
  ended = true;
  more.resolve();
  client.close();
  await sending;
  return replies;
}

test("answers what it has read, sends GOAWAY, and carries out nothing without a reply", async (serve) => {
  await using server = await serve({ port: 0 });
  const keys = ["a", "b", "c", "d", "e"];
  const loads = keys.map((key) => increment(server, key));
  await until(() => server.services.counters.requests > 5_000);
  await server.shutdown();
  for (const [at, load] of loads.entries()) {
    const replies = await load;
    assertEquals(wordOf(replies.pop()!), "GOAWAY");
    replies.forEach(({ type, id, value }, index) => {
      const expected = ["OK", index, BigInt(index + 1)];
      assertEquals([type, id, BigInt(`0x${value.toHex()}`)], expected);
    });
    const stored = server.services.databases.at(0).get(utf8(keys[at]!))?.value;
    assertEquals(stored && textOf(stored), String(replies.length));
    assert(replies.length > 0);
  }
});

test("accepts no more", async (serve) => {
  await using server = await serve({ port: 0 });
  await server.shutdown();
  await assertRejects(() => assertAlive(server.addr!));
  assertEquals(server.services.counters.accepted, 0);
});

test("asked for again waits for the same end, and so does `finished`", async (serve) => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  await client.call(frame({ opcode: PING }));
  const ends = [server.shutdown(), server.shutdown(), server.finished];
  assertEquals((await client.readToEnd()).map(wordOf), ["GOAWAY"]);
  client.close();
  await Promise.all(ends);
  await server.shutdown();
});

test("tells a connection inside a frame GOAWAY, and no error", async (serve) => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  await client.call(frame({ opcode: PING }));
  await client.send("cafe 01 02 0000 0003 00000003 666f");
  const shutdown = server.shutdown();
  assertEquals((await client.readToEnd()).map(wordOf), ["GOAWAY"]);
  client.close();
  await shutdown;
  assertEquals(server.services.databases.at(0).size, 0);
});

test("tells a subscriber GOAWAY, and ends one whose protocol is not known yet", async (serve) => {
  await using server = await serve({ port: 0 });
  using subscriber = await RawClient.connect(server.addr!);
  using silent = await RawClient.connect(server.addr!);
  await subscriber.call(frame({ opcode: SUBSCRIBE, key: "c" }));
  await until(() => server.services.counters.connections === 2);
  const shutdown = server.shutdown();
  assertEquals((await subscriber.readToEnd()).map(wordOf), ["GOAWAY"]);
  assertEquals((await silent.readAll()).length, 0);
  subscriber.close();
  silent.close();
  await shutdown;
});

test("cuts off a client that does not read after shutdownTimeout", async (serve) => {
  await using server = await serve({ port: 0, limits: { shutdownTimeout: 20 } });
  using client = await RawClient.connect(server.addr!);
  await client.call(frame({ opcode: SET, key: "k", value: new Uint8Array(8_000_000) }));
  // Far more than the buffers between the two hold: 100 times 8 MB.
  await client.send(concat(Array.from({ length: 100 }, () => frame({ opcode: GET, key: "k" }))));
  await until(() => server.services.counters.requests > 1);
  await server.shutdown();
  assertEquals(server.services.counters.connections, 0);
});

test("leaves no connection open that comes as it begins", async (serve) => {
  for (let round = 0; round < 100; round++) {
    const server = await serve({ port: 0 });
    const { port } = server.addr!;
    const connecting = Array.from({ length: 4 }, () => Deno.connect({ port }));
    using client = await RawClient.connect(server.addr!);
    await client.send(frame({ opcode: PING }));
    await until(() => round % 2 === 0 || server.services.counters.connections > 0);
    const shutdown = server.shutdown();
    client.close();
    for (const settled of await Promise.allSettled(connecting)) {
      if (settled.status === "fulfilled") settled.value.close();
    }
    await shutdown;
    assertEquals(server.services.counters.connections, 0);
  }
});
