import { Client } from "../../../lib/client/mod.ts";
import { newServices, serve, Session } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { textOf, utf8 } from "../../codec/helpers.ts";
import { raw, shown } from "../../resp/helpers.ts";
import { frame, SUBSCRIBE } from "../frames.ts";
import { type Talker, TalkServer } from "./talkers.ts";

const REFUSED = ": only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET " +
  "are allowed in this context";

function test(name: string, fn: (client: Talker, server: TalkServer) => void): void {
  Deno.test({
    name,
    permissions: "none",
    fn() {
      const server = new TalkServer({ maxSubscriptions: 4 });
      fn(server.connect(), server);
    },
  });
}

test("each subscription is confirmed by itself, with the number of all", (client) => {
  assertEquals(
    client.say("SUBSCRIBE a b a", "PSUBSCRIBE a"),
    "*3 $9 subscribe $1 a :1 *3 $9 subscribe $1 b :2 *3 $9 subscribe $1 a :2 " +
      "*3 $10 psubscribe $1 a :3",
  );
  assertEquals(
    client.say("UNSUBSCRIBE x a", "PUNSUBSCRIBE b a"),
    "*3 $11 unsubscribe $1 x :3 *3 $11 unsubscribe $1 a :2 " +
      "*3 $12 punsubscribe $1 b :2 *3 $12 punsubscribe $1 a :1",
  );
});

test("unsubscribing without names ends all of the kind, and is confirmed if there are none", (client) => {
  client.say("SUBSCRIBE a b", "PSUBSCRIBE c");
  assertEquals(
    client.say("UNSUBSCRIBE", "UNSUBSCRIBE"),
    "*3 $11 unsubscribe $1 a :2 *3 $11 unsubscribe $1 b :1 *3 $11 unsubscribe $-1 :1",
  );
  assertEquals(
    client.say("PUNSUBSCRIBE", "PUNSUBSCRIBE"),
    "*3 $12 punsubscribe $1 c :0 *3 $12 punsubscribe $-1 :0",
  );
});

test("messages come by channel, then by pattern, and PUBLISH counts both", (client, server) => {
  client.say("SUBSCRIBE news", "PSUBSCRIBE n* *s x*");
  assertEquals(server.connect().say("PUBLISH news hi"), ":3");
  assertEquals(
    client.hear(),
    "*3 $7 message $4 news $2 hi *4 $8 pmessage $2 n* $4 news $2 hi " +
      "*4 $8 pmessage $2 *s $4 news $2 hi",
  );
});

test("in RESP2 a subscriber may only subscribe, unsubscribe, PING and leave", (client) => {
  client.say("SUBSCRIBE a");
  assertEquals(client.say("GET k"), `-ERR Can't execute 'get'${REFUSED}`);
  assertEquals(client.say("PUBSUB NUMPAT"), `-ERR Can't execute 'pubsub|numpat'${REFUSED}`);
  assertEquals(client.say("PING", "PING x"), "*2 $4 pong $0  *2 $4 pong $1 x");
  assertEquals(client.say("UNSUBSCRIBE", "PING", "GET k"), "*3 $11 unsubscribe $1 a :0 +PONG $-1");
});

test("in RESP3 a subscriber may send anything, and gets pushes", (client) => {
  client.say("HELLO 3");
  assertEquals(client.say("SUBSCRIBE a", "GET k"), ">3 $9 subscribe $1 a :1 _");
  assertEquals(client.say("PING", "PING x"), "+PONG $1 x");
  assertEquals(
    client.say("UNSUBSCRIBE", "UNSUBSCRIBE"),
    ">3 $11 unsubscribe $1 a :0 >3 $11 unsubscribe _ :0",
  );
});

test("a message that a client publishes to itself comes before the reply", (client) => {
  client.say("HELLO 3", "SUBSCRIBE a");
  assertEquals(client.say("PUBLISH a 1", "GET k"), ">3 $7 message $1 a $1 1 :1 _");
});

