import { serve } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";
import { frame, parseReplies, PING, wordOf } from "./frames.ts";
import { RawClient, until } from "./raw_client.ts";

const TOO_MANY =
  "-ERR max number of clients reached: Cannot accept: there are 1 connections, which is the limit (option maxConnections)\r\n";

/** A server that is full, and a client over its limit. */
function test(
  name: string,
  fn: (client: RawClient, shutdown: () => Promise<void>) => Promise<void>,
): void {
  Deno.test({
    name: `a connection over the limit ${name}`,
    permissions: { net: ["127.0.0.1"] },
    async fn() {
      await using server = await serve({ port: 0, limits: { maxConnections: 1 } });
      using first = await RawClient.connect(server.addr!);
      await first.call(frame({ opcode: PING }));
      using client = await RawClient.connect(server.addr!);
      await until(() => server.services.counters.refused === 1);
      await fn(client, () => server.shutdown());
      assertEquals(server.services.clients.size <= 1, true);
    },
  });
}

test("is told so in RESP when it speaks that", async (client) => {
  await client.send(utf8("PING\r\n"));
  assertEquals(textOf(await client.readAll()), TOO_MANY);
});

test("is told so in CAFE when it speaks that", async (client) => {
  await client.send(frame({ opcode: PING }));
  assertEquals(parseReplies(await client.readAll()).map(wordOf), ["ERR CONNECTION_LIMIT"]);
});

test("is told so in RESP when it says nothing", async (client) => {
  assertEquals(textOf(await client.readAll()), TOO_MANY);
});

test("does not keep the server from ending", async (client, shutdown) => {
  const ended = shutdown();
  assertEquals(textOf(await client.readAll()), TOO_MANY);
  client.close();
  await ended;
});

test("is closed when it goes without a word", async (client, shutdown) => {
  client.close();
  await shutdown();
});
