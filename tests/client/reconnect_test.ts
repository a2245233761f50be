import type { DecodedRequest } from "../../lib/cafe/mod.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { Client, ClosedError, ConnectionError } from "../../lib/client/mod.ts";
import { count, goAway, integer, miss, ok } from "../../lib/model/mod.ts";
import { connectPair, HERMETIC, Peer, text, VirtualDelay } from "./peer.ts";

const bytes = (value: string) => new TextEncoder().encode(value);
const RESET = new Error("reset by peer");

const REPEATABLE: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  GET: (client) => client.get("k"),
  PING: (client) => client.ping(),
  HELLO: (client) => client.hello().catch(() => {}),
  STATS: (client) => client.stats(),
  SCAN: (client) => client.scanPage("", 0).catch(() => {}),
  TOUCH: (client) => client.touch("k", { ttl: 5 }),
  SET: (client) => client.set("k", "v"),
  SUBSCRIBE: (client) => client.subscribe("c"),
  COMPACT: (client) => client.compact().catch(() => {}),
};

const ONCE: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  INCR: (client) => client.incr("k"),
  APPEND: (client) => client.append("k", "v"),
  PUBLISH: (client) => client.publish("c", "m"),
  DELETE: (client) => client.delete("k"),
  "DELETE with a version": (client) => client.delete("k", { version: 1 }),
  "SET with a version": (client) => client.set("k", "v", { version: 1 }),
};

for (const [name, call] of Object.entries(REPEATABLE)) {
  Deno.test(`${name} is sent again when the connection is lost`, HERMETIC, async () => {
    const { client, peer, connection } = await connectPair();
    await using _ = client;
    const answer = call(client);
    const first = await connection.take();
    connection.fail(RESET);
    const second = await (await peer.accept()).answerNext(ok());
    assertEquals({ ...second, id: 0 }, { ...first, id: 0 });
    await answer;
  });
}

for (const [name, call] of Object.entries(ONCE)) {
  Deno.test(`${name} is not sent again when the connection is lost`, HERMETIC, async () => {
    const { client, peer, connection } = await connectPair();
    await using _ = client;
    const answer = assertRejects(() => call(client), ConnectionError, "may have carried it out");
    await connection.take();
    connection.fail(RESET);
    const failure = await answer;
    assertEquals(failure.maybeExecuted, true);
    assertStrictEquals(failure.cause, RESET);
    const ping = client.ping();
    assertEquals((await (await peer.accept()).answerNext(ok())).op, "PING");
    await ping;
  });

  Deno.test(`${name} is sent again after a GOAWAY`, HERMETIC, async () => {
    const { client, peer, connection } = await connectPair();
    await using _ = client;
    const answer = call(client).catch(() => {});
    const first = await connection.take();
    connection.send(goAway());
    connection.end();
    const second = await (await peer.accept()).answerNext(count(1));
    assertEquals({ ...second, id: 0 }, { ...first, id: 0 });
    await answer;
  });

  Deno.test(`${name} that was not sent goes to the next connection`, HERMETIC, async () => {
    const { client, peer, connection } = await connectPair();
    await using _ = client;
    connection.hold();
    const ping = client.ping();
    await connection.take();
    const answer = call(client).catch(() => {}); // Waits for the write of the ping.
    connection.fail(RESET);
    const next = await peer.accept();
    assertEquals((await next.answerNext(ok())).op, "PING");
    assertEquals((await next.answerNext(count(1))).op, name.split(" ")[0]);
    await Promise.all([ping, answer]);
    assertEquals(connection.waiting, 0);
  });
}

Deno.test("what is sent again goes first and in its order", HERMETIC, async () => {
  const { client, peer, connection } = await connectPair();
  await using _ = client;
  connection.hold();
  const calls = ["a", "b", "c"].map((key) => client.set(key, "v"));
  await connection.takeMany(3);
  calls.push(client.set("d", "v"));
  connection.fail(RESET);
  calls.push(client.set("e", "v"));
  const next = await peer.accept();
  const keys: (string | undefined)[] = [];
  for (const request of await next.takeMany(5)) {
    assert(request.op === "SET");
    keys.push(text(request.key));
    next.answer(request, ok());
  }
  assertEquals(keys, ["a", "b", "c", "d", "e"]);
  await Promise.all(calls);
});

Deno.test(
  "a quiet SET whose write fails is sent again, a quiet DELETE is not",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair();
    await using _ = client;
    connection.hold();
    const set = client.set("k", "v", { quiet: true });
    const removed = assertRejects(() => client.delete("k", { quiet: true }), ConnectionError);
    await connection.takeMany(2);
    connection.fail(RESET);
    assertEquals((await removed).maybeExecuted, true);
    assertEquals((await (await peer.accept()).take()).op, "SET");
    await set;
  },
);

