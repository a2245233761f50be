/** What node-redis does with keys and values, transactions, databases and passwords. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { RESP_TYPES, WatchError } from "redis";
import { nodeRedis } from "./node_redis.ts";
import { allBytes, assertSameBytes, noise } from "./payloads.ts";

nodeRedis("it shakes hands with a name and a database", async (clients) => {
  const client = await clients.connect({ name: "interop", database: 3 });
  assertEquals(await client.ping(), "PONG");
  assertEquals(await client.clientGetName(), "interop");
  await client.set("key", "in 3");
  const other = await clients.connect();
  assertEquals(await other.get("key"), null);
  await other.select(3);
  assertEquals(await other.get("key"), "in 3");
});

nodeRedis("it says HELLO for the version that it is told", async (clients) => {
  const client = await clients.connect({ RESP: clients.resp as 2 });
  const { proto, mode, role } = await client.hello();
  assertEquals({ proto: proto as number, mode, role }, {
    proto: clients.resp,
    mode: "standalone",
    role: "master",
  });
});

nodeRedis("keys are set, read, counted and removed", async (clients) => {
  const client = await clients.connect();
  assertEquals(await client.set("a", "1"), "OK");
  assertEquals(await client.get("a"), "1");
  assertEquals(await client.get("none"), null);
  assertEquals(await client.set("a", "2", { condition: "NX" }), null);
  assertEquals(await client.set("a", "2", { condition: "XX", GET: true }), "1");
  assertEquals(await client.incr("a"), 3);
  assertEquals(await client.incrBy("a", 39), 42);
  assertEquals(await client.mSet({ b: "two", c: "" }), "OK");
  assertEquals(await client.mGet(["a", "none", "b", "c"]), ["42", null, "two", ""]);
  assertEquals(await client.exists(["a", "b", "none"]), 2);
  assertEquals(await client.del(["a", "b", "none"]), 2);
  assertEquals(await client.dbSize(), 1);
});

nodeRedis("keys get a time to live and lose it", async (clients) => {
  const client = await clients.connect();
  await client.set("key", "value");
  assertEquals(await client.ttl("key"), -1);
  assertEquals(await client.expire("key", 1_000), 1);
  assertTime(await client.ttl("key"), 1_000);
  assertEquals(await client.persist("key"), 1);
  await client.set("key", "value", { expiration: { type: "PX", value: 2_000_000 } });
  assertTime(await client.pTTL("key"), 2_000_000);
  assertEquals(await client.expire("key", -1), 1);
  assertEquals(await client.get("key"), null);
  assertEquals(await client.ttl("key"), -2);
});

/** Of a time to live a machine under load may have used some, but not half. */
function assertTime(actual: number, atMost: number): void {
  assert(actual > atMost / 2 && actual <= atMost, `${actual}`);
}

nodeRedis("a thousand commands in one go are answered in order", async (clients) => {
  const client = await clients.connect();
  const numbers = Array.from({ length: 1_000 }, (_, at) => at);
  const written = await Promise.all(numbers.map((at) => client.set(`key:${at}`, `value:${at}`)));
  assert(written.every((reply) => reply === "OK"));
  assertEquals(
    await Promise.all(numbers.map((at) => client.get(`key:${at}`))),
    numbers.map((at) => `value:${at}`),
  );
  const counts = client.multi();
  for (const _ of numbers) counts.incr("counter");
  assertEquals(
    await counts.execAsPipeline() as unknown,
    numbers.map((at) => at + 1),
  );
});

nodeRedis("keys and values hold any byte", async (clients) => {
  const client = await clients.connect();
  const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  await client.set(allBytes(), allBytes());
  assertSameBytes((await binary.get(allBytes()))!, allBytes());
  assertEquals(await client.del(allBytes()), 1);
  assertEquals(await client.dbSize(), 0);
});

nodeRedis("ten megabytes go there and back", async (clients) => {
  const client = await clients.connect();
  const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const value = noise(10_000_000);
  await client.set("large", value);
  assertEquals(await client.strLen("large"), value.length);
  assertSameBytes((await binary.get("large"))!, value);
});

nodeRedis("a transaction gives the replies to its commands", async (clients) => {
  const client = await clients.connect();
  assertEquals(
    await client.multi().set("a", "1").incr("a").get("a").get("none").exec() as unknown,
    ["OK", 2, "2", null],
  );
});

