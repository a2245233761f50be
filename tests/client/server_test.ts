import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { Client, type ClientOptions, ConnectionError, ServerError } from "../../lib/client/mod.ts";
import { serve, type ServeOptions } from "../../lib/server/mod.ts";
import { text } from "./peer.ts";

/** A test with a server and a client. */
function testEach(
  name: string,
  fn: (client: Client, connect: (options?: ClientOptions) => Promise<Client>) => Promise<void>,
  options: ServeOptions = {},
): void {
  Deno.test({
    name: `server: ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    async fn() {
      await using server = await serve({ port: 0, ...options });
      const connect = (options?: ClientOptions) => Client.connect(server.addr!, options);
      await using client = await connect();
      await fn(client, connect);
    },
  });
}

testEach("ping and hello", async (client) => {
  assertEquals(text(await client.ping()), "PONG");
  assertEquals(text(await client.ping("hey")), "hey");
  const info = await client.hello();
  assertEquals([info.server, info.protocol], ["cortado", 1]);
  assertGreater(info.limits.maxValueSize, 0);
  assertEquals(typeof info.window.requests, "number");
});

testEach("get, set, delete", async (client) => {
  assertEquals(await client.get("k"), undefined);
  assertEquals(await client.set("k", "v"), undefined);
  assertEquals(text(await client.get("k")), "v");
  assertEquals([await client.delete("k"), await client.delete("k")], [true, false]);
});

testEach("versions guard writes", async (client) => {
  const first = await client.set("k", "1", { version: 0 });
  assert(first !== undefined);
  const conflict = await assertRejects(() => client.set("k", "2", { version: 0 }), ServerError);
  assertEquals(conflict.code, "CONFLICT");
  const second = await client.set("k", "2", { version: first });
  const entry = await client.getEntry("k");
  assertEquals([text(entry?.value), entry?.version, entry?.ttl], ["2", second, undefined]);
  await assertRejects(() => client.delete("k", { version: first }), ServerError);
  assertEquals(await client.delete("k", { version: second }), true);
  assertEquals(await client.getEntry("k"), undefined);
});

testEach("times to live", async (client) => {
  await client.set("k", "v", { ttl: 1_000_000 });
  const { ttl } = (await client.getEntry("k"))!;
  assert(ttl !== undefined && ttl > 0 && ttl <= 1_000_000);
  assertEquals(await client.touch("k"), true);
  assertEquals((await client.getEntry("k"))!.ttl, undefined);
  assertEquals(await client.touch("none", { ttl: 5 }), false);
});

testEach("incr and append", async (client) => {
  assertEquals(await client.incr("n"), 1n);
  assertEquals(await client.incr("n", 2n ** 62n), 2n ** 62n + 1n);
  assertEquals(
    (await assertRejects(() => client.incr("n", 2n ** 62n), ServerError)).code,
    "OVERFLOW",
  );
  assertEquals(await client.append("s", "abc"), 3);
  assertEquals(await client.append("s", new Uint8Array(100_000)), 100_003);
  assertEquals((await assertRejects(() => client.incr("s"), ServerError)).code, "NOT_AN_INTEGER");
});

testEach("scan gives every key with the prefix", async (client) => {
  const names = Array.from({ length: 1_000 }, (_, i) => `key ${i}`);
  await Promise.all(names.map((name) => client.set(name, "")));
  await client.set("other", "");
  const found = new Set(await Array.fromAsync(client.scan("key "), text));
  assertEquals(found, new Set(names));
  const page = await client.scanPage("", 0);
  assertGreater(page.keys.length, 0);
});

testEach("stats of all sections and of one", async (client) => {
  await client.set("k", "v");
  assertEquals((await client.stats()).get("keys"), "1");
  assertEquals((await client.stats("store")).get("keys"), "1");
  await assertRejects(() => client.stats("none"), ServerError);
});

testEach("publish and subscribe", async (client, connect) => {
  await using other = await connect({ checksum: true });
  assertEquals(await client.publish("news", "nobody"), 0);
  const mine = await client.subscribe("news");
  const theirs = await other.subscribe("news");
  assertEquals(await client.publish("news", "a"), 2);
  assertEquals(text((await mine.next()).value), "a");
  assertEquals(text((await theirs.next()).value), "a");
  await mine.unsubscribe();
  assertEquals(await other.publish("news", "b"), 1);
  assertEquals(text((await theirs.next()).value), "b");
});

testEach("quiet calls are carried out, and their errors come", async (_, connect) => {
  const failed = Promise.withResolvers<ServerError>();
  await using client = await connect({ onQuietError: failed.resolve });
  await client.set("a", "1", { quiet: true });
  await client.set("b", "2", { quiet: true });
  await client.delete("b", { quiet: true });
  await client.delete("none", { quiet: true });
  await client.set("a", "3", { quiet: true, version: 0 });
  assertEquals([text(await client.get("a")), await client.get("b")], ["1", undefined]);
  assertEquals((await failed.promise).code, "CONFLICT");
});

testEach("durable calls and compact are refused while nothing is kept on disk", async (client) => {
  const refused = await assertRejects(() => client.set("k", "v", { durable: true }), ServerError);
  assertEquals([refused.code, await client.get("k")], ["NOT_DURABLE", undefined]);
  assertEquals((await assertRejects(() => client.compact(), ServerError)).code, "NOT_DURABLE");
});

for (const options of [{ ids: false }, { checksum: true }, { ids: false, checksum: true }]) {
  testEach(`thousands of calls in flight, ${JSON.stringify(options)}`, async (_, connect) => {
    await using client = await connect(options);
    const numbers = Array.from({ length: 5_000 }, (_, i) => i);
    await Promise.all(numbers.map((i) => client.set(`k${i}`, `v${i}`)));
    const values = await Promise.all(numbers.map((i) => client.get(`k${i}`)));
    assertEquals(values.map(text), numbers.map((i) => `v${i}`));
  });
}

testEach("values of megabytes, several at once", async (client) => {
  const values = [1, 2, 3, 4].map((byte) => new Uint8Array(3_000_000).fill(byte));
  await Promise.all(values.map((value, i) => client.set(`k${i}`, value)));
  const found = await Promise.all(values.map((_, i) => client.get(`k${i}`)));
  assertEquals(found.map((value) => [value?.length, value?.at(0), value?.at(-1)]), [
    [3_000_000, 1, 1],
    [3_000_000, 2, 2],
    [3_000_000, 3, 3],
    [3_000_000, 4, 4],
  ]);
});

testEach("an aborted call leaves the connection in step", async (client) => {
  const abort = new AbortController();
  const aborted = assertRejects(() => client.get("a", { signal: abort.signal }));
  abort.abort();
  await aborted;
  await client.set("b", "2");
  assertEquals(text(await client.get("b")), "2");
});

testEach("a value over the server's limit is its call's error", async (client) => {
  const failure = await assertRejects(() => client.set("k", new Uint8Array(101)), ServerError);
  assertEquals(failure.code, "TOO_LARGE");
  assertEquals(text(await client.ping("still")), "still"); // On the next connection.
}, { limits: { maxValueSize: 100 } });

testEach("a connection over the server's limit gets the reason", async (_, connect) => {
  await using client = await connect({ reconnect: false });
  const failure = await assertRejects(() => client.ping(), ConnectionError);
  assert(failure.cause instanceof ServerError);
  assertEquals(failure.cause.code, "CONNECTION_LIMIT");
}, { limits: { maxConnections: 1 } });

Deno.test({
  name: "server: a restart is survived by calls and subscriptions",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    const first = await serve({ port: 0 });
    const { port } = first.addr!;
    const delay = () => Promise.resolve();
    const restarted = Promise.withResolvers<void>();
    await using client = await Client.connect(first.addr!, {
      delay: async () => {
        await restarted.promise;
        await delay();
      },
    });
    const news = await client.subscribe("news");
    await first.shutdown();
    const incr = client.incr("n");
    await using _ = await serve({ port });
    restarted.resolve();
    assertEquals(await incr, 1n);
    assertEquals(await client.publish("news", "again"), 1);
    assertEquals(text((await news.next()).value), "again");
  },
});

Deno.test({
  name: "server: the password lets each connection in",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    await using server = await serve({ port: 0, password: "secret" });
    await using client = await Client.connect(server.addr!, { password: "secret" });
    await client.set("k", "v");
    for (const connected of [...server.services.clients]) connected.kill();
    assertEquals(text(await client.get("k")), "v", "also one that replaces another");
    const info = await client.hello();
    assertEquals(info.server, "cortado");
  },
});

Deno.test({
  name: "server: without the right password each call is refused",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    await using server = await serve({ port: 0, password: "secret" });
    for (const options of [{}, { password: "guess" }, { password: "secret", user: "ann" }]) {
      await using client = await Client.connect(server.addr!, options);
      const error = await assertRejects(() => client.get("k"), ServerError);
      assertEquals(error.code, "AUTH_REQUIRED");
    }
  },
});
