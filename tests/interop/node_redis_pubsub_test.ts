/** What node-redis is told without asking, and how it comes back when its connection is lost. */

import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { Buffer } from "node:buffer";
import { Inbox } from "./inbox.ts";
import { type Client, nodeRedis } from "./node_redis.ts";
import { allBytes, assertSameBytes } from "./payloads.ts";

/** A message, and the channel that it came by. */
type Message = readonly [message: string, channel: string];

/** A listener that keeps the messages, in order. */
function listener(inbox: Inbox<Message>): (message: string, channel: string) => void {
  return (message, channel) => inbox.put([message, channel]);
}

nodeRedis("messages come by channel and by pattern, until it unsubscribes", async (clients) => {
  const subscriber = await clients.connect();
  const publisher = await clients.connect();
  const byChannel = new Inbox<Message>();
  const byPattern = new Inbox<Message>();
  await subscriber.subscribe(["news", "weather"], listener(byChannel));
  await subscriber.pSubscribe("n?ws*", listener(byPattern));
  assertEquals(await publisher.publish("news", "one"), 2);
  assertEquals(await publisher.publish("weather", "two"), 1);
  assertEquals(await publisher.publish("nobody", "three"), 0);
  assertEquals(await byChannel.take(2), [["one", "news"], ["two", "weather"]]);
  assertEquals(await byPattern.next(), ["one", "news"]);
  await subscriber.unsubscribe("news");
  assertEquals(await publisher.publish("news", "four"), 1);
  assertEquals(await byPattern.next(), ["four", "news"]);
  // Without names the client waits until no subscription is left at all: it comes last.
  await subscriber.unsubscribe("weather");
  await subscriber.pUnsubscribe();
  assertEquals(await publisher.publish("news", "five"), 0);
  assertEquals(text(await subscriber.set("still", "usable")), "OK");
  assertEquals(text(await subscriber.get("still")), "usable");
  assertEquals([byChannel.size, byPattern.size], [0, 0]);
});

nodeRedis("a thousand messages come in order", async (clients) => {
  const subscriber = await clients.connect();
  const publisher = await clients.connect();
  const inbox = new Inbox<Message>();
  await subscriber.subscribe("numbers", listener(inbox));
  const messages = Array.from({ length: 1_000 }, (_, at) => `${at}`);
  const receivers = messages.map((message) => publisher.publish("numbers", message));
  assertEquals(new Set(await Promise.all(receivers)), new Set([1]));
  assertEquals((await inbox.take(1_000)).map(([message]) => message), messages);
});

nodeRedis("channels and messages hold any byte", async (clients) => {
  const subscriber = await clients.connect();
  const publisher = await clients.connect();
  const inbox = new Inbox<Buffer>();
  // The client looks channels up as text, so the channel is text with bytes that a line cannot hold.
  const channel = "a\r\nb\0c";
  await subscriber.subscribe(channel, inbox.put, true);
  assertEquals(await publisher.publish(channel, allBytes()), 1);
  assertSameBytes(await inbox.next(), allBytes());
});

nodeRedis("PUBSUB tells who listens", async (clients) => {
  const subscriber = await clients.connect();
  const asker = await clients.connect();
  await subscriber.subscribe(["a1", "a2", "b"], () => {});
  await subscriber.pSubscribe("*", () => {});
  assertEquals((await asker.pubSubChannels("a*")).sort(), ["a1", "a2"]);
  const counts = await asker.pubSubNumSub(["a1", "none"]);
  assertEquals([counts["a1"], counts["none"]].map(Number), [1, 0]);
  assertEquals(await asker.pubSubNumPat(), 1);
});

nodeRedis("commands of a subscribed connection go on in RESP3 only", async (clients) => {
  const subscriber = await clients.connect();
  const publisher = await clients.connect();
  const inbox = new Inbox<Message>();
  await subscriber.subscribe("news", listener(inbox));
  if (clients.resp === 3) await commandsAmongMessages(subscriber, inbox);
  else await commandsAreRefused(subscriber);
  assertEquals(await publisher.publish("news", "last"), 1);
  assertEquals(await inbox.next(), ["last", "news"]);
});

async function commandsAmongMessages(subscriber: Client, inbox: Inbox<Message>): Promise<void> {
  const replies = Array.from({ length: 100 }, async (_, at) => [
    await subscriber.incr("counter"),
    await subscriber.publish("news", `${at}`),
  ]);
  assertEquals((await Promise.all(replies)).map(([count]) => count), numbers(1, 100));
  assertEquals((await inbox.take(100)).map(([message]) => Number(message)), numbers(0, 100));
}

function numbers(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => first + at);
}

async function commandsAreRefused(subscriber: Client): Promise<void> {
  await assertRejects(
    () => subscriber.get("key"),
    Error,
    "ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are " +
      "allowed in this context",
  );
}

nodeRedis("changes of keys are told as keyspace notifications", async (clients) => {
  const subscriber = await clients.connect();
  const writer = await clients.connect({ database: 2 });
  await writer.configSet("notify-keyspace-events", "KEA");
  const events = new Inbox<Message>();
  const keys = new Inbox<Message>();
  await subscriber.pSubscribe("__keyevent@2__:*", listener(events));
  await subscriber.subscribe("__keyspace@2__:key", listener(keys));
  await writer.set("key", "1");
  await writer.incr("key");
  await writer.expire("key", 1_000);
  await writer.del("key");
  const names = ["set", "incrby", "expire", "del"];
  assertEquals(await events.take(4), names.map((name) => ["key", `__keyevent@2__:${name}`]));
  assertEquals(await keys.take(4), names.map((name) => [name, "__keyspace@2__:key"]));
});

nodeRedis("a killed connection comes back with its name and its database", async (clients) => {
  const client = await clients.connect({ name: "phoenix", database: 4 });
  const killer = await clients.connect();
  await client.set("key", "value");
  const id = await client.clientId();
  const ready = nextReady(client);
  assertEquals(await killer.clientKill({ filter: "ID", id }), 1);
  await ready;
  assertEquals(await client.get("key"), "value");
  assertEquals(await client.clientGetName(), "phoenix");
  assertNotEquals(await client.clientId(), id);
});

nodeRedis("a killed connection comes back with its subscriptions", async (clients) => {
  const subscriber = await clients.connect();
  const killer = await clients.connect();
  const byChannel = new Inbox<Message>();
  const byPattern = new Inbox<Message>();
  const id = await subscriber.clientId();
  await subscriber.subscribe("news", listener(byChannel));
  await subscriber.pSubscribe("n*", listener(byPattern));
  const ready = nextReady(subscriber);
  assertEquals(await killer.clientKill({ filter: "ID", id }), 1);
  await ready;
  assertEquals(await killer.publish("news", "again"), 2);
  assertEquals(await byChannel.next(), ["again", "news"]);
  assertEquals(await byPattern.next(), ["again", "news"]);
  await subscriber.pUnsubscribe("n*");
  await subscriber.unsubscribe();
  assertEquals(text(await subscriber.ping()), "PONG");
});

/** A reply that is text. In RESP2 the client goes on to give buffers when it has left all channels. */
function text(reply: string | Buffer | null): string {
  return String(reply);
}

/** Resolves when the client has shaken hands again. Node's `once` would reject for the lost connection. */
function nextReady(client: Client): Promise<void> {
  return new Promise((resolve) => client.once("ready", () => resolve()));
}
