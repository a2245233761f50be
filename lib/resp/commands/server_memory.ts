/**
 * The command MEMORY.
 *
 * @module
 */

import type { RespCommand } from "../request_decoder.ts";
import { respBulk } from "../value.ts";
import { numberOf, syntaxError, wordOf } from "./arguments.ts";
import { type Command, keySpec, type ParsedRequest, SECOND_KEY } from "./command.ts";
import { container } from "./container.ts";
import { asFigures, asVerbatim } from "./replies.ts";

const SHARED = { group: "server", since: "4.0.0" } as const;

/** `MEMORY USAGE key [SAMPLES count]`; a string needs no samples. */
function parseUsage(args: RespCommand): ParsedRequest {
  for (let at = 3; at < args.length; at += 2) {
    if (wordOf(args[at]!) !== "samples" || at + 1 === args.length) throw syntaxError();
    if (numberOf(args[at + 1]!) < 0) throw syntaxError();
  }
  return { op: "MEMORY_USAGE", key: args[2]! };
}

/** The command MEMORY. */
export const MEMORY: Command = container({
  ...SHARED,
  name: "memory",
  summary: "Tells what takes memory",
  subcommands: [
    {
      ...SHARED,
      name: "memory|doctor",
      arity: 2,
      flags: [],
      summary: "Says in words whether something is wrong with the memory",
      complexity: "O(1)",
      syntax: "DOCTOR",
      tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
      parse: () => ({ op: "MEMORY_DOCTOR" }),
      reply: asVerbatim,
    },
    {
      ...SHARED,
      name: "memory|malloc-stats",
      arity: 2,
      flags: [],
      summary: "Says that the allocator has no figures",
      complexity: "O(1)",
      syntax: "MALLOC-STATS",
      tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
      parse: () => ({ op: "NOTHING" }),
      reply: () => respBulk("Stats not supported for the current allocator"),
    },
    {
      ...SHARED,
      name: "memory|purge",
      arity: 2,
      flags: [],
      summary: "Does nothing: the memory is given back when it is found to be free",
      complexity: "O(1)",
      syntax: "PURGE",
      tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
      parse: () => ({ op: "NOTHING" }),
    },
    {
      ...SHARED,
      name: "memory|stats",
      arity: 2,
      flags: [],
      summary: "Gives the figures of the memory",
      complexity: "O(1)",
      syntax: "STATS",
      tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
      parse: () => ({ op: "MEMORY_STATS" }),
      reply: asFigures,
    },
    {
      ...SHARED,
      name: "memory|usage",
      arity: -3,
      flags: ["readonly"],
      keys: SECOND_KEY,
      keySpecs: [keySpec(SECOND_KEY, "RO")],
      summary: "Estimates how many bytes a key and its value take",
      complexity: "O(1)",
      syntax: "USAGE key [SAMPLES count]",
      parse: parseUsage,
    },
  ],
});
