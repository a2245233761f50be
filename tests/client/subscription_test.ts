import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  type Client,
  ConnectionError,
  LimitError,
  ServerError,
  type Subscription,
  TimeoutError,
} from "../../lib/client/mod.ts";
import { error, goAway, ok, push, type Response } from "../../lib/model/mod.ts";
import { connectPair, HERMETIC, type Peer, type PeerConnection, text } from "./peer.ts";

const bytes = (value: string) => new TextEncoder().encode(value);
const message = (channel: string, value: string): Response =>
  push(bytes(channel), bytes(value), false);
const RESET = new Error("reset by peer");

/** Subscribes; the peer confirms. */
async function subscribed(
  subscribing: Promise<Subscription>,
  connection: PeerConnection,
): Promise<Subscription> {
  await connection.answerNext(ok());
  return await subscribing;
}

async function nextText(subscription: Subscription): Promise<string | undefined> {
  return text((await subscription.next()).value);
}

Deno.test("a subscription gives the messages of its channel in order", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const news = await subscribed(client.subscribe("news"), connection);
  connection.send(message("news", "a"), message("other", "x"), message("news", ""));
  connection.send(message("news", "b"));
  assertEquals([await nextText(news), await nextText(news), await nextText(news)], ["a", "", "b"]);
  assertEquals(text(news.channel), "news");
});

Deno.test("messages that come with the answer to SUBSCRIBE are not missed", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const subscribing = client.subscribe("news");
  const { id } = await connection.take();
  connection.send({ ...ok(), id }, message("news", "a"));
  assertEquals(await nextText(await subscribing), "a");
});

Deno.test("calls to next that wait get the messages in order", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const news = await subscribed(client.subscribe("news"), connection);
  const waiting = [nextText(news), nextText(news)];
  connection.send(message("news", "a"), message("news", "b"));
  assertEquals(await Promise.all(waiting), ["a", "b"]);
});

Deno.test("a channel is any bytes", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const channel = Uint8Array.of(0xff, 0xfe, 0x00);
  const subscription = await subscribed(client.subscribe(channel), connection);
  channel.fill(0); // The client keeps a copy.
  connection.send(push(Uint8Array.of(0xff, 0xfd, 0x00), bytes("not this"), false));
  connection.send(push(Uint8Array.of(0xff, 0xfe, 0x00), bytes("this"), false));
  assertEquals(await nextText(subscription), "this");
  assertEquals(subscription.channel, Uint8Array.of(0xff, 0xfe, 0x00));
});

Deno.test("leaving the loop ends the subscription, on the wire too", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const news = await subscribed(client.subscribe("news"), connection);
  connection.send(message("news", "a"), message("news", "b"));
  const unsubscribe = connection.answerNext(ok());
  for await (const value of news) {
    assertEquals(text(value), "a");
    break;
  }
  assertEquals(await unsubscribe, {
    op: "UNSUBSCRIBE",
    channel: bytes("news"),
    id: 1,
    quiet: false,
    checksum: false,
    durable: false,
  });
  assertEquals(await news.next(), { value: undefined, done: true });
});

Deno.test("a subscription is never durable, so that any server takes it", HERMETIC, async () => {
  const { client, connection } = await connectPair({ durable: true });
  await using _ = client;
  const answer = client.subscribe("news");
  assertEquals((await connection.answerNext(ok())).durable, false);
  await answer;
});

Deno.test(
  "await using ends a subscription, and unsubscribe may be called again",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    const answered = connection.take().then(async (request) => {
      connection.answer(request, ok());
      await connection.answerNext(ok());
    });
    {
      await using news = await client.subscribe("news");
      const waiting = news.next();
      await news.unsubscribe();
      assertEquals(await waiting, { value: undefined, done: true });
    }
    await answered;
    assertEquals(connection.waiting, 0);
  },
);

Deno.test("messages of a channel that was left are dropped", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const news = await subscribed(client.subscribe("news"), connection);
  const leaving = news.unsubscribe();
  connection.send(message("news", "late"));
  await connection.answerNext(ok());
  await leaving;
  assertEquals((await news.next()).done, true);
});

Deno.test("two subscriptions of one channel share one on the wire", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const both = Promise.all([client.subscribe("news"), client.subscribe("news")]);
  await connection.answerNext(ok());
  const [first, second] = await both;
  const third = await client.subscribe("news");
  connection.send(message("news", "a"));
  for (const one of [first, second, third]) assertEquals(await nextText(one), "a");
  await first.unsubscribe();
  await third.unsubscribe();
  connection.send(message("news", "b"));
  assertEquals(await nextText(second), "b");
  const last = second.unsubscribe();
  assertEquals((await connection.answerNext(ok())).op, "UNSUBSCRIBE");
  await last;
  assertEquals(connection.waiting, 0);
});

