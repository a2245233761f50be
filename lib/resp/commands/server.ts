/**
 * The commands of the server.
 *
 * @module
 */

import type { RespCommand } from "../request_decoder.ts";
import { numberOf, syntaxError, wordOf } from "./arguments.ts";
import type { Command, ParsedRequest } from "./command.ts";
import { asVerbatim } from "./replies.ts";
import { ACL } from "./server_acl.ts";
import { CONFIG } from "./server_config.ts";
import { DEBUG } from "./server_debug.ts";
import { FUNCTION } from "./server_functions.ts";
import { MEMORY } from "./server_memory.ts";
import { PERSISTENCE_COMMANDS } from "./server_persistence.ts";
import { LATENCY, SLOWLOG } from "./server_slow.ts";

/** `LOLWUT [VERSION version [argument ...]]`: there is one version, whatever is asked for. */
function parseLolwut(args: RespCommand): ParsedRequest {
  if (args.length >= 3 && wordOf(args[1]!) === "version") numberOf(args[2]!);
  return { op: "LOLWUT" };
}

/** `SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE]`, or `SHUTDOWN ABORT`. */
function parseShutdown(args: RespCommand): ParsedRequest {
  const options = new Set(args.slice(1).map(wordOf));
  const known = ["nosave", "save", "now", "force", "abort"];
  const isAbort = options.has("abort");
  if ([...options].some((option) => !known.includes(option))) throw syntaxError();
  if (options.has("save") && options.has("nosave")) throw syntaxError();
  if (isAbort && args.length > 2) throw syntaxError();
  return { op: "SHUTDOWN", abort: isAbort };
}

/** The commands of the server. */
export const SERVER_COMMANDS: readonly Command[] = [
  {
    name: "time",
    arity: 1,
    flags: ["loading", "stale", "fast"],
    group: "server",
    tips: ["nondeterministic_output"],
    since: "2.6.0",
    summary: "Gives the present time: seconds since 1970, and the microseconds of the second",
    complexity: "O(1)",
    syntax: "TIME",
    parse: () => ({ op: "TIME" }),
  },
  {
    name: "info",
    arity: -1,
    flags: ["loading", "stale"],
    group: "server",
    categories: ["dangerous"],
    tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
    since: "1.0.0",
    summary: "Gives the state and the figures of the server, all or some sections",
    complexity: "O(1)",
    syntax: "INFO [section ...]",
    parse: (args) => ({ op: "INFO", sections: args.slice(1).map(wordOf) }),
    reply: asVerbatim,
  },
  {
    name: "lolwut",
    arity: -1,
    flags: ["readonly", "fast"],
    group: "server",
    since: "5.0.0",
    summary: "Draws a cup of coffee",
    complexity: "O(1)",
    syntax: "LOLWUT [VERSION version]",
    parse: parseLolwut,
    reply: asVerbatim,
  },
  {
    name: "shutdown",
    arity: -1,
    flags: ["admin", "noscript", "loading", "stale", "no_multi", "allow_busy"],
    group: "server",
    since: "1.0.0",
    summary: "Ends the server; what it keeps on disk is whole by then",
    complexity: "O(N) with N connections",
    syntax: "SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]",
    parse: parseShutdown,
  },
  ACL,
  CONFIG,
  DEBUG,
  LATENCY,
  MEMORY,
  ...PERSISTENCE_COMMANDS,
  SLOWLOG,
  FUNCTION,
];
