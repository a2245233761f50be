import type { Server } from "../../lib/server/mod.ts";
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { concat } from "@std/bytes";
import { frame, GET, PING, PUBLISH, SET, SUBSCRIBE } from "./frames.ts";
import { assertAlive, RawClient, until } from "./raw_client.ts";
import { type Serve, testWithAndWithoutWorkers } from "./with_workers.ts";

const MIB = 1_048_576;
const PING_FRAME = frame({ opcode: PING });

function test(name: string, fn: (serve: Serve) => Promise<void>): void {
  testWithAndWithoutWorkers(name, fn);
}

/** Sends the same bytes for as long as the connection lasts. */
async function sendForEver(client: RawClient, bytes: Uint8Array): Promise<void> {
  while (await client.flood(bytes));
}

/** Looks again after every hundred round trips of `call`, until nothing has moved five times. */
async function untilStill(call: () => Promise<void>, progress: () => number[]): Promise<void> {
  let last = "";
  for (let still = 0; still < 5;) {
    for (let i = 0; i < 100; i++) await call();
    const now = progress().join();
    still = now === last ? still + 1 : 0;
    last = now;
  }
}

test("a client that does not read its replies is not read, and memory stays bounded", async (serve) => {
  await using server = await serve({ port: 0 });
  using slow = await RawClient.connect(server.addr!);
  using other = await RawClient.connect(server.addr!);
  await slow.call(frame({ opcode: SET, key: "k", value: new Uint8Array(MIB) }));
  const before = Deno.memoryUsage().rss;
  const gets = concat(Array.from({ length: 5_000 }, () => frame({ opcode: GET, key: "k" })));
  const sending = sendForEver(slow, gets);
  let calls = 0;
  const call = async () => {
    await other.call(PING_FRAME);
    calls++;
  };
  const served = () => server.services.counters.requests - 1 - calls;
  await untilStill(call, () => [slow.sent, served()]);
  // One batch of 1,024 was carried out and its replies wait, of what may be some 100,000 requests.
  assertGreater(slow.sent / 13, 5_000);
  assertGreater(served(), 0);
  assertLess(served(), 2 * 1_024 + 1);
  assertLess(Deno.memoryUsage().rss - before, 300 * MIB);
  await assertAlive(server.addr!);
  slow.close();
  await sending;
  await until(() => server.services.counters.connections === 1);
});

/** Publishes until nobody is subscribed any more; returns how many messages were taken. */
async function publishUntilGone(server: Server, message: Uint8Array): Promise<number> {
  using writer = await RawClient.connect(server.addr!);
  for (let count = 0;; count++) {
    const reply = await writer.call(frame({ opcode: PUBLISH, key: "c", value: message }));
    if (reply.value.toHex() === "00000000") return count;
  }
}

test("a subscriber that does not read is closed after maxOutputSize, and others are served", async (serve) => {
  await using server = await serve({ port: 0, limits: { maxOutputSize: MIB } });
  using slow = await RawClient.connect(server.addr!);
  using reader = await RawClient.connect(server.addr!);
  await slow.call(frame({ opcode: SUBSCRIBE, key: "c" }));
  await reader.call(frame({ opcode: SUBSCRIBE, key: "d" }));
  await publishUntilGone(server, new Uint8Array(65_536));
  await until(() => server.services.counters.connections === 1);
  assertEquals(server.services.channels.size, 1);
  await slow.drain(); // Its end comes, behind what the buffers between the two held.
  assertEquals((await reader.call(PING_FRAME)).type, "OK");
});