nodeRedis("a discarded transaction does nothing", async (clients) => {
  const client = await clients.connect();
  assertEquals(await client.sendCommand<unknown>(["MULTI"]), "OK");
  assertEquals(await client.sendCommand<unknown>(["SET", "a", "1"]), "QUEUED");
  assertEquals(await client.sendCommand<unknown>(["DISCARD"]), "OK");
  assertEquals(await client.get("a"), null);
});

nodeRedis("a transaction is not carried out when a watched key has changed", async (clients) => {
  const client = await clients.connect();
  const other = await clients.connect();
  await client.watch("a");
  await other.set("a", "theirs");
  await assertRejects(() => client.multi().set("a", "ours").exec(), WatchError);
  assertEquals(await client.get("a"), "theirs");
  await client.watch("a");
  await client.unwatch();
  await other.set("a", "theirs again");
  assertEquals(await client.multi().set("a", "ours").exec() as unknown, ["OK"]);
});

nodeRedis("a transaction with a command that does not exist is aborted", async (clients) => {
  const client = await clients.connect();
  await client.sendCommand(["MULTI"]);
  await assertRejects(() => client.sendCommand(["NOSUCH"]), Error, "ERR unknown command 'NOSUCH'");
  assertEquals(await client.sendCommand<unknown>(["SET", "a", "1"]), "QUEUED");
  await assertRejects(
    () => client.sendCommand(["EXEC"]),
    Error,
    "EXECABORT Transaction discarded because of previous errors.",
  );
  assertEquals(await client.get("a"), null);
});

nodeRedis("a scan finds each of a thousand keys", async (clients) => {
  const client = await clients.connect();
  const keys = Array.from({ length: 1_000 }, (_, at) => `key:${at}`);
  await Promise.all(keys.map((key) => client.set(key, "")));
  await client.set("other", "");
  const found = new Set<string>();
  for await (const batch of client.scanIterator({ MATCH: "key:*", COUNT: 50 })) {
    for (const key of batch) found.add(key);
  }
  assertEquals([...found].sort(), keys.sort());
});

nodeRedis("databases are apart", async (clients) => {
  const client = await clients.connect();
  await client.set("key", "in 0");
  await client.select(15);
  assertEquals(await client.get("key"), null);
  await client.set("key", "in 15");
  assertEquals(await client.flushDb(), "OK");
  await client.select(0);
  assertEquals(await client.get("key"), "in 0");
  await assertRejects(() => client.select(16), Error, "ERR DB index is out of range");
});

nodeRedis("errors have the texts of Redis, and the connection goes on", async (clients) => {
  const client = await clients.connect();
  await client.set("text", "abc");
  const [unknown, few, text, last] = await Promise.allSettled([
    client.sendCommand(["NOSUCH", "a", "b c"]),
    client.sendCommand(["GET"]),
    client.incr("text"),
    client.get("text"),
  ]);
  assertEquals(
    reason(unknown),
    "ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b c' ",
  );
  assertEquals(reason(few), "ERR wrong number of arguments for 'get' command");
  assertEquals(reason(text), "ERR value is not an integer or out of range");
  assertEquals(last, { status: "fulfilled", value: "abc" });
});

function reason(result: PromiseSettledResult<unknown>): string {
  return result.status === "rejected" ? (result.reason as Error).message : "no error";
}

nodeRedis("the right password lets it in", async (clients) => {
  const client = await clients.connect({ password: "secret", name: "interop", database: 1 });
  assertEquals(await client.set("a", "1"), "OK");
  assertEquals(await client.clientGetName(), "interop");
  const named = await clients.connect({ username: "default", password: "secret" });
  await named.select(1);
  assertEquals(await named.get("a"), "1");
}, { password: "secret" });

nodeRedis("a wrong password does not let it in", async (clients) => {
  await assertRejects(
    () => clients.connect({ password: "guess" }),
    Error,
    "WRONGPASS invalid username-password pair or user is disabled.",
  );
}, { password: "secret" });

nodeRedis("without the password it is told NOAUTH", async (clients) => {
  const error = await assertRejects(async () => (await clients.connect()).get("a"), Error);
  assertMatch(
    error.message,
    clients.resp === 2
      ? /^NOAUTH Authentication required\.$/
      : /^NOAUTH HELLO must be called with the client already authenticated, /,
  );
}, { password: "secret" });
