/** RESP over sockets: what a session alone does not show. */

import {
  Connection,
  newServices,
  serve,
  type ServeOptions,
  type Server,
  serverLimits,
  Session,
} from "../../../lib/server/mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes";
import fc from "fast-check";
import { settle, textOf, utf8 } from "../../codec/helpers.ts";
import { FakeSocket } from "../fake_socket.ts";
import { RawClient, until } from "../raw_client.ts";

/** What a server asks for the time. */
const clock = { now: 1_000_000 };

type Connect = () => Promise<RawClient>;

function test(
  name: string,
  options: ServeOptions,
  fn: (connect: Connect, server: Server, log: readonly string[]) => Promise<void>,
): void {
  Deno.test({
    name: `a Redis client ${name}`,
    permissions: { net: ["127.0.0.1"] },
    async fn() {
      const log: string[] = [];
      await using stack = new AsyncDisposableStack();
      const server = stack.use(
        await serve({ port: 0, ...options, log: (line) => void log.push(line) }),
      );
      const connect = async () => stack.use(await RawClient.connect(server.addr!));
      await fn(connect, server, log);
    },
  });
}

/** Sends lines, and reads a reply of a known text. */
async function say(client: RawClient, lines: string, reply: string): Promise<void> {
  await client.send(utf8(`${lines}\r\n`));
  assertEquals(textOf(await client.readExactly(reply.length)), reply);
}

test(
  "gets its replies to all before QUIT, and nothing after it is carried out",
  {},
  async (connect, server) => {
    const client = await connect();
    await client.send(utf8(`SET a 1\r\nQUIT\r\n${"SET a 2\r\n".repeat(20_000)}`));
    assertEquals(textOf(await client.readAll()), "+OK\r\n+OK\r\n");
    await say(await connect(), "GET a", "$1\r\n1\r\n");
    assertEquals(server.services.counters.requests, 3);
  },
);

