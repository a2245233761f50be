import { assert, assertEquals, assertStringIncludes } from "@std/assert";
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

/** A server that wants the password `secret`. */
function locked(): TalkServer {
  const server = new TalkServer();
  server.services.settings.password = "secret";
  return server;
}

const WRONG = "-WRONGPASS invalid username-password pair or user is disabled.";
const NOAUTH = "-NOAUTH Authentication required.";

test("PING and ECHO give back what they were sent, also when it is empty", (client) => {
  assertEquals(client.say("PING", "PING a", 'PING ""'), "+PONG $1 a $0");
  assertEquals(client.say("ECHO a", 'ECHO ""'), "$1 a $0");
  assertEquals(
    client.say("PING a b", "ECHO"),
    "-ERR wrong number of arguments for 'ping' command " +
      "-ERR wrong number of arguments for 'echo' command",
  );
});

test("PING of a subscriber looks like a message in RESP2 only", (client) => {
  client.say("SUBSCRIBE c");
  assertEquals(client.say("PING", "PING a"), "*2 $4 pong $0  *2 $4 pong $1 a");
  client.say("UNSUBSCRIBE");
  assertEquals(client.say("PING"), "+PONG");
  client.say("HELLO 3", "SUBSCRIBE c");
  assertEquals(client.say("PING"), "+PONG");
});

test("HELLO tells of the server, in the version that it asks for", (client) => {
  const fields = "$6 server $5 redis $7 version $6 7.0.15 $5 proto :2 $2 id :1 " +
    "$4 mode $10 standalone $4 role $6 master $7 modules *0";
  assertEquals(client.say("HELLO"), `*14 ${fields}`);
  assertEquals(client.say("HELLO 3"), `%7 ${fields.replace("proto :2", "proto :3")}`);
  assertEquals(client.say("HELLO").slice(0, 2), "%7");
});

test("HELLO changes the version of the replies behind it, and of none before", (client) => {
  const said = client.say("GET a", "HELLO 3", "GET a", "HELLO 2", "GET a");
  assertEquals([said.slice(0, 4), said.slice(-4)], ["$-1 ", " $-1"]);
  assertEquals(said.match(/ _ /g)?.length, 1);
});

test("HELLO refuses versions and options that there are not", (client) => {
  assertEquals(client.say("HELLO 4"), "-NOPROTO unsupported protocol version");
  assertEquals(client.say("HELLO 1 FOO"), "-NOPROTO unsupported protocol version");
  assertEquals(
    client.say("HELLO x"),
    "-ERR Protocol version is not an integer or out of range",
  );
  assertEquals(client.say("HELLO 3 FOO"), "-ERR Syntax error in HELLO option 'FOO'");
  assertEquals(client.say("HELLO 3 AUTH a"), "-ERR Syntax error in HELLO option 'AUTH'");
  assertEquals(client.say("GET a"), "$-1", "still RESP2");
});

test("HELLO gives a name", (client) => {
  client.say("HELLO 2 SETNAME ann");
  assertEquals(client.say("CLIENT GETNAME"), "$3 ann");
});

test("AUTH without a password of the server tells so, and takes any for its user", (client) => {
  assertStringIncludes(client.say("AUTH x"), "-ERR AUTH <password> called without any password");
  assertEquals(client.say("AUTH default x", "AUTH ann x"), `+OK ${WRONG}`);
  assertEquals(client.say("AUTH a b c"), "-ERR syntax error");
});

test("a client without the password gets nothing but what there is before it", () => {
  const client = locked().connect();
  assertEquals(client.say("GET a", "PING", "SUBSCRIBE c"), `${NOAUTH} ${NOAUTH} ${NOAUTH}`);
  assertStringIncludes(
    client.say("HELLO 3"),
    "-NOAUTH HELLO must be called with the client already",
  );
  assertEquals(client.say("AUTH wrong", "AUTH ann secret"), `${WRONG} ${WRONG}`);
  assertStringIncludes(client.say("FOO"), "-ERR unknown command 'FOO'");
  assertEquals(client.say("RESET"), "+RESET");
  assertEquals(client.say("QUIT"), "+OK");
});

test("the password lets in, with AUTH or with HELLO", () => {
  const server = locked();
  assertEquals(server.connect().say("AUTH secret", "PING"), "+OK +PONG");
  assertEquals(server.connect().say("AUTH default secret", "PING"), "+OK +PONG");
  const third = server.connect();
  assertEquals(third.say("HELLO 3 AUTH default wrong"), WRONG);
  assertEquals(third.say("HELLO 3 AUTH default secret").slice(0, 2), "%7");
  assertEquals(third.say("PING", "AUTH wrong", "PING"), `+PONG ${WRONG} +PONG`);
});

test("RESET asks for the password again", () => {
  const client = locked().connect();
  assertEquals(client.say("AUTH secret", "RESET", "PING"), `+OK +RESET ${NOAUTH}`);
});

test("a password that is set or taken away later", (client, server) => {
  assertEquals(client.say("PING"), "+PONG");
  server.services.settings.password = "later";
  assertEquals(client.say("PING"), "+PONG", "who was in stays in");
  const other = server.connect();
  assertEquals(other.say("PING"), NOAUTH);
  server.services.settings.password = "";
  assertEquals(other.say("PING"), "+PONG");
  assertEquals(other.say(`ECHO ${"x".repeat(20_000)}`).length, 20_007);
});

test("a large request waits for an AUTH in the same chunk", () => {
  const large = "x".repeat(20_000);
  const request = `*2\r\n$4\r\nECHO\r\n$20000\r\n${large}`;
  assertEquals(locked().connect().say("AUTH secret", request), `+OK $20000 ${large}`);
  assertEquals(
    locked().connect().say("AUTH wrong", request),
    `${WRONG} -ERR Protocol error: unauthenticated bulk length`,
  );
});

test("SELECT takes the databases that there are", (client) => {
  assertEquals(client.say("SELECT 15", "SET a 1", "SELECT 0", "GET a"), "+OK +OK +OK $-1");
  const range = "-ERR DB index is out of range";
  assertEquals(client.say("SELECT 16", "SELECT -1"), `${range} ${range}`);
  assertEquals(client.say("SELECT x"), "-ERR value is not an integer or out of range");
  assertEquals(
    client.say("SELECT 4294967296"),
    "-ERR value is out of range, value must between -2147483648 and 2147483647",
  );
});

test("QUIT ends the connection, and nothing behind it is carried out", (client, server) => {
  assertEquals(client.say("SET a 1", "QUIT", "SET a 2"), "+OK +OK");
  assert(client.ended);
  assertEquals(server.connect().say("GET a"), "$1 1");
});

test("RESET makes a connection new", (client, server) => {
  client.say("HELLO 3 SETNAME ann", "SELECT 3", "SUBSCRIBE c", "WATCH a", "MULTI", "SET a 1");
  assertEquals(client.say("RESET"), "+RESET");
  assertEquals(client.say("EXEC"), "-ERR EXEC without MULTI");
  assertEquals(client.say("GET a", "CLIENT GETNAME"), "$-1 $-1");
  assertEquals(server.connect().say("PUBLISH c x"), ":0");
  assertStringIncludes(client.say("CLIENT INFO"), " db=0 sub=0 ");
});

test("RESET ends CLIENT REPLY OFF", (client) => {
  assertEquals(client.say("CLIENT REPLY OFF", "PING", "RESET", "PING"), "+RESET +PONG");
});
