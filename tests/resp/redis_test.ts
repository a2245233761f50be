/** The table of raw inputs, against redis-server where it is installed, and against this project. */

import { assertEquals } from "@std/assert";
import { type Case, CASES, UNAUTHENTICATED } from "./hostile.ts";
import { isInstalled, type RedisSide, startRedis } from "../differential/sides.ts";
import { raw, Server, shown } from "./helpers.ts";

const installed = await isInstalled();

/** All that a server sends for these bytes and the end of the stream. */
async function repliesOf(redis: RedisSide, input: Uint8Array): Promise<string> {
  using connection = await redis.connect();
  const received = readAll(connection);
  try {
    for (let at = 0; at < input.length;) at += await connection.write(input.subarray(at));
    await connection.closeWrite();
  } catch (error) {
    // It has refused the stream, and closed the connection before all was sent.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  return await received;
}

async function readAll(connection: Deno.Conn): Promise<string> {
  const room = new Uint8Array(65_536);
  let received = "";
  try {
    for (let count: number | null = 0; count !== null; count = await connection.read(room)) {
      received += shown(room.subarray(0, count));
    }
  } catch (error) {
    // What was sent and not read when it closed the connection.
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  return received;
}

async function ask(redis: RedisSide, cases: readonly Case[]): Promise<void> {
  for (const { name, input, reply } of cases) {
    assertEquals(await repliesOf(redis, raw(input)), reply, name);
  }
}

Deno.test({
  name: "redis-server answers the table of raw inputs as it says",
  ignore: !installed,
  async fn() {
    await using redis = await startRedis();
    await ask(redis, CASES);
  },
});

Deno.test({
  name: "redis-server answers unauthenticated connections as the table says",
  ignore: !installed,
  async fn() {
    await using redis = await startRedis("--requirepass", "secret");
    await ask(redis, UNAUTHENTICATED);
  },
});

for (const { name, input, reply, ours = reply } of CASES) {
  Deno.test(
    `the decoder answers as redis-server, or as is said: ${name}`,
    { permissions: "none" },
    () => {
      assertEquals(new Server().receive(raw(input)), ours);
    },
  );
}

for (const { name, input, reply, ours = reply } of UNAUTHENTICATED) {
  Deno.test(`unauthenticated, the decoder answers as redis-server: ${name}`, {
    permissions: "none",
  }, () => {
    assertEquals(new Server("secret").receive(raw(input)), ours);
  });
}