test("that is killed is gone from the count with the reply", {}, async (connect, server, log) => {
  const [client, other, third] = [await connect(), await connect(), await connect()];
  await say(other, "CLIENT ID", ":2\r\n");
  await say(third, "SUBSCRIBE c", "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
  await say(client, "CLIENT KILL SKIPME yes\r\nPUBLISH c x", ":2\r\n:0\r\n");
  assertEquals(server.services.clients.size, 1);
  await Promise.all([other.drain(), third.drain()]);
  await until(() => server.services.counters.connections === 1);
  await say(client, "PING", "+PONG\r\n");
  assertEquals(log, []);
});

test("that kills itself gets the reply first", {}, async (connect, server) => {
  const client = await connect();
  await client.send(utf8("CLIENT KILL SKIPME no\r\nPING\r\n"));
  assertEquals(textOf(await client.readAll()), ":1\r\n");
  client.close();
  await until(() => server.services.counters.connections === 0);
});

test("is known by its address", {}, async (connect, server) => {
  const client = await connect();
  await client.send(utf8("HELLO 2 SETNAME ann\r\nCLIENT INFO\r\nQUIT\r\n"));
  const { hostname, port } = server.addr!;
  const info = textOf(await client.readAll());
  assertMatch(info, /id=1 addr=127\.0\.0\.1:\d+ laddr=/);
  assertStringIncludes(info, ` laddr=${hostname}:${port} `);
  assertMatch(info, / flags=N db=0 .* qbuf=\d+ qbuf-free=\d+ argv-mem=10 .* events=r /);
});

test("sends the password and a large request at once", { password: "secret" }, async (connect) => {
  const client = await connect();
  const large = "x".repeat(300_000);
  await client.send(utf8(`AUTH secret\r\n*2\r\n$4\r\nECHO\r\n$${large.length}\r\n${large}\r\n`));
  const reply = `+OK\r\n$${large.length}\r\n${large}\r\n`;
  assertEquals(textOf(await client.readExactly(reply.length)), reply);
});

test("without the password sends no large request", { password: "secret" }, async (connect) => {
  const client = await connect();
  await say(client, "PING", "-NOAUTH Authentication required.\r\n");
  const sending = client.flood(utf8(`*2\r\n$4\r\nECHO\r\n$2000000\r\n${"x".repeat(2_000_000)}`));
  assertEquals(
    textOf(await client.readAll()),
    "-ERR Protocol error: unauthenticated bulk length\r\n",
  );
  client.close();
  await sending;
});

test(
  "that is a web browser is refused and logged with its address",
  {},
  async (connect, server, log) => {
    const client = await connect();
    const sending = client.flood(
      utf8(`POST / HTTP/1.1\r\nHost: a\r\n\r\n${"SET a 1\r\n".repeat(100_000)}`),
    );
    assertEquals(
      textOf(await client.readAll()),
      "-ERR Protocol error: an HTTP request (possible cross-protocol attack)\r\n",
    );
    client.close();
    await sending;
    await until(() => log.length > 0);
    assertMatch(log[0]!, /^127\.0\.0\.1:\d+: protocol error: .*possible cross-protocol attack/);
    assertEquals(server.services.databases.at(0).size, 0);
  },
);

test(
  "that monitors and does not read is closed",
  { limits: { maxOutputSize: 100_000 } },
  async (connect, server) => {
    const [monitor, client] = [await connect(), await connect()];
    await say(monitor, "MONITOR", "+OK\r\n");
    const value = "x".repeat(60_000);
    while (server.services.monitors.size > 0) await say(client, `SET a ${value}`, "+OK\r\n");
    await monitor.drain();
    await until(() => server.services.counters.connections === 1);
  },
);

test("that monitors need not send requests", {
  limits: { idleTimeout: 1_000 },
  now: () => clock.now,
}, async (connect, server) => {
  const [monitor, client] = [await connect(), await connect()];
  await say(monitor, "MONITOR", "+OK\r\n");
  await say(client, "CLIENT ID", ":2\r\n");
  clock.now += 5_000;
  assertMatch(textOf(await client.readAll()), /^$/);
  client.close();
  await until(() => server.services.counters.connections === 1);
  assert(server.services.monitors.size === 1);
});

/** A request as an array of bulk strings. */
function request(...args: readonly string[]): string {
  const bulks = args.map((argument) => `$${argument.length}\r\n${argument}\r\n`);
  return `*${args.length}\r\n${bulks.join("")}`;
}

/** A value of a size, of which each piece tells whose it is. */
function valueOf(size: number, number: number): string {
  return `<${number}>`.repeat(size).slice(0, size);
}

/** Requests that read, copy, queue or publish what they have, with values around the sizes of blocks. */
const REQUESTS = fc.array(
  fc.tuple(
    fc.constantFrom(
      "SET",
      "SET",
      "SET",
      "SET",
      "GET",
      "GETSET",
      "APPEND",
      "ECHO",
      "MULTI",
      "EXEC",
      "MSET",
    ),
    fc.integer({ min: 0, max: 3 }),
    fc.oneof(fc.nat(40), fc.integer({ min: 900, max: 20_000 }), fc.nat(140_000)),
  ),
  { minLength: 4, maxLength: 60 },
).map((steps) =>
  steps.map(([name, key, size], number) => {
    const [k, value] = [`key:${key}`, valueOf(size, number)];
    if (name === "GET") return request(name, k);
    if (name === "MULTI" || name === "EXEC") return request(name);
    if (name === "ECHO") return request(name, value);
    return name === "MSET" ? request(name, k, value, "other", value) : request(name, k, value);
  }).join("")
);

Deno.test({
  name:
    "a Redis client is answered the same whether its requests are read over earlier ones or not",
  permissions: "none",
  async fn() {
    const sizes = fc.array(fc.integer({ min: 1, max: 150_000 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(REQUESTS, sizes, async (requests, sizes) => {
        const all = requests +
          ["key:0", "key:1", "key:2", "key:3"].map((k) => request("GET", k)).join("");
        const expected = new Session(newServices()).receive(utf8(all));
        const socket = new FakeSocket();
        const connection = new Connection(socket, newServices(), serverLimits({}));
        const ending = connection.run();
        for (let at = 0, i = 0; at < all.length; i++) {
          const end = at + sizes[i % sizes.length]!;
          socket.give(utf8(all.slice(at, end)));
          if (i % 3 === 0) await settle();
          at = end;
        }
        socket.give(null);
        await ending;
        assertEquals(concat(socket.sent).length, expected.length);
        assert(textOf(concat(socket.sent)) === textOf(expected), "the replies differ");
      }),
      { numRuns: 25 },
    );
  },
});

Deno.test({
  name:
    "a Redis client's GET and small SET may be read over, and not what may be kept of other requests",
  permissions: "none",
  fn() {
    const session = new Session(newServices());
    const keptAfter = (...requests: string[]) => {
      session.receive(utf8(requests.join("")));
      return session.decoder.kept;
    };
    assertEquals(keptAfter(request("SET", "k", "v"), request("GET", "k")), 0);
    assertEquals(keptAfter(request("MULTI"), request("SET", "k", "v")), 4);
    assertEquals(keptAfter(request("EXEC")), 5);
    assertEquals(keptAfter(request("SET", "k", valueOf(32_767, 1))), 5);
    assertEquals(keptAfter(request("SET", "k", valueOf(32_768, 1))), 7);
    assertEquals(keptAfter(request("GET", "k"), request("SET", "k")), 9);
    assertEquals(keptAfter(request("PUBLISH", "c", "m"), request("SET", "k", "v")), 10);
  },
});
