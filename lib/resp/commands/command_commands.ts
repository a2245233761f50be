/**
 * The command COMMAND: it tells what commands there are.
 *
 * @module
 */

import type { CommandListRequest } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { syntaxError, wordOf } from "./arguments.ts";
import type { Command } from "./command.ts";
import { helpOf } from "./container.ts";

/** What all of them have in common. */
const COMMON = {
  flags: ["loading", "stale"],
  group: "server",
  categories: ["connection"],
} as const;

/** The order of the names in a reply says nothing. */
const UNORDERED = { tips: ["nondeterministic_output_order"] } as const;

/** `LIST [FILTERBY MODULE | ACLCAT | PATTERN argument]`; the last filter counts. */
function parseList(args: RespCommand): CommandListRequest {
  let filter: CommandListRequest["filter"];
  for (let at = 2; at < args.length; at += 3) {
    if (wordOf(args[at]!) !== "filterby" || args.length - at !== 3) throw syntaxError();
    const by = wordOf(args[at + 1]!);
    if (by !== "module" && by !== "aclcat" && by !== "pattern") throw syntaxError();
    filter = { by, argument: args[at + 2]! };
  }
  return { op: "COMMAND_LIST", filter };
}

const SUBCOMMANDS: readonly Command[] = [
  {
    ...COMMON,
    name: "command|count",
    arity: 2,
    since: "2.8.13",
    summary: "Counts the commands",
    complexity: "O(1)",
    syntax: "COUNT",
    parse: () => ({ op: "COMMAND_COUNT" }),
  },
  {
    ...COMMON,
    ...UNORDERED,
    name: "command|docs",
    arity: -2,
    since: "7.0.0",
    summary: "Tells people what commands do, all or those that are named",
    complexity: "O(N) with N commands",
    syntax: "DOCS [command ...]",
    parse: (args) => ({ op: "COMMAND_DOCS", names: args.slice(2) }),
  },
  {
    ...COMMON,
    name: "command|getkeys",
    arity: -4,
    since: "2.8.13",
    summary: "Picks the keys out of a whole request",
    complexity: "O(N) with N arguments",
    syntax: "GETKEYS command argument [argument ...]",
    parse: (args) => ({ op: "COMMAND_GETKEYS", args: args.slice(2), wantUse: false }),
  },
  {
    ...COMMON,
    name: "command|getkeysandflags",
    arity: -4,
    since: "7.0.0",
    summary: "Picks the keys out of a whole request, with what is done with each",
    complexity: "O(N) with N arguments",
    syntax: "GETKEYSANDFLAGS command argument [argument ...]",
    parse: (args) => ({ op: "COMMAND_GETKEYS", args: args.slice(2), wantUse: true }),
  },
  {
    ...COMMON,
    ...UNORDERED,
    name: "command|info",
    arity: -2,
    since: "2.8.13",
    summary: "Tells programs how commands are called, all or those that are named",
    complexity: "O(N) with N commands",
    syntax: "INFO [command ...]",
    parse: (args) => ({ op: "COMMAND_INFO", names: args.slice(2) }),
  },
  {
    ...COMMON,
    ...UNORDERED,
    name: "command|list",
    arity: -2,
    since: "7.0.0",
    summary: "Lists the names of commands and subcommands",
    complexity: "O(N) with N commands",
    syntax: "LIST [FILTERBY MODULE name | ACLCAT category | PATTERN pattern]",
    parse: parseList,
  },
];

/** COMMAND. It is no container like others: without a subcommand it tells of all commands. */
export const COMMAND_COMMANDS: readonly Command[] = [
  {
    ...COMMON,
    ...UNORDERED,
    name: "command",
    arity: -1,
    since: "2.8.13",
    summary: "Tells programs how all commands are called",
    complexity: "O(N) with N commands",
    syntax: "COMMAND",
    parse: () => ({ op: "COMMAND" }),
    subcommands: [
      ...SUBCOMMANDS,
      helpOf({ name: "command", group: "server", since: "5.0.0", subcommands: SUBCOMMANDS }),
    ],
  },
];
