import { NO_WIRE, type Wire } from "../../../lib/server/mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
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

/** The connection of a peer on this machine, with a port. */
function from(port: number): Wire {
  return { ...NO_WIRE, address: `127.0.0.1:${port}`, localAddress: "127.0.0.1:6379" };
}

/** The lines of a CLIENT LIST, as fields by name. */
function listed(reply: string): Map<string, string>[] {
  return reply.split(/\s(?=id=)/).slice(1).map((line) =>
    new Map(
      line.trim().split(" ").map((field) => {
        const at = field.indexOf("=");
        return [field.slice(0, at), field.slice(at + 1)] as const;
      }),
    )
  );
}

test("each connection has a number that no other had", (client, server) => {
  const second = server.connect();
  second.leave();
  const ids = [client, server.connect()].map((talker) => talker.say("CLIENT ID"));
  assertEquals(ids, [":1", ":3"]);
});

test("CLIENT INFO tells of the connection", (client, server) => {
  server.now += 65_900;
  client.say("CLIENT SETNAME ann", "CLIENT SETINFO LIB-NAME lib", "CLIENT SETINFO LIB-VER 1.2");
  client.say("SELECT 2");
  const reply = client.say("*2\r\n$6\r\nclient\r\n$4\r\ninfo");
  assertMatch(
    reply,
    /^\$\d+ id=1 addr=\?:0 laddr=\?:0 fd=-1 name=ann age=1065 idle=1065 flags=N db=2 sub=0 psub=0 ssub=0 multi=-1 qbuf=26 qbuf-free=0 argv-mem=10 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=\d+ events=r cmd=client\|info user=default redir=-1 resp=2 lib-name=lib lib-ver=1.2$/,
  );
  client.say("HELLO 3");
  assertMatch(client.say("CLIENT INFO"), /^=\d+ txt:id=1 .* resp=3 /);
});

test(
  "CLIENT LIST tells of all connections by their numbers, also of silent ones",
  (client, server) => {
    server.connect(from(5));
    const other = server.connect(from(6));
    other.say("SUBSCRIBE a b", "PSUBSCRIBE c*");
    const fields = listed(client.say("CLIENT LIST"));
    assertEquals(fields.map((line) => line.get("id")), ["1", "2", "3"]);
    assertEquals(fields.map((line) => line.get("cmd")), ["client|list", "NULL", "psubscribe"]);
    assertEquals(fields.map((line) => line.get("flags")), ["N", "N", "P"]);
    assertEquals(fields[2]!.get("addr"), "127.0.0.1:6");
    assertEquals([fields[2]!.get("sub"), fields[2]!.get("psub")], ["2", "1"]);
  },
);

test(
  "CLIENT LIST shows a transaction, protection and what waits to be decoded",
  (client, server) => {
    const other = server.connect({ ...from(5), readBlock: 512 });
    other.say("CLIENT NO-EVICT ON", "CLIENT NO-TOUCH ON", "WATCH a", "MULTI", "SET a 1");
    client.say("SET a 2");
    let [, line] = listed(client.say("CLIENT LIST"));
    assertEquals([line!.get("flags"), line!.get("multi")], ["xdeT", "1"]);
    other.say("DISCARD", "CLIENT NO-EVICT OFF", "CLIENT NO-TOUCH OFF");
    other.say("*2\r\n$3");
    [, line] = listed(client.say("CLIENT LIST"));
    assertEquals([line!.get("flags"), line!.get("multi")], ["N", "-1"]);
    assertEquals([line!.get("qbuf"), line!.get("qbuf-free")], ["8", "504"]);
  },
);

test("CLIENT LIST chooses by type and by number", (client, server) => {
  server.connect().say("SUBSCRIBE c");
  const ids = (line: string) => listed(client.say(line)).map((fields) => fields.get("id"));
  assertEquals(ids("CLIENT LIST TYPE pubsub"), ["2"]);
  assertEquals(ids("CLIENT LIST TYPE Normal"), ["1"]);
  assertEquals(ids("CLIENT LIST TYPE replica"), []);
  assertEquals(ids("CLIENT LIST ID 2 77 1"), ["2", "1"]);
});

test("a name is ASCII without spaces, and empty for none", (client) => {
  assertEquals(client.say("CLIENT GETNAME", "CLIENT SETNAME a", "CLIENT GETNAME"), "$-1 +OK $1 a");
  assertEquals(client.say('CLIENT SETNAME ""', "CLIENT GETNAME"), "+OK $-1");
  const error = "-ERR Client names cannot contain spaces, newlines or special characters.";
  assertEquals(client.say('CLIENT SETNAME "a b"', 'CLIENT SETNAME "\\xe9"'), `${error} ${error}`);
});

test("CLIENT SETINFO refuses what it does not know", (client) => {
  assertEquals(client.say("CLIENT SETINFO FOO x"), "-ERR Unrecognized option 'FOO'");
  assertEquals(
    client.say('CLIENT SETINFO lib-name "a b"'),
    "-ERR lib-name cannot contain spaces, newlines or special characters.",
  );
});

