/**
 * The commands of strings.
 *
 * @module
 */

import {
  type CommonRequest,
  type Expiry,
  MIN_INT64,
  parseExtended,
  type StoreRequest,
} from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { badRequest, integerOf, numberOf, wordOf } from "./arguments.ts";
import { ALL_KEYS, asFlag, type Command, keySpec, ONE_KEY, TWO_KEYS } from "./command.ts";
import type { ParsedRequest } from "./command.ts";
import { expiryOf, parseGetex, parseLcs, parseSet, replyToLcs } from "./strings_options.ts";

const NEVER: Expiry = { kind: "never" };

/** Stores the last argument, whatever was there. */
function storing(
  args: RespCommand,
  { expiry = NEVER, condition, wantOld = false }: Partial<StoreRequest>,
): ParsedRequest {
  return { op: "STORE", key: args[1]!, value: args.at(-1)!, expiry, condition, wantOld };
}

/** The keys and values that stand by turns from the first argument on. */
function pairsOf(args: RespCommand): { keys: Uint8Array[]; values: Uint8Array[] } {
  if (args.length % 2 === 0) {
    throw badRequest(`wrong number of arguments for '${wordOf(args[0]!)}' command`);
  }
  const keys: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  for (let at = 1; at < args.length; at += 2) {
    keys.push(args[at]!);
    values.push(args[at + 1]!);
  }
  return { keys, values };
}

function parseDecrby(args: RespCommand): ParsedRequest {
  const amount = integerOf(args[2]!);
  if (amount === MIN_INT64) throw badRequest("decrement would overflow");
  return { op: "INCR", key: args[1]!, delta: -amount };
}

function parseIncrbyfloat(args: RespCommand): ParsedRequest {
  const delta = parseExtended(args[2]!);
  if (delta === undefined) throw badRequest("value is not a valid float");
  return { op: "INCR_FLOAT", key: args[1]!, delta };
}

function parseGetrange(args: RespCommand): ParsedRequest {
  const start = numberOf(args[2]!);
  return { op: "GET_RANGE", key: args[1]!, start, end: numberOf(args[3]!) };
}

function parseSetrange(args: RespCommand): ParsedRequest {
  const offset = numberOf(args[2]!);
  if (offset < 0) throw badRequest("offset is out of range");
  return { op: "SET_RANGE", key: args[1]!, offset, value: args[3]! };
}

/** What holds for a command here that does not say otherwise. */
const USUAL = { keys: ONE_KEY, group: "string", complexity: "O(1)" } as const;

/** The keys of commands that take values with them. */
const PAIRS = { first: 1, last: -1, step: 2 } as const;