Deno.test(
  "a quiet call is not written when its write ends with the connection",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    connection.hold("resolve");
    const removed = assertRejects(() => client.delete("k", { quiet: true }), ConnectionError);
    await connection.take();
    connection.fail(RESET);
    assertEquals((await removed).maybeExecuted, true);
  },
);

Deno.test(
  "a quiet DELETE that a GOAWAY overtakes may have been carried out",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    connection.hold();
    const removed = assertRejects(() => client.delete("k", { quiet: true }), ConnectionError);
    await connection.take();
    connection.send(goAway());
    connection.end();
    assertEquals((await removed).maybeExecuted, true);
  },
);

Deno.test("after a GOAWAY the last quiet write ends the connection", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const get = client.get("k");
  const request = await connection.take();
  connection.hold();
  const set = client.set("k", "v", { quiet: true });
  await connection.take();
  connection.send(goAway());
  connection.answer(request, miss());
  await get;
  connection.release();
  await set;
  await connection.closed;
});

Deno.test("after a GOAWAY the last answer ends the connection", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const incr = client.incr("n");
  const request = await connection.take();
  connection.send(goAway());
  connection.answer(request, integer(1n));
  assertEquals(await incr, 1n);
  await connection.closed;
});

Deno.test(
  "what a GOAWAY left unread was not carried out, also when the client gives up",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair({ reconnect: { attempts: 1 } });
    await using _ = client;
    const ping = client.ping();
    await connection.answerNext(ok());
    await ping;
    const incr = assertRejects(() => client.incr("n"), ConnectionError, "refused");
    await connection.take();
    peer.refusals.push(new Error("refused"));
    connection.send(goAway());
    connection.end();
    assertEquals((await incr).maybeExecuted, false);
  },
);

Deno.test("a call that was aborted is not sent again", HERMETIC, async () => {
  const { client, peer, connection } = await connectPair();
  await using _ = client;
  const abort = new AbortController();
  const aborted = assertRejects(() => client.get("a", { signal: abort.signal }));
  await connection.take();
  abort.abort();
  await aborted;
  const ping = client.ping();
  await connection.take();
  connection.fail(RESET);
  assertEquals((await (await peer.accept()).answerNext(ok())).op, "PING");
  await ping;
});

Deno.test(
  "answers that come after a GOAWAY are taken, and only the rest is sent again",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair();
    await using _ = client;
    const calls = [client.incr("a"), client.incr("b")];
    const [first] = await connection.takeMany(2);
    connection.send(goAway());
    connection.answer(first!, integer(7n));
    assertEquals(await calls[0], 7n);
    const late = client.incr("c");
    connection.end();
    const next = await peer.accept();
    await next.answerNext(integer(8n));
    await next.answerNext(integer(9n));
    assertEquals([await calls[1], await late], [8n, 9n]);
    assertEquals(connection.waiting, 0);
  },
);

Deno.test(
  "after a GOAWAY with nothing to wait for the client closes at once",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair();
    await using _ = client;
    connection.send(goAway());
    await connection.closed;
    assertEquals(peer.attempts, 1);
    const ping = client.ping();
    await (await peer.accept()).answerNext(ok());
    await ping;
  },
);

Deno.test("an idle client does not connect again before its next call", HERMETIC, async () => {
  const { client, peer, connection } = await connectPair();
  await using _ = client;
  connection.end();
  await connection.closed;
  assertEquals(peer.attempts, 1);
  const get = client.get("k");
  await (await peer.accept()).answerNext(ok(bytes("v")));
  assertEquals([text(await get), peer.attempts], ["v", 2]);
});

Deno.test("pauses double up to the longest, each a random part of it", HERMETIC, async () => {
  const virtual = new VirtualDelay();
  const { client, peer, connection } = await connectPair({
    reconnect: { minDelay: 100, maxDelay: 1_000, attempts: 7 },
    delay: virtual.delay,
    random: () => 0.5,
  });
  peer.refusals.push(...Array.from({ length: 6 }, () => new Error("refused")));
  const ping = client.ping();
  await connection.answerNext(ok());
  await ping;
  const again = client.ping();
  await connection.take();
  connection.fail(RESET);
  await (await peer.accept()).answerNext(ok());
  await again;
  assertEquals(virtual.pauses, [50, 100, 200, 400, 500, 500, 500]);
  await client.close();
});

