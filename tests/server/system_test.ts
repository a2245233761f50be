import { serve, type Server, ServerSystem } from "../../lib/server/mod.ts";
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
  name: "a system does not wake before its time",
  permissions: "none",
  fn() {
    const began = performance.now();
    new ServerSystem().sleep(20);
    assert(performance.now() - began >= 19); // A timer may be early by its resolution.
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

/** A port of a server that has ended: nobody listens there, most likely. */
async function freePort(): Promise<number> {
  const server: Server = await serve({ port: 0 });
  await server.shutdown();
  return server.addr!.port;
}

test("CONFIG SET port moves the server, and what is connected stays", async () => {
  await using server = await serve({ port: 0 });
  const before = server.addr!;
  const port = await freePort();
  using client = await RawClient.connect(before);
  await say(client, `CONFIG SET port ${port}`, "+OK\r\n");
  assertEquals(server.addr!.port, port);
  using other = await RawClient.connect(server.addr!);
  await say(other, "PING", "+PONG\r\n");
  await say(client, "PING", "+PONG\r\n");
  await assertRejects(() => RawClient.connect(before), Deno.errors.ConnectionRefused);
});

test("CONFIG SET port fails where somebody listens, and the server stays", async () => {
  await using server = await serve({ port: 0 });
  await using taken = await serve({ port: 0 });
  using client = await RawClient.connect(server.addr!);
  const refused = "-ERR CONFIG SET failed (possibly related to argument 'port') - " +
    "Unable to listen on this port. Check server logs.\r\n";
  await say(client, `CONFIG SET port ${taken.addr!.port}`, refused);
  await say(client, "CONFIG SET port 0", refused);
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
