import { assertEquals, assertStringIncludes } from "@std/assert";
import { NO_WIRE } from "../../../lib/server/mod.ts";
import { KeepServer } from "./keepers.ts";
import { type Talker, TalkServer } from "./talkers.ts";

const OOM = "OOM command not allowed when used memory > 'maxmemory'.";
const NOREPLICAS = "NOREPLICAS Not enough good replicas to write.";

function test(name: string, fn: (client: Talker, server: TalkServer) => void): void {
  Deno.test({
    name,
    permissions: "none",
    fn() {
      const server = new TalkServer();
      fn(server.connect(), server);
    },
  });
}

test("without memory, what needs some is refused, and what frees some is not", (client, server) => {
  client.say("SET a 1", "CONFIG SET maxmemory 1");
  assertEquals(client.say("SET b 1", "GET a", "DEL a"), `-${OOM} $1 1 :1`);
  assertEquals(server.services.statistics.errors.get("OOM"), 1);
  assertEquals(server.services.statistics.commands.get("set")!.rejected, 1);
});

test("without memory nothing is queued, and EXEC carries out no writes", (client, server) => {
  const other = server.connect();
  client.say("SET b 1", "MULTI", "SET a 1");
  other.say("CONFIG SET maxmemory 1");
  assertEquals(
    client.say("EXEC", "GET a"),
    `-EXECABORT Transaction discarded because of: ${OOM} $-1`,
  );
  assertEquals(client.say("MULTI", "GET a", "DISCARD"), `+OK -${OOM} +OK`);
  other.say("CONFIG SET maxmemory 0");
  client.say("MULTI", "GET a");
  other.say("CONFIG SET maxmemory 1");
  assertEquals(client.say("EXEC"), "*1 $-1");
});

test("with too few replicas writes are refused, alone and in EXEC", (client, server) => {
  const other = server.connect();
  client.say("MULTI", "SET a 1");
  other.say("CONFIG SET min-replicas-to-write 1");
  assertEquals(client.say("EXEC"), `-EXECABORT Transaction discarded because of: ${NOREPLICAS}`);
  assertEquals(client.say("SET a 1", "GET a"), `-${NOREPLICAS} $-1`);
});

test("DEBUG is for clients on this machine, unless the server says otherwise", (_, server) => {
  const near = server.connect({ ...NO_WIRE, address: "127.0.0.1:5" });
  const far = server.connect({ ...NO_WIRE, address: "10.0.0.1:5" });
  assertEquals(near.say("DEBUG LOG x"), "+OK");
  assertStringIncludes(
    far.say("DEBUG LOG x"),
    "-ERR DEBUG command not allowed. If the enable-debug",
  );
  server.services.settings.debugAccess = "yes";
  assertEquals(far.say("DEBUG LOG x"), "+OK");
  server.services.settings.debugAccess = "no";
  assertStringIncludes(near.say("DEBUG LOG x"), "-ERR DEBUG command not allowed.");
});

/** A server whose journal cannot be written, and has the key k. */
async function openFailed(): Promise<KeepServer> {
  const server = await KeepServer.open();
  server.frail.disk.writeFailure = "no room";
  server.frail.databases.at(0).set(Uint8Array.of(0x6b), Uint8Array.of(0x31));
  await server.frail.journal.settle(false);
  return server;
}

const MISCONF = "MISCONF Cannot write: the journal could not be written: no room; reads go on";

Deno.test("while the journal cannot be written, all writes are refused", {
  permissions: "none",
}, async () => {
  const server = await openFailed();
  const client = server.connect();
  const writes = ["SET a 1", "SETEX a 9 1", "MSET a 1", "GETSET a 1", "INCR a", "APPEND a 1"]
    .concat(["SETRANGE a 1 1", "SETBIT a 1 1", "BITOP NOT a k", "BITFIELD a SET u8 0 1"])
    .concat(["DEL k", "UNLINK k", "GETDEL k", "GETEX k PERSIST", "EXPIRE k 9", "PERSIST k"])
    .concat(["RENAME k a", "COPY k a", "MOVE k 1", "FLUSHDB", "FLUSHALL", "SWAPDB 0 1"]);
  const { version } = server.services.databases;
  for (const write of writes) assertEquals(await client.say(write), `-${MISCONF}`, write);
  assertEquals(server.services.databases.version, version);
});

Deno.test("while the journal cannot be written, all else goes on, until it is mended", {
  permissions: "none",
}, async () => {
  const server = await openFailed();
  const client = server.connect();
  assertEquals(
    await client.say("GET k", "PING", "PUBLISH c m", "CONFIG SET timeout 9", "KEYS *"),
    "$1 1 +PONG :0 +OK *1 $1 k",
  );
  server.frail.disk.writeFailure = "";
  assertEquals(await client.say("SET k 2"), `-${MISCONF}`);
  await server.frail.journal.tick();
  assertEquals(await client.say("SET k 2", "GET k"), "+OK $1 2");
});

Deno.test("while the journal cannot be written, EXEC is refused for what it would write", {
  permissions: "none",
}, async () => {
  const server = await KeepServer.open();
  const [writer, reader] = [server.connect(), server.connect()];
  await writer.say("SET k 1", "MULTI", "SET k 2");
  await reader.say("MULTI", "GET k");
  server.frail.disk.writeFailure = "no room";
  server.frail.databases.at(0).set(Uint8Array.of(0x61), Uint8Array.of(0x31));
  await server.frail.journal.settle(false);
  assertEquals(
    await writer.say("EXEC", "GET k"),
    `-EXECABORT Transaction discarded because of: ${MISCONF} $1 1`,
  );
  assertEquals(await reader.say("EXEC"), "*1 $1 1");
  assertEquals(
    await reader.say("MULTI", "SET k 2", "EXEC"),
    `+OK -${MISCONF} -EXECABORT Transaction discarded because of previous errors.`,
  );
});
