import { BatchDecoder, encodeAll } from "../../lib/codec/mod.ts";
import { type Incoming, MAX_HELD, newServices, Session } from "../../lib/server/mod.ts";
import { NO_WIRE } from "../../lib/server/wire.ts";
import type { Services } from "../../lib/handler/mod.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { concat } from "@std/bytes";
import { bytewise, hex, textOf, utf8 } from "../codec/helpers.ts";
import {
  DELETE,
  frame,
  GET,
  INCR,
  parseReplies,
  PING,
  PUBLISH,
  SET,
  STATS,
  SUBSCRIBE,
  wordOf,
} from "./frames.ts";
import { lineOf } from "../fuzz/cafe.ts";
import { newSession, talk } from "../fuzz/talk.ts";

const QUIET = 0x0100;

/** What the client sends and what it is to get, in turns. */
type Conversation = readonly (readonly [sent: string, received: string])[];

function test(name: string, fn: () => void): void {
  Deno.test({ name: `Session ${name}`, permissions: "none", fn });
}

function golden(name: string, conversation: Conversation): void {
  test(name, () => {
    const session = newSession();
    for (const [sent, received] of conversation) {
      assertEquals(session.receive(hex(sent)).toHex(), hex(received).toHex(), sent);
    }
  });
}

/** What a session answers to a stream, in words. */
function wordsOf(bytes: Uint8Array): string[] {
  return parseReplies(talk(bytes, [bytes.length])).map(wordOf);
}

test("stops when the values that wait have 1 MiB, and goes on from there", () => {
  const session = new Session(newServices());
  const key = utf8("k");
  session.receive(frame({ opcode: SET, key, value: new Uint8Array(MAX_HELD / 2) }));
  const requests: Incoming[] = [];
  const gets = Array.from({ length: 5 }, () => frame({ opcode: GET, key }));
  new BatchDecoder(session.decoder).push(concat(gets), requests);
  assertEquals(session.handle(requests), 2);
  assertEquals(session.handle(requests, 2), 3); // One at least, also when nothing was taken.
  assertEquals(session.takeOutput().length, 3);
  assertEquals([session.handle(requests, 3, 1), session.handle(requests, 4)], [4, 5]);
});

test("answers a GET with the value of then, whatever is written before the answer is sent", () => {
  const services = newServices();
  const [reader, writer] = [new Session(services), new Session(services)];
  const get = frame({ opcode: GET, key: "k" });
  const set = (value: string) => frame({ opcode: SET, key: "k", value });
  writer.receive(set("old"));
  const sent = reader.receive(concat([get, set("new"), get, frame({ opcode: DELETE, key: "k" })]));
  assertEquals(parseReplies(sent).map(({ value }) => textOf(value)), ["old", "", "new", ""]);
  writer.receive(set("old"));
  const requests: Incoming[] = [];
  new BatchDecoder(reader.decoder).push(get, requests);
  reader.handle(requests);
  writer.receive(set("new"));
  const waiting = encodeAll(reader.encoder, reader.takeOutput());
  assertEquals(textOf(parseReplies(waiting)[0]!.value), "old");
  assertEquals(services.databases.loans.outstanding, 0);
});

golden("answers SET, GET and DELETE of a key", [
  // SET foo = bar; GET foo; DELETE foo, twice; GET foo
  ["cafe 01 02 0000 0003 00000003 666f6f 626172", "cafe 01 80 0000 0000 00000000"],
  ["cafe 01 01 0000 0003 00000000 666f6f", "cafe 01 80 0000 0000 00000003 626172"],
  ["cafe 01 03 0000 0003 00000000 666f6f", "cafe 01 80 0000 0000 00000000"],
  ["cafe 01 03 0000 0003 00000000 666f6f", "cafe 01 82 0000 0000 00000000"],
  ["cafe 01 01 0000 0003 00000000 666f6f", "cafe 01 82 0000 0000 00000000"],
]);

golden("answers PING with PONG, and with what was sent", [
  ["cafe 01 04 0000 0000 00000000", "cafe 01 80 0000 0000 00000004 504f4e47"],
  ["cafe 01 04 0000 0000 00000002 00ff", "cafe 01 80 0000 0000 00000002 00ff"],
]);

golden("echoes ids, the largest and 0 among them", [
  ["cafe 01 04 0010 0000 00000000 ffffffff", "cafe 01 80 0010 0000 00000004 ffffffff 504f4e47"],
  ["cafe 01 01 0010 0001 00000000 00000000 61", "cafe 01 82 0010 0000 00000000 00000000"],
]);

