import { assertEquals, assertStringIncludes } from "@std/assert";
import { newServices } from "../../../lib/server/mod.ts";
import { guarded, type GuestParts, talkerOf } from "../guarded.ts";
import type { Talker } from "./talkers.ts";

const NO_KEY = "-NOPERM this user has no permissions to access one of the keys used as arguments";
const NO_CHANNEL =
  "-NOPERM this user has no permissions to access one of the channels used as arguments";

function noCommand(name: string): string {
  return `-NOPERM this user has no permissions to run the '${name}' command`;
}

/** A test of a client that is not logged in and may do something. */
function test(name: string, parts: GuestParts, fn: (client: Talker) => void): void {
  Deno.test({
    name: `a user of RESP ${name}`,
    permissions: "none",
    fn: () => fn(talkerOf(guarded({ default: parts }))),
  });
}

test(
  "may send the commands that are allowed, and no others",
  { commands: ["@read", "config|get"] },
  (client) => {
    assertEquals(
      client.say("GET a", "SET a 1", "INCR a"),
      `$-1 ${noCommand("set")} ${noCommand("incr")}`,
    );
    assertEquals(client.say("CONFIG SET maxmemory 0"), noCommand("config|set"));
    assertEquals(client.say("CONFIG GET requirepass"), "*2 $11 requirepass $0");
    assertEquals(client.say("PING", "CLIENT ID"), `${noCommand("ping")} ${noCommand("client|id")}`);
  },
);

test(
  "is told what is wrong with a request before whether it is allowed",
  { commands: [] },
  (client) => {
    assertStringIncludes(client.say("GET"), "-ERR wrong number of arguments");
    assertStringIncludes(client.say("FOO"), "-ERR unknown command");
    assertEquals(client.say("SET a 1 EX x"), noCommand("set"));
  },
);

test(
  "may use the keys that are allowed, all of them in one request",
  { keys: ["app:", "x"] },
  (client) => {
    assertEquals(
      client.say("SET app:1 1", "GET app:1", "GET a", "GET xy"),
      `+OK $1 1 ${NO_KEY} $-1`,
    );
    assertEquals(
      client.say("MSET app:1 1 b 2", "MGET app:1 b", "DEL b app:1"),
      `${NO_KEY} ${NO_KEY} ${NO_KEY}`,
    );
    assertEquals(
      client.say("RENAME app:1 b", "COPY b app:1", "BITOP AND app:1 b"),
      `${NO_KEY} ${NO_KEY} ${NO_KEY}`,
    );
    assertEquals(
      client.say("OBJECT FREQ b", "MEMORY USAGE b", "WATCH b"),
      `${NO_KEY} ${NO_KEY} ${NO_KEY}`,
    );
    assertEquals(client.say("GET app:1"), "$1 1", "nothing was done");
    assertEquals(
      client.say("MSET app:1", "SET app:1 1 EX"),
      `-ERR wrong number of arguments for 'mset' command -ERR syntax error`,
    );
  },
);

test("may list keys only below a prefix that is allowed", { keys: ["app:"] }, (client) => {
  client.say("SET app:1 1");
  assertEquals(client.say("KEYS app:*", "SCAN 0 MATCH app:?"), "*1 $5 app:1 *2 $1 0 *1 $5 app:1");
  for (const line of ["KEYS *", "KEYS a[p]p:*", "KEYS app?*", "KEYS ap\\\\p:*", "KEYS ?pp:1"]) {
    assertEquals(client.say(line), NO_KEY, line);
  }
  for (
    const line of [
      "SCAN 0",
      "SCAN 0 MATCH *",
      "SCAN 0 MATCH app:* match b*",
      "SCAN 0 COUNT 5",
      "RANDOMKEY",
    ]
  ) {
    assertEquals(client.say(line), NO_KEY, line);
  }
  for (const line of ["FLUSHALL", "FLUSHDB", "SWAPDB 0 1"]) {
    assertEquals(client.say(line), NO_KEY, line);
  }
  assertEquals(client.say("SCAN 0 COUNT 5 MATCH app:*", "DBSIZE"), "*2 $1 0 *1 $5 app:1 :1");
});

test(
  "may use the channels that are allowed, and patterns below them",
  { channels: ["news:"] },
  (client) => {
    assertEquals(client.say("PUBLISH news:a 1", "PUBLISH a 1"), `:0 ${NO_CHANNEL}`);
    assertEquals(
      client.say("SUBSCRIBE news:a other", "PSUBSCRIBE news:* *", "PSUBSCRIBE n*"),
      `${NO_CHANNEL} ${NO_CHANNEL} ${NO_CHANNEL}`,
    );
    assertEquals(
      client.say("SUBSCRIBE news:a", "PSUBSCRIBE news:*").match(/subscribe/g)?.length,
      2,
    );
  },
);

test(
  "has what is not allowed refused when it is queued, and EXEC does nothing",
  { keys: ["app:"] },
  (client) => {
    assertEquals(
      client.say("MULTI", "SET app:1 1", "SET b 1", "EXEC"),
      `+OK +QUEUED ${NO_KEY} -EXECABORT Transaction discarded because of previous errors.`,
    );
    assertEquals(client.say("GET app:1"), "$-1");
  },
);

test("may log in and leave without a rule", { commands: [] }, (client) => {
  assertEquals(client.say("HELLO 2").slice(0, 3), "*14");
  assertEquals(client.say("RESET", "QUIT"), "+RESET +OK");
});

Deno.test("what is not allowed counts as a rejected call", { permissions: "none" }, () => {
  const services = guarded({ default: { commands: ["info"] } });
  const client = talkerOf(services);
  client.say("GET a");
  assertStringIncludes(
    client.say("INFO commandstats"),
    "cmdstat_get:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1",
  );
  assertStringIncludes(client.say("INFO errorstats"), "errorstat_NOPERM:count=1");
});

Deno.test("without users everything is allowed", { permissions: "none" }, () => {
  assertEquals(talkerOf(newServices()).say("SET a 1", "KEYS *", "FLUSHALL"), "+OK *1 $1 a +OK");
});
