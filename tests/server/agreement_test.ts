import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { type CafeRequest, replyCode, replyText } from "../../lib/cafe/mod.ts";
import { newServices, type ProtectionOptions } from "../../lib/server/mod.ts";
import { agreeOn } from "../../lib/server/agreement.ts";
import { PLAIN } from "../cafe/helpers.ts";
import { helloWith, offerOf, SECRET, Talk } from "./talk.ts";

const PURE = { permissions: "none" } as const;
const UTF8 = new TextEncoder();
const NONE = new Uint8Array();

const PING: CafeRequest = { ...PLAIN, op: "PING", id: 9, value: NONE };

function test(name: string, protection: ProtectionOptions, fn: (talk: Talk) => void): void {
  Deno.test(`a server's agreement ${name}`, PURE, () => {
    fn(new Talk(newServices({ protection })));
  });
}

const SECRETIVE = { secret: SECRET };

for (
  const [flags, options, granted] of [
    [["COMPRESSED", "ENCRYPTED", "SIGNED"], SECRETIVE, ["COMPRESSED", "ENCRYPTED", "SIGNED"]],
    [["SIGNED"], SECRETIVE, ["SIGNED"]],
    [["ENCRYPTED"], SECRETIVE, ["ENCRYPTED"]],
    [["COMPRESSED", "SIGNED"], {}, ["COMPRESSED"]],
    [["COMPRESSED", "SIGNED"], { ...SECRETIVE, compress: false }, ["SIGNED"]],
    [["COMPRESSED"], { compress: false }, []],
  ] as const
) {
  const which = "secret" in options ? "with a secret" : "without a secret";
  const off = "compress" in options ? " that does not compress" : "";
  test(
    `on ${flags.join(", ")} ${which}${off} is ${granted.join(", ") || "nothing"}`,
    options,
    (talk) => {
      assertEquals(talk.agree(...flags), [...granted]);
      const value = UTF8.encode("abc".repeat(1_000));
      const [reply] = talk.ask({ ...PING, value });
      assertEquals([reply?.id, reply?.value], [9, value]);
    },
  );
}

test("lets what came before HELLO be answered in plain", SECRETIVE, (talk) => {
  const offer = offerOf("SIGNED");
  assertEquals(talk.ask(PING, helloWith(offer)).map(({ type }) => type), ["OK", "OK"]);
});

test("refuses plain frames that came in one piece with HELLO", SECRETIVE, (talk) => {
  const [hello, refusal] = talk.ask(helloWith(offerOf("SIGNED")), PING);
  assertEquals([hello?.type, refusal?.type], ["OK", "INVALID"]); // The refusal is signed: not read here.
  assertEquals(talk.session.receive(talk.bytes(PING)).length, 0);
});

test("answers a second offer with an error, and goes on as agreed", SECRETIVE, (talk) => {
  talk.agree("SIGNED");
  const [refused, pong] = talk.ask(helloWith(offerOf("ENCRYPTED")), PING);
  assertEquals([replyCode(refused!), pong?.type], ["BAD_REQUEST", "OK"]);
});

test("answers an offer that it cannot read, and goes on in plain", SECRETIVE, (talk) => {
  const [refused, pong] = talk.ask(helloWith(UTF8.encode("{}")), PING);
  assertEquals([replyCode(refused!), pong?.type], ["BAD_REQUEST", "OK"]);
});

test("does not change with a HELLO that has no offer", SECRETIVE, (talk) => {
  talk.agree("SIGNED", "ENCRYPTED");
  const replies = talk.ask(helloWith(undefined), PING);
  assertEquals(replies.map(({ type }) => type), ["OK", "OK"]);
});

Deno.test(
  "a HELLO with an offer alone is answered before the password, and lets nobody in",
  PURE,
  () => {
    const talk = new Talk(newServices({ password: "pw", protection: SECRETIVE }));
    talk.agree("ENCRYPTED", "SIGNED");
    const [early, hello, late] = talk.ask(PING, helloWith(undefined, UTF8.encode("pw")), PING);
    assertEquals([replyCode(early!), hello?.type, late?.type], ["AUTH_REQUIRED", "OK", "OK"]);
  },
);