Deno.test(
  "an answer ends the doubling of pauses, a mere connection does not",
  HERMETIC,
  async () => {
    const virtual = new VirtualDelay();
    const { client, peer, connection } = await connectPair({
      reconnect: { minDelay: 100 },
      delay: virtual.delay,
      random: () => 1,
    });
    await using _ = client;
    const ping = client.ping();
    await connection.take();
    connection.fail(RESET); // Never answered: the first failure.
    const second = await peer.accept();
    await second.take();
    second.fail(RESET); // The second.
    const third = await peer.accept();
    await third.answerNext(ok());
    await ping;
    const again = client.ping();
    await third.take();
    third.fail(RESET);
    await (await peer.accept()).answerNext(ok());
    await again;
    assertEquals(virtual.pauses, [200, 400, 100]);
  },
);

Deno.test(
  "after the last attempt everything is rejected and the client is closed",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair({ reconnect: { attempts: 3 } });
    const ping = client.ping();
    await connection.answerNext(ok());
    await ping;
    connection.hold();
    const sent = assertRejects(
      () => client.get("a"),
      ConnectionError,
      "3 attempts in a row failed",
    );
    await connection.take();
    const queued = assertRejects(() => client.incr("b"), ConnectionError, "refused");
    const refusal = new Error("refused");
    peer.refusals.push(refusal, refusal, refusal);
    connection.fail(RESET);
    assertEquals([(await sent).maybeExecuted, (await queued).maybeExecuted], [true, false]);
    assertEquals(peer.attempts, 4);
    const after = await assertRejects(() => client.ping(), ClosedError);
    assertInstanceOf(after.cause, Error);
    assertStrictEquals(after.cause.cause, refusal);
    await client.close();
  },
);

Deno.test("a request that ends every connection is not sent for ever", HERMETIC, async () => {
  const { client, peer, connection } = await connectPair();
  await using _ = client;
  const deadly = assertRejects(() => client.get("deadly"), ConnectionError);
  let current = connection;
  for (let sent = 1; sent <= 3; sent++) {
    const ping = client.ping();
    const requests: DecodedRequest[] = await current.takeMany(2);
    current.answer(requests.find(({ op }) => op === "PING")!, ok());
    await ping; // The connection works, so that attempts do not run out.
    current.fail(RESET);
    if (sent < 3) current = await peer.accept();
  }
  assertEquals((await deadly).maybeExecuted, true);
});

Deno.test("reconnect: false rejects what is pending, and closes the client", HERMETIC, async () => {
  const { client, peer, connection } = await connectPair({ reconnect: false });
  connection.hold();
  const sent = assertRejects(() => client.get("a"), ConnectionError, "reset by peer");
  await connection.take();
  const queued = assertRejects(() => client.get("b"), ConnectionError);
  connection.fail(RESET);
  assertEquals([(await sent).maybeExecuted, (await queued).maybeExecuted], [true, false]);
  await assertRejects(() => client.ping(), ClosedError);
  assertEquals(peer.attempts, 1);
  await client.close();
});

Deno.test(
  "a cut frame is a lost connection, and the error says what was cut",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair();
    await using _ = client;
    const incr = assertRejects(() => client.incr("n"), ConnectionError, "ended inside a frame");
    const get = client.get("k");
    await connection.takeMany(2);
    connection.sendBytes(Uint8Array.fromHex("cafe0180"));
    connection.end();
    await incr;
    await (await peer.accept()).answerNext(ok(bytes("v")));
    assertEquals(text(await get), "v");
  },
);

Deno.test("answers that come before the end of the connection count", HERMETIC, async () => {
  const { client, peer, connection } = await connectPair();
  await using _ = client;
  const calls = [client.incr("a"), client.get("b")];
  const [incr] = await connection.takeMany(2);
  connection.answer(incr!, integer(5n));
  connection.end();
  assertEquals(await calls[0], 5n);
  await (await peer.accept()).answerNext(miss());
  assertEquals(await calls[1], undefined);
});

Deno.test("close during a pause ends the pause", HERMETIC, async () => {
  const pausing = Promise.withResolvers<void>();
  const { client, peer, connection } = await connectPair({
    delay: (_, signal) => {
      pausing.resolve();
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      );
    },
  });
  const call = assertRejects(() => client.get("a"), ClosedError);
  await connection.take();
  connection.fail(RESET);
  await pausing.promise;
  await client.close();
  await call;
  assertEquals(peer.attempts, 1);
});

