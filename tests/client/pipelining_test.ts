import type { DecodedRequest } from "../../lib/cafe/mod.ts";
import { assert, assertEquals, assertGreater, assertInstanceOf, assertRejects } from "@std/assert";
import { ConnectionError, LimitError, ServerError } from "../../lib/client/mod.ts";
import { error, miss, ok } from "../../lib/model/mod.ts";
import { Queue } from "../../lib/client/queue.ts";
import { connectPair, HERMETIC, text } from "./peer.ts";

function keyOf(request: DecodedRequest): Uint8Array {
  assert(request.op === "GET");
  return request.key;
}

Deno.test("calls of one tick are one write", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const calls = Array.from({ length: 1_000 }, (_, i) => client.get(`key ${i}`));
  const requests = await connection.takeMany(1_000);
  assertEquals(connection.writes.length, 1);
  for (const request of requests) connection.answer(request, ok(keyOf(request)));
  assertEquals((await Promise.all(calls)).map(text), calls.map((_, i) => `key ${i}`));
});

Deno.test("calls that are made while a write is pending are one more write", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  connection.hold();
  const calls = [client.get("a")];
  const requests = [await connection.take()];
  for (const key of ["b", "c", "d"]) {
    calls.push(client.get(key));
    await Promise.resolve(); // Each in a tick of its own.
  }
  assertEquals(connection.writes.length, 1);
  connection.release();
  requests.push(...await connection.takeMany(3));
  assertEquals(connection.writes.length, 2);
  for (const request of requests) connection.answer(request, ok(keyOf(request)));
  assertEquals((await Promise.all(calls)).map(text), ["a", "b", "c", "d"]);
});

Deno.test("a chunk that was written stays as it is when more is written", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const first = client.get("a");
  await connection.answerNext(miss());
  await first;
  const many = Array.from({ length: 100 }, () => client.set("k", new Uint8Array(1_000).fill(7)));
  many.push(client.set("large", new Uint8Array(100_000).fill(8)));
  for (const request of await connection.takeMany(101)) connection.answer(request, ok());
  await Promise.all(many);
  const before = connection.writes.map((chunk) => chunk.slice());
  const last = client.get("c");
  await connection.answerNext(miss());
  await last;
  assertEquals(connection.writes.slice(0, -1), before);
});

Deno.test(
  "the bytes of a call that was aborted may be changed while they are written",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    connection.hold();
    const abort = new AbortController();
    const value = new Uint8Array(100_000).fill(7);
    const get = client.get("a");
    const set = assertRejects(() => client.set("b", value, { signal: abort.signal }));
    const [first, second] = await connection.takeMany(2); // The write is pending all the while.
    abort.abort();
    await set;
    value.fill(8);
    assert(second?.op === "SET");
    assertEquals(second.value, new Uint8Array(100_000).fill(7));
    connection.release();
    connection.answer(first!, miss());
    await get;
  },
);

Deno.test("much that is queued is written in batches", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const value = new Uint8Array(30_000);
  const calls = Array.from({ length: 100 }, () => client.set("k", value));
  for (const request of await connection.takeMany(100)) connection.answer(request, ok());
  await Promise.all(calls);
  assertGreater(connection.writes.length, 1);
  for (const chunk of connection.writes) assertGreater(1_048_576 + 31_000, chunk.length);
});

Deno.test("answers out of order reach who asked", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const calls = ["a", "b", "c"].map((key) => client.get(key));
  const requests = await connection.takeMany(3);
  for (const request of requests.reverse()) connection.answer(request, ok(keyOf(request)));
  assertEquals((await Promise.all(calls)).map(text), ["a", "b", "c"]);
});

Deno.test("an answer that comes byte by byte is one answer", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const call = client.get("a");
  await connection.take();
  for (const byte of Uint8Array.fromHex("cafe0180001000000000000200000000" + "6869")) {
    connection.sendBytes(Uint8Array.of(byte));
  }
  assertEquals(text(await call), "hi");
});

Deno.test("without ids answers are taken in order", HERMETIC, async () => {
  const { client, connection } = await connectPair({ ids: false });
  await using _ = client;
  const calls = ["a", "b", "c"].map((key) => client.get(key));
  const requests = await connection.takeMany(3);
  assertEquals(requests.map(({ id }) => id), [undefined, undefined, undefined]);
  for (const request of requests) connection.answer(request, ok(keyOf(request)));
  assertEquals((await Promise.all(calls)).map(text), ["a", "b", "c"]);
});

Deno.test("without ids the place of an aborted call is kept", HERMETIC, async () => {
  const { client, connection } = await connectPair({ ids: false });
  await using _ = client;
  const abort = new AbortController();
  const aborted = assertRejects(() => client.get("a", { signal: abort.signal }));
  const call = client.get("b");
  const requests = await connection.takeMany(2);
  abort.abort();
  await aborted;
  for (const request of requests) connection.answer(request, ok(keyOf(request)));
  assertEquals(text(await call), "b");
});

Deno.test("without ids quiet calls are refused", HERMETIC, async () => {
  const { client, connection } = await connectPair({ ids: false });
  await using _ = client;
  await assertRejects(() => client.set("k", "v", { quiet: true }), TypeError, "option ids");
  await assertRejects(() => client.delete("k", { quiet: true }), TypeError, "option ids");
  assertEquals(connection.writes, []);
});