test("CLIENT KILL of an address ends that connection at once", (client, server) => {
  const other = server.connect(from(5));
  assertEquals(client.say("CLIENT KILL 127.0.0.1:5"), "+OK");
  assertEquals([other.ended, server.services.clients.size], [true, 1]);
  assertEquals(other.say("SET a 1"), "");
  assertEquals(client.say("GET a"), "$-1");
  assertEquals(client.say("CLIENT KILL 127.0.0.1:5"), "-ERR No such client");
});

test(
  "CLIENT KILL ends those that all its conditions hold for, and counts them",
  (client, server) => {
    const others = [5, 6, 7].map((port) => server.connect(from(port)));
    others[2]!.say("SUBSCRIBE c");
    assertEquals(client.say("CLIENT KILL ID 2 TYPE pubsub"), ":0");
    assertEquals(client.say("CLIENT KILL ADDR 127.0.0.1:5 LADDR 127.0.0.1:6379"), ":1");
    assertEquals(client.say("CLIENT KILL TYPE pubsub"), ":1");
    assertEquals(others.map(({ ended }) => ended), [true, false, true]);
    assertEquals(client.say("CLIENT KILL USER default"), ":1");
    assert(!client.ended);
  },
);

test("CLIENT KILL of itself replies, and nothing behind it is carried out", (client, server) => {
  assertEquals(client.say("CLIENT KILL SKIPME no ID 1", "SET a 1"), ":1");
  assert(client.ended);
  assertEquals([server.services.clients.size, server.services.databases.at(0).size], [0, 0]);
});

test("CLIENT REPLY silences replies and errors, and no messages", (client) => {
  assertEquals(
    client.say("CLIENT REPLY OFF", "PING", "FOO", "CLIENT REPLY ON", "PING"),
    "+OK +PONG",
  );
  assertEquals(client.say("CLIENT REPLY SKIP", "PING", "PING a"), "$1 a");
  assertEquals(client.say("CLIENT REPLY SKIP", "CLIENT REPLY SKIP", "PING", "PING a"), "$1 a");
  assertEquals(client.say("CLIENT REPLY SKIP", "CLIENT REPLY ON"), "+OK");
  assertEquals(client.say("CLIENT REPLY OFF", "CLIENT REPLY SKIP", "PING"), "");
  assertEquals(client.say("SUBSCRIBE c"), "*3 $9 subscribe $1 c :1");
});

test("a message reaches a client that wants no replies", (client, server) => {
  client.say("CLIENT REPLY OFF", "SUBSCRIBE c");
  assertEquals(server.connect().say("PUBLISH c x"), ":1");
  assertEquals(client.hear(), "*3 $7 message $1 c $1 x");
});

test("CLIENT NO-TOUCH leaves no trace in when a key was last used", (client, server) => {
  client.say("SET a 1");
  const accessedAt = () => server.services.databases.at(0).peek(new Uint8Array([0x61]))?.accessedAt;
  const before = accessedAt();
  server.now += 5_000;
  server.services.databases.now(); // Entries go by when the clock was last asked.
  client.say("CLIENT NO-TOUCH ON", "GET a");
  assertEquals(accessedAt(), before);
  client.say("CLIENT NO-TOUCH OFF", "GET a");
  assertEquals(accessedAt(), server.now);
});

test("CLIENT HELP names its subcommands", (client) => {
  assertStringIncludes(client.say("CLIENT HELP"), "+GETNAME");
});

test("CLIENT refuses arguments as Redis does", (client) => {
  const refused: readonly (readonly [string, string])[] = [
    ["CLIENT", "wrong number of arguments for 'client' command"],
    ["CLIENT KILL", "wrong number of arguments for 'client|kill' command"],
    ["CLIENT KILL id 10 wrong", "syntax error"],
    ["CLIENT KILL id 0", "client-id should be greater than 0"],
    ["CLIENT KILL id x", "client-id should be greater than 0"],
    ["CLIENT KILL type x", "Unknown client type 'x'"],
    ["CLIENT KILL user ann", "No such user 'ann'"],
    ["CLIENT KILL skipme maybe", "syntax error"],
    ["CLIENT LIST TYPE x", "Unknown client type 'x'"],
    ["CLIENT LIST ID", "syntax error"],
    ["CLIENT LIST ID x", "Invalid client ID"],
    ["CLIENT REPLY x", "syntax error"],
    ["CLIENT NO-EVICT x", "syntax error"],
    ["CLIENT FOO", "unknown subcommand 'FOO'. Try CLIENT HELP."],
  ];
  for (const [line, error] of refused) assertEquals(client.say(line), `-ERR ${error}`, line);
});

test("a fault during CLIENT NO-TOUCH does not leave it on for others", (client, server) => {
  const { databases } = server.services;
  client.say("CLIENT NO-TOUCH ON");
  const { at } = databases;
  databases.at = () => {
    throw new Error("a defect");
  };
  assertThrows(() => client.say("GET a"), Error, "a defect"); // The services of a test pass it on.
  databases.at = at;
  assertEquals(databases.touching, true);
});
