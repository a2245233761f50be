/**
 * The commands of databases as a whole.
 *
 * @module
 */

import { DATABASE_COUNT } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { badRequest, numberOf, syntaxError, wordOf } from "./arguments.ts";
import type { Command, ParsedRequest } from "./command.ts";

const I32_MIN = -(2 ** 31);
const I32_MAX = 2 ** 31 - 1;

/**
 * The number of a database; whether there is one is not asked here.
 *
 * @param message The error when it is no 32-bit integer. Default: what Redis says of arguments that are none.
 * @throws {CommandError} When it is none.
 */
export function databaseOf(argument: Uint8Array, message?: string): number {
  const index = numberOf(argument, message);
  if (index >= I32_MIN && index <= I32_MAX) return index;
  throw badRequest(
    message ?? `value is out of range, value must between ${I32_MIN} and ${I32_MAX}`,
  );
}

/**
 * The number of a database that there is.
 *
 * @throws {CommandError} When there is none.
 */
export function knownDatabaseOf(argument: Uint8Array): number {
  const index = databaseOf(argument);
  if (index >= 0 && index < DATABASE_COUNT) return index;
  throw badRequest("DB index is out of range");
}

/** A parser of FLUSHDB and FLUSHALL: `[ASYNC | SYNC]`, which makes no difference here. */
function flushParser(scope: "database" | "all"): (args: RespCommand) => ParsedRequest {
  return (args) => {
    if (args.length > 2) throw syntaxError();
    const mode = args.length === 1 ? "sync" : wordOf(args[1]!);
    if (mode !== "sync" && mode !== "async") throw syntaxError();
    return { op: "FLUSH", scope };
  };
}

/** What holds for a command here that does not say otherwise. */
const USUAL = {
  group: "server",
  categories: ["keyspace", "dangerous"],
  complexity: "O(1)",
} as const;

/** What FLUSHDB and FLUSHALL have in common. */
const FLUSH = {
  ...USUAL,
  arity: -1,
  flags: ["write"],
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  since: "1.0.0",
} as const;

/** The commands of databases. */
export const DATABASE_COMMANDS: readonly Command[] = [
  {
    ...USUAL,
    name: "dbsize",
    arity: 1,
    flags: ["readonly", "fast"],
    categories: ["keyspace"],
    tips: ["request_policy:all_shards", "response_policy:agg_sum"],
    since: "1.0.0",
    summary: "Tells how many keys the database has",
    syntax: "DBSIZE",
    parse: () => ({ op: "DATABASE_SIZE" }),
  },
  {
    ...FLUSH,
    name: "flushdb",
    summary: "Removes all keys of the database",
    complexity: "O(N) with N keys in the database",
    syntax: "FLUSHDB [ASYNC | SYNC]",
    parse: flushParser("database"),
  },
  {
    ...FLUSH,
    name: "flushall",
    summary: "Removes all keys of all databases",
    complexity: "O(N) with N keys in all databases",
    syntax: "FLUSHALL [ASYNC | SYNC]",
    parse: flushParser("all"),
  },
  {
    ...USUAL,
    name: "swapdb",
    arity: 3,
    flags: ["write", "fast"],
    since: "4.0.0",
    summary: "Gives each of two databases the number of the other",
    syntax: "SWAPDB index1 index2",
    parse: (args) => ({
      op: "SWAP_DATABASES",
      first: databaseOf(args[1]!, "invalid first DB index"),
      second: databaseOf(args[2]!, "invalid second DB index"),
    }),
  },
];
