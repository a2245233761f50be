import { assertEquals, assertStringIncludes } from "@std/assert";
import { NO_WIRE } from "../../../lib/server/mod.ts";
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
