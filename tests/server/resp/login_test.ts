import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { newServices, NO_WIRE } from "../../../lib/server/mod.ts";
import { guarded, talkerOf } from "../guarded.ts";

const PURE = { permissions: "none" } as const;

const WRONG = "-WRONGPASS invalid username-password pair or user is disabled.";
const NOAUTH = "-NOAUTH Authentication required.";
const TOO_MANY =
  "-ERR Cannot log in: 2 attempts have failed on this connection, which is the limit " +
  "(option maxAuthFailures)";

const USERS = {
  alice: { password: "hunter2", commands: ["@read", "acl|whoami"] },
  bob: { password: "swordfish" },
};

Deno.test("without a user for everybody a client may log in, and nothing else", PURE, () => {
  const client = talkerOf(guarded(USERS));
  assertEquals(client.say("GET a", "PING", "MULTI"), `${NOAUTH} ${NOAUTH} ${NOAUTH}`);
  assertStringIncludes(client.say("HELLO 3"), "-NOAUTH HELLO must be called");
  assertEquals(
    client.say("AUTH hunter2", "AUTH alice swordfish", "AUTH eve hunter2"),
    `${WRONG} ${WRONG} ${WRONG}`,
  );
  assertEquals(client.say("AUTH alice hunter2", "GET a"), "+OK $-1");
});

Deno.test("HELLO logs in, and takes its version and name only then", PURE, () => {
  const client = talkerOf(guarded(USERS));
  assertEquals(client.say("HELLO 3 AUTH alice x SETNAME n", "GET a"), `${WRONG} ${NOAUTH}`);
  assertEquals(client.say("HELLO 3 AUTH bob swordfish SETNAME n").slice(0, 2), "%7");
  assertEquals(client.say("CLIENT GETNAME", "GET a"), "$1 n _");
});

Deno.test("a client may become another user, and stays who it was when that fails", PURE, () => {
  const client = talkerOf(guarded(USERS));
  assertEquals(
    client.say("AUTH alice hunter2", "AUTH bob x", "ACL WHOAMI"),
    `+OK ${WRONG} $5 alice`,
  );
  assertEquals(client.say("AUTH bob swordfish", "ACL WHOAMI", "SET a 1"), "+OK $3 bob +OK");
  assertEquals(client.say("RESET", "GET a"), `+RESET ${NOAUTH}`);
});

Deno.test("the user default with a password is whom AUTH logs in without a name", PURE, () => {
  const client = talkerOf(guarded({ default: { password: "hunter2" } }));
  assertEquals(
    client.say("PING", "AUTH x", "AUTH hunter2", "PING"),
    `${NOAUTH} ${WRONG} +OK +PONG`,
  );
});

Deno.test("AUTH without a name fails where everybody is the user default", PURE, () => {
  const client = talkerOf(guarded({ default: {} }));
  assertStringIncludes(client.say("AUTH x"), "-ERR AUTH <password> called without any password");
  assertEquals(client.say("AUTH default x"), "+OK", "as Redis: there is no password to be wrong");
});

Deno.test(
  "a connection is closed when too many logins have failed, also when some did not",
  PURE,
  () => {
    const client = talkerOf(guarded(USERS, { maxAuthFailures: 2 }));
    assertEquals(client.say("AUTH x", "AUTH alice hunter2"), `${WRONG} +OK`);
    assertEquals(client.say("AUTH alice x", "GET a", "AUTH alice hunter2"), TOO_MANY);
    assert(client.ended);
  },
);

Deno.test(
  "the limit of failed logins holds for the one password, and in transactions",
  PURE,
  () => {
    const services = newServices({ password: "secret", limits: { maxAuthFailures: 2 } });
    const first = talkerOf(services);
    assertEquals(first.say("AUTH x", "AUTH y", "AUTH secret"), `${WRONG} ${TOO_MANY}`);
    assert(first.ended);
    const second = talkerOf(services);
    const guesses = ["AUTH secret", "MULTI", "AUTH x", "AUTH y", "AUTH secret", "EXEC", "PING"];
    assertEquals(
      second.say(...guesses),
      `+OK +OK +QUEUED +QUEUED +QUEUED *3 ${WRONG} ${TOO_MANY} ${TOO_MANY}`,
    );
    assert(second.ended);
  },
);

Deno.test("users cannot log in inside a transaction", PURE, () => {
  const client = talkerOf(guarded({ default: {}, ...USERS }));
  assertStringIncludes(
    client.say("MULTI", "AUTH bob swordfish", "HELLO 2 AUTH bob swordfish", "ACL WHOAMI", "EXEC"),
    "*3 -ERR AUTH inside MULTI is not allowed when the server has users " +
      "-ERR AUTH inside MULTI is not allowed when the server has users $7 default",
  );
});

Deno.test("a reply that is not wanted is not sent when a login is decided", PURE, () => {
  const client = talkerOf(guarded({ default: {}, ...USERS }));
  assertEquals(client.say("CLIENT REPLY SKIP", "AUTH bob x", "ACL WHOAMI"), "$7 default");
  assertEquals(client.say("CLIENT REPLY SKIP", "AUTH bob swordfish", "ACL WHOAMI"), "$3 bob");
});

Deno.test(
  "a session that waits for nothing takes a hash that is not worked out for a wrong one",
  PURE,
  () => {
    const services = { ...guarded(USERS), checkPassword: () => new Promise<boolean>(() => {}) };
    assertEquals(talkerOf(services).say("AUTH alice hunter2", "GET a"), `${WRONG} ${NOAUTH}`);
  },
);

Deno.test(
  "passwords and names of logins are in no log, MONITOR, SLOWLOG or list of clients",
  PURE,
  () => {
    const services = guarded({ default: {}, ...USERS });
    services.settings.slowerThan = 0;
    const logged: string[] = [];
    services.system.log = (line) => void logged.push(line);
    const monitor = talkerOf(services);
    monitor.say("MONITOR");
    const client = talkerOf(services, { ...NO_WIRE, address: "1.2.3.4:5" });
    client.say(
      "AUTH alice guess1",
      "HELLO 3 AUTH alice guess2",
      "AUTH guess3",
      "AUTH bob swordfish",
      "HELLO 2 AUTH bob swordfish",
    );
    const seen = [
      monitor.hear(),
      client.say(
        "SLOWLOG GET -1",
        "CLIENT LIST",
        "ACL LIST",
        "ACL GETUSER bob",
        "INFO",
        "LATENCY LATEST",
      ),
      logged.join(" "),
    ].join(" ");
    assertEquals(logged, ["1.2.3.4:5: a login has failed", "1.2.3.4:5: a login has failed"]);
    assertStringIncludes(seen, '"AUTH" "(redacted)" "(redacted)"');
    assertStringIncludes(seen, "user=bob");
    for (const secret of ["guess", "swordfish", "hunter2"]) assert(!seen.includes(secret), secret);
  },
);
