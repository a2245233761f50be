import { parseUsers } from "../../lib/server/mod.ts";
import { findCommand } from "../../lib/resp/mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

const PURE = { permissions: "none" } as const;

const HASH = `scrypt:16384:8:1:${"A".repeat(22)}==:${"A".repeat(43)}=`;

function index(...words: string[]): number {
  return findCommand(words.map((word) => new TextEncoder().encode(word)))!.index;
}

Deno.test("a file of users says who they are and what they may do", PURE, () => {
  const users = parseUsers(JSON.stringify({
    users: {
      alice: {
        password: HASH,
        commands: ["@read", "-@dangerous", "SET"],
        keys: ["app:"],
        channels: ["n:"],
      },
      default: {},
    },
  }));
  const alice = users.find("alice")!;
  assertEquals(users.all.map(({ name }) => name), ["alice", "default"]);
  assertEquals(alice.password?.cost, 16_384);
  assert(alice.mayRun(index("get")) && alice.mayRun(index("set")) && !alice.mayRun(index("keys")));
  assert(!alice.mayRun(index("config", "get")));
  assertEquals(users.everybody?.name, "default");
  assert(!users.everybody!.mayRun(index("get")) && !users.everybody!.mayUseAllKeys);
});

Deno.test("a file of users that is wrong says which user and which field", PURE, () => {
  const ann = (fields: unknown) => JSON.stringify({ users: { ann: fields } });
  const wrong: readonly (readonly [string, string])[] = [
    [`{"users": "${HASH}`, "the file is not JSON"],
    ["[]", "the file: it must be an object in braces"],
    ["{}", "users: it must be an object in braces"],
    ['{"users": {}}', "users: there are none"],
    ['{"users": {}, "more": 1}', 'the file: "more" is not known; there is users'],
    [ann([]), 'user "ann": it must be an object in braces'],
    [ann({}), 'user "ann": a password is missing'],
    [ann({ password: 1 }), 'user "ann", password: it must be a text'],
    [ann({ password: "secret" }), 'user "ann", password: it is not scrypt:'],
    [ann({ pasword: HASH }), 'user "ann": "pasword" is not known; there is password, commands'],
    [ann({ password: HASH, commands: "get" }), 'user "ann", commands: it must be a list of texts'],
    [ann({ password: HASH, commands: ["gte"] }), 'user "ann", commands: there is no command "gte"'],
    [ann({ password: HASH, commands: ["@x"] }), 'user "ann", commands: there is no category "@x"'],
    [ann({ password: HASH, keys: [1] }), 'user "ann", keys: it must be a list of texts'],
    [ann({ password: HASH, channels: {} }), 'user "ann", channels: it must be a list'],
    ['{"users": {"a b": {}}}', 'user "a b": a name must have no spaces'],
    ['{"users": {"": {}}}', 'user "": a name must have'],
  ];
  for (const [text, message] of wrong) {
    const error = assertThrows(() => parseUsers(text), RangeError, message);
    assert(!/secret|AAAA/.test(error.message), error.message);
  }
});
