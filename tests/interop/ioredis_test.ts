/** What ioredis and iovalkey do with keys and values, transactions, databases and passwords. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { RedisOptions } from "ioredis";
import { Inbox } from "./inbox.ts";
import { type IoRedis, ioredis } from "./ioredis.ts";
import { allBytes, assertSameBytes } from "./payloads.ts";

ioredis("it shakes hands with a name and a database", async (clients) => {
  const client = await clients.connect({ connectionName: "interop", db: 3 });
  assertEquals(client.status, "ready");
  assertEquals(await client.ping(), "PONG");
  assertEquals(await client.client("GETNAME"), "interop");
  await client.set("key", "in 3");
  const other = await clients.connect();
  assertEquals(await other.get("key"), null);
  await other.select(3);
  assertEquals(await other.get("key"), "in 3");
});

ioredis("keys are set, read, counted and removed", async (clients) => {
  const client = await clients.connect();
  assertEquals(await client.set("a", "1"), "OK");
  assertEquals(await client.get("a"), "1");
  assertEquals(await client.get("none"), null);
  assertEquals(await client.set("a", "2", "NX"), null);
  assertEquals(await client.set("a", "2", "XX", "GET"), "1");
  assertEquals(await client.incr("a"), 3);
  assertEquals(await client.incrby("a", 39), 42);
  assertEquals(await client.mset({ b: "two", c: "" }), "OK");
  assertEquals(await client.mget("a", "none", "b", "c"), ["42", null, "two", ""]);
  assertEquals(await client.exists("a", "b", "none"), 2);
  assertEquals(await client.del("a", "b", "none"), 2);
  assertEquals(await client.dbsize(), 1);
});

ioredis("keys get a time to live and lose it", async (clients) => {
  const client = await clients.connect();
  await client.set("key", "value");
  assertEquals(await client.ttl("key"), -1);
  assertEquals(await client.expire("key", 1_000), 1);
  assertTime(await client.ttl("key"), 1_000);
  assertEquals(await client.persist("key"), 1);
  await client.set("key", "value", "PX", 2_000_000);
  assertTime(await client.pttl("key"), 2_000_000);
  assertEquals(await client.expire("key", -1), 1);
  assertEquals(await client.get("key"), null);
  assertEquals(await client.ttl("key"), -2);
});

/** Of a time to live a machine under load may have used some, but not half. */
function assertTime(actual: number, atMost: number): void {
  assert(actual > atMost / 2 && actual <= atMost, `${actual}`);
}

ioredis("a pipeline of a thousand commands is answered in order", async (clients) => {
  const client = await clients.connect();
  const numbers = Array.from({ length: 1_000 }, (_, at) => at);
  const writes = client.pipeline();
  for (const at of numbers) writes.set(`key:${at}`, `value:${at}`);
  assertEquals(await writes.exec(), numbers.map(() => [null, "OK"]));
  const reads = client.pipeline();
  for (const at of numbers) reads.get(`key:${at}`);
  assertEquals(await reads.exec(), numbers.map((at) => [null, `value:${at}`]));
});

ioredis("commands that it puts into pipelines by itself are answered in order", async (clients) => {
  const client = await clients.connect({ enableAutoPipelining: true });
  const counts = Array.from({ length: 1_000 }, () => client.incr("counter"));
  assertEquals(await Promise.all(counts), counts.map((_, at) => at + 1));
});

ioredis("keys and values hold any byte", async (clients) => {
  const client = await clients.connect();
  await client.set(allBytes(), allBytes());
  assertSameBytes((await client.getBuffer(allBytes()))!, allBytes());
  assertEquals(await client.del(allBytes()), 1);
  assertEquals(await client.dbsize(), 0);
});

ioredis("a transaction gives the replies to its commands", async (clients) => {
  const client = await clients.connect();
  assertEquals(
    await client.multi().set("a", "1").incr("a").get("a").get("none").exec(),
    [[null, "OK"], [null, 2], [null, "2"], [null, null]],
  );
});

ioredis("a discarded transaction does nothing", async (clients) => {
  const client = await clients.connect();
  assertEquals(await client.multi({ pipeline: false }), "OK");
  assertEquals(await client.set("a", "1") as string, "QUEUED");
  assertEquals(await client.discard(), "OK");
  assertEquals(await client.get("a"), null);
});

