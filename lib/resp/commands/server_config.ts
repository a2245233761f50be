/**
 * The command CONFIG.
 *
 * @module
 */

import type { RespCommand } from "../request_decoder.ts";
import { badRequest, textOf } from "./arguments.ts";
import type { Command, CommandFlag, ParsedRequest } from "./command.ts";
import { container } from "./container.ts";
import { asMap } from "./replies.ts";

const FLAGS: readonly CommandFlag[] = ["admin", "noscript", "loading", "stale"];
const SHARED = { group: "server", flags: FLAGS } as const;

/** `CONFIG SET name value [name value ...]`. */
function parseSet(args: RespCommand): ParsedRequest {
  if (args.length % 2 !== 0) {
    throw badRequest("wrong number of arguments for 'config|set' command");
  }
  const pairs: [string, string][] = [];
  for (let at = 2; at < args.length; at += 2) {
    pairs.push([textOf(args[at]!), textOf(args[at + 1]!)]);
  }
  return { op: "CONFIG_SET", pairs };
}

/** The command CONFIG. */
export const CONFIG: Command = container({
  name: "config",
  group: "server",
  since: "2.0.0",
  summary: "Reads and changes the settings of the server",
  subcommands: [
    {
      ...SHARED,
      name: "config|get",
      arity: -3,
      since: "2.0.0",
      summary: "Gives the settings whose names match one of the patterns",
      complexity: "O(N) with N settings",
      syntax: "GET pattern [pattern ...]",
      parse: (args) => ({ op: "CONFIG_GET", patterns: args.slice(2) }),
      reply: asMap,
    },
    {
      ...SHARED,
      name: "config|resetstat",
      arity: 2,
      since: "2.0.0",
      summary: "Sets the figures that INFO shows to 0",
      complexity: "O(1)",
      syntax: "RESETSTAT",
      parse: () => ({ op: "RESET_STATS" }),
    },
    {
      ...SHARED,
      name: "config|rewrite",
      arity: 2,
      since: "2.8.0",
      summary: "Fails: there is no file to write the settings to",
      complexity: "O(1)",
      syntax: "REWRITE",
      parse() {
        throw badRequest("The server is running without a config file");
      },
    },
    {
      ...SHARED,
      name: "config|set",
      arity: -4,
      since: "2.0.0",
      summary: "Changes settings, all or none",
      complexity: "O(N) with N settings",
      syntax: "SET name value [name value ...]",
      tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
      parse: parseSet,
    },
  ],
});
