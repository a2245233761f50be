import { assertEquals } from "@std/assert";
import {
  type Command,
  describeForPeople,
  describeForPrograms,
  describeHelp,
  describeUse,
  ONE_KEY,
  type RespVersion,
} from "../../../lib/resp/mod.ts";
import { encoded } from "../helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `what is told of a command ${name}`, permissions: "none", fn });
}

const GET: Command = {
  name: "get",
  arity: 2,
  flags: ["fast", "readonly"],
  keys: ONE_KEY,
  group: "string",
  tips: ["a_tip"],
  since: "1.0.0",
  summary: "Gives a value",
  complexity: "O(1)",
  syntax: "GET key",
  parse: (args) => ({ op: "GET", key: args[1]!, wantVersion: false }),
};

const { syntax: _, ...UNWRITTEN } = GET;

const BOX: Command = {
  ...GET,
  name: "box",
  arity: -2,
  subcommands: [
    { ...GET, name: "box|open", summary: "Opens it", syntax: "OPEN key" },
    { ...UNWRITTEN, name: "box|shut", summary: "Shuts it" },
  ],
};

/** A description as a line of words. */
function line(reply: Parameters<typeof encoded>[1], version: RespVersion = 3): string {
  return encoded(version, reply).replaceAll(/\$\d+\r\n/g, "").replaceAll("\r\n", " ").trim();
}

test("are flags in Redis' order, places of keys, categories, tips and key specifications", () => {
  assertEquals(
    line(describeForPrograms(GET)),
    "*10 get :2 ~2 +readonly +fast :1 :1 :1 ~3 +@read +@string +@fast ~1 a_tip ~1 %3 " +
      "flags ~2 +RO +access begin_search %2 type index spec %1 index :1 " +
      "find_keys %2 type range spec %3 lastkey :0 keystep :1 limit :0 ~0",
  );
});

test("are arrays in RESP2", () => {
  assertEquals(
    line(describeForPrograms({ ...GET, tips: [], keys: { first: 2, last: -1, step: 2 } }), 2),
    "*10 get :2 *2 +readonly +fast :2 :-1 :2 *3 +@read +@string +@fast *0 *1 *6 " +
      "flags *2 +RO +access begin_search *4 type index spec *2 index :2 " +
      "find_keys *4 type range spec *6 lastkey :-1 keystep :2 limit :0 *0",
  );
});

test("counts the last key of a specification from its first", () => {
  const told = line(describeForPrograms({ ...GET, keys: { first: 2, last: 3, step: 1 } }));
  assertEquals(/lastkey (:\d)/.exec(told)?.[1], ":1");
});

test("has the subcommands of a container, in an array", () => {
  const told = line(describeForPrograms(BOX));
  assertEquals(told.split("*10 ").map((part) => part.split(" ")[0]), [
    "",
    "box",
    "box|open",
    "box|shut",
  ]);
});

test("is what is done with a key in Redis' order", () => {
  assertEquals(line(describeUse(["update", "access", "RW"])), "~3 +RW +access +update");
});

test("is, for people, what it does, since when, its group, its cost and how it is written", () => {
  assertEquals(
    line(describeForPeople(GET)),
    "%5 summary Gives a value since 1.0.0 group string complexity O(1) syntax GET key",
  );
  const told = line(describeForPeople(BOX));
  assertEquals(told.startsWith("%6 "), true);
  assertEquals(told.includes("subcommands %2 box|open %5 summary Opens it"), true);
  assertEquals(told.includes("box|shut %4 summary Shuts it"), true);
});

test("is, in HELP, a line for each subcommand and one for what it does", () => {
  assertEquals(
    encoded(2, describeHelp(BOX)),
    "*5\r\n+BOX <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n" +
      "+OPEN key\r\n+    Opens it.\r\n+SHUT\r\n+    Shuts it.\r\n",
  );
});