golden("answers INCR with an i64 and APPEND with a u32", [
  ["cafe 01 06 0000 0001 00000000 6e", "cafe 01 80 0000 0000 00000008 0000000000000001"],
  [
    "cafe 01 06 0000 0001 00000008 6e fffffffffffffffe", // minus 2
    "cafe 01 80 0000 0000 00000008 ffffffffffffffff",
  ],
  ["cafe 01 07 0000 0001 00000001 6e 30", "cafe 01 80 0000 0000 00000004 00000003"],
]);

golden("answers a GET with what is left of the TTL, and with the version when asked", [
  // SET a = "" with TTL 9 and only if absent: OK with version 1
  [
    "cafe 01 02 0060 0001 00000000 0000000000000009 0000000000000000 61",
    "cafe 01 80 0040 0000 00000000 0000000000000001",
  ],
  ["cafe 01 01 0000 0001 00000000 61", "cafe 01 80 0020 0000 00000000 0000000000000009"],
  // TOUCH a without TTL: no expiry, a new version
  ["cafe 01 08 0000 0001 00000000 61", "cafe 01 80 0000 0000 00000000"],
  [
    "cafe 01 01 0040 0001 00000000 0000000000000000 61",
    "cafe 01 80 0040 0000 00000000 0000000000000002",
  ],
]);

golden("answers a request with a checksum in kind, and one without in kind", [
  ["cafe 01 04 0004 0000 00000000 5c92a455", "cafe 01 80 0004 0000 00000004 504f4e47 8196bad1"],
  ["cafe 01 04 0000 0000 00000000", "cafe 01 80 0000 0000 00000004 504f4e47"],
]);

golden(
  "says OK to a SUBSCRIBE before the first PUSH, and gives a publisher its own before the count",
  [
    // SUBSCRIBE c and PUBLISH c = hi, in one read
    [
      "cafe 01 0b 0000 0001 00000000 63" + "cafe 01 0d 0000 0001 00000002 63 6869",
      "cafe 01 80 0000 0000 00000000" + "cafe 01 83 0000 0001 00000002 63 6869" +
      "cafe 01 80 0000 0000 00000004 00000001",
    ],
    // UNSUBSCRIBE c and PUBLISH c = hi
    [
      "cafe 01 0c 0000 0001 00000000 63" + "cafe 01 0d 0000 0001 00000002 63 6869",
      "cafe 01 80 0000 0000 00000000" + "cafe 01 80 0000 0000 00000004 00000000",
    ],
  ],
);

golden("answers SCAN with the cursor and the keys", [
  ["cafe 01 02 0000 0002 00000000 6162", "cafe 01 80 0000 0000 00000000"], // SET ab = ""
  [
    "cafe 01 09 0000 0000 00000000",
    "cafe 01 80 0000 0000 0000000c 0000000000000000 0002 6162",
  ],
]);

golden("is silent about what is quiet and done, and a quiet GET that misses", [
  ["cafe 01 02 0100 0001 00000001 61 78", ""], // SET a = x
  ["cafe 01 01 0100 0001 00000000 62", ""], // GET b: misses
  ["cafe 01 01 0100 0001 00000000 61", "cafe 01 80 0000 0000 00000001 78"], // GET a: hits
  ["cafe 01 07 0100 0001 00000001 61 79", ""], // APPEND a, y
  ["cafe 01 04 0100 0000 00000000", ""], // PING
  ["cafe 01 03 0100 0001 00000000 62", ""], // DELETE b: misses
  ["cafe 01 0b 0100 0001 00000000 63", ""], // SUBSCRIBE c
  // PUBLISH c: no count, but the message
  ["cafe 01 0d 0100 0001 00000001 63 21", "cafe 01 83 0000 0001 00000001 63 21"],
  // INCR a: it is "xy"
  [
    "cafe 01 06 0110 0001 00000000 00000009 61",
    "cafe 01 81 0010 000e 00000049 00000009" +
    new TextEncoder().encode("NOT_AN_INTEGER").toHex() +
    new TextEncoder().encode(
      "Cannot increment: the value of 2 bytes is not a 64-bit integer in decimal",
    ).toHex(),
  ],
]);

test("speaks CAFE when the first byte is ca, and RESP when it is any other", () => {
  for (let first = 0; first < 256; first++) {
    const sent = talk(Uint8Array.of(first, 0x0a), [1]);
    if (first === 0xca) assertEquals(parseReplies(sent).map(wordOf), ["ERR PROTOCOL"]);
    else assertMatch(textOf(sent), /^(-ERR .*\r\n)?$/, `first byte ${first}`);
  }
});

