import { ALL_COMMANDS } from "../../../lib/resp/mod.ts";
import { type CommandTraits, traitsOf } from "../../../lib/server/resp/traits.ts";
import { assertEquals } from "@std/assert";

/** The names of the commands that have a trait. */
function having(trait: keyof CommandTraits): string {
  return ALL_COMMANDS.filter((command) => traitsOf(command)[trait])
    .map(({ name }) => name).sort().join(" ");
}

Deno.test({
  name: "every command and subcommand has its own place in the table",
  permissions: "none",
  fn() {
    assertEquals(ALL_COMMANDS.map(({ index }) => index), ALL_COMMANDS.map((_, index) => index));
    assertEquals(new Set(ALL_COMMANDS.map(({ name }) => name)).size, ALL_COMMANDS.length);
  },
});

Deno.test({
  name: "a command has the traits that its name and its flags give it",
  permissions: "none",
  fn() {
    assertEquals(having("isExec"), "exec");
    assertEquals(having("isDebug"), "debug");
    assertEquals(having("isOpen"), "auth hello quit reset");
    assertEquals(having("isEnd"), "discard exec quit reset");
    assertEquals(
      having("isForSubscribers"),
      "ping psubscribe punsubscribe quit reset subscribe unsubscribe",
    );
    const atOnce = ALL_COMMANDS.filter((command) => !traitsOf(command).isQueued);
    assertEquals(atOnce.map(({ name }) => name).sort(), [
      "discard",
      "exec",
      "multi",
      "quit",
      "reset",
      "watch",
    ]);
  },
});

Deno.test({
  name: "what writes uses data, and so does what reads or publishes",
  permissions: "none",
  fn() {
    for (const command of ALL_COMMANDS) {
      const { writes, usesData, needsMemory, isOutside, isHidden } = traitsOf(command);
      const has = (...flags: readonly string[]) =>
        command.flags.some((flag) => flags.includes(flag));
      assertEquals(
        [writes, usesData, needsMemory, isOutside, isHidden],
        [
          has("write"),
          has("write", "readonly") || command.name === "publish",
          has("denyoom"),
          has("no_multi"),
          has("admin", "skip_monitor"),
        ],
        command.name,
      );
    }
  },
});
