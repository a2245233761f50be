import { User, Users } from "../../lib/handler/mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

const TABLE = [
  { name: "get", categories: ["read", "fast"] },
  { name: "set", categories: ["write"] },
  { name: "config", categories: ["slow"] },
  { name: "config|get", categories: ["admin", "dangerous"] },
  { name: "config|set", categories: ["admin", "dangerous"] },
];

const PURE = { permissions: "none" } as const;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function user(
  commands: string[],
  keys: string[] = [],
  channels: string[] = [],
  name = "ann",
): User {
  const parts = { name, password: undefined, commands };
  return new User(
    { ...parts, keys: keys.map(bytes), channels: channels.map(bytes) },
    TABLE,
  );
}

/** The names of what a user may run. */
function allowed(...rules: string[]): string {
  const it = user(rules);
  return TABLE.filter((_, index) => it.mayRun(index)).map(({ name }) => name).join(" ");
}

Deno.test("a user without rules may run nothing", PURE, () => {
  assertEquals(allowed(), "");
  assertEquals(user([]).mayRun(99), false, "a command that there is not");
});

Deno.test("rules name all, categories, commands and subcommands", PURE, () => {
  assertEquals(allowed("@all"), "get set config config|get config|set");
  assertEquals(allowed("@read", "set"), "get set");
  assertEquals(allowed("config"), "config config|get config|set");
  assertEquals(allowed("config|get"), "config|get");
});

Deno.test("of rules the last one that fits a command counts", PURE, () => {
  assertEquals(allowed("@all", "-@dangerous"), "get set config");
  assertEquals(allowed("-@dangerous", "@all"), "get set config config|get config|set");
  assertEquals(allowed("@all", "-config", "config|get"), "get set config|get");
});

Deno.test("a rule that names nothing is an error", PURE, () => {
  assertThrows(() => user(["gte"]), RangeError, 'there is no command "gte"');
  assertThrows(() => user(["-@raed"]), RangeError, 'there is no category "@raed"');
  assertThrows(() => user(["+get"]), RangeError, "there is no command");
  assertThrows(() => user([""]), RangeError);
});

Deno.test("keys and channels are allowed by what they begin with", PURE, () => {
  const it = user([], ["app:", "x"], ["news:"]);
  for (const key of ["app:", "app:1", "x", "xy"]) assert(it.mayUseKey(bytes(key)), key);
  for (const key of ["", "app", "App:1", "yx", "news:"]) assert(!it.mayUseKey(bytes(key)), key);
  assert(it.mayUseChannel(bytes("news:a")) && !it.mayUseChannel(bytes("app:")));
  assert(!it.mayUseAllKeys && !user([]).mayUseAllKeys && user([], ["a", ""]).mayUseAllKeys);
});

Deno.test("everybody is the user default where it has no password", PURE, () => {
  const [ann, other] = [user([]), user([], [], [], "default")];
  assertEquals(new Users([ann]).everybody, undefined);
  assertEquals(new Users([ann, other]).everybody, other);
  assertEquals(new Users([ann, other]).find("ann"), ann);
  assertEquals(new Users([ann]).find("constructor"), undefined);
});
