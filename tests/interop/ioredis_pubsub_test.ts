/** What ioredis and iovalkey are told without asking, and how they come back from a lost connection. */

import { assertEquals, assertNotEquals } from "@std/assert";
import type { Redis } from "ioredis";
import type { Buffer } from "node:buffer";
import { Inbox } from "./inbox.ts";
import { ioredis } from "./ioredis.ts";
import { allBytes, assertSameBytes } from "./payloads.ts";

/** A message with the channel that it came by, and the pattern if it came by one. */
type Message = readonly string[];

/** All messages that a client gets, in order. */
function inboxOf(client: Redis): Inbox<Message> {
  const inbox = new Inbox<Message>();
  client.on("message", (...message: string[]) => inbox.put(message));
  client.on("pmessage", (...message: string[]) => inbox.put(message));
  return inbox;
}

ioredis("messages come by channel and by pattern, until it unsubscribes", async (clients) => {
  const subscriber = await clients.connect();
  const publisher = await clients.connect();
  const inbox = inboxOf(subscriber);
  assertEquals(await subscriber.subscribe("news", "weather"), 2);
  assertEquals(await subscriber.psubscribe("n?ws*"), 3);
  assertEquals(await publisher.publish("news", "one"), 2);
  assertEquals(await publisher.publish("weather", "two"), 1);
  assertEquals(await publisher.publish("nobody", "three"), 0);
  assertEquals(await inbox.take(3), [["news", "one"], ["n?ws*", "news", "one"], [
    "weather",
    "two",
  ]]);
  assertEquals(await subscriber.ping() as unknown, ["pong", ""]);
  assertEquals(await subscriber.unsubscribe("news"), 2);
  assertEquals(await publisher.publish("news", "four"), 1);
  assertEquals(await inbox.next(), ["n?ws*", "news", "four"]);
  // Without names the client waits until no subscription is left at all: it comes last.
  assertEquals(await subscriber.unsubscribe("weather"), 1);
  assertEquals(await subscriber.punsubscribe(), 0);
  assertEquals(await publisher.publish("news", "five"), 0);
  assertEquals(await subscriber.set("still", "usable"), "OK");
  assertEquals(await subscriber.get("still"), "usable");
  assertEquals(inbox.size, 0);
});

ioredis("a thousand messages come in order", async (clients) => {
  const subscriber = await clients.connect();
  const publisher = await clients.connect();
  const inbox = inboxOf(subscriber);
  await subscriber.subscribe("numbers");
  const pipeline = publisher.pipeline();
  const messages = Array.from({ length: 1_000 }, (_, at) => `${at}`);
  for (const message of messages) pipeline.publish("numbers", message);
  assertEquals(await pipeline.exec(), messages.map(() => [null, 1]));
  assertEquals(await inbox.take(1_000), messages.map((message) => ["numbers", message]));
});

ioredis("channels and messages hold any byte", async (clients) => {
  const subscriber = await clients.connect();
  const publisher = await clients.connect();
  const inbox = new Inbox<readonly Buffer[]>();
  subscriber.on("messageBuffer", (...message: Buffer[]) => inbox.put(message));
  await subscriber.subscribe(allBytes());
  assertEquals(await publisher.publish(allBytes(), allBytes()), 1);
  for (const bytes of await inbox.next()) assertSameBytes(bytes, allBytes());
});

ioredis("PUBSUB tells who listens", async (clients) => {
  const subscriber = await clients.connect();
  const asker = await clients.connect();
  await subscriber.subscribe("a1", "a2", "b");
  await subscriber.psubscribe("*");
  assertEquals((await asker.pubsub("CHANNELS", "a*")).sort(), ["a1", "a2"]);
  assertEquals(await asker.pubsub("NUMSUB", "a1", "none"), ["a1", 1, "none", 0]);
  assertEquals(await asker.pubsub("NUMPAT") as unknown, 1);
});

ioredis("changes of keys are told as keyspace notifications", async (clients) => {
  const subscriber = await clients.connect();
  const writer = await clients.connect({ db: 2 });
  await writer.config("SET", "notify-keyspace-events", "KEA");
  const inbox = inboxOf(subscriber);
  await subscriber.subscribe("__keyspace@2__:key");
  await subscriber.psubscribe("__keyevent@2__:*");
  await writer.set("key", "1");
  await writer.incr("key");
  await writer.expire("key", 1_000);
  await writer.del("key");
  const names = ["set", "incrby", "expire", "del"];
  assertEquals(
    await inbox.take(8),
    names.flatMap((name) => [
      ["__keyspace@2__:key", name],
      ["__keyevent@2__:*", `__keyevent@2__:${name}`, "key"],
    ]),
  );
});

ioredis("a monitor sees what others do", async (clients) => {
  const client = await clients.connect({ db: 2 });
  const monitor = await client.monitor();
  clients.track(monitor);
  const inbox = new Inbox<readonly [string[], string]>();
  monitor.on("monitor", (_, args, __, database) => inbox.put([args, database]));
  await client.set("key", 'with "quotes"');
  assertEquals(await inbox.next(), [["set", "key", 'with "quotes"'], "2"]);
});

ioredis("a killed connection comes back with its name and its database", async (clients) => {
  const client = await clients.connect({ connectionName: "phoenix", db: 4 });
  const killer = await clients.connect();
  await client.set("key", "value");
  const id = await client.client("ID");
  const ready = nextReady(client);
  assertEquals(await killer.client("KILL", "ID", id), 1);
  await ready;
  assertEquals(await client.get("key"), "value");
  assertEquals(await client.client("GETNAME"), "phoenix");
  assertNotEquals(await client.client("ID"), id);
});

ioredis("a killed connection comes back with its subscriptions", async (clients) => {
  const subscriber = await clients.connect();
  const killer = await clients.connect();
  const inbox = inboxOf(subscriber);
  await subscriber.subscribe("news");
  await subscriber.psubscribe("n*");
  const ready = nextReady(subscriber);
  assertEquals(await killer.client("KILL", "TYPE", "pubsub"), 1);
  await ready;
  // The client subscribes again when it is ready, and this waits behind it on the same connection.
  assertEquals(await subscriber.subscribe("more"), 3);
  assertEquals(await killer.publish("news", "again"), 2);
  assertEquals(await inbox.take(2), [["news", "again"], ["n*", "news", "again"]]);
  await subscriber.punsubscribe("n*");
  await subscriber.unsubscribe();
  assertEquals(await subscriber.get("key"), null);
});

/** Resolves when the client has shaken hands again. */
function nextReady(client: Redis): Promise<void> {
  return new Promise((resolve) => client.once("ready", () => resolve()));
}
