import { assertEquals, assertStringIncludes } from "@std/assert";
import { Session } from "../../../lib/server/mod.ts";
import { settle } from "../../codec/helpers.ts";
import { raw, shown } from "../../resp/helpers.ts";
import { KeepServer } from "./keepers.ts";

function test(name: string, fn: (server: KeepServer) => Promise<void>): void {
  Deno.test({ name, permissions: "none", fn: async () => await fn(await KeepServer.open()) });
}

const NOTHING_WAITS = "*2 :1 :0";
const NOT_SYNCED = "*2 :0 :0";

test("WAITAOF answers when all that was written is on stable storage", async (server) => {
  const client = server.connect();
  const release = server.hold();
  assertEquals(await client.say("SET a 1", "WAITAOF 1 0 0", "GET a"), "+OK");
  release();
  assertEquals(await client.hear(), `${NOTHING_WAITS} $1 1`);
  assertEquals(server.frail.journal.figures.unsynced, 0);
});

test("WAITAOF answers at once when nothing is to be waited for", async (server) => {
  const client = server.connect();
  assertEquals(await client.say("WAITAOF 1 0 0"), NOTHING_WAITS);
  server.hold();
  assertEquals(await client.say("SET a 1", "WAITAOF 0 0 0"), `+OK ${NOT_SYNCED}`);
});

test("WAITAOF answers 0 when its time has passed", async (server) => {
  const client = server.connect();
  const release = server.hold();
  assertEquals(await client.say("SET a 1", "WAITAOF 1 0 1"), "+OK");
  assertEquals(await client.await(), NOT_SYNCED);
  release();
  assertEquals(await client.say("WAITAOF 1 0 0"), NOTHING_WAITS);
});

test("WAITAOF for replicas, which there are not, waits for its time", async (server) => {
  const client = server.connect();
  assertEquals(await client.say("SET a 1", "WAITAOF 1 1 1"), "+OK");
  assertEquals(await client.await(), NOTHING_WAITS);
  assertEquals(await client.say("WAITAOF 0 2 1"), "");
  assertEquals(await client.await(), NOTHING_WAITS);
});

test("WAITAOF does not wait in a transaction", async (server) => {
  const client = server.connect();
  server.hold();
  assertEquals(
    await client.say("MULTI", "SET a 1", "WAITAOF 1 1 0", "EXEC"),
    `+OK +QUEUED +QUEUED *2 +OK ${NOT_SYNCED}`,
  );
});

test("WAITAOF lets other connections go on, and messages come", async (server) => {
  const [client, other] = [server.connect(), server.connect()];
  await client.say("HELLO 3", "SUBSCRIBE news");
  assertEquals(await client.say("WAITAOF 0 1 0"), "");
  assertEquals(await other.say("SET a 1", "PUBLISH news hi", "GET a"), "+OK :1 $1 1");
  assertEquals(await client.hear(), ">3 $7 message $4 news $2 hi");
  assertStringIncludes(await other.say("CLIENT LIST"), "flags=Pb");
  assertStringIncludes(await other.say("INFO clients"), "blocked_clients:1");
  assertEquals(client.connection.state, "Idle");
});

test("WAITAOF for ever ends with its client", async (server) => {
  const [client, killed] = [server.connect(), server.connect()];
  await client.say("WAITAOF 0 1 0");
  assertEquals(await client.leave(), "end of input");
  assertEquals(await client.hear(), NOTHING_WAITS);
  await killed.say("WAITAOF 0 1 0", "PING");
  server.services.clients.find(2)!.kill();
  assertEquals([(await killed.ending).reason, await killed.hear()], ["killed", ""]);
});

test("WAITAOF for ever ends with the server, and so does each behind it", async (server) => {
  const client = server.connect();
  await client.say("WAITAOF 0 1 0", "WAITAOF 0 1 0", "PING");
  await client.say("PING");
  client.connection.drain("shutdown");
  await settle();
  client.socket.give(null);
  assertEquals((await client.ending).reason, "shutdown");
  assertEquals(await client.hear(), `${NOTHING_WAITS} ${NOTHING_WAITS} +PONG +PONG`);
});

