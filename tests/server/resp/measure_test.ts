import { errorKind } from "../../../lib/server/resp/measure.ts";
import { error } from "../../../lib/model/mod.ts";
import { NO_WIRE } from "../../../lib/server/mod.ts";
import { respError } from "../../../lib/resp/mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Talker, TalkServer } from "./talkers.ts";

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

/** Calls, refused calls and failed calls of a command. */
function counted({ services }: TalkServer, name: string): number[] | undefined {
  const figures = services.statistics.commands.get(name);
  return figures && [figures.calls, figures.rejected, figures.failed];
}

test(
  "each command counts its calls, those that failed, and those that were refused",
  (client, server) => {
    client.say("SET a x", "GET a", "GET a", "INCR a", "GET", "CLIENT ID", "nope");
    assertEquals(counted(server, "get"), [2, 1, 0]);
    assertEquals(counted(server, "incr"), [1, 0, 1]);
    assertEquals(counted(server, "client|id"), [1, 0, 0]);
    assertEquals(counted(server, "nope"), undefined);
    assertEquals([...server.services.statistics.errors], [["ERR", 3]]);
  },
);

test("what is queued counts when EXEC carries it out", (client, server) => {
  client.say("MULTI", "SET a x", "INCR a");
  assertEquals(counted(server, "set"), undefined);
  client.say("EXEC");
  assertEquals(counted(server, "set"), [1, 0, 0]);
  assertEquals(counted(server, "incr"), [1, 0, 1]);
  assertEquals(counted(server, "exec"), [1, 0, 0]);
  assertEquals(server.services.statistics.errors.get("ERR"), 1);
});

test("with a threshold of 0 the slow log keeps every request but EXEC, without passwords", (client) => {
  client.say("CONFIG SET slowlog-log-slower-than 0", "SLOWLOG RESET");
  client.say("MULTI", "GET a", "EXEC", "AUTH secret");
  const log = client.say("SLOWLOG GET -1");
  assert(!log.includes("secret") && !log.includes("exec"), log);
  assertStringIncludes(log, "$3 GET $1 a");
  assertStringIncludes(log, "$4 AUTH $10 (redacted)");
  assertEquals(client.say("CONFIG SET slowlog-log-slower-than -1", "SLOWLOG RESET"), "+OK +OK");
  assertEquals(client.say("GET a", "SLOWLOG LEN"), "$-1 :0");
});

test("the latency monitor is told of what takes long", (_, server) => {
  const client = server.connect({ ...NO_WIRE, address: "127.0.0.1:5" });
  client.say("CONFIG SET latency-monitor-threshold 1", "DEBUG SLEEP 0.005");
  assertEquals([...server.services.statistics.latency.events.keys()], ["command"]);
  assertMatch(client.say("LATENCY LATEST"), /^\*1 \*4 \$7 command :1000 :\d+ :\d+$/);
});

test("the kind of an error is its first word", () => {
  assertEquals(errorKind(respError("WRONGPASS invalid")), "WRONGPASS");
  assertEquals(errorKind(respError("LONE")), "LONE");
  assertEquals(errorKind(error("AUTH_REQUIRED", "x y")), "NOAUTH");
  assertEquals(errorKind(error("BAD_REQUEST", "x y")), "ERR");
});
