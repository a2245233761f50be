import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type Client, ConnectionError, ServerError } from "../../lib/client/mod.ts";
import { error, miss, ok, ProtocolError } from "../../lib/model/mod.ts";
import { connectPair, HERMETIC, text } from "./peer.ts";

const ascii = (value: string) => new TextEncoder().encode(value);
const hex = (value: string) => Uint8Array.fromHex(value.replaceAll(" ", ""));

/** What no server sends, and what the error says of it. */
const GARBAGE: readonly (readonly [string, Uint8Array, string])[] = [
  ["HTTP", ascii("HTTP/1.1 400 Bad Request\r\n"), "it looks like an HTTP response"],
  ["a RESP error", ascii("-ERR unknown command\r\n"), "it looks like a RESP"],
  ["an unknown opcode", hex("cafe 01 8f 0010 0000 00000000 00000000"), "no response has it"],
  ["an unknown version", hex("cafe 02 80 0010 0000 00000000 00000000"), "version 2"],
  ["a reserved flag", hex("cafe 01 80 0400 0000 00000000"), "reserved"],
  ["a wrong checksum", hex("cafe 01 80 0014 0000 00000000 00000000 12345678"), "checksum"],
  ["a value over the limit", hex("cafe 01 80 0010 0000 00000065 00000000"), "maxValueSize"],
  ["an unknown id", hex("cafe 01 80 0010 0000 00000000 00000063"), "OK with id 99"],
  ["an ERR with an unknown id", hex("cafe 01 81 0010 0000 00000000 00000063"), "ERR with id 99"],
  ["an answer without an id", hex("cafe 01 80 0000 0000 00000000"), "OK without an id"],
  ["a MISS without an id", hex("cafe 01 82 0000 0000 00000000"), "MISS without an id"],
  ["an OK to a quiet id", hex("cafe 01 80 0010 0000 00000000 80000000"), "OK with id 2147483648"],
];

for (const [name, garbage, message] of GARBAGE) {
  Deno.test(`${name} rejects all that was sent, and the client goes on`, HERMETIC, async () => {
    const { client, peer, connection } = await connectPair({ limits: { maxValueSize: 100 } });
    await using _ = client;
    connection.hold();
    const sent = [client.get("a"), client.incr("b")];
    const failures = sent.map((call) => assertRejects(() => call, ConnectionError, message));
    await connection.takeMany(2);
    const queued = client.get("c");
    connection.sendBytes(garbage);
    for (const failure of failures) assertEquals((await failure).maybeExecuted, true);
    await connection.closed;
    const next = await peer.accept();
    await next.answerNext(ok(ascii("v")));
    assertEquals([text(await queued), next.waiting], ["v", 0]);
  });
}

Deno.test("answers before garbage in one chunk reach who asked", HERMETIC, async () => {
  const { client, connection } = await connectPair({ reconnect: false });
  await using _ = client;
  const good = client.get("a");
  const bad = assertRejects(() => client.get("b"), ConnectionError);
  await connection.takeMany(2);
  connection.sendBytes(hex("cafe 01 82 0010 0000 00000000 00000000 484545"));
  assertEquals(await good, undefined);
  assertInstanceOf((await bad).cause, ProtocolError);
});

Deno.test("answers behind an unknown id in one chunk are not taken", HERMETIC, async () => {
  const { client, connection } = await connectPair({ reconnect: false });
  await using _ = client;
  const call = assertRejects(() => client.get("a"), ConnectionError, "with id 99");
  await connection.take();
  connection.send({ ...miss(), id: 99 }, { ...miss(), id: 0 });
  await call;
});

Deno.test("an answer that comes twice is garbage", HERMETIC, async () => {
  const { client, connection } = await connectPair({ reconnect: false });
  await using _ = client;
  const [first, second] = [client.get("a"), client.get("b")];
  const failure = assertRejects(() => second, ConnectionError, "OK with id 0");
  await connection.takeMany(2);
  connection.send({ ...ok(), id: 0 }, { ...ok(), id: 0 });
  await first;
  await failure;
});