Deno.test("close during an attempt to connect ends the attempt", HERMETIC, async () => {
  const { delay } = new VirtualDelay();
  const peer = new Peer();
  const connecting = Promise.withResolvers<void>();
  const client = await Client.connect((signal) => {
    if (peer.attempts === 0) return peer.transport(signal);
    connecting.resolve();
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason))
    );
  }, { delay });
  const call = assertRejects(() => client.get("a"), ClosedError);
  (await peer.accept()).fail(RESET);
  await connecting.promise;
  await client.close();
  await call;
});

Deno.test("a connection that opens after close is closed", HERMETIC, async () => {
  const { delay } = new VirtualDelay();
  const peer = new Peer();
  const [connecting, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const client = await Client.connect(async (signal) => {
    if (peer.attempts === 1) {
      connecting.resolve();
      await opened.promise;
    }
    return await peer.transport(signal);
  }, { delay });
  const call = assertRejects(() => client.get("a"), ClosedError);
  (await peer.accept()).fail(RESET);
  await connecting.promise;
  const closing = client.close();
  opened.resolve();
  await (await peer.accept()).closed;
  await Promise.all([closing, call]);
});

Deno.test("the usual delay is a timer, and close ends it", HERMETIC, async () => {
  const peer = new Peer();
  const client = await Client.connect(peer.transport, { reconnect: { minDelay: 1, attempts: 2 } });
  const first = await peer.accept();
  const get = client.get("a");
  await first.take();
  first.fail(RESET);
  const second = await peer.accept();
  await second.answerNext(miss());
  await get;
  await client.close();
  const slow = await Client.connect(peer.transport, {
    reconnect: { minDelay: 100_000, maxDelay: 100_000 },
    random: () => 1,
  });
  const call = assertRejects(() => slow.get("a"), ClosedError);
  const third = await peer.accept();
  await third.take();
  third.fail(RESET);
  await third.closed;
  await slow.close();
  await call;
});

Deno.test("a lost GET is not said to have been carried out", HERMETIC, async () => {
  const { client, connection } = await connectPair({ reconnect: false });
  await using _ = client;
  const reads = [
    client.get("k"),
    client.ping(),
    client.hello(),
    client.stats(),
    client.scanPage("", 0),
  ];
  const failures = reads.map((read) => assertRejects(() => read, ConnectionError));
  await connection.takeMany(5);
  connection.fail(RESET);
  for (const { message } of await Promise.all(failures)) {
    assertEquals(message.endsWith("the connection was lost: reset by peer"), true, message);
  }
});

Deno.test("by default a client goes on for two minutes of failed attempts", HERMETIC, async () => {
  const virtual = new VirtualDelay();
  const { client, peer, connection } = await connectPair({
    delay: virtual.delay,
    random: () => 0.5,
    reconnect: { attempts: undefined, minDelay: undefined, maxDelay: undefined },
  });
  await using _ = client;
  peer.refusals.push(...Array.from({ length: 1_000 }, () => new Error("refused")));
  const get = assertRejects(() => client.get("k"), ConnectionError, "attempts in a row failed");
  await connection.take();
  connection.fail(RESET);
  await get;
  assertGreater(virtual.pauses.reduce((sum, pause) => sum + pause), 120_000);
});

Deno.test("a call that is aborted without a connection needs none", HERMETIC, async () => {
  const { client, peer, connection } = await connectPair();
  await using _ = client;
  connection.end();
  await connection.closed;
  const abort = new AbortController();
  const aborted = assertRejects(() => client.get("a", { signal: abort.signal }));
  abort.abort();
  await aborted;
  // All that could lead to an attempt is done after some microtasks.
  for (let i = 0; i < 50; i++) await Promise.resolve();
  assertEquals(peer.attempts, 1);
  const ping = client.ping();
  await (await peer.accept()).answerNext(ok());
  await ping;
});

Deno.test(
  "attempts end when the last call that waits is aborted, and go on with the next",
  HERMETIC,
  async () => {
    const pausing = Promise.withResolvers<void>();
    const { promise: pause, resolve: endPause } = Promise.withResolvers<void>();
    const { client, peer, connection } = await connectPair({
      delay: () => {
        pausing.resolve();
        return pause;
      },
    });
    await using _ = client;
    const abort = new AbortController();
    const aborted = assertRejects(() => client.get("a", { signal: abort.signal }));
    await connection.take();
    connection.fail(RESET);
    await pausing.promise;
    abort.abort();
    await aborted;
    endPause();
    for (let i = 0; i < 50; i++) await Promise.resolve();
    assertEquals(peer.attempts, 1);
    const ping = client.ping();
    await (await peer.accept()).answerNext(ok());
    await ping;
  },
);
