import { assertEquals, assertStringIncludes } from "@std/assert";
import { sizeOf } from "../../../lib/server/resp/queued_call.ts";
import { sizeOfKeys } from "../../../lib/server/resp/watched_keys.ts";
import { raw } from "../../resp/helpers.ts";
import { type Talker, TalkServer } from "./talkers.ts";

const PREVIOUS = "-EXECABORT Transaction discarded because of previous errors.";

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

test("MULTI queues, and EXEC replies to all in one array", (client) => {
  assertEquals(client.say("MULTI", "SET a 1", "INCR a"), "+OK +QUEUED +QUEUED");
  assertEquals(client.say("GET a", "EXEC"), "+QUEUED *3 +OK :2 $1 2");
  assertEquals(client.say("GET a", "EXEC"), "$1 2 -ERR EXEC without MULTI");
  assertEquals(client.say("MULTI", "EXEC"), "+OK *0");
});

test("other connections see all of a transaction or nothing of it", (client, server) => {
  const other = server.connect();
  client.say("MULTI", "SET a 1", "SET b 1");
  assertEquals(other.say("GET a", "GET b"), "$-1 $-1");
  assertEquals(client.say("EXEC"), "*2 +OK +OK");
  assertEquals(other.say("GET a", "GET b"), "$1 1 $1 1");
});

test("an error at execution stands in the array, and the others are carried out", (client) => {
  client.say("SET a x", "MULTI");
  assertEquals(client.say("INCR a", "SET b 1 XX NX", "SET b 2"), "+QUEUED +QUEUED +QUEUED");
  assertEquals(
    client.say("EXEC", "GET b"),
    "*3 -ERR value is not an integer or out of range -ERR syntax error +OK $1 2",
  );
});

test("a request that is refused while queueing makes EXEC carry out nothing", (client) => {
  for (const bad of ["NOPE", "GET", "GET a b"]) {
    assertStringIncludes(client.say("MULTI", "SET a 1", bad), "+OK +QUEUED -ERR ");
    assertEquals(client.say("SET a 2", "EXEC", "GET a"), `+QUEUED ${PREVIOUS} $-1`);
  }
  assertEquals(client.say("MULTI", "SET a 3", "EXEC"), "+OK +QUEUED *1 +OK");
});

test("a request that is refused before MULTI spoils nothing", (client) => {
  client.say("WATCH k", "NOPE", "MULTI");
  assertEquals(client.say("SET a 1", "EXEC"), "+QUEUED *1 +OK");
});

test("an EXEC that is itself refused ends the transaction", (client) => {
  assertEquals(
    client.say("MULTI", "SET a 1", "EXEC x", "EXEC", "GET a"),
    "+OK +QUEUED -EXECABORT Transaction discarded because of: " +
      "wrong number of arguments for 'exec' command -ERR EXEC without MULTI $-1",
  );
});

test("DISCARD forgets what is queued, and that a request was refused", (client) => {
  assertEquals(client.say("DISCARD"), "-ERR DISCARD without MULTI");
  client.say("MULTI", "SET a 1", "NOPE");
  assertEquals(client.say("DISCARD", "GET a", "EXEC"), "+OK $-1 -ERR EXEC without MULTI");
  assertEquals(client.say("MULTI", "SET a 1", "EXEC"), "+OK +QUEUED *1 +OK");
});

test("MULTI and WATCH in a transaction are errors that do not end it", (client) => {
  assertEquals(
    client.say("MULTI", "MULTI", "WATCH a", "SET a 1", "EXEC"),
    "+OK -ERR MULTI calls can not be nested -ERR WATCH inside MULTI is not allowed +QUEUED *1 +OK",
  );
});

test("QUIT in a transaction is carried out at once", (client) => {
  assertEquals(client.say("MULTI", "SET a 1", "QUIT", "EXEC"), "+OK +QUEUED +OK");
});

test("a transaction of one connection is none of another, and ends with it", (client, server) => {
  client.say("MULTI", "SET a 1");
  const other = server.connect();
  assertEquals(other.say("EXEC", "GET a"), "-ERR EXEC without MULTI $-1");
  client.leave();
  assertEquals(other.say("GET a"), "$-1");
});

test("EXEC selects databases as it goes", (client) => {
  client.say("MULTI", "SET a 0", "SELECT 1", "SET a 1", "SELECT 99");
  assertEquals(client.say("EXEC"), "*4 +OK +OK +OK -ERR DB index is out of range");
  assertEquals(client.say("GET a", "SELECT 0", "GET a"), "$1 1 +OK $1 0");
});

test("EXEC replies to SUBSCRIBE and to a message to itself as Redis does: in between", (client) => {
  client.say("MULTI", "SUBSCRIBE a b", "PUBLISH a 1", "GET k");
  assertEquals(
    client.say("EXEC"),
    "*3 *3 $9 subscribe $1 a :1 *3 $9 subscribe $1 b :2 *3 $7 message $1 a $1 1 :1 $-1",
  );
});

test("EXEC does nothing when a watched key was written", (client, server) => {
  const other = server.connect();
  for (const write of ["SET a 1", "APPEND a 2", "SET a 1", "DEL a"]) {
    client.say("WATCH x a y", "MULTI", "SET b 1");
    other.say(write);
    assertEquals(client.say("EXEC", "GET b"), "*-1 $-1", write);
  }
});