/** The commands of strings. */
export const STRING_COMMANDS: readonly Command[] = [
  {
    ...USUAL,
    name: "get",
    arity: 2,
    flags: ["readonly", "fast"],
    since: "1.0.0",
    summary: "Gives the value of a key",
    syntax: "GET key",
    parse: (args) => ({ op: "GET", key: args[1]!, wantVersion: false }),
  },
  {
    ...USUAL,
    name: "set",
    arity: -3,
    flags: ["write", "denyoom"],
    keySpecs: [
      {
        ...keySpec(ONE_KEY, "RW", "access", "update", "variable_flags"),
        useOf: (args) =>
          args.slice(3).some((word) => wordOf(word) === "get")
            ? ["RW", "access", "update"]
            : ["OW", "update"],
      },
    ],
    since: "1.0.0",
    summary: "Stores a value under a key",
    syntax:
      "SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT seconds | PXAT milliseconds | KEEPTTL]",
    parse: parseSet,
  },
  {
    ...USUAL,
    name: "setnx",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    keySpecs: [keySpec(ONE_KEY, "OW", "insert")],
    since: "1.0.0",
    summary: "Stores a value under a key that is not there",
    syntax: "SETNX key value",
    parse: (args) => storing(args, { condition: "absent" }),
    reply: asFlag,
  },
  {
    ...USUAL,
    name: "setex",
    arity: 4,
    flags: ["write", "denyoom"],
    keySpecs: [keySpec(ONE_KEY, "OW", "update")],
    since: "2.0.0",
    summary: "Stores a value that expires after seconds",
    syntax: "SETEX key seconds value",
    parse: (args) => storing(args, { expiry: expiryOf("ex", args[2]!, "setex") }),
  },
  {
    ...USUAL,
    name: "psetex",
    arity: 4,
    flags: ["write", "denyoom"],
    keySpecs: [keySpec(ONE_KEY, "OW", "update")],
    since: "2.6.0",
    summary: "Stores a value that expires after milliseconds",
    syntax: "PSETEX key milliseconds value",
    parse: (args) => storing(args, { expiry: expiryOf("px", args[2]!, "psetex") }),
  },
  {
    ...USUAL,
    name: "getset",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    since: "1.0.0",
    summary: "Stores a value and gives the one before",
    syntax: "GETSET key value",
    parse: (args) => storing(args, { wantOld: true }),
  },
  {
    ...USUAL,
    name: "getdel",
    arity: 2,
    flags: ["write", "fast"],
    keySpecs: [keySpec(ONE_KEY, "RW", "access", "delete")],
    since: "6.2.0",
    summary: "Gives the value of a key and removes the key",
    syntax: "GETDEL key",
    parse: (args) => ({ op: "TAKE", key: args[1]! }),
  },
  {
    ...USUAL,
    name: "getex",
    arity: -2,
    flags: ["write", "fast"],
    since: "6.2.0",
    summary: "Gives the value of a key and sets or removes its expiry",
    syntax: "GETEX key [EX seconds | PX milliseconds | EXAT seconds | PXAT milliseconds | PERSIST]",
    parse: parseGetex,
  },
  {
    ...USUAL,
    name: "mget",
    arity: -2,
    flags: ["readonly", "fast"],
    keys: ALL_KEYS,
    since: "1.0.0",
    tips: ["request_policy:multi_shard"],
    summary: "Gives the values of several keys",
    complexity: "O(N) with N keys",
    syntax: "MGET key [key ...]",
    parse: (args) => ({ op: "GET_MANY", keys: args.slice(1) }),
  },
  {
    ...USUAL,
    name: "mset",
    arity: -3,
    flags: ["write", "denyoom"],
    keys: PAIRS,
    keySpecs: [keySpec(PAIRS, "OW", "update")],
    since: "1.0.1",
    tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
    summary: "Stores several values at once",
    complexity: "O(N) with N keys",
    syntax: "MSET key value [key value ...]",
    parse: (args) => ({ op: "SET_MANY", ...pairsOf(args), ifAllAbsent: false }),
  },
  {
    ...USUAL,
    name: "msetnx",
    arity: -3,
    flags: ["write", "denyoom"],
    keys: PAIRS,
    keySpecs: [keySpec(PAIRS, "OW", "insert")],
    since: "1.0.1",
    tips: ["request_policy:multi_shard", "response_policy:agg_min"],
    summary: "Stores several values at once, when none of the keys is there",
    complexity: "O(N) with N keys",
    syntax: "MSETNX key value [key value ...]",
    parse: (args) => ({ op: "SET_MANY", ...pairsOf(args), ifAllAbsent: true }),
    reply: asFlag,
  },
  {
    ...USUAL,
    name: "incr",
    arity: 2,
    flags: ["write", "denyoom", "fast"],
    since: "1.0.0",
    summary: "Adds 1 to the integer that a key holds",
    syntax: "INCR key",
    parse: (args) => ({ op: "INCR", key: args[1]!, delta: 1 }),
  },
  {
    ...USUAL,
    name: "incrby",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    since: "1.0.0",
    summary: "Adds to the integer that a key holds",
    syntax: "INCRBY key increment",
    parse: (args) => ({ op: "INCR", key: args[1]!, delta: integerOf(args[2]!) }),
  },
  {
    ...USUAL,
    name: "incrbyfloat",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    since: "2.6.0",
    summary: "Adds to the number with a fraction that a key holds",
    syntax: "INCRBYFLOAT key increment",
    parse: parseIncrbyfloat,
  },
  {
    ...USUAL,
    name: "decr",
    arity: 2,
    flags: ["write", "denyoom", "fast"],
    since: "1.0.0",
    summary: "Takes 1 from the integer that a key holds",
    syntax: "DECR key",
    parse: (args) => ({ op: "INCR", key: args[1]!, delta: -1 }),
  },
  {
    ...USUAL,
    name: "decrby",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    since: "1.0.0",
    summary: "Takes from the integer that a key holds",
    syntax: "DECRBY key decrement",
    parse: parseDecrby,
  },
  {
    ...USUAL,
    name: "append",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    keySpecs: [keySpec(ONE_KEY, "RW", "insert")],
    since: "2.0.0",
    summary: "Appends to the value of a key",
    complexity: "O(N) with N appended bytes, averaged over many times",
    syntax: "APPEND key value",
    parse: (args) => ({ op: "APPEND", key: args[1]!, value: args[2]! }),
  },
  {
    ...USUAL,
    name: "strlen",
    arity: 2,
    flags: ["readonly", "fast"],
    keySpecs: [keySpec(ONE_KEY, "RO")],
    since: "2.2.0",
    summary: "Gives the length of a value",
    syntax: "STRLEN key",
    parse: (args) => ({ op: "LENGTH", key: args[1]! }),
  },
  {
    ...USUAL,
    name: "getrange",
    arity: 4,
    flags: ["readonly"],
    since: "2.4.0",
    summary: "Gives a part of a value",
    complexity: "O(N) with N bytes in the part",
    syntax: "GETRANGE key start end",
    parse: parseGetrange,
  },
  {
    ...USUAL,
    name: "substr",
    arity: 4,
    flags: ["readonly"],
    since: "1.0.0",
    summary: "Gives a part of a value, as GETRANGE does",
    complexity: "O(N) with N bytes in the part",
    syntax: "SUBSTR key start end",
    parse: parseGetrange,
  },
  {
    ...USUAL,
    name: "setrange",
    arity: 4,
    flags: ["write", "denyoom"],
    keySpecs: [keySpec(ONE_KEY, "RW", "update")],
    since: "2.2.0",
    summary: "Writes over a part of a value",
    complexity: "O(N) with N bytes in the value",
    syntax: "SETRANGE key offset value",
    parse: parseSetrange,
  },
  {
    ...USUAL,
    name: "lcs",
    arity: -3,
    flags: ["readonly"],
    keys: TWO_KEYS,
    since: "7.0.0",
    summary: "Gives the longest common subsequence of two values",
    complexity: "O(N*M) with values of N and M bytes",
    syntax: "LCS key1 key2 [LEN] [IDX] [MINMATCHLEN length] [WITHMATCHLEN]",
    parse: parseLcs,
    reply: replyToLcs,
  } satisfies Command<CommonRequest>,
];