test("more than maxSubscriptions channels and patterns are refused, one by one", (client) => {
  client.say("SUBSCRIBE a b", "PSUBSCRIBE a");
  const refusal = "-ERR Cannot subscribe: the connection has 4 subscriptions, which is the limit " +
    "(option maxSubscriptions)";
  assertEquals(
    client.say("SUBSCRIBE c d a"),
    `*3 $9 subscribe $1 c :4 ${refusal} *3 $9 subscribe $1 a :4`,
  );
  assertEquals(client.say("PSUBSCRIBE x a"), `${refusal} *3 $10 psubscribe $1 a :4`);
  assertEquals(client.say("PING"), "*2 $4 pong $0");
});

test("PUBSUB tells of channels, their subscribers and patterns", (client, server) => {
  assertEquals(client.say("PUBSUB CHANNELS", "PUBSUB NUMSUB", "PUBSUB NUMPAT"), "*0 *0 :0");
  const [one, two] = [server.connect(), server.connect()];
  one.say("SUBSCRIBE a1 b", "PSUBSCRIBE x*");
  two.say("SUBSCRIBE a1", "PSUBSCRIBE x* y*");
  assertEquals(client.say("PUBSUB CHANNELS"), "*2 $2 a1 $1 b");
  assertEquals(client.say("PUBSUB CHANNELS a*", "PUBSUB CHANNELS z"), "*1 $2 a1 *0");
  assertEquals(client.say("PUBSUB NUMSUB a1 b a1 z"), "*8 $2 a1 :2 $1 b :1 $2 a1 :2 $1 z :0");
  assertEquals(client.say("PUBSUB NUMPAT"), ":2");
  two.leave();
  assertEquals(client.say("PUBSUB NUMPAT", "PUBSUB NUMSUB a1"), ":1 *2 $2 a1 :1");
});

test("CAFE and RESP share channels, each with its own form of a message", (client, server) => {
  client.say("PSUBSCRIBE n*");
  const cafe = new Session(server.services);
  cafe.receive(frame({ opcode: SUBSCRIBE, key: utf8("news") }));
  assertEquals(server.connect().say("PUBLISH news hi"), ":2");
  assertEquals(
    cafe.receive(new Uint8Array(0)),
    concat([Uint8Array.fromHex("cafe01830000000400000002"), utf8("newshi")]),
  );
  assertEquals(client.hear(), "*4 $8 pmessage $2 n* $4 news $2 hi");
});

/** Reads from a socket until so many bytes have come. */
async function read(conn: Deno.Conn, count: number): Promise<string> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) at += await conn.read(bytes.subarray(at)) ?? count;
  return shown(bytes);
}

Deno.test({
  name: "over sockets CAFE clients get what RESP clients publish, and the other way round",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    await using server = await serve({ port: 0 });
    const { hostname, port } = server.addr!;
    await using cafe = await Client.connect(server.addr!);
    using resp = await Deno.connect({ hostname, port });
    const confirmation = "*3\r\n$9\r\nsubscribe\r\n$5\r\nto-us\r\n:1\r\n";
    const subscription = await cafe.subscribe("to-them");
    await resp.write(raw("PUBLISH to-them hi\r\nSUBSCRIBE to-us\r\n"));
    assertEquals(await read(resp, 4 + confirmation.length), `:1\r\n${confirmation}`);
    assertEquals(textOf((await subscription.next()).value!), "hi");
    assertEquals(await cafe.publish("to-us", "you"), 1);
    const message = "*3\r\n$7\r\nmessage\r\n$5\r\nto-us\r\n$3\r\nyou\r\n";
    assertEquals(await read(resp, message.length), message);
  },
});

Deno.test("a subscriber whose connection ends is forgotten", { permissions: "none" }, () => {
  const services = newServices();
  const session = new Session(services);
  session.receive(raw("SUBSCRIBE a\r\nPSUBSCRIBE b\r\n"));
  session.close();
  assertEquals([services.channels.size, services.channels.patternCount], [0, 0]);
});