Deno.test("a channel that was left can be subscribed to again", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const first = await subscribed(client.subscribe("news"), connection);
  const leaving = first.unsubscribe();
  const again = client.subscribe("news");
  const requests = await connection.takeMany(2);
  assertEquals(requests.map(({ op }) => op), ["UNSUBSCRIBE", "SUBSCRIBE"]);
  for (const request of requests) connection.answer(request, ok());
  await leaving;
  connection.send(message("news", "a"));
  assertEquals(await nextText(await again), "a");
});

Deno.test(
  "a refused SUBSCRIBE rejects all who wait for it, and the channel can be tried again",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    const calls = [client.subscribe("news"), client.subscribe("news")];
    const failures = calls.map((call) => assertRejects(() => call, ServerError, "too many"));
    await connection.answerNext(error("SUBSCRIPTION_LIMIT", "too many"));
    await Promise.all(failures);
    await subscribed(client.subscribe("news"), connection);
    assertEquals(connection.waiting, 0);
  },
);

Deno.test("who stops waiting for SUBSCRIBE does not stop the others", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const abort = new AbortController();
  const aborted = assertRejects(() => client.subscribe("news", { signal: abort.signal }));
  const other = client.subscribe("news");
  abort.abort();
  await aborted;
  const news = await subscribed(other, connection);
  connection.send(message("news", "a"));
  assertEquals([await nextText(news), connection.waiting], ["a", 0]);
});

Deno.test("a SUBSCRIBE that nobody waits for any longer is taken back", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const abort = new AbortController();
  const aborted = assertRejects(() => client.subscribe("news", { signal: abort.signal }));
  const request = await connection.take();
  abort.abort();
  await aborted;
  assertEquals((await connection.answerNext(ok())).op, "UNSUBSCRIBE");
  connection.answer(request, ok());
});

Deno.test(
  "with more messages than maxBuffered a subscription fails after those that came",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair({ maxBuffered: 2 });
    await using _ = client;
    const slow = await subscribed(client.subscribe("news"), connection);
    const quick = await client.subscribe("news");
    for (const value of ["a", "b", "c"]) {
      connection.send(message("news", value));
      assertEquals(await nextText(quick), value);
    }
    assertEquals([await nextText(slow), await nextText(slow)], ["a", "b"]);
    await assertRejects(() => slow.next(), LimitError, "2 of the subscription wait to be taken");
    await slow.unsubscribe();
    connection.send(message("news", "d"));
    assertEquals(await nextText(quick), "d");
    assertEquals(connection.waiting, 0);
  },
);

Deno.test("the last subscription that fails leaves its channel", HERMETIC, async () => {
  const { client, connection } = await connectPair({ maxBuffered: 1 });
  await using _ = client;
  const news = await subscribed(client.subscribe("news"), connection);
  connection.send(message("news", "a"), message("news", "b"));
  assertEquals((await connection.answerNext(ok())).op, "UNSUBSCRIBE");
  assertEquals(await nextText(news), "a");
  await assertRejects(() => news.next(), LimitError);
});

Deno.test("subscriptions are restored before anything else is sent", HERMETIC, async () => {
  const { client, peer, connection } = await connectPair();
  await using _ = client;
  const subscriptions = [
    await subscribed(client.subscribe("a", { checksum: true }), connection),
    await subscribed(client.subscribe("b"), connection),
  ];
  const get = client.get("k");
  await connection.take();
  connection.fail(RESET);
  const next = await peer.accept();
  const requests = await next.takeMany(3);
  assertEquals(requests.map(({ op, checksum }) => [op, checksum]), [
    ["SUBSCRIBE", true],
    ["SUBSCRIBE", false],
    ["GET", false],
  ]);
  for (const request of requests) next.answer(request, ok());
  await get;
  next.send(message("b", "for b"), push(bytes("a"), bytes("for a"), true));
  assertEquals(await Promise.all(subscriptions.map(nextText)), ["for a", "for b"]);
});

Deno.test("a lost connection is replaced for a subscription alone", HERMETIC, async () => {
  const { client, peer, connection } = await connectPair();
  await using _ = client;
  const news = await subscribed(client.subscribe("news"), connection);
  connection.send(goAway());
  const next = await peer.accept();
  assertEquals((await next.answerNext(ok())).op, "SUBSCRIBE");
  next.send(message("news", "a"));
  assertEquals(await nextText(news), "a");
});

Deno.test(
  "a SUBSCRIBE that was not answered is sent once on the next connection",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair();
    await using _ = client;
    const subscribing = client.subscribe("news");
    await connection.take();
    connection.fail(RESET);
    const next = await peer.accept();
    const news = await subscribed(subscribing, next);
    next.send(message("news", "a"));
    assertEquals([await nextText(news), next.waiting], ["a", 0]);
  },
);