Deno.test(
  "more calls than maxPending are refused, and welcome again after an answer",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair({ maxPending: 3 });
    await using _ = client;
    const sent = client.get("a");
    const request = await connection.take();
    const queued = [client.get("b"), client.get("c")];
    await assertRejects(
      () => client.get("d"),
      LimitError,
      "Cannot send GET: 3 requests are pending, the limit is 3 (option maxPending)",
    );
    connection.answer(request, miss());
    await sent;
    const more = client.get("d");
    for (let i = 0; i < 3; i++) await connection.answerNext(miss());
    await Promise.all([...queued, more]);
  },
);

Deno.test(
  "a call that is aborted before it was sent does not count as pending",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair({ maxPending: 2 });
    await using _ = client;
    connection.hold();
    const sent = client.get("a");
    const request = await connection.take();
    const abort = new AbortController();
    const aborted = assertRejects(() => client.get("b", { signal: abort.signal }));
    abort.abort();
    await aborted;
    const queued = client.get("c");
    connection.answer(request, miss());
    connection.release();
    await connection.answerNext(miss());
    await Promise.all([sent, queued]);
  },
);

Deno.test("an aborted call counts as pending until its answer comes", HERMETIC, async () => {
  const { client, connection } = await connectPair({ maxPending: 1 });
  await using _ = client;
  const abort = new AbortController();
  const aborted = assertRejects(() => client.get("a", { signal: abort.signal }));
  const request = await connection.take();
  abort.abort();
  await aborted;
  await assertRejects(() => client.get("b"), LimitError);
  connection.answer(request, miss());
  // The answer is dropped: nothing tells that it came, but that there is room again.
  while (await client.get("c", { timeout: 1 }).catch((error) => error instanceof LimitError));
});

Deno.test(
  "a quiet call resolves when it is written, and its id is from the upper half",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    connection.hold();
    let settled = false;
    const calls = [client.set("k", "v", { quiet: true }), client.delete("k", { quiet: true })];
    void Promise.all(calls).then(() => settled = true);
    const requests = await connection.takeMany(2);
    assertEquals(requests.map(({ id }) => id), [0x8000_0000, 0x8000_0001]);
    assertEquals(requests.map(({ quiet }) => quiet), [true, true]);
    assertEquals(settled, false);
    connection.release();
    assertEquals(await Promise.all(calls), [undefined, true]);
  },
);

Deno.test("the error of a quiet call goes to onQuietError", HERMETIC, async () => {
  const { promise, resolve } = Promise.withResolvers<ServerError>();
  const { client, connection } = await connectPair({ onQuietError: resolve });
  await using _ = client;
  await client.set("k", "v", { quiet: true });
  const ping = client.ping();
  await connection.answerNext(error("CONFLICT", "Cannot store"));
  await connection.answerNext(ok());
  const failure = await promise;
  assertInstanceOf(failure, ServerError);
  assertEquals([failure.code, failure.message], ["CONFLICT", "Cannot store"]);
  await ping;
});

Deno.test("the error of a quiet call may come before its write is done", HERMETIC, async () => {
  const { promise, resolve } = Promise.withResolvers<ServerError>();
  const { client, connection } = await connectPair({ onQuietError: resolve });
  await using _ = client;
  connection.hold();
  const set = client.set("k", "v", { quiet: true });
  await connection.answerNext(error("CONFLICT", "Cannot store"));
  assertEquals((await promise).code, "CONFLICT");
  connection.release();
  assertEquals(await set, undefined);
});

Deno.test("errors of quiet calls are dropped when nobody wants them", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  await client.set("k", "v", { quiet: true });
  const ping = client.ping();
  await connection.answerNext(error("CONFLICT", "Cannot store"));
  await connection.answerNext(ok());
  await ping;
});

Deno.test("an ERR without an id is the connection's end and its cause", HERMETIC, async () => {
  const { client, connection } = await connectPair({ reconnect: false });
  await using _ = client;
  const call = assertRejects(() => client.get("a"), ConnectionError, "too many");
  await connection.take();
  connection.send(error("CONNECTION_LIMIT", "too many"));
  const failure = await call;
  assertInstanceOf(failure.cause, ServerError);
  assertEquals([failure.cause.code, failure.maybeExecuted], ["CONNECTION_LIMIT", true]);
});

Deno.test(
  "without ids an ERR about the connection is not taken for an answer",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair({ ids: false, reconnect: false });
    await using _ = client;
    const calls = [client.get("a"), client.get("b")];
    const failures = calls.map((call) => assertRejects(() => call, Error));
    await connection.takeMany(2);
    connection.send(error("BAD_REQUEST", "yours"), error("CONNECTION_LIMIT", "too many"));
    assertInstanceOf(await failures[0], ServerError);
    assertInstanceOf(await failures[1], ConnectionError);
  },
);

Deno.test(
  "calls over maxPending are refused without a look at those that are pending",
  HERMETIC,
  async () => {
    let looks = 0;
    const retain = Queue.prototype.retain;
    Queue.prototype.retain = function <T>(this: Queue<T>, keep: (item: T) => boolean) {
      looks++;
      retain.call(this, keep);
    };
    try {
      const { client, connection } = await connectPair({ maxPending: 2 });
      await using _ = client;
      const pending = [client.get("a"), client.get("b")];
      for (let i = 0; i < 100; i++) await assertRejects(() => client.get("c"), LimitError);
      assertEquals(looks, 0);
      for (let i = 0; i < 2; i++) await connection.answerNext(miss());
      await Promise.all(pending);
    } finally {
      Queue.prototype.retain = retain;
    }
  },
);