test("EXEC does nothing when the connection itself has written a watched key", (client) => {
  assertEquals(
    client.say("WATCH a", "SET a 1", "MULTI", "PING", "EXEC"),
    "+OK +OK +OK +QUEUED *-1",
  );
});

test("a WATCH holds for one EXEC, DISCARD or UNWATCH", (client, server) => {
  const other = server.connect();
  for (const end of ["EXEC", "DISCARD", "UNWATCH"]) {
    client.say("WATCH a", ...(end === "UNWATCH" ? [] : ["MULTI"]), end);
    other.say("INCR a");
    assertEquals(client.say("MULTI", "PING", "EXEC"), "+OK +QUEUED *1 +PONG", end);
  }
});

test("a failed EXEC forgets the watched keys, and what was queued", (client, server) => {
  client.say("WATCH a", "MULTI", "SET b 1");
  server.connect().say("SET a 1");
  assertEquals(client.say("EXEC", "MULTI", "PING", "EXEC"), "*-1 +OK +QUEUED *1 +PONG");
});

test("UNWATCH in a transaction is queued, and too late", (client, server) => {
  client.say("WATCH a", "MULTI", "UNWATCH");
  server.connect().say("SET a 1");
  assertEquals(client.say("EXEC"), "*-1");
  assertEquals(client.say("MULTI", "UNWATCH", "EXEC"), "+OK +QUEUED *1 +OK");
});

test("a request that was refused counts for more than a watched key that has changed", (client) => {
  client.say("WATCH a", "SET a 1", "MULTI", "NOPE");
  assertEquals(client.say("EXEC"), PREVIOUS);
});

test("in RESP3 a failed EXEC replies null", (client) => {
  client.say("HELLO 3", "WATCH a", "SET a 1", "MULTI");
  assertEquals(client.say("EXEC"), "_");
});

test("MONITOR is refused in a transaction: its lines would stand in the array", (client) => {
  client.say("MULTI", "MONITOR");
  assertEquals(client.say("EXEC"), "*1 -ERR MONITOR isn't allowed for DENY BLOCKING client");
  assertEquals(client.say("PING"), "+PONG");
});

test(
  "EXEC is refused as a whole for what is queued, when memory is used up meanwhile",
  (client, server) => {
    const other = server.connect();
    client.say("SET b 1", "MULTI", "GET a");
    other.say("CONFIG SET maxmemory 1");
    assertEquals(client.say("EXEC"), "*1 $-1");
    other.say("CONFIG SET maxmemory 0");
    client.say("MULTI", "SET a 1");
    other.say("CONFIG SET maxmemory 1");
    assertEquals(
      client.say("EXEC", "GET a"),
      "-EXECABORT Transaction discarded because of: " +
        "OOM command not allowed when used memory > 'maxmemory'. $-1",
    );
  },
);

test("the server forgets a connection's watched keys with it", (client, server) => {
  const { awaited } = server.services.events;
  for (const end of ["EXEC", "EXEC x", "DISCARD", "RESET"]) {
    client.say("WATCH a b", "MULTI");
    assertEquals(awaited.size, 2);
    client.say(end);
    assertEquals(awaited.size, 0, end);
  }
  client.say("WATCH a b");
  client.leave();
  assertEquals(awaited.size, 0);
});

/** A client whose transactions may hold so many bytes. */
function limited(maxTransactionSize: number): Talker {
  return new TalkServer({ maxTransactionSize }).connect();
}

function tooLarge(bytes: number, limit: number): string {
  return `-ERR transaction of ${bytes} bytes exceeds the limit ${limit} ` +
    "(option maxTransactionSize)";
}

test("a request over the limit of a transaction is refused, and spoils it", () => {
  const size = sizeOf(["SET", "a", "1"].map(raw));
  const client = limited(2 * size);
  assertEquals(
    client.say("MULTI", "SET a 1", "SET a 2", "SET a 3", "SET a 4"),
    `+OK +QUEUED +QUEUED ${tooLarge(3 * size, 2 * size)} +QUEUED`,
  );
  assertEquals(client.say("EXEC", "GET a"), `${PREVIOUS} $-1`);
  assertEquals(client.say("MULTI", "SET a 1", "SET a 2", "EXEC"), "+OK +QUEUED +QUEUED *2 +OK +OK");
  assertEquals(client.say("MULTI", "SET a 12", "DISCARD"), "+OK +QUEUED +OK");
});

test("watched keys count as well, until they are forgotten", () => {
  const size = sizeOfKeys([raw("a")]);
  const client = limited(2 * size);
  assertEquals(client.say("WATCH a", "WATCH a b"), `+OK ${tooLarge(3 * size, 2 * size)}`);
  assertEquals(client.say("WATCH b", "WATCH c"), `+OK ${tooLarge(3 * size, 2 * size)}`);
  assertEquals(
    client.say("MULTI", "PING"),
    `+OK ${tooLarge(sizeOf([raw("PING")]) + 2 * size, 2 * size)}`,
  );
  assertEquals(client.say("DISCARD", "WATCH a c", "UNWATCH", "WATCH b d"), "+OK +OK +OK +OK");
});

test("what a transaction holds is told to others", (client, server) => {
  client.say("WATCH k", "MULTI", "SET a 1", "NOPE", "SET a 2");
  const bytes = sizeOf(["SET", "a", "1"].map(raw)) + sizeOfKeys([raw("k")]);
  const list = server.connect().say("CLIENT LIST ID 1");
  assertStringIncludes(list, " multi=1 ");
  assertStringIncludes(list, ` multi-mem=${bytes} `);
});
