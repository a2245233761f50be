/**
 * The commands SLOWLOG and LATENCY.
 *
 * @module
 */

import { parseInteger } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { badRequest, textOf } from "./arguments.ts";
import type { Command, CommandFlag, ParsedRequest } from "./command.ts";
import { container } from "./container.ts";
import { asMap, asVerbatim } from "./replies.ts";

const SLOW_FLAGS: readonly CommandFlag[] = ["admin", "loading", "stale"];
const LATENCY_FLAGS: readonly CommandFlag[] = ["admin", "noscript", "loading", "stale"];

const SLOW = { group: "server", flags: SLOW_FLAGS } as const;
const LATENCY_SHARED = { group: "server", flags: LATENCY_FLAGS, since: "2.8.13" } as const;

/** So many entries are shown unless more are asked for. */
const DEFAULT_COUNT = 10;

/** `SLOWLOG GET [count]`; -1 for all. */
function parseGet(args: RespCommand): ParsedRequest {
  if (args.length > 3) throw badRequest("wrong number of arguments for 'slowlog|get' command");
  const count = args[2] === undefined ? DEFAULT_COUNT : parseInteger(args[2]);
  if (count === undefined || count < -1) {
    throw badRequest("count should be greater than or equal to -1");
  }
  return { op: "SLOWLOG_GET", count: count === -1 ? Infinity : Number(count) };
}

/** The command SLOWLOG. */
export const SLOWLOG: Command = container({
  name: "slowlog",
  group: "server",
  since: "2.2.12",
  summary: "Tells which requests were slow",
  subcommands: [
    {
      ...SLOW,
      name: "slowlog|get",
      arity: -2,
      since: "2.2.12",
      summary: "Gives the last slow requests, 10 or as many as asked for; -1 for all",
      complexity: "O(N) with N requests",
      syntax: "GET [count]",
      tips: ["request_policy:all_nodes", "nondeterministic_output"],
      parse: parseGet,
    },
    {
      ...SLOW,
      name: "slowlog|len",
      arity: 2,
      since: "2.2.12",
      summary: "Counts the slow requests that are kept",
      complexity: "O(1)",
      syntax: "LEN",
      tips: ["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"],
      parse: () => ({ op: "SLOWLOG_LEN" }),
    },
    {
      ...SLOW,
      name: "slowlog|reset",
      arity: 2,
      since: "2.2.12",
      summary: "Forgets the slow requests",
      complexity: "O(N) with N requests",
      syntax: "RESET",
      tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
      parse: () => ({ op: "SLOWLOG_RESET" }),
    },
  ],
});

/** The names from the third argument on. */
function namesOf(args: RespCommand): string[] {
  return args.slice(2).map(textOf);
}

/** The command LATENCY. */
export const LATENCY: Command = container({
  name: "latency",
  group: "server",
  since: "2.8.13",
  summary: "Tells when the server was slow",
  subcommands: [
    {
      ...LATENCY_SHARED,
      name: "latency|doctor",
      arity: 2,
      summary: "Says in words what is known",
      complexity: "O(1)",
      syntax: "DOCTOR",
      tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
      parse: () => ({ op: "LATENCY_DOCTOR" }),
      reply: asVerbatim,
    },
    {
      ...LATENCY_SHARED,
      name: "latency|graph",
      arity: 3,
      summary: "Draws the times of an event",
      complexity: "O(1)",
      syntax: "GRAPH event",
      tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
      parse: (args) => ({ op: "LATENCY_GRAPH", event: textOf(args[2]!) }),
      reply: asVerbatim,
    },
    {
      ...LATENCY_SHARED,
      name: "latency|histogram",
      arity: -2,
      since: "7.0.0",
      summary: "Tells how long commands took and how often, all or the ones that are named",
      complexity: "O(N) with N commands",
      syntax: "HISTOGRAM [command ...]",
      tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
      parse: (args) => ({
        op: "LATENCY_HISTOGRAM",
        commands: namesOf(args).map((name) => name.toLowerCase()),
      }),
      reply: asMap,
    },
    {
      ...LATENCY_SHARED,
      name: "latency|history",
      arity: 3,
      summary: "Gives the times of an event",
      complexity: "O(1)",
      syntax: "HISTORY event",
      tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
      parse: (args) => ({ op: "LATENCY_HISTORY", event: textOf(args[2]!) }),
    },
    {
      ...LATENCY_SHARED,
      name: "latency|latest",
      arity: 2,
      summary: "Gives the last time of every event",
      complexity: "O(1)",
      syntax: "LATEST",
      tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
      parse: () => ({ op: "LATENCY_LATEST" }),
    },
    {
      ...LATENCY_SHARED,
      name: "latency|reset",
      arity: -2,
      summary: "Forgets the times of all events, or of the ones that are named",
      complexity: "O(1)",
      syntax: "RESET [event ...]",
      tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
      parse: (args) => ({ op: "LATENCY_RESET", events: namesOf(args) }),
    },
  ],
});
