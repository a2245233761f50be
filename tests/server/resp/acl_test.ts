import { assertEquals, assertStringIncludes } from "@std/assert";
import { newServices } from "../../../lib/server/mod.ts";
import { guarded, talkerOf } from "../guarded.ts";

const PURE = { permissions: "none" } as const;

const USERS = {
  default: {},
  alice: {
    password: "hunter2",
    commands: ["@read", "-@dangerous"],
    keys: ["app:", "a*"],
    channels: [],
  },
  bob: { password: "hunter2", commands: ["@all", "-set"], channels: ["news:"] },
};

Deno.test("ACL WHOAMI names who is logged in", PURE, () => {
  const client = talkerOf(guarded(USERS));
  assertEquals(client.say("ACL WHOAMI", "AUTH bob hunter2", "ACL WHOAMI"), "$7 default +OK $3 bob");
  assertEquals(client.say("RESET", "ACL WHOAMI"), "+RESET $7 default");
  assertEquals(talkerOf(newServices()).say("ACL WHOAMI"), "$7 default");
});

Deno.test("ACL LIST tells what users may do as Redis writes it, without hashes", PURE, () => {
  const client = talkerOf(guarded(USERS));
  const said = client.say("ACL LIST");
  assertStringIncludes(said, "user default on nopass ~* &* +@all");
  assertStringIncludes(said, "user alice on #(redacted) ~app:* ~a\\** -@all +@read -@dangerous");
  assertStringIncludes(said, "user bob on #(redacted) ~* &news:* +@all -set");
  assertEquals(client.say("ACL USERS"), "*3 $7 default $5 alice $3 bob");
});

Deno.test("ACL LIST knows one user where there is no file of users", PURE, () => {
  const services = newServices();
  const client = talkerOf(services);
  assertEquals(client.say("ACL LIST"), "*1 $34 user default on nopass ~* &* +@all");
  services.settings.password = "secret";
  assertEquals(client.say("ACL LIST"), "*1 $39 user default on #(redacted) ~* &* +@all");
});

Deno.test(
  "ACL GETUSER tells what a user may do, and nothing of one that there is not",
  PURE,
  () => {
    const client = talkerOf(guarded(USERS));
    assertEquals(
      client.say("ACL GETUSER bob"),
      "*12 $5 flags *1 +on $9 passwords *1 $10 (redacted) $8 commands $10 +@all -set $4 keys $2 ~* $8 channels $7 &news:* $9 selectors *0",
    );
    assertEquals(client.say("ACL GETUSER eve"), "$-1");
  },
);

Deno.test("ACL CAT lists categories, and the commands in one", PURE, () => {
  const client = talkerOf(newServices());
  assertStringIncludes(client.say("ACL CAT"), "$8 keyspace $4 read $5 write");
  assertEquals(
    client.say("ACL CAT Transaction"),
    "*5 $5 multi $4 exec $7 discard $5 watch $7 unwatch",
  );
  assertEquals(client.say("ACL CAT nope"), "-ERR Unknown category 'nope'");
  assertStringIncludes(client.say("ACL CAT a b"), "-ERR unknown subcommand or wrong number");
});

Deno.test("ACL tells what it has, and has nothing that changes users", PURE, () => {
  const client = talkerOf(newServices());
  assertStringIncludes(client.say("ACL HELP"), "WHOAMI");
  assertStringIncludes(
    client.say("ACL SETUSER a on"),
    "-ERR unknown subcommand 'SETUSER'. Try ACL HELP.",
  );
});

Deno.test("CLIENT KILL USER ends the connections of a user that there is", PURE, () => {
  const services = guarded(USERS);
  const [client, other] = [talkerOf(services), talkerOf(services)];
  other.say("AUTH bob hunter2");
  assertEquals(client.say("CLIENT KILL USER eve"), "-ERR No such user 'eve'");
  assertEquals(client.say("CLIENT KILL USER alice", "CLIENT KILL USER bob"), ":0 :1");
  assertEquals([client.ended, other.ended], [false, true]);
  assertEquals(talkerOf(newServices()).say("CLIENT KILL USER bob"), "-ERR No such user 'bob'");
});

Deno.test("CONFIG SET requirepass is refused beside users", PURE, () => {
  const client = talkerOf(guarded(USERS));
  assertStringIncludes(
    client.say("CONFIG SET requirepass x"),
    "'requirepass') - the users of the server come from a file",
  );
  assertEquals(
    client.say('CONFIG SET requirepass ""', "CONFIG GET requirepass"),
    "+OK *2 $11 requirepass $0",
  );
});
