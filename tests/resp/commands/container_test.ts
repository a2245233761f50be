import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../../lib/resp/mod.ts";
import { container, helpOf } from "../../../lib/resp/commands/container.ts";

const PING = COMMANDS.find(({ name }) => name === "ping")!;
const OPEN = { ...PING, name: "box|open" };
const PARTS = { name: "box", group: "server", since: "1.0.0", summary: "Opens boxes" } as const;

Deno.test("a container has no use of its own, and HELP behind its subcommands", {
  permissions: "none",
}, () => {
  const box = container({ ...PARTS, subcommands: [OPEN] });
  assertEquals([box.name, box.arity, box.flags], ["box", -2, []]);
  assertEquals(box.subcommands!.map(({ name }) => name), ["box|open", "box|help"]);
  const help = box.subcommands![1]!;
  assertEquals([help.arity, help.syntax, help.group], [2, "HELP", "server"]);
  assertEquals(help.parse([]), { op: "COMMAND_HELP", container: "box" });
});

Deno.test("a container has the flags that it is given", { permissions: "none" }, () => {
  assertEquals(container({ ...PARTS, flags: ["admin"], subcommands: [OPEN] }).flags, ["admin"]);
});

Deno.test("the HELP of a container is in the categories of its subcommands", {
  permissions: "none",
}, () => {
  const categories = ["connection"] as const;
  assertEquals(helpOf({ ...PARTS, subcommands: [{ ...OPEN, categories }] }).categories, categories);
  assertEquals(helpOf({ ...PARTS, subcommands: [OPEN] }).categories, undefined);
});

Deno.test("every container has one HELP, and every subcommand the name of its container", {
  permissions: "none",
}, () => {
  for (const { name, subcommands } of COMMANDS) {
    if (subcommands === undefined) continue;
    const names = subcommands.map((one) => one.name);
    assertEquals(names.filter((one) => one === `${name}|help`).length, 1, name);
    assertEquals(names.filter((one) => !one.startsWith(`${name}|`)), []);
    assertEquals(new Set(names).size, names.length);
  }
});