Deno.test("a HELLO with an offer and a wrong password agrees on nothing", PURE, () => {
  const talk = new Talk(newServices({ password: "pw", protection: SECRETIVE }));
  const wrong = helloWith(offerOf("SIGNED"), UTF8.encode("no"));
  const right = helloWith(undefined, UTF8.encode("pw"));
  const [refused, hello] = talk.ask(wrong, right);
  assertEquals([replyCode(refused!), hello?.type], ["AUTH_REQUIRED", "OK"]);
});

Deno.test("each connection has a nonce and keys of its own", PURE, () => {
  const offer = offerOf("SIGNED");
  const nonces = [1, 2].map(() =>
    agreeOn(offer, newServices({ protection: SECRETIVE })).grant.nonce!
  );
  assertEquals(nonces.map(({ length }) => length), [32, 32]);
  assert(nonces[0]!.toHex() !== nonces[1]!.toHex());
});

Deno.test("a stream of one connection is refused by another one", PURE, () => {
  const services = newServices({ protection: SECRETIVE });
  const [first, second] = [new Talk(services), new Talk(services)];
  first.agree("SIGNED");
  second.agree("SIGNED");
  const [request] = [first.bytes(PING)];
  assert(first.session.receive(request!).length > 0);
  second.session.receive(request!);
  assertEquals(services.counters.requests, 3); // Two HELLO and one PING.
});

// What is required

for (const name of ["CHECKSUM", "SIGNED", "ENCRYPTED"] as const) {
  const required = { ...SECRETIVE, required: [name] };
  test(`is required: a request without ${name} is not carried out`, required, (talk) => {
    const key = UTF8.encode("k");
    const set = { ...PLAIN, op: "SET", key, value: key, ttl: undefined, version: undefined };
    const [refused] = talk.ask({ ...set, op: "SET" });
    assertEquals(replyCode(refused!), "FLAG_REQUIRED");
    assertEquals(
      replyText(refused!),
      `Cannot carry out SET: the server wants ${name} on every request (option required)`,
    );
  });
  test(`is required: RESP, which has no ${name}, is refused`, required, (talk) => {
    const answer = talk.session.receive(UTF8.encode("SET k v\r\n"));
    const text = new TextDecoder().decode(answer);
    assert(text.startsWith(`-ERR the server wants ${name} on every request`), text);
  });
}

test("is required: CHECKSUM on a HELLO too", { required: ["CHECKSUM"] }, (talk) => {
  const hello = helloWith(undefined);
  const [refused, answered, pong] = talk.ask(
    hello,
    { ...hello, checksum: true },
    { ...PING, checksum: true },
  );
  assertEquals([replyCode(refused!), answered?.type, pong?.type], ["FLAG_REQUIRED", "OK", "OK"]);
});

test(
  "is required: with it requests are carried out",
  { ...SECRETIVE, required: ["SIGNED"] },
  (talk) => {
    talk.agree("SIGNED");
    assertEquals(talk.ask(PING).map(({ type }) => type), ["OK"]);
  },
);

// Attacks

Deno.test("a signed stream that is changed at any byte has no effect from there on", PURE, () => {
  const key = UTF8.encode("n");
  const incr: CafeRequest = { ...PLAIN, op: "INCR", key, delta: 1 };
  const size = new Talk(newServices({ protection: SECRETIVE })).bytes(incr).length + 32;
  for (let at = 0; at < 3 * size; at++) {
    const services = newServices({ protection: SECRETIVE });
    const talk = new Talk(services);
    talk.agree("SIGNED");
    const stream = concat([1, 2, 3].map(() => talk.bytes(incr)));
    assertEquals(stream.length, 3 * size);
    stream[at]! ^= 0x10;
    talk.session.receive(stream);
    talk.session.end();
    assertEquals(services.counters.requests, 1 + Math.floor(at / size), `byte ${at}`);
  }
});
