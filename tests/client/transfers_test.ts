import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { concat } from "@std/bytes";
import {
  Client,
  type ClientOptions,
  ClosedError,
  ConnectionError,
  ServerError,
} from "../../lib/client/mod.ts";
import { type Limits, serve, type ServeOptions } from "../../lib/server/mod.ts";
import { settle } from "../codec/helpers.ts";
import { text } from "./peer.ts";

const LONG = Uint8Array.from({ length: 3_000_000 }, (_, at) => at * 7);

/** A stream of bytes in chunks that are made when they are asked for. */
function streamOf(bytes: Uint8Array, chunkSize = 100_000): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at += Math.min(chunkSize, bytes.length - at)));
    },
  }, { highWaterMark: 0 });
}

async function read(stream: ReadableStream<Uint8Array> | undefined): Promise<Uint8Array> {
  return concat(await Array.fromAsync(stream!));
}

/** A test with a server and a client. */
function test(
  name: string,
  fn: (client: Client) => Promise<void>,
  options: ClientOptions = {},
  limits: Limits = {},
  more: ServeOptions = {},
): void {
  Deno.test({
    name: `a client ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    async fn() {
      await using server = await serve({ port: 0, limits, ...more });
      await using client = await Client.connect(server.addr!, options);
      await fn(client);
    },
  });
}

const SECRET = "correct horse battery staple";
const WAYS: readonly (readonly [string, ClientOptions, Limits, ServeOptions])[] = [
  ["in plain", {}, {}, {}],
  ["with checksums", { checksum: true }, {}, {}],
  ["under a window", { flowControl: true }, { maxInFlight: 3, maxInFlightBytes: 10_000 }, {}],
  [
    "signed, encrypted and compressed",
    { secret: SECRET, sign: true, encrypt: true, compress: true, flowControl: true },
    { maxInFlightBytes: 100_000 },
    { protection: { secret: new TextEncoder().encode(SECRET) } },
  ],
];

for (const [how, options, limits, more] of WAYS) {
  test(
    `stores and reads streams ${how}, and other calls go on`,
    async (client) => {
      const pongs: string[] = [];
      const stored = client.setStream("k", streamOf(LONG), LONG.length, { version: 0 }).then(
        (version) => {
          pongs.push("stored");
          return version;
        },
      );
      pongs.push(text(await client.ping("first"))!);
      assert(await stored);
      assertEquals(pongs, ["first", "stored"]);
      const entry = await client.getStream("k");
      assertEquals([entry?.size, entry?.ttl], [LONG.length, undefined]);
      assertEquals(text(await client.ping("beside it")), "beside it");
      assertEquals(await read(entry?.value), LONG);
    },
    options,
    limits,
    more,
  );
}

test("reads a value that nobody takes beside its other calls", async (client) => {
  await client.setStream("k", streamOf(LONG), LONG.length, { ttl: 60_000 });
  const idle = await client.getStream("k");
  assert(idle!.ttl! > 0);
  for (let i = 0; i < 20; i++) await client.ping();
  const other = await client.getStream("k");
  assertEquals(await read(other!.value), LONG);
  assertEquals(await read(idle!.value), LONG);
});

test("reads short values and missing ones as streams", async (client) => {
  await client.set("short", "abc");
  await client.set("empty", "");
  assertEquals(text(await read((await client.getStream("short"))?.value)), "abc");
  assertEquals((await read((await client.getStream("empty"))?.value)).length, 0);
  assertEquals(await client.getStream("none"), undefined);
});

test(
  "stores and reads what is longer than a frame may be",
  async (client) => {
    await client.setStream("k", streamOf(LONG, 1_000_000), LONG.length);
    const error = await assertRejects(() => client.get("k"), ServerError);
    assertEquals(error.code, "TOO_LARGE");
    assertEquals(await read((await client.getStream("k"))?.value), LONG);
  },
  {},
  { maxValueSize: 70_000 },
);

test("goes on when a stream is given up half read, or fails while it is stored", async (client) => {
  await client.setStream("k", streamOf(LONG), LONG.length);
  const entry = await client.getStream("k");
  const reader = entry!.value.getReader();
  await reader.read();
  await reader.cancel();
  const short = assertRejects(
    () => client.setStream("k", streamOf(LONG), LONG.length + 1),
    RangeError,
  );
  const controller = new AbortController();
  const endless = new ReadableStream<Uint8Array>();
  const aborted = client.setStream("k", endless, 5, { signal: controller.signal });
  await client.ping();
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  await short;
  assertEquals(text(await client.ping("on")), "on");
  assertEquals(await read((await client.getStream("k"))?.value), LONG);
});

test(
  "stops reading a stream whose value is refused",
  async (client) => {
    let cancelled: unknown;
    const source = new ReadableStream<Uint8Array>({
      pull: () => new Promise(() => {}),
      cancel: (reason) => void (cancelled = reason),
    });
    const error = await assertRejects(() => client.setStream("k", source, 2_000), ServerError);
    assertEquals(error.code, "TOO_LARGE");
    for (let turns = 0; cancelled === undefined && turns < 100; turns++) await settle();
    assertEquals(cancelled, "The request was answered");
  },
  {},
  { maxStreamedSize: 1_000 },
);

test("without ids refuses streams", async (client) => {
  await assertRejects(() => client.getStream("k"), TypeError, "option ids");
  await assertRejects(() => client.setStream("k", streamOf(LONG), 5), TypeError, "option ids");
}, { ids: false });

test(
  "under a window of one request waits for each to be given back",
  async (client) => {
    const values = await Promise.all(Array.from({ length: 100 }, (_, i) => client.incr("n", i)));
    assertEquals(values.at(-1), 4_950n);
  },
  { flowControl: true },
  { maxInFlight: 1 },
);

test(
  "under a window of one byte sends frame by frame",
  async (client) => {
    const sums = await Promise.all(Array.from({ length: 100 }, () => client.incr("n")));
    assertEquals(sums.at(-1), 100n);
  },
  { flowControl: true },
  { maxInFlightBytes: 1 },
);

Deno.test("a client whose server goes away fails its streams", async () => {
  const server = await serve({ port: 0 });
  const client = await Client.connect(server.addr!, { reconnect: false });
  await client.setStream("k", streamOf(LONG), LONG.length);
  const entry = await client.getStream("k");
  let fed = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (!fed) controller.enqueue(new Uint8Array(10));
      fed = true;
    },
  });
  const stored = client.setStream("half", endless, 20).catch((error: unknown) => error);
  await client.ping();
  await server[Symbol.asyncDispose]();
  const error = await stored;
  assertInstanceOf(error, ServerError);
  assertEquals(error.code, "CANCELLED");
  await assertRejects(() => read(entry!.value), ServerError, "the server reads no more requests");
  await client.close();
});

Deno.test("a client that is closed, or cut off, fails its streams, and knows what was not stored", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const client = await Client.connect(listener.addr as Deno.NetAddr, { reconnect: false });
  const stored = client.setStream("k", new ReadableStream(), 20).catch((error: unknown) => error);
  const peer = await accepted;
  await peer.read(new Uint8Array(99));
  peer.close();
  listener.close();
  const error = await stored;
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.maybeExecuted, false);
  await client.close();
});

test("that is closed ends its streams as closed", async (client) => {
  await client.setStream("k", streamOf(LONG), LONG.length);
  const entry = await client.getStream("k");
  await client.close();
  await assertRejects(() => read(entry!.value), ClosedError);
});

test("ends a stream with the signal of its call", async (client) => {
  await client.setStream("k", streamOf(LONG), LONG.length);
  const controller = new AbortController();
  const entry = await client.getStream("k", { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => read(entry!.value), Error, "enough");
  assertEquals(text(await client.ping("on")), "on");
});

test("with a small limit for frames reads streams", async (client) => {
  await client.setStream("k", streamOf(LONG), LONG.length);
  assertEquals(await read((await client.getStream("k"))?.value), LONG);
}, { limits: { maxValueSize: 10_000 } });

test(
  "keeps to its window with many streams at once",
  async (client) => {
    const value = LONG.subarray(0, 200_000);
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
    await Promise.all(
      keys.map((key) => client.setStream(key, streamOf(value, 50_000), value.length)),
    );
    for (const key of keys) assertEquals((await client.getStream(key))?.size, value.length);
  },
  { flowControl: true },
  { maxInFlightBytes: 1_000 },
);

test("refuses a stream that is no stream of bytes, alone", async (client) => {
  const counted = client.incr("n");
  // @ts-expect-error: programs without types may give anything.
  const strings: ReadableStream<Uint8Array> = ReadableStream.from(["text"]);
  await assertRejects(() => client.setStream("k", strings, 4), TypeError, "no Uint8Array");
  const locked = streamOf(LONG);
  locked.getReader();
  await assertRejects(() => client.setStream("k", locked, 4), TypeError, "locked");
  assertEquals([await counted, await client.incr("n")], [1n, 2n]);
});

test("cancels streams that are not sent", async (client) => {
  const reasons: unknown[] = [];
  const source = () =>
    new ReadableStream<Uint8Array>({ cancel: (reason) => void reasons.push(String(reason)) });
  const aborted = AbortSignal.abort("aborted");
  await assertRejects(async () => {
    await client.setStream("k", source(), 5, { signal: aborted }).catch((reason) => {
      throw new Error(reason);
    });
  });
  await assertRejects(() => client.setStream("k", source(), -1), RangeError);
  await assertRejects(() => client.setStream("k".repeat(70_000), source(), 1), RangeError);
  await client.close();
  await assertRejects(() => client.setStream("k", source(), 5), ClosedError);
  await settle();
  assertEquals([reasons.length, reasons[0]], [4, "aborted"]);
});
