/**
 * The commands about what is kept on disk.
 *
 * @module
 */

import type { Response } from "../../model/mod.ts";
import { valueOf } from "../reply_encoder.ts";
import type { RespCommand } from "../request_decoder.ts";
import { respError, respSimple, type RespValue } from "../value.ts";
import { badRequest, integerOf, numberOf, syntaxError, textOf, wordOf } from "./arguments.ts";
import type { Command, ParsedRequest } from "./command.ts";

const SHARED = { group: "server", since: "1.0.0" } as const;

const NOT_POSITIVE = "value is out of range, must be positive";

/** `BGSAVE [SCHEDULE]`: there is nothing that it would have to wait for. */
function parseBackgroundSave(args: RespCommand): ParsedRequest {
  if (args.length > 2 || (args.length === 2 && wordOf(args[1]!) !== "schedule")) {
    throw syntaxError();
  }
  return { op: "COMPACT" };
}

/** `WAITAOF numlocal numreplicas timeout`. */
function parseWaitAof(args: RespCommand): ParsedRequest {
  const local = integerOf(args[1]!);
  if (local < 0 || local > 1) throw badRequest("value is out of range, value must between 0 and 1");
  const replicas = numberOf(args[2]!, NOT_POSITIVE);
  if (replicas < 0) throw badRequest(NOT_POSITIVE);
  const timeout = numberOf(args[3]!, "timeout is not an integer or out of range");
  if (timeout < 0) throw badRequest("timeout is negative");
  return { op: "WAIT_SYNCED", local: local > 0, replicas, timeout };
}

/** What Redis says when it begins something, and when that is under way. */
function asBegun(started: string, running: string): (response: Response) => RespValue {
  return (response) => {
    if (response.type !== "OK" || response.value === undefined) return valueOf(response);
    return textOf(response.value) === "started" ? respSimple(started) : respError(`ERR ${running}`);
  };
}

/** The commands about what is kept on disk. */
export const PERSISTENCE_COMMANDS: readonly Command[] = [
  {
    ...SHARED,
    name: "bgrewriteaof",
    arity: 1,
    flags: ["admin", "noscript", "no_async_loading"],
    summary: "Begins to put a snapshot of all entries in place of the journal",
    complexity: "O(N) with N bytes of entries, between other requests",
    syntax: "BGREWRITEAOF",
    parse: () => ({ op: "COMPACT" }),
    reply: asBegun(
      "Background append only file rewriting started",
      "Background append only file rewriting already in progress",
    ),
  },
  {
    ...SHARED,
    name: "bgsave",
    arity: -1,
    flags: ["admin", "noscript", "no_async_loading"],
    summary: "Begins to put a snapshot of all entries in place of the journal",
    complexity: "O(N) with N bytes of entries, between other requests",
    syntax: "BGSAVE [SCHEDULE]",
    parse: parseBackgroundSave,
    reply: asBegun("Background saving started", "Background save already in progress"),
  },
  {
    ...SHARED,
    name: "lastsave",
    arity: 1,
    flags: ["loading", "stale", "fast"],
    categories: ["admin", "dangerous"],
    tips: ["nondeterministic_output"],
    summary: "Tells when the last snapshot was whole, or the server started, in seconds since 1970",
    complexity: "O(1)",
    syntax: "LASTSAVE",
    parse: () => ({ op: "LAST_SAVE" }),
  },
  {
    ...SHARED,
    name: "save",
    arity: 1,
    flags: ["admin", "noscript", "no_async_loading", "no_multi"],
    summary: "Puts a snapshot of all entries in place of the journal, and replies when it is whole",
    complexity: "O(N) with N bytes of entries, between other requests",
    syntax: "SAVE",
    parse: () => ({ op: "SAVE" }),
  },
  {
    ...SHARED,
    name: "waitaof",
    since: "7.2.0",
    arity: 4,
    flags: ["noscript"],
    categories: ["connection"],
    tips: ["request_policy:all_shards", "response_policy:agg_min"],
    summary: "Replies when all changes by now are on stable storage, or a time in ms has passed",
    complexity: "O(1)",
    syntax: "WAITAOF numlocal numreplicas timeout",
    parse: parseWaitAof,
  },
];
