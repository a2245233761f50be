import { newServices, Session } from "../../lib/server/mod.ts";
import type { Services } from "../../lib/handler/mod.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { textOf } from "../codec/helpers.ts";
import { frame, GET, parseReplies, PING, SUBSCRIBE, wordOf } from "./frames.ts";

const HELLO = 5;

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
