import { NO_WIRE, Session } from "../../../lib/server/mod.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { frame, PING, SET } from "../frames.ts";
import { type Talker, TalkServer } from "./talkers.ts";

/** A client, and one that monitors. */
function test(
  name: string,
  fn: (client: Talker, monitor: Talker, server: TalkServer) => void,
): void {
  Deno.test({
    name: `MONITOR ${name}`,
    permissions: "none",
    fn() {
      const server = new TalkServer();
      server.now = 1_339_518_083_107;
      const monitor = server.connect();
      assertEquals(monitor.say("MONITOR"), "+OK");
      fn(server.connect({ ...NO_WIRE, address: "127.0.0.1:60866" }), monitor, server);
    },
  });
}

/** What was shown, without when and to whom. */
function heard(monitor: Talker): string[] {
  return monitor.hear().split(" +").map((line) => line.replace(/^\+?[\d.]+ \[[^\]]*\] /, ""));
}

test("shows requests as they were typed, with the database and the address", (client, monitor) => {
  client.say('Set foo "a\\"b\\x01\\n\\xff"', "SELECT 3", "get x");
  assertEquals(
    monitor.hear(),
    '+1339518083.107000 [0 127.0.0.1:60866] "Set" "foo" "a\\"b\\x01\\n\\xff" ' +
      '+1339518083.107000 [3 127.0.0.1:60866] "SELECT" "3" ' +
      '+1339518083.107000 [3 127.0.0.1:60866] "get" "x"',
  );
});

test("shows what is queued when it is carried out", (client, monitor) => {
  client.say("multi", "set a 1", "foo", "exec", "multi", "get a", "exec");
  assertEquals(heard(monitor), ['"multi"', '"exec"', '"multi"', '"get" "a"', '"exec"']);
});

test("shows no command of an operator, and no request that is refused", (client, monitor) => {
  client.say("CLIENT LIST", "CLIENT KILL 1.2.3.4:5", "FOO", "GET", "ping");
  assertEquals(heard(monitor), ['"ping"']);
});

test("shows no passwords", (client, monitor) => {
  client.say("auth a", "auth default b", "hello 2 auth default c setname d");
  assertEquals(heard(monitor), [
    '"auth" "(redacted)"',
    '"auth" "(redacted)" "(redacted)"',
    '"hello" "2" "auth" "(redacted)" "(redacted)" "(redacted)" "(redacted)"',
  ]);
});

test("shows the requests of CAFE", (_, monitor, server) => {
  const cafe = new Session(server.services);
  cafe.receive(frame({ opcode: SET, key: "k", value: "v" }));
  cafe.receive(frame({ opcode: PING }));
  assertEquals(heard(monitor), ['"SET" "k" "v"', '"PING"']);
});

test("shows a Unix socket's path", (_, monitor, server) => {
  const wire = { ...NO_WIRE, isUnix: true, localAddress: "/run/c.sock:0" };
  server.connect(wire).say("PING");
  assertStringIncludes(monitor.hear(), ' [0 unix:/run/c.sock] "PING"');
});

test("shows a client its own requests behind their replies, until RESET", (client, monitor) => {
  assertEquals(monitor.say("PING"), '+PONG +1339518083.107000 [0 ?:0] "PING"');
  assertEquals(monitor.say("MONITOR"), "", "a second one is not answered");
  assertEquals(
    monitor.say("GET a", "SET a 1", "PUBLISH a b"),
    Array(3).fill("-ERR Replica can't interact with the keyspace").join(" "),
  );
  assertStringIncludes(client.say("CLIENT LIST"), " flags=O ");
  assertEquals(monitor.say("RESET"), "+RESET");
  client.say("PING");
  assertEquals(monitor.hear(), "");
});

test("is silent for a client that wants no replies", (client, monitor) => {
  monitor.say("CLIENT REPLY OFF");
  client.say("PING");
  assertEquals(monitor.hear(), "");
});

test("ends with its connection", (_, monitor, server) => {
  assertEquals(server.services.monitors.size, 1);
  monitor.leave();
  assertEquals(server.services.monitors.size, 0);
});