test("has no protocol before the first byte: it says nothing, and is not subscribed", () => {
  const session = newSession();
  session.goAway();
  assertEquals([session.hasOutput, session.subscribed, session.decoder.state], [
    false,
    false,
    "Idle",
  ]);
  assertEquals(newSession().receive(new Uint8Array(0)).length, 0);
});

test("answers what it does not understand in its place, and stays in step", () => {
  const bytes = concat([
    frame({ opcode: PING, id: 1 }),
    frame({ opcode: 77, id: 2, key: "k", value: "v", ttl: 5, entryVersion: 6 }),
    frame({ opcode: PING, version: 2, id: 3 }),
    frame({ opcode: GET, id: 4, value: "no" }),
    frame({ opcode: 128, id: 5 }),
    frame({ opcode: PING, id: 6, flags: 0x0001, value: "deflated" }),
    frame({ opcode: PING, id: 7, flags: 0xf000 }),
  ]);
  const replies = parseReplies(talk(bytes, [bytes.length]));
  assertEquals(replies.map(({ id }) => id), [1, 2, 3, 4, 5, 6, 7]);
  assertEquals(replies.map(wordOf), [
    "OK",
    "ERR UNKNOWN_OPCODE",
    "ERR UNSUPPORTED_VERSION",
    "ERR BAD_REQUEST",
    "ERR UNKNOWN_OPCODE",
    "ERR UNSUPPORTED_FLAG",
    "OK",
  ]);
});

test("answers a quiet request that it does not understand", () => {
  assertEquals(wordsOf(frame({ opcode: 77, flags: QUIET })), ["ERR UNKNOWN_OPCODE"]);
  assertEquals(wordsOf(frame({ opcode: STATS, flags: QUIET, key: "x" })), ["ERR BAD_REQUEST"]);
});

test("answers all before a protocol error, and handles nothing after it", () => {
  const services = newServices();
  const session = new Session(services);
  const set = (key: string) => frame({ opcode: SET, key, id: 1 });
  const sent = session.receive(concat([set("before"), hex("0102"), set("after")]));
  assertEquals(parseReplies(sent).map(wordOf), ["OK", "ERR PROTOCOL"]);
  assertEquals(session.receive(set("later")).length, 0);
  assertEquals(session.end().length, 0);
  assertEquals(services.databases.at(0).size, 1);
});

test("tells the id of a request whose length is refused", () => {
  const sent = newSession().receive(hex("cafe 01 02 0010 0001 ffffffff 00000007"));
  const [reply] = parseReplies(sent);
  assertEquals([wordOf(reply!), reply!.id], ["ERR TOO_LARGE", 7]);
  assertStringIncludes(textOf(reply!.value), "4294967295 exceeds the limit 4096");
});

test("says at the end how much of a frame had come, and nothing when none had", () => {
  const session = newSession();
  session.receive(hex("cafe 01 02 0010 0001 00000003 00000007 61"));
  const [reply] = parseReplies(session.end());
  assertEquals([wordOf(reply!), reply!.id], ["ERR PROTOCOL", 7]);
  assertStringIncludes(textOf(reply!.value), "17 of 20 bytes of SET (id 7)");
  assertEquals(newSession().end().length, 0);
});

test("counts requests and error replies", () => {
  const services = newServices();
  const session = new Session(services);
  session.receive(concat([frame({ opcode: PING }), frame({ opcode: PING, flags: QUIET })]));
  session.receive(concat([frame({ opcode: 77 }), hex("00")]));
  assertEquals([services.counters.requests, services.counters.errors], [3, 2]);
});

test("times the requests that come together, of both protocols", () => {
  const services = newServices();
  const { statistics } = services;
  const seen: string[] = [];
  statistics.beginBatch = () => void seen.push("begin");
  statistics.endBatch = () => void seen.push("end");
  new Session(services).receive(frame({ opcode: PING }));
  assertEquals(seen, ["begin", "end"]);
  new Session(services).receive(utf8("PING\r\nPING\r\n"));
  assertEquals(seen, ["begin", "end", "begin", "end"]);
});

test("delivers to another session when that is next asked for its output", () => {
  const services = newServices();
  const pushed: number[] = [];
  const wire = { ...NO_WIRE, onPush: (bytes: number) => void pushed.push(bytes) };
  const [reader, writer] = [new Session(services, wire), new Session(services)];
  reader.receive(frame({ opcode: SUBSCRIBE, key: "c", checksum: true }));
  assert(reader.subscribed && !writer.subscribed);
  const [count] = parseReplies(writer.receive(frame({ opcode: PUBLISH, key: "c", value: "hi" })));
  assertEquals(count!.value.toHex(), "00000001");
  assertEquals(pushed.length, 1);
  assertGreater(pushed[0]!, 3);
  assert(reader.hasOutput);
  const [push] = parseReplies(reader.receive(new Uint8Array(0)));
  assertEquals([push!.type, textOf(push!.key), textOf(push!.value), push!.flags], [
    "PUSH",
    "c",
    "hi",
    0x0004,
  ]);
  reader.close();
  assertEquals([reader.subscribed, services.channels.size], [false, 0]);
});

