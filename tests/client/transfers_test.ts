import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { concat } from "@std/bytes";
import { Client, type ClientOptions, ConnectionError, ServerError } from "../../lib/client/mod.ts";
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
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.maybeExecuted, true);
  await assertRejects(() => read(entry!.value), ConnectionError, "Cannot complete GET");
  await client.close();
});