ioredis("a transaction is null when a watched key has changed", async (clients) => {
  const client = await clients.connect();
  const other = await clients.connect();
  await client.watch("a");
  await other.set("a", "theirs");
  assertEquals(await client.multi().set("a", "ours").exec(), null);
  assertEquals(await client.get("a"), "theirs");
  await client.watch("a");
  await client.unwatch();
  await other.set("a", "theirs again");
  assertEquals(await client.multi().set("a", "ours").exec(), [[null, "OK"]]);
});

ioredis("a transaction with a command that does not exist is aborted", async (clients) => {
  const client = await clients.connect();
  await client.multi({ pipeline: false });
  await assertRejects(() => client.call("NOSUCH"), Error, "ERR unknown command 'NOSUCH'");
  assertEquals(await client.set("a", "1") as string, "QUEUED");
  await assertRejects(
    () => client.exec(),
    Error,
    "EXECABORT Transaction discarded because of previous errors.",
  );
  assertEquals(await client.get("a"), null);
});

ioredis("a scan finds each of a thousand keys", async (clients) => {
  const client = await clients.connect();
  const keys = Array.from({ length: 1_000 }, (_, at) => `key:${at}`);
  await client.mset(...keys.flatMap((key) => [key, ""]), "other", "");
  const found = new Set<string>();
  for await (const batch of client.scanStream({ match: "key:*", count: 50 })) {
    for (const key of batch as string[]) found.add(key);
  }
  assertEquals([...found].sort(), keys.sort());
});

ioredis("databases are apart", async (clients) => {
  const client = await clients.connect();
  await client.set("key", "in 0");
  await client.select(15);
  assertEquals(await client.get("key"), null);
  await client.set("key", "in 15");
  assertEquals(await client.flushdb(), "OK");
  await client.select(0);
  assertEquals(await client.get("key"), "in 0");
  await assertRejects(() => client.select(16), Error, "ERR DB index is out of range");
});

ioredis("errors have the texts of Redis, and the connection goes on", async (clients) => {
  const client = await clients.connect();
  await client.set("text", "abc");
  const replies = await client.pipeline()
    .call("NOSUCH", "a", "b c")
    .call("GET")
    .incr("text")
    .get("text")
    .exec();
  assertEquals(replies!.map(([error, reply]) => error?.message ?? reply), [
    "ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b c' ",
    "ERR wrong number of arguments for 'get' command",
    "ERR value is not an integer or out of range",
    "abc",
  ]);
});

ioredis("the right password lets it in", async (clients) => {
  const client = await clients.connect({ password: "secret", connectionName: "interop", db: 1 });
  assertEquals(await client.set("a", "1"), "OK");
  assertEquals(await client.client("GETNAME"), "interop");
  const named = await clients.connect({ username: "default", password: "secret", db: 1 });
  assertEquals(await named.get("a"), "1");
}, { password: "secret" });

ioredis("a wrong password does not let it in, the right one does later", async (clients) => {
  const client = await clients.connect({ enableReadyCheck: false });
  await assertRejects(
    () => client.auth("guess"),
    Error,
    "WRONGPASS invalid username-password pair or user is disabled.",
  );
  await assertRejects(() => client.get("a"), Error, "NOAUTH Authentication required.");
  assertEquals(await client.auth("secret"), "OK");
  assertEquals(await client.get("a"), null);
}, { password: "secret" });

ioredis("a handshake with a wrong password fails with WRONGPASS", async (clients) => {
  assertEquals(
    await failedHandshake(clients, { password: "guess" }),
    "WRONGPASS invalid username-password pair or user is disabled.",
  );
}, { password: "secret" });

ioredis("a handshake without the password fails with NOAUTH", async (clients) => {
  assertEquals(
    await failedHandshake(clients, {}),
    "NOAUTH Authentication required.",
  );
}, { password: "secret" });

/** The error of a handshake. The promise of `connect` tells only that the connection is closed. */
async function failedHandshake(clients: IoRedis, options: RedisOptions): Promise<string> {
  const client = clients.create({ ...options, retryStrategy: () => null });
  const errors = new Inbox<Error>();
  client.on("error", errors.put);
  await assertRejects(() => client.connect(), Error, "Connection is closed.");
  return (await errors.next()).message;
}
