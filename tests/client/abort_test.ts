import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Client, ClosedError, ConnectionError, TimeoutError } from "../../lib/client/mod.ts";
import { settingsOf } from "../../lib/client/options.ts";
import { miss, ok } from "../../lib/model/mod.ts";
import { connectPair, HERMETIC, text } from "./peer.ts";

const bytes = (value: string) => new TextEncoder().encode(value);

/** A signal that counts its listeners. */
class CountingSignal {
  readonly #abort = new AbortController();
  listeners = 0;

  get signal(): AbortSignal {
    const { signal } = this.#abort;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      this.listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      this.listeners--;
      remove(...args);
    };
    return signal;
  }

  abort(reason: unknown): void {
    this.#abort.abort(reason);
  }
}

Deno.test("an aborted call is rejected with the signal's reason", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const abort = new AbortController();
  const reason = new Error("changed my mind");
  const call = assertRejects(() => client.get("k", { signal: abort.signal }));
  await connection.take();
  abort.abort(reason);
  assertStrictEquals(await call, reason);
});

Deno.test("a call with a signal that has aborted is not sent", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const reason = new Error("too late");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => client.get("k", { signal })), reason);
  assertStrictEquals(await assertRejects(() => client.subscribe("c", { signal })), reason);
  assertEquals(connection.writes, []);
});

Deno.test(
  "a call that is aborted in the tick that it was made in is not sent",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    const abort = new AbortController();
    const aborted = assertRejects(() => client.incr("n", 1, { signal: abort.signal }));
    const ping = client.ping();
    abort.abort();
    await aborted;
    assertEquals((await connection.answerNext(ok())).op, "PING");
    await ping;
  },
);

Deno.test("the late answer of an aborted call is dropped", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const abort = new AbortController();
  const aborted = assertRejects(() => client.get("a", { signal: abort.signal }));
  const late = await connection.take();
  abort.abort();
  await aborted;
  const call = client.get("b");
  const request = await connection.take();
  connection.answer(late, ok(bytes("for a")));
  connection.answer(request, ok(bytes("for b")));
  assertEquals(text(await call), "for b");
});

Deno.test(
  "a call without an answer in time is rejected with a TimeoutError",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    await assertRejects(
      () => client.get("a", { timeout: 1 }),
      TimeoutError,
      "Cannot complete GET: no answer within 1 ms (option timeout)",
    );
    const ping = client.ping();
    const [late, request] = await connection.takeMany(2);
    connection.answer(late!, miss());
    connection.answer(request!, ok(bytes("here")));
    assertEquals(text(await ping), "here");
  },
);

Deno.test("the client's timeout is that of every call which has none", HERMETIC, async () => {
  const { client, connection } = await connectPair({ timeout: 1 });
  await using _ = client;
  await assertRejects(() => client.get("a"), TimeoutError);
  await assertRejects(() => client.subscribe("a"), TimeoutError);
  const patient = client.get("b", { timeout: 0 });
  const requests = await connection.takeMany(4);
  assertEquals(requests.map(({ op }) => op), ["GET", "SUBSCRIBE", "UNSUBSCRIBE", "GET"]);
  connection.answer(requests[3]!, ok(bytes("v")));
  assertEquals(text(await patient), "v");
});

Deno.test("an option that is undefined has its default", HERMETIC, () => {
  const { random, delay, onQuietError, ...settings } = settingsOf({});
  assertEquals(settings, {
    ids: true,
    checksum: false,
    durable: false,
    wanted: undefined,
    timeout: 10_000,
    credentials: undefined,
    reconnect: { minDelay: 50, maxDelay: 2_000, attempts: 150 },
    maxPending: 65_536,
    maxBuffered: 16_384,
    limits: { maxKeySize: 65_535, maxValueSize: 67_108_864 },
  });
  const none = Object.fromEntries(Object.keys(settings).map((name) => [name, undefined]));
  assertEquals(
    settingsOf({ ...none, random, delay, onQuietError }),
    settingsOf({ random, delay, onQuietError }),
  );
  const reconnect = { minDelay: undefined, maxDelay: 100, attempts: undefined };
  assertEquals(settingsOf({ reconnect }).reconnect, { minDelay: 50, maxDelay: 100, attempts: 150 });
  // As a program without types may call it.
  const limits = Object.fromEntries([["maxKeySize", undefined], ["maxValueSize", 7]]);
  assertEquals(settingsOf({ limits }).limits, { maxKeySize: 65_535, maxValueSize: 7 });
});

Deno.test("a timeout that no timer takes is refused", HERMETIC, async () => {
  const { client } = await connectPair();
  await using _ = client;
  for (const timeout of [-1, NaN, 2 ** 31]) {
    await assertRejects(() => client.get("a", { timeout }), RangeError, "Cannot use timeout");
  }
});

Deno.test("signals have no listeners left, however the call ends", HERMETIC, async () => {
  const { client, connection } = await connectPair({ reconnect: false });
  await using _ = client;
  const counting = new CountingSignal();
  const { signal } = counting;
  const answered = client.get("a", { signal, timeout: 100_000 });
  await connection.answerNext(miss());
  await answered;
  assertEquals(counting.listeners, 0);
  await assertRejects(() => client.get("b", { signal, timeout: 1 }), TimeoutError);
  await assertRejects(() => client.get(new Uint8Array(65_536), { signal }), RangeError);
  assertEquals(counting.listeners, 0);
  const lost = assertRejects(() => client.get("c", { signal }), ConnectionError);
  assertEquals(counting.listeners, 1);
  await connection.takeMany(2);
  connection.end();
  await lost;
  assertEquals(counting.listeners, 0);
});

Deno.test("the signal of an aborted call has no listener left", HERMETIC, async () => {
  const { client } = await connectPair();
  await using _ = client;
  const counting = new CountingSignal();
  const { signal } = counting;
  const calls = [client.get("a", { signal }), client.get("b", { signal })];
  assertEquals(counting.listeners, 2);
  counting.abort(new Error("stop"));
  for (const call of calls) await assertRejects(() => call, Error, "stop");
  assertEquals(counting.listeners, 0);
});

Deno.test("an attempt to connect takes no longer than the timeout", HERMETIC, async () => {
  const never = (signal: AbortSignal) =>
    new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason))
    );
  const failure = await assertRejects(
    () => Client.connect(never, { timeout: 1 }),
    ConnectionError,
    "No connection within 1 ms",
  );
  assert(failure.cause instanceof TimeoutError);
});

Deno.test("close rejects what is pending, and what comes after it", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  connection.hold();
  const sent = assertRejects(() => client.get("a"), ClosedError, "GET: the client is closed");
  await connection.take();
  const queued = assertRejects(() => client.incr("b"), ClosedError, "INCR: the client is closed");
  const closing = client.close();
  const after = assertRejects(() => client.get("c"), ClosedError);
  await Promise.all([sent, queued, after, closing, connection.closed]);
  await assertRejects(() => client.ping(), ClosedError);
  await assertRejects(() => client.subscribe("c"), ClosedError);
});

Deno.test("close may be called again and again", HERMETIC, async () => {
  const { client } = await connectPair();
  await Promise.all([client.close(), client.close()]);
  await client.close();
});

Deno.test("close in the tick of a call rejects it before it is sent", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  const call = assertRejects(() => client.get("a"), ClosedError);
  await client.close();
  await call;
  assertEquals(connection.writes, []);
});
