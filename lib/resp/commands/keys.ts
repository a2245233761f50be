/**
 * The commands of keys, whatever they hold.
 *
 * @module
 */

import type { Response } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { respSimple, type RespValue } from "../value.ts";
import { syntaxError, wordOf } from "./arguments.ts";
import {
  ALL_KEYS,
  asFlag,
  type Command,
  keySpec,
  ONE_KEY,
  type ParsedRequest,
  SECOND_KEY,
  TWO_KEYS,
} from "./command.ts";
import { DATABASE_COMMANDS, knownDatabaseOf } from "./databases.ts";
import { EXPIRY_COMMANDS } from "./expiry.ts";
import { OBJECT_COMMANDS } from "./object.ts";
import { SCAN_COMMANDS } from "./scan.ts";

/** `COPY source destination [DB database] [REPLACE]`. */
function parseCopy(args: RespCommand): ParsedRequest {
  let database: number | undefined;
  let replace = false;
  for (let at = 3; at < args.length; at++) {
    const option = wordOf(args[at]!);
    if (option === "replace") replace = true;
    else if (option === "db" && at + 1 < args.length) database = knownDatabaseOf(args[++at]!);
    else throw syntaxError();
  }
  return { op: "COPY", key: args[1]!, newKey: args[2]!, database, replace };
}

/** The name of a type is a simple string. */
function asType(response: Response): Response | RespValue {
  return response.type === "TEXT" ? respSimple(response.text) : response;
}

/** What holds for a command here that does not say otherwise. */
const USUAL = { group: "generic", complexity: "O(1)" } as const;

/** What holds for a command of any number of keys. */
const OF_KEYS = {
  ...USUAL,
  arity: -2,
  keys: ALL_KEYS,
  tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
  complexity: "O(N) with N keys",
} as const;

/** What holds for a command that brings an entry from one key to another. */
const OF_TWO_KEYS = {
  ...USUAL,
  keys: TWO_KEYS,
  complexity: "O(N) with N bytes of the value",
} as const;

/** The commands of keys. */
export const KEY_COMMANDS: readonly Command[] = [
  {
    ...OF_KEYS,
    name: "del",
    flags: ["write"],
    keySpecs: [keySpec(ALL_KEYS, "RM", "delete")],
    since: "1.0.0",
    summary: "Removes keys",
    syntax: "DEL key [key ...]",
    parse: (args) => ({ op: "DELETE_MANY", keys: args.slice(1) }),
  },
  {
    ...OF_KEYS,
    name: "unlink",
    flags: ["write", "fast"],
    keySpecs: [keySpec(ALL_KEYS, "RM", "delete")],
    since: "4.0.0",
    summary: "Removes keys; the same as DEL",
    syntax: "UNLINK key [key ...]",
    parse: (args) => ({ op: "DELETE_MANY", keys: args.slice(1) }),
  },
  {
    ...OF_KEYS,
    name: "exists",
    flags: ["readonly", "fast"],
    keySpecs: [keySpec(ALL_KEYS, "RO")],
    since: "1.0.0",
    summary: "Tells how many of the keys there are",
    syntax: "EXISTS key [key ...]",
    parse: (args) => ({ op: "EXISTS", keys: args.slice(1) }),
  },
  {
    ...OF_KEYS,
    name: "touch",
    flags: ["readonly", "fast"],
    keySpecs: [keySpec(ALL_KEYS, "RO")],
    since: "3.2.1",
    summary: "Makes this the time of the last access to keys",
    syntax: "TOUCH key [key ...]",
    parse: (args) => ({ op: "TOUCH_MANY", keys: args.slice(1) }),
  },
  {
    ...USUAL,
    name: "type",
    arity: 2,
    flags: ["readonly", "fast"],
    keys: ONE_KEY,
    keySpecs: [keySpec(ONE_KEY, "RO")],
    since: "1.0.0",
    summary: "Tells the type of a key's value",
    syntax: "TYPE key",
    parse: (args) => ({ op: "TYPE", key: args[1]! }),
    reply: asType,
  },
  {
    ...USUAL,
    name: "randomkey",
    arity: 1,
    flags: ["readonly"],
    tips: ["request_policy:all_shards", "nondeterministic_output"],
    since: "1.0.0",
    summary: "Gives any key",
    syntax: "RANDOMKEY",
    parse: () => ({ op: "RANDOM_KEY" }),
  },
  {
    ...OF_TWO_KEYS,
    name: "rename",
    arity: 3,
    flags: ["write"],
    keySpecs: [keySpec(ONE_KEY, "RW", "access", "delete"), keySpec(SECOND_KEY, "OW", "update")],
    since: "1.0.0",
    summary: "Gives an entry another key, whatever that key holds",
    syntax: "RENAME key newkey",
    parse: (args) => ({ op: "RENAME", key: args[1]!, newKey: args[2]!, ifAbsent: false }),
  },
  {
    ...OF_TWO_KEYS,
    name: "renamenx",
    arity: 3,
    flags: ["write", "fast"],
    keySpecs: [keySpec(ONE_KEY, "RW", "access", "delete"), keySpec(SECOND_KEY, "OW", "insert")],
    since: "1.0.0",
    summary: "Gives an entry another key, if that key holds nothing",
    syntax: "RENAMENX key newkey",
    parse: (args) => ({ op: "RENAME", key: args[1]!, newKey: args[2]!, ifAbsent: true }),
    reply: asFlag,
  },
  {
    ...OF_TWO_KEYS,
    name: "copy",
    arity: -3,
    flags: ["write", "denyoom"],
    keySpecs: [keySpec(ONE_KEY, "RO", "access"), keySpec(SECOND_KEY, "OW", "update")],
    since: "6.2.0",
    summary: "Copies an entry to another key, or to another database",
    syntax: "COPY source destination [DB destination-db] [REPLACE]",
    parse: parseCopy,
    reply: asFlag,
  },
  {
    ...USUAL,
    name: "move",
    arity: 3,
    flags: ["write", "fast"],
    keys: ONE_KEY,
    since: "1.0.0",
    summary: "Moves an entry to another database",
    complexity: "O(N) with N bytes of the value",
    syntax: "MOVE key db",
    parse: (args) => ({ op: "MOVE", key: args[1]!, database: knownDatabaseOf(args[2]!) }),
    reply: asFlag,
  },
  ...SCAN_COMMANDS,
  ...EXPIRY_COMMANDS,
  ...OBJECT_COMMANDS,
  ...DATABASE_COMMANDS,
];
