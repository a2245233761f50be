import { serve, ServerSystem } from "../../lib/server/mod.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";
import { RawClient, until } from "./raw_client.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: { net: ["127.0.0.1"] }, fn });
}

/** Sends a line, and reads a reply of a known length. */
async function say(client: RawClient, line: string, reply: string): Promise<void> {
  await client.send(utf8(`${line}\r\n`));
  assertEquals(textOf(await client.readExactly(reply.length)), reply);
}

Deno.test({
  name: "a system without a server tells of the process, and cannot listen",
  permissions: "none",
  fn() {
    const system = new ServerSystem();
    assertEquals(system.pid, Deno.pid);
    assertMatch(system.runId, /^[0-9a-f]{40}$/);
    assert(system.runId !== new ServerSystem().runId);
    assert(system.memory().rss > system.memory().heapUsed);
    assert(system.cpu().user > 0);
    assertEquals([system.hostname, system.port, system.unix], ["", 0, ""]);
    assertThrows(() => system.listen(1), TypeError, "there is no server");
  },
});

Deno.test({
  name: "a system is exposed when TCP or TLS can be reached from other machines",
  fn() {
    const system = new ServerSystem();
    const at = (hostname: string, tlsHostname: string) => {
      system.server = { ...system.server, hostname, tlsHostname };
      return system.isExposed;
    };
    assertEquals([at("", ""), at("127.0.0.1", "::1")], [false, false]);
    assertEquals([at("0.0.0.0", ""), at("", "10.0.0.1"), at("127.0.0.1", "::")], [
      true,
      true,
      true,
    ]);
  },
});

Deno.test({
  name: "a system sleeps as long as it is told: it waits for a change that nobody makes",
  permissions: "none",
  fn() {
    const { wait } = Atomics;
    const asked: (readonly [unchanged: boolean, ms: number | undefined])[] = [];
    const recorded = (array: Int32Array, at: number, value: number, ms?: number) => {
      asked.push([array[at] === value, ms]);
      return "timed-out";
    };
    Atomics.wait = recorded as typeof Atomics.wait;
    try {
      new ServerSystem().sleep(20);
    } finally {
      Atomics.wait = wait;
    }
    assertEquals(asked, [[true, 20]]);
    new ServerSystem().sleep(1); // The real one comes back.
  },
});

test("SHUTDOWN ends the server without a reply, and SHUTDOWN ABORT has nothing to abort", async () => {
  const server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  await say(client, "SHUTDOWN ABORT", "-ERR No shutdown in progress.\r\n");
  await client.send(utf8("SHUTDOWN NOSAVE\r\nPING\r\n"));
  assertEquals((await client.readToEnd()).length, 0);
  await server.finished;
  await assertRejects(() => RawClient.connect(server.addr!), Deno.errors.ConnectionRefused);
});

/** Somebody may take a free port before it is used: so often another one is tried. */
const PORT_ATTEMPTS = 10;

/** Moves a server to a port that is free; the reply to each attempt but the last tells that it was not. */
async function move(client: RawClient): Promise<number> {
  for (let attempt = 1; attempt <= PORT_ATTEMPTS; attempt++) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    await client.send(utf8(`CONFIG SET port ${port}\r\n`));
    const reply = textOf(await client.readExactly(5));
    if (reply === "+OK\r\n") return port;
    await client.readExactly(REFUSED.length - 5);
  }
  throw new Error(`none of ${PORT_ATTEMPTS} ports was free`);
}

const REFUSED = "-ERR CONFIG SET failed (possibly related to argument 'port') - " +
  "Unable to listen on this port. Check server logs.\r\n";

test("CONFIG SET port moves the server, and what is connected stays", async () => {
  await using server = await serve({ port: 0 });
  const before = server.addr!;
  using client = await RawClient.connect(before);
  const port = await move(client);
  assertEquals(server.addr!.port, port);
  using other = await RawClient.connect(server.addr!);
  await say(other, "PING", "+PONG\r\n");
  await say(client, "PING", "+PONG\r\n");
  await assertRejects(() => RawClient.connect(before), Deno.errors.ConnectionRefused);
});

test("CONFIG SET port fails where somebody listens, and the server stays", async () => {
  const log: string[] = [];
  await using server = await serve({ port: 0, log: (line) => void log.push(line) });
  await using taken = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  await say(client, `CONFIG SET port ${taken.addr!.port}`, REFUSED);
  await say(client, "CONFIG SET port 0", REFUSED);
  assertEquals(log.length, 2);
  assertEquals(log[1], "cannot listen on port 0: it would be any port");
  using other = await RawClient.connect(server.addr!);
  await say(other, "PING", "+PONG\r\n");
});

test("what is read from sockets and written to them is counted", async () => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  await say(client, "PING", "+PONG\r\n");
  await until(() => server.services.counters.bytesOut === 7);
  const { bytesIn, bytesOut, reads, writes } = server.services.counters;
  assertEquals([bytesIn, bytesOut, writes], [6, 7, 1]);
  assert(reads >= 1);
});

test("CONFIG SET maxclients counts from the next connection on", async () => {
  await using server = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  await say(client, "CONFIG SET maxclients 1", "+OK\r\n");
  using refused = await RawClient.connect(server.addr!);
  assertMatch(textOf(await refused.readAll()), /^-ERR max number of clients reached/);
  await until(() => server.services.counters.refused === 1);
  await say(client, "CONFIG SET maxclients 2", "+OK\r\n");
  using other = await RawClient.connect(server.addr!);
  await say(other, "PING", "+PONG\r\n");
});
