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
} from "./command.ts";
import { DATABASE_COMMANDS, knownDatabaseOf } from "./databases.ts";
import { EXPIRY_COMMANDS } from "./expiry.ts";
import { OBJECT_COMMANDS } from "./object.ts";
import { SCAN_COMMANDS } from "./scan.ts";

const TWO_KEYS = { first: 1, last: 2, step: 1 };

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

/** The commands of keys. */
export const KEY_COMMANDS: readonly Command[] = [
  {
    name: "del",
    arity: -2,
    flags: ["write"],
    keys: ALL_KEYS,
    keySpecs: [keySpec(ALL_KEYS, "RM", "delete")],
    group: "generic",
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    since: "1.0.0",
    summary: "Removes keys",
    complexity: "O(N) with N keys",
    syntax: "DEL key [key ...]",
    parse: (args) => ({ op: "DELETE_MANY", keys: args.slice(1) }),
  },
  {
    name: "unlink",
    arity: -2,
    flags: ["write", "fast"],
    keys: ALL_KEYS,
    keySpecs: [keySpec(ALL_KEYS, "RM", "delete")],
    group: "generic",
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    since: "4.0.0",
    summary: "Removes keys; the same as DEL",
    complexity: "O(N) with N keys",
    syntax: "UNLINK key [key ...]",
    parse: (args) => ({ op: "DELETE_MANY", keys: args.slice(1) }),
  },
  {
    name: "exists",
    arity: -2,
    flags: ["readonly", "fast"],
    keys: ALL_KEYS,
    keySpecs: [keySpec(ALL_KEYS, "RO")],
    group: "generic",
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    since: "1.0.0",
    summary: "Tells how many of the keys there are",
    complexity: "O(N) with N keys",
    syntax: "EXISTS key [key ...]",
    parse: (args) => ({ op: "EXISTS", keys: args.slice(1) }),
  },
  {
    name: "touch",
    arity: -2,
    flags: ["readonly", "fast"],
    keys: ALL_KEYS,
    keySpecs: [keySpec(ALL_KEYS, "RO")],
    group: "generic",
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    since: "3.2.1",
    summary: "Makes this the time of the last access to keys",
    complexity: "O(N) with N keys",
    syntax: "TOUCH key [key ...]",
    parse: (args) => ({ op: "TOUCH_MANY", keys: args.slice(1) }),
  },
  {
    name: "type",
    arity: 2,
    flags: ["readonly", "fast"],
    keys: ONE_KEY,
    keySpecs: [keySpec(ONE_KEY, "RO")],
    group: "generic",
    since: "1.0.0",
    summary: "Tells the type of a key's value",
    complexity: "O(1)",
    syntax: "TYPE key",
    parse: (args) => ({ op: "TYPE", key: args[1]! }),
    reply: asType,
  },
  {
    name: "randomkey",
    arity: 1,
    flags: ["readonly"],
    group: "generic",
    tips: ["request_policy:all_shards", "nondeterministic_output"],
    since: "1.0.0",
    summary: "Gives any key",
    complexity: "O(1)",
    syntax: "RANDOMKEY",
    parse: () => ({ op: "RANDOM_KEY" }),
  },
  {
    name: "rename",
    arity: 3,
    flags: ["write"],
    keys: TWO_KEYS,
    keySpecs: [keySpec(ONE_KEY, "RW", "access", "delete"), keySpec(SECOND_KEY, "OW", "update")],
    group: "generic",
    since: "1.0.0",
    summary: "Gives an entry another key, whatever that key holds",
    complexity: "O(N) with N bytes of the value",
    syntax: "RENAME key newkey",
    parse: (args) => ({ op: "RENAME", key: args[1]!, newKey: args[2]!, ifAbsent: false }),
  },
  {
    name: "renamenx",
    arity: 3,
    flags: ["write", "fast"],
    keys: TWO_KEYS,
    keySpecs: [keySpec(ONE_KEY, "RW", "access", "delete"), keySpec(SECOND_KEY, "OW", "insert")],
    group: "generic",
    since: "1.0.0",
    summary: "Gives an entry another key, if that key holds nothing",
    complexity: "O(N) with N bytes of the value",
    syntax: "RENAMENX key newkey",
    parse: (args) => ({ op: "RENAME", key: args[1]!, newKey: args[2]!, ifAbsent: true }),
    reply: asFlag,
  },
  {
    name: "copy",
    arity: -3,
    flags: ["write", "denyoom"],
    keys: TWO_KEYS,
    keySpecs: [keySpec(ONE_KEY, "RO", "access"), keySpec(SECOND_KEY, "OW", "update")],
    group: "generic",
    since: "6.2.0",
    summary: "Copies an entry to another key, or to another database",
    complexity: "O(N) with N bytes of the value",
    syntax: "COPY source destination [DB destination-db] [REPLACE]",
    parse: parseCopy,
    reply: asFlag,
  },
  {
    name: "move",
    arity: 3,
    flags: ["write", "fast"],
    keys: ONE_KEY,
    group: "generic",
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
