/**
 * The command FUNCTION: there are no functions, and tests of clients make sure of that.
 *
 * @module
 */

import type { RespCommand } from "../request_decoder.ts";
import { respArray } from "../value.ts";
import { badRequest, textOf, wordOf } from "./arguments.ts";
import type { Command, ParsedRequest } from "./command.ts";
import { container } from "./container.ts";

const SHARED = { group: "scripting", since: "7.0.0" } as const;

/** `FUNCTION FLUSH [ASYNC | SYNC]`. */
function parseFlush(args: RespCommand): ParsedRequest {
  const isKnown = args[2] === undefined || ["async", "sync"].includes(wordOf(args[2]));
  if (args.length > 3 || !isKnown) {
    throw badRequest("FUNCTION FLUSH only supports SYNC|ASYNC option");
  }
  return { op: "NOTHING" };
}

/** `FUNCTION LIST [LIBRARYNAME pattern] [WITHCODE]`. */
function parseList(args: RespCommand): ParsedRequest {
  for (let at = 2; at < args.length; at++) {
    const option = wordOf(args[at]!);
    if (option === "libraryname" && at + 1 < args.length) at++;
    else if (option !== "withcode") throw badRequest(`Unknown argument ${textOf(args[at]!)}`);
  }
  return { op: "NOTHING" };
}

/** The command FUNCTION. */
export const FUNCTION: Command = container({
  ...SHARED,
  name: "function",
  summary: "Lists and removes functions, of which there are none",
  subcommands: [
    {
      ...SHARED,
      name: "function|flush",
      arity: -2,
      flags: ["write", "noscript"],
      summary: "Removes all functions",
      complexity: "O(1)",
      syntax: "FLUSH [ASYNC | SYNC]",
      tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
      parse: parseFlush,
    },
    {
      ...SHARED,
      name: "function|list",
      arity: -2,
      flags: ["noscript"],
      summary: "Lists the functions",
      complexity: "O(1)",
      syntax: "LIST [LIBRARYNAME pattern] [WITHCODE]",
      tips: ["nondeterministic_output_order"],
      parse: parseList,
      reply: () => respArray([]),
    },
  ],
});
