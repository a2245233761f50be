import { newServices, Session } from "../../lib/server/mod.ts";
import { usedMemory } from "../../lib/handler/memory.ts";
import type { Services } from "../../lib/handler/mod.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";
import { openFrail } from "../store/journal/frail_disk.ts";
import {
  APPEND,
  DELETE,
  DURABLE,
  frame,
  GET,
  INCR,
  parseReplies,
  PING,
  PUBLISH,
  SET,
  SUBSCRIBE,
  TOUCH,
  wordOf,
} from "./frames.ts";

const HELLO = 5;
/** The value of an INCR by 1. */
const ONE = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1);

function test(name: string, fn: (services: Services) => void): void {
  Deno.test({
    name: `a CAFE conversation ${name}`,
    permissions: "none",
    fn: () => fn(newServices({ password: "secret" })),
  });
}

/** What a session answers, in words. */
function say(session: Session, ...frames: Uint8Array[]): string[] {
  return frames.flatMap((bytes) => parseReplies(session.receive(bytes)).map(wordOf));
}

function hello(key: string, value: string): Uint8Array {
  return frame({ opcode: HELLO, key, value });
}

const REFUSED = "ERR AUTH_REQUIRED";

test("wants the password before anything else", (services) => {
  const session = new Session(services);
  const requests = [
    frame({ opcode: PING }),
    frame({ opcode: GET, key: "k" }),
    frame({ opcode: SUBSCRIBE, key: "c" }),
    frame({ opcode: 77 }),
    hello("", ""),
    hello("default", "wrong"),
    hello("default", ""),
    hello("ann", "secret"),
  ];
  assertEquals(say(session, ...requests), requests.map(() => REFUSED));
  assertEquals(services.channels.size, 0);
  assertEquals(say(session, hello("default", "secret"), frame({ opcode: PING })), ["OK", "OK"]);
});

test("stays open to who was in when a HELLO is wrong, and answers one without a user", (services) => {
  const session = new Session(services);
  assertEquals(
    say(session, hello("default", "secret"), hello("default", "x"), hello("", "")),
    ["OK", REFUSED, "OK"],
  );
  assertEquals(say(session, frame({ opcode: PING })), ["OK"]);
});

test("says what to send", (services) => {
  const [reply] = parseReplies(new Session(services).receive(frame({ opcode: PING })));
  assertStringIncludes(textOf(reply!.value), "send HELLO with the password first");
});

test("takes any user while there is no password", (services) => {
  services.settings.password = "";
  const session = new Session(services);
  assertEquals(say(session, hello("ann", "x"), frame({ opcode: PING })), ["OK", "OK"]);
  services.settings.password = "later";
  assertEquals(say(session, frame({ opcode: PING })), ["OK"], "who was in stays in");
});

test("tells of itself among the clients", (services) => {
  services.settings.password = "";
  const session = new Session(services);
  say(session, frame({ opcode: SUBSCRIBE, key: "c" }));
  const { flags, channels, command, version, database } = session.figures();
  assertEquals([flags, channels, command, version, database], ["P", 1, "subscribe", 0, 0]);
});

test("knows a password that a client of RESP has set, by the same bytes", (services) => {
  services.settings.password = "";
  const resp = new Session(services);
  const say7 = (line: string) => textOf(resp.receive(utf8(`${line}\r\n`)));
  assertEquals(say7('CONFIG SET requirepass "p\\xc3\\xa2ss"'), "+OK\r\n");
  assertEquals(say7('AUTH "p\\xc3\\xa2ss"'), "+OK\r\n");
  assertStringIncludes(say7('CONFIG SET requirepass "p\\xff"'), "-ERR CONFIG SET failed");
  assertEquals(say(new Session(services), hello("default", "p\u00e2ss")), ["OK"]);
});

