import { Client } from "../../lib/client/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NO_WIRE, serve, type ServeOptions, Session } from "../../lib/server/mod.ts";
import { formatHash, hashPassword, parseUsers } from "../../lib/server/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";
import {
  APPEND,
  DELETE,
  frame,
  GET,
  INCR,
  parseReplies,
  PING,
  PUBLISH,
  SCAN,
  SET,
  STATS,
  SUBSCRIBE,
  TOUCH,
  UNSUBSCRIBE,
  wordOf,
} from "./frames.ts";
import { guarded, talkerOf } from "./guarded.ts";
import { RawClient } from "./raw_client.ts";

const PURE = { permissions: "none" } as const;
const NET = { permissions: { net: ["127.0.0.1"] } };

const HELLO = 5;
const COMPACT = 14;
const WRONG = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
const FORBIDDEN = "ERR FORBIDDEN";
const REFUSED = "ERR AUTH_REQUIRED";

function hello(key: string, value: string): Uint8Array {
  return frame({ opcode: HELLO, key, value });
}

/** What a session answers, in words. */
function say(session: Session, ...frames: Uint8Array[]): string[] {
  return frames.flatMap((bytes) => parseReplies(session.receive(bytes)).map(wordOf));
}

const ALICE = {
  password: "hunter2",
  commands: ["@read", "@pubsub"],
  keys: ["app:"],
  channels: ["news:"],
};

Deno.test("a user of CAFE logs in with HELLO, and may do what is allowed", PURE, () => {
  const session = new Session(guarded({ alice: ALICE }));
  assertEquals(
    say(session, frame({ opcode: PING }), hello("", ""), hello("alice", "x"), hello("eve", "")),
    [REFUSED, REFUSED, REFUSED, REFUSED],
  );
  assertEquals(say(session, hello("alice", "hunter2"), hello("", "")), ["OK", "OK"]);
  const key = "app:1";
  assertEquals(say(session, frame({ opcode: GET, key }), frame({ opcode: GET, key: "b" })), [
    "MISS",
    FORBIDDEN,
  ]);
  const others = [PING, SET, DELETE, INCR, APPEND, TOUCH, STATS, COMPACT];
  const parts = (opcode: number) =>
    [PING, STATS, COMPACT].includes(opcode)
      ? { opcode }
      : { opcode, key, ...opcode === INCR && { value: new Uint8Array(8) } };
  const said = say(session, ...others.map((opcode) => frame(parts(opcode))));
  assertEquals(said.filter((word) => word !== FORBIDDEN), []);
  assertEquals(session.figures().user, "alice");
});

Deno.test("a user of CAFE scans and subscribes below the allowed prefixes", PURE, () => {
  const session = new Session(guarded({ default: { ...ALICE, password: undefined! } }));
  const cursor = new Uint8Array(8);
  const scan = (key: string) => frame({ opcode: SCAN, key, value: cursor });
  assertEquals(say(session, scan("app:"), scan("app:x"), scan("ap"), scan("")), [
    "OK",
    "OK",
    FORBIDDEN,
    FORBIDDEN,
  ]);
  for (const opcode of [SUBSCRIBE, PUBLISH]) {
    const said = ["news:a", "a"].map((key) => frame({ opcode, key }));
    assertEquals(say(session, ...said).filter((word) => word !== "PUSH"), ["OK", FORBIDDEN]);
  }
  assertEquals(say(session, frame({ opcode: UNSUBSCRIBE, key: "other" })), ["OK"]);
});

Deno.test("a CAFE connection is closed when too many logins have failed", PURE, () => {
  const session = new Session(guarded({ alice: ALICE }, { maxAuthFailures: 2 }));
  const both = new Uint8Array([
    ...hello("alice", "x"),
    ...hello("alice", "y"),
    ...hello("alice", "hunter2"),
  ]);
  const replies = parseReplies(session.receive(both));
  assertEquals(replies.map(wordOf), [REFUSED, REFUSED]);
  assertStringIncludes(textOf(replies[1]!.value), "(option maxAuthFailures)");
  assert(session.ended);
});

Deno.test("failed logins of a host count together, by its address as HTTP tells it", PURE, () => {
  for (const [address, host] of [["[::1]:5", "::1"], ["10.0.0.1:5", "10.0.0.1"]] as const) {
    const services = guarded({ alice: ALICE });
    say(new Session(services, { ...NO_WIRE, address }), hello("alice", "x"));
    assertEquals(services.failedLogins.note(host, services.databases.now()), 200, host);
  }
});