Deno.test(
  "without ids an answer with one is garbage, and so is one that nobody asked for",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair({ ids: false });
    await using _ = client;
    const failure = assertRejects(() => client.get("a"), ConnectionError, "OK with id 0");
    await connection.take();
    connection.send({ ...ok(), id: 0 });
    await failure;
    const ping = client.ping();
    const next = await peer.accept();
    await next.answerNext(ok());
    await ping;
    next.send(ok());
    await next.closed;
  },
);

Deno.test("what a callback throws does not end the connection", HERMETIC, async () => {
  const thrown = Promise.withResolvers<void>();
  const listener = (event: ErrorEvent) => {
    event.preventDefault();
    thrown.resolve();
  };
  globalThis.addEventListener("error", listener);
  const { client, connection } = await connectPair({
    onQuietError: () => {
      throw new Error("a defect of the callback");
    },
  });
  await using _ = client;
  await client.set("k", "v", { quiet: true });
  await connection.answerNext({
    id: undefined,
    checksum: false,
    type: "ERR",
    code: "CONFLICT",
    message: "",
  });
  await thrown.promise;
  globalThis.removeEventListener("error", listener);
  const ping = client.ping();
  await connection.answerNext(ok());
  await ping;
});

for (const response of [ok(ascii("v")), miss(), error("BAD_REQUEST", "no")]) {
  Deno.test(
    `${response.type} without the checksum that was asked for is not taken`,
    HERMETIC,
    async () => {
      for (const ids of [true, false]) {
        const { client, connection } = await connectPair({ checksum: true, ids, reconnect: false });
        await using _ = client;
        const call = assertRejects(() => client.get("a"), ConnectionError, "it has no checksum");
        const { id } = await connection.take();
        connection.send({ ...response, id, checksum: false });
        await call;
        await connection.closed;
      }
    },
  );
}

Deno.test("an answer with a checksum that was not asked for is not taken", HERMETIC, async () => {
  const { client, connection } = await connectPair({ reconnect: false });
  await using _ = client;
  const call = assertRejects(() => client.get("a"), ConnectionError, "it has a checksum");
  const { id } = await connection.take();
  connection.send({ ...ok(), id, checksum: true });
  await call;
});

Deno.test(
  "an ERR before the server closes needs no checksum, and ends the connection",
  HERMETIC,
  async () => {
    const { client, peer, connection } = await connectPair({ checksum: true });
    await using _ = client;
    const large = assertRejects(() => client.set("a", "v"), ServerError, "too large");
    const { id } = await connection.take();
    const get = client.get("b");
    await connection.take();
    connection.send({ ...error("TOO_LARGE", "too large"), id });
    await large;
    await connection.closed;
    await (await peer.accept()).answerNext(miss());
    assertEquals(await get, undefined);
  },
);

const NEVER_MISS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  PING: (client) => client.ping(),
  HELLO: (client) => client.hello(),
  SET: (client) => client.set("k", "v"),
  INCR: (client) => client.incr("k"),
  APPEND: (client) => client.append("k", "v"),
  SCAN: (client) => client.scanPage("", 0),
  STATS: (client) => client.stats(),
  SUBSCRIBE: (client) => client.subscribe("c"),
  PUBLISH: (client) => client.publish("c", "m"),
};

for (const [op, call] of Object.entries(NEVER_MISS)) {
  Deno.test(`MISS is no answer to ${op}`, HERMETIC, async () => {
    const { client, connection } = await connectPair({ reconnect: false });
    await using _ = client;
    const message = `Cannot take MISS for the answer to ${op}`;
    const failure = assertRejects(() => call(client), ConnectionError, message);
    await connection.answerNext(miss());
    await failure;
    await connection.closed;
  });
}