/** A session that is subscribed to "c", and another to publish with. */
function subscribed(): { services: Services; reader: Session; writer: Session } {
  const services = newServices();
  const [reader, writer] = [new Session(services), new Session(services)];
  reader.receive(frame({ opcode: SUBSCRIBE, key: "c" }));
  return { services, reader, writer };
}

test("gives no message after GOAWAY", () => {
  const { services, reader, writer } = subscribed();
  reader.goAway();
  writer.receive(frame({ opcode: PUBLISH, key: "c" }));
  assertEquals(reader.takeOutput().map(({ type }) => type), ["GOAWAY"]);
  assertEquals(services.channels.size, 0);
});

test("gives no message after the error for a corrupt stream", () => {
  const { services, reader, writer } = subscribed();
  assertEquals(parseReplies(reader.receive(hex("00"))).map(wordOf), ["ERR PROTOCOL"]);
  writer.receive(frame({ opcode: PUBLISH, key: "c" }));
  assertEquals(reader.receive(new Uint8Array(0)).length, 0);
  assertEquals(services.channels.size, 0);
});

/** A bit of everything, ending in a wrong magic. */
const MIXED = concat([
  frame({ opcode: SET, key: "key", value: "value", id: 1, checksum: true }),
  frame({ opcode: GET, key: "key", flags: QUIET }),
  frame({ opcode: SUBSCRIBE, key: "c" }),
  frame({ opcode: PUBLISH, key: "c", value: "hi", id: 2 }),
  frame({ opcode: INCR, key: "n", value: hex("7fffffffffffffff") }),
  frame({ opcode: INCR, key: "n" }),
  frame({ opcode: 99, version: 9, key: "k", value: "v", id: 3 }),
  hex("cafd"),
]);

test("answers a stream that is cut at any byte as it answers it whole", () => {
  const whole = talk(MIXED, [MIXED.length]);
  assertEquals(parseReplies(whole).length, 9);
  for (let at = 1; at < MIXED.length; at++) {
    assertEquals(talk(MIXED, [at, MIXED.length]).toHex(), whole.toHex(), `cut at ${at}`);
  }
});

test("answers a stream that comes byte by byte, between empty chunks, as it answers it whole", () => {
  const session = newSession();
  const sent = bytewise(MIXED).flatMap((byte) => [
    session.receive(byte),
    session.receive(new Uint8Array(0)),
  ]);
  const whole = parseReplies(talk(MIXED, [MIXED.length])).map(lineOf);
  assertEquals(parseReplies(concat(sent)).map(lineOf), whole);
});

test("finds hot keys in requests of both protocols, of those who may send them", () => {
  const hottest = (bytes: Uint8Array, password = "") => {
    const services = newServices({ password });
    new Session(services).receive(bytes);
    return services.statistics.hotKeys.topAsText(1)[0]?.key;
  };
  const many = 512; // One of 256 is looked at, by chance, and one of twice as many for certain.
  const asked = frame({ opcode: GET, key: "c" });
  assertEquals(hottest(concat(Array.from({ length: many }, () => asked))), '"c"');
  assertEquals(hottest(utf8("GET r\r\n".repeat(many))), '"r"');
  assertEquals(hottest(utf8("GET\r\n".repeat(many))), undefined);
  assertEquals(hottest(utf8("GET r\r\n".repeat(many)), "secret"), undefined);
});

test("counts the requests of each protocol, also of commands that are not known", () => {
  const services = newServices();
  new Session(services).receive(utf8("NOPE\r\nGET\r\nGET a\r\n"));
  new Session(services).receive(frame({ opcode: GET, key: "c" }));
  const { resp, cafe } = services.statistics;
  assertEquals([resp.requests, cafe.requests, services.counters.requests], [3, 1, 4]);
});

test("counts CONFIG RESETSTAT after it has set the figures to 0, as Redis does", () => {
  const services = newServices();
  const reply = new Session(services).receive(
    utf8("SET a 1\r\nCONFIG RESETSTAT\r\nINFO stats\r\n"),
  );
  assertStringIncludes(textOf(reply), "total_commands_processed:1\r\n");
  const { requests, commands } = services.statistics.resp;
  assertEquals(requests, commands.reduce((sum, { calls }) => sum + calls, 0));
});