test("WAITAOF for this server is answered also to who has ended its side", async (server) => {
  const client = server.connect();
  const release = server.hold();
  await client.say("SET a 1", "WAITAOF 1 0 0");
  client.socket.give(null);
  assertEquals(await client.hear(), "");
  release();
  assertEquals([(await client.ending).reason, await client.hear()], [
    "end of input",
    NOTHING_WAITS,
  ]);
});

test("WAITAOF is no reason to be idle", async (server) => {
  const client = server.connect();
  await client.say("WAITAOF 0 1 0");
  client.connection.endIfIdle(Infinity);
  assertEquals(await client.hear(), "");
  assertEquals(await client.leave(), "end of input");
});

test("WAITAOF is not answered to who wants no reply", async (server) => {
  const client = server.connect();
  const release = server.hold();
  assertEquals(await client.say("SET a 1", "CLIENT REPLY SKIP", "WAITAOF 1 0 0", "PING"), "+OK");
  release();
  assertEquals(await client.hear(), "+PONG");
});

test("WAITAOF tells why the journal cannot be synced, at once", async (server) => {
  const client = server.connect();
  await client.say("SET a 1");
  server.frail.disk.syncFailure = "no room";
  assertEquals(
    await client.say("WAITAOF 1 0 0"),
    "-MISCONF Cannot store: the journal could not be synced: no room; it may be lost at a restart",
  );
  assertEquals(await client.say("WAITAOF 0 0 0"), NOT_SYNCED);
});

test("WAITAOF in a session without a connection waits for nothing", async (server) => {
  const session = new Session(server.services);
  const replies = session.receive(raw("SET a 1\r\nWAITAOF 1 0 0\r\nPING\r\nWAITAOF 0 1 0\r\n"));
  assertEquals(shown(replies), "+OK\r\n*2\r\n:0\r\n:0\r\n+PONG\r\n*2\r\n:0\r\n:0\r\n");
  await server.frail.journal.settle(true);
});

test("SAVE answers when the snapshot is whole, and one at a time is made", async (server) => {
  const [client, other] = [server.connect(), server.connect()];
  const release = server.hold();
  assertEquals(await client.say("SET a 1", "SAVE", "GET a"), "+OK");
  assertEquals(
    await other.say("SAVE", "BGSAVE", "BGREWRITEAOF"),
    "-ERR Background save already in progress -ERR Background save already in progress " +
      "-ERR Background append only file rewriting already in progress",
  );
  release();
  assertEquals(await client.hear(), "+OK $1 1");
  assertEquals(server.frail.journal.figures.sinceSnapshot, 0);
});

test("SAVE does not hold a connection that is closed", async (server) => {
  const client = server.connect();
  server.hold();
  await client.say("SAVE");
  client.connection.drain("shutdown");
  assertEquals([await client.hear(), client.socket.closed], ["", 0]);
  client.connection.close("shutdown deadline");
  assertEquals((await client.ending).reason, "shutdown");
});

test("SAVE tells why there is no snapshot", async (server) => {
  const client = server.connect();
  server.frail.disk.syncFailure = "no room";
  assertEquals(await client.say("SAVE"), "-ERR Cannot save: no room");
  assertEquals(
    await client.say("MULTI", "SAVE"),
    "+OK -ERR Command not allowed inside a transaction",
  );
});

test("BGSAVE and BGREWRITEAOF say that they have begun", async (server) => {
  const client = server.connect();
  assertEquals(await client.say("BGSAVE SCHEDULE"), "+Background saving started");
  assertEquals(
    await client.say("BGREWRITEAOF"),
    "+Background append only file rewriting started",
  );
  assertEquals(await client.say("LASTSAVE"), ":1000");
});

Deno.test("without a journal nothing can be saved", { permissions: "none" }, async () => {
  const client = (await KeepServer.openWithout()).connect();
  const nothing = "the server keeps nothing on disk (option data)";
  assertEquals(
    await client.say("SAVE", "BGSAVE", "BGREWRITEAOF"),
    `-ERR Cannot save: ${nothing} -ERR Cannot compact: ${nothing} -ERR Cannot compact: ${nothing}`,
  );
  assertEquals(
    await client.say("WAITAOF 1 0 0"),
    "-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.",
  );
  assertEquals(await client.say("SET a 1", "WAITAOF 0 0 0"), `+OK ${NOT_SYNCED}`);
});