Deno.test(
  "a restoring SUBSCRIBE survives more lost connections, and garbage",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair();
    await using _ = client;
    const news = await subscribed(client.subscribe("news"), connection);
    connection.fail(RESET);
    const second = await peer.accept();
    await second.take();
    second.fail(RESET);
    const third = await peer.accept();
    await third.take();
    assertEquals(third.waiting, 0);
    third.sendBytes(bytes("HTTP/1.1 502 Bad Gateway"));
    const fourth = await peer.accept();
    await fourth.answerNext(ok());
    fourth.send(message("news", "a"));
    assertEquals([await nextText(news), fourth.waiting], ["a", 0]);
  },
);

Deno.test("a subscription that the server does not restore throws", HERMETIC, async () => {
  const { client, peer, connection } = await connectPair();
  await using _ = client;
  const news = await subscribed(client.subscribe("news"), connection);
  connection.fail(RESET);
  await (await peer.accept()).answerNext(error("SUBSCRIPTION_LIMIT", "too many"));
  await assertRejects(() => news.next(), ServerError, "too many");
  await news.unsubscribe();
  assertEquals(await news.next(), { value: undefined, done: true });
});

Deno.test("subscriptions throw when the client gives up", HERMETIC, async () => {
  const { client, connection } = await connectPair({ reconnect: false });
  await using _ = client;
  const news = await subscribed(client.subscribe("news"), connection);
  const waiting = assertRejects(() => news.next(), ConnectionError, "reset by peer");
  connection.fail(RESET);
  await waiting;
  await news.unsubscribe();
});

Deno.test("subscriptions end when the client is closed", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  const news = await subscribed(client.subscribe("news"), connection);
  const waiting = news.next();
  await client.close();
  assertEquals(await waiting, { value: undefined, done: true });
  await news.unsubscribe();
});

Deno.test("unsubscribe resolves when the connection is lost for good", HERMETIC, async () => {
  const { client, connection } = await connectPair({ reconnect: false });
  await using _ = client;
  const news = await subscribed(client.subscribe("news"), connection);
  const leaving = news.unsubscribe();
  await connection.take();
  connection.fail(RESET);
  await leaving;
});

Deno.test("unsubscribe rejects when the server refuses", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const news = await subscribed(client.subscribe("news"), connection);
  const leaving = assertRejects(() => news.unsubscribe(), ServerError, "no");
  await connection.answerNext(error("INTERNAL", "no"));
  await leaving;
});

Deno.test("an UNSUBSCRIBE whose wait is over is sent all the same", HERMETIC, async () => {
  const { client, connection } = await connectPair({ timeout: 1 });
  await using _ = client;
  const subscribing = client.subscribe("news", { timeout: 0 });
  const news = await subscribed(subscribing, connection);
  connection.hold();
  const ping = assertRejects(() => client.ping(), TimeoutError);
  await connection.take();
  await assertRejects(() => news.unsubscribe(), TimeoutError, "Cannot complete UNSUBSCRIBE");
  await ping;
  assertEquals(connection.waiting, 0); // It waits behind the write of the ping.
  connection.release();
  assertEquals((await connection.take()).op, "UNSUBSCRIBE");
});

Deno.test(
  "a message without a checksum that was to have one ends the connection",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair({ checksum: true });
    await using _ = client;
    const news = await subscribed(client.subscribe("news"), connection);
    connection.send(push(bytes("news"), bytes("good"), true));
    assertEquals(await nextText(news), "good");
    connection.send(message("news", "damaged"));
    const next = await peer.accept();
    await next.answerNext(ok());
    next.send(push(bytes("news"), bytes("again"), true));
    assertEquals(await nextText(news), "again");
  },
);

/** A client that has left its subscription without a connection, and pauses until `go` is called. */
async function disconnected(): Promise<{
  client: Client;
  peer: Peer;
  left: Promise<void>;
  go: () => void;
}> {
  const gate = Promise.withResolvers<void>();
  const { client, peer, connection } = await connectPair({ delay: () => gate.promise });
  const pending = client.subscribe("kept");
  await connection.answerNext(ok());
  const kept = await pending;
  connection.fail(RESET);
  const left = kept.unsubscribe();
  return { client, peer, left, go: gate.resolve };
}

Deno.test("a subscription that is left without a connection asks for none", HERMETIC, async () => {
  const { client, peer, left, go } = await disconnected();
  await using _ = client;
  const abort = new AbortController();
  const reason = new Error("not any longer");
  const failed = assertRejects(() => client.subscribe("c", { signal: abort.signal }), Error);
  abort.abort(reason);
  assertStrictEquals(await failed, reason);
  go();
  await left;
  for (let turn = 0; turn < 100; turn++) await undefined;
  assertEquals(peer.attempts, 1);
  const answer = client.ping();
  assertEquals((await (await peer.accept()).answerNext(ok())).op, "PING");
  await answer;
  assertEquals(peer.attempts, 2);
});