Deno.test("a wrong HELLO keeps its id, and says nothing of the password", PURE, () => {
  const session = new Session(guarded({ alice: ALICE }));
  const [reply] = parseReplies(session.receive(hello("alice", "guess")));
  assert(!textOf(reply!.value).includes("guess"));
});

Deno.test("users are not mixed up between connections", PURE, () => {
  const services = guarded({ default: { commands: ["acl|whoami"] }, alice: { password: "a" } });
  const [one, other] = [talkerOf(services), talkerOf(services)];
  one.say("AUTH alice a");
  assertEquals([one.say("ACL WHOAMI"), other.say("ACL WHOAMI")], ["$5 alice", "$7 default"]);
});

/** A server with real hashes, and a client. */
async function withServer(
  options: ServeOptions,
  fn: (client: RawClient, address: Deno.NetAddr) => Promise<void>,
): Promise<void> {
  const password = formatHash(await hashPassword(utf8("hunter2")));
  const alice = { password, commands: ["@all"], keys: [""], channels: [""] };
  const users = parseUsers(JSON.stringify({ users: { alice } }));
  await using server = await serve({ port: 0, users, ...options });
  using client = await RawClient.connect(server.addr!);
  await fn(client, server.addr!);
}

Deno.test(
  "requests behind a login wait for its hash, and are answered in order",
  NET,
  () =>
    withServer({}, async (client) => {
      await client.send(utf8("AUTH alice hunter2\r\nSET a 1\r\nGET a\r\nACL WHOAMI\r\nQUIT\r\n"));
      assertEquals(
        textOf(await client.readAll()),
        "+OK\r\n+OK\r\n$1\r\n1\r\n$5\r\nalice\r\n+OK\r\n",
      );
    }),
);

Deno.test(
  "a large request that comes while a login is decided is taken behind it",
  NET,
  () =>
    withServer({}, async (client) => {
      const large = "x".repeat(20_000);
      await client.send(utf8("AUTH alice hunter2\r\n"));
      await client.send(utf8(`*2\r\n$4\r\nECHO\r\n$20000\r\n${large}\r\nQUIT\r\n`));
      assertEquals(textOf(await client.readAll()), `+OK\r\n$20000\r\n${large}\r\n+OK\r\n`);
    }),
);

Deno.test(
  "a login over CAFE is decided beside others, and keeps the order of its connection",
  NET,
  () =>
    withServer({}, async (client, address) => {
      using other = await RawClient.connect(address);
      await client.send(new Uint8Array([...hello("alice", "hunter2"), ...frame({ opcode: PING })]));
      await other.send(utf8("QUIT\r\n"));
      assertEquals(textOf(await other.readAll()), "+OK\r\n");
      assertEquals([wordOf((await client.readFrame())!), wordOf((await client.readFrame())!)], [
        "OK",
        "OK",
      ]);
    }),
);

Deno.test(
  "the answer to a failed login comes late, also when the client has ended its side",
  NET,
  () =>
    withServer({}, async (client) => {
      const began = performance.now();
      await client.send(utf8("AUTH alice x\r\n"));
      await client.closeWrite();
      assertEquals(textOf(await client.readAll()), WRONG);
      assert(performance.now() - began >= 99);
    }),
);

Deno.test("a server ends while a login waits, and says so to nobody", NET, async () => {
  await withServer({ limits: { shutdownTimeout: 10 } }, async (client) => {
    await client.send(utf8("AUTH alice x\r\n"));
    await client.send(utf8("AUTH alice y\r\n"));
  });
});

Deno.test("a server refuses users beside a password", NET, async () => {
  let message = "";
  await withServer({ password: "secret" }, () => Promise.resolve()).catch((error) =>
    message = error.message
  );
  assertEquals(message, "Cannot use a password beside users: the user default may have one");
});

Deno.test(
  "a client that encrypts its frames logs in as a user",
  NET,
  () =>
    withServer({ protection: { secret: "a secret of both sides" } }, async (_, address) => {
      await using client = await Client.connect(address, {
        user: "alice",
        password: "hunter2",
        secret: "a secret of both sides",
        encrypt: true,
      });
      await client.set("a", "1");
      assertEquals(textOf((await client.get("a"))!), "1");
    }),
);
