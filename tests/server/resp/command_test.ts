import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../lib/resp/mod.ts";
import { newServices, Session } from "../../../lib/server/mod.ts";
import { itemsOf, requestOf } from "../../differential/connection.ts";
import { raw, shown } from "../../resp/helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `COMMAND ${name}`, permissions: "none", fn });
}

/** The reply to a request of these words. */
function ask(words: string, version = 2): string {
  const session = new Session(newServices());
  if (version === 3) session.receive(raw("HELLO 3\r\n"));
  return shown(session.receive(raw(requestOf(words.split(" ")))));
}

/** The bulk strings of an array. */
function namesIn(reply: string): string[] {
  return itemsOf(reply).map((item) => item.split("\r\n")[1]!);
}

const ALL = COMMANDS.flatMap((one) => [one, ...(one.subcommands ?? [])]).map(({ name }) => name);

test("tells of all commands, without counting their subcommands", () => {
  const { length } = COMMANDS;
  assertEquals(ask("COMMAND COUNT"), `:${length}\r\n`);
  assertEquals(itemsOf(ask("COMMAND")).length, length);
  assertEquals(ask("COMMAND INFO"), ask("COMMAND"));
  assertEquals(ask("COMMAND DOCS", 3).startsWith(`%${length}\r\n`), true);
});

test("LIST names all commands with their subcommands", () => {
  assertEquals(namesIn(ask("COMMAND LIST")), ALL);
  assert(ALL.includes("client|list"));
});

test("LIST FILTERBY picks by pattern and by category, in letters of any case", () => {
  assertEquals(namesIn(ask("COMMAND LIST FILTERBY PATTERN *GETKEYS*")), [
    "command|getkeys",
    "command|getkeysandflags",
  ]);
  assertEquals(namesIn(ask("command list filterby pattern mset*")), ["mset", "msetnx"]);
  const bitmap = namesIn(ask("COMMAND LIST FILTERBY ACLCAT BitMap"));
  assert(bitmap.includes("getbit") && !bitmap.includes("get"), bitmap.join());
});

test("LIST FILTERBY finds nothing of a module or of a category that is none", () => {
  assertEquals(ask("COMMAND LIST FILTERBY MODULE x"), "*0\r\n");
  assertEquals(ask("COMMAND LIST FILTERBY ACLCAT x"), "*0\r\n");
  assertEquals(ask("COMMAND LIST FILTERBY ACLCAT __proto__"), "*0\r\n");
});

test("LIST refuses other arguments", () => {
  for (const words of ["x", "FILTERBY", "FILTERBY PATTERN", "FILTERBY NAME x"]) {
    assertEquals(ask(`COMMAND LIST ${words}`), "-ERR syntax error\r\n", words);
  }
  const twice = "FILTERBY PATTERN a FILTERBY PATTERN b";
  assertEquals(ask(`COMMAND LIST ${twice}`), "-ERR syntax error\r\n");
});

test("INFO gives null for what is no command", () => {
  assertEquals(ask("COMMAND INFO nope get|key config|get|key |"), "*4\r\n" + "$-1\r\n".repeat(4));
  assertEquals(ask("COMMAND INFO nope", 3), "*1\r\n_\r\n");
});

test("INFO finds commands and subcommands in letters of any case", () => {
  const [get, count] = itemsOf(ask("COMMAND INFO GeT command|COUNT"));
  assertEquals(namesIn(get!)[0], "get");
  assertEquals(namesIn(count!)[0], "command|count");
});

test("DOCS leaves out what is no command", () => {
  assertEquals(ask("COMMAND DOCS nope", 3), "%0\r\n");
  const docs = ask("COMMAND DOCS nope get", 3);
  assertEquals(docs.startsWith("%1\r\n$3\r\nget\r\n%"), true);
  assertStringIncludes(docs, "$7\r\nsummary\r\n");
});

test("GETKEYS gives the keys of a request", () => {
  assertEquals(ask("COMMAND GETKEYS mset a 1 b 2"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  assertEquals(ask("COMMAND GETKEYS lcs a b LEN"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  assertEquals(ask("COMMAND GETKEYS object encoding a"), "*1\r\n$1\r\na\r\n");
  assertEquals(
    ask("COMMAND GETKEYSANDFLAGS mset k1 v1"),
    "*1\r\n*2\r\n$2\r\nk1\r\n*2\r\n+OW\r\n+update\r\n",
  );
});

test("GETKEYS says why there are none", () => {
  assertEquals(ask("COMMAND GETKEYS nope a"), "-ERR Invalid command specified\r\n");
  assertEquals(ask("COMMAND GETKEYS ping a"), "-ERR The command has no key arguments\r\n");
  assertEquals(
    ask("COMMAND GETKEYS get a b"),
    "-ERR Invalid number of arguments specified for command\r\n",
  );
});

test("HELP of every container names its subcommands", () => {
  for (const { name, subcommands } of COMMANDS) {
    if (subcommands === undefined) continue;
    const lines = itemsOf(ask(`${name} help`)).map((line) => line.slice(1, -2));
    assertEquals(lines.length, 1 + 2 * subcommands.length, name);
    assertEquals(
      lines[0],
      `${name.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`,
    );
    assertEquals(lines.slice(2).filter((line, at) => at % 2 === 0 && !line.startsWith("    ")), []);
    assertEquals(lines.at(-2), "HELP");
  }
});