test("refuses what needs memory when there is none, and carries out the rest", (services) => {
  services.settings.password = "";
  const session = new Session(services);
  const write = (opcode: number) => frame({ opcode, key: "k", value: opcode === INCR ? ONE : "1" });
  assertEquals(say(session, write(SET)), ["OK"]);
  services.settings.maxMemory = 1;
  const full = "ERR OUT_OF_MEMORY";
  assertEquals(say(session, write(SET), write(INCR), write(APPEND)), [full, full, full]);
  const [reply] = parseReplies(session.receive(write(SET)));
  assertStringIncludes(textOf(reply!.value), "the limit is 1 (option maxmemory)");
  assertEquals(services.counters.errors, 4);
  const others = [GET, TOUCH, DELETE].map((opcode) => frame({ opcode, key: "k" }));
  assertEquals(say(session, ...others), ["OK", "OK", "OK"]);
  assertEquals(services.databases.at(0).size, 0);
});

test("makes room for a write when entries may be removed", (services) => {
  Object.assign(services.settings, { password: "", maxMemoryPolicy: "allkeys-lru" });
  const session = new Session(services);
  assertEquals(say(session, frame({ opcode: SET, key: "old", value: "1" })), ["OK"]);
  services.settings.maxMemory = usedMemory(services.databases) - 1;
  assertEquals(say(session, frame({ opcode: SET, key: "new", value: "1" })), ["OK"]);
  assertEquals(say(session, frame({ opcode: GET, key: "old" })), ["MISS"]);
  assertEquals(services.counters.evicted, 1);
});

test("refuses what is to be durable, and carries none of it out, while nothing is kept on disk", (services) => {
  services.settings.password = "";
  const session = new Session(services);
  const durable = [SET, GET, PING].map((opcode) =>
    frame({ opcode, flags: DURABLE, key: opcode === PING ? "" : "k" })
  );
  assertEquals(say(session, ...durable), durable.map(() => "ERR NOT_DURABLE"));
  const [reply] = parseReplies(session.receive(durable[0]!));
  assertStringIncludes(textOf(reply!.value), "keeps nothing on disk (option data)");
  assertEquals(services.databases.at(0).size, 0);
});

test("lets nobody in by a durable HELLO that it refuses", (services) => {
  const session = new Session(services);
  const durable = { opcode: HELLO, flags: DURABLE, key: "default", value: "secret" };
  assertEquals(say(session, frame(durable), frame({ opcode: PING })), [
    "ERR NOT_DURABLE",
    REFUSED,
  ]);
});

test("answers a durable request that is quiet when it refuses it", (services) => {
  services.settings.password = "";
  const quiet = frame({ opcode: SET, flags: DURABLE | 0x0100, key: "k" });
  assertEquals(say(new Session(services), quiet), ["ERR NOT_DURABLE"]);
});

test("needs no replicas: min-replicas-to-write is for RESP", (services) => {
  Object.assign(services.settings, { password: "", minReplicas: 1 });
  const session = new Session(services);
  assertEquals(say(session, frame({ opcode: SET, key: "k", value: "1" })), ["OK"]);
});

Deno.test("a CAFE conversation refuses writes, and nothing else, while the journal fails", {
  permissions: "none",
}, async () => {
  const frail = await openFrail(Date.now);
  const session = new Session(newServices(frail));
  frail.databases.at(0).set(utf8("k"), utf8("v"));
  frail.disk.writeFailure = "no room";
  await frail.journal.settle(false);
  const writes = [
    frame({ opcode: SET, key: "k", value: "w" }),
    frame({ opcode: INCR, key: "n" }),
    frame({ opcode: APPEND, key: "k", value: "w" }),
    frame({ opcode: TOUCH, key: "k", ttl: 5_000 }),
    frame({ opcode: DELETE, key: "k" }),
  ];
  assertEquals(say(session, ...writes), writes.map(() => "ERR NOT_STORED"));
  const others = [
    frame({ opcode: GET, key: "k" }),
    frame({ opcode: PING }),
    frame({ opcode: PUBLISH, key: "c", value: "m" }),
    frame({ opcode: SUBSCRIBE, key: "c" }),
  ];
  assertEquals(say(session, ...others), ["OK", "OK", "OK", "OK"]);
});
