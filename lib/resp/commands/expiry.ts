/**
 * The commands about when entries end.
 *
 * @module
 */

import { type ExpiryCondition, MAX_INT64, MIN_INT64 } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { badRequest, integerOf, textOf, wordOf } from "./arguments.ts";
import { asFlag, type Command, keySpec, ONE_KEY } from "./command.ts";

const SECOND = 1_000;
const MILLISECOND = 1;

const NO_CONDITIONS: readonly ExpiryCondition[] = [];

function isCondition(word: string): word is ExpiryCondition {
  return word === "nx" || word === "xx" || word === "gt" || word === "lt";
}

/**
 * The conditions that stand behind a time.
 *
 * @throws {CommandError} When one is unknown, or two cannot both hold.
 */
function conditionsOf(args: RespCommand): readonly ExpiryCondition[] {
  const conditions = args.slice(3).map((argument) => {
    const word = wordOf(argument);
    if (!isCondition(word)) throw badRequest(`Unsupported option ${untilNul(argument)}`);
    return word;
  });
  const has = (name: ExpiryCondition) => conditions.includes(name);
  if (has("nx") && (has("xx") || has("gt") || has("lt"))) {
    throw badRequest("NX and XX, GT or LT options at the same time are not compatible");
  }
  if (has("gt") && has("lt")) {
    throw badRequest("GT and LT options at the same time are not compatible");
  }
  return conditions;
}

/** Redis shows an argument as a string of C. */
function untilNul(argument: Uint8Array): string {
  const end = argument.indexOf(0);
  return textOf(end === -1 ? argument : argument.subarray(0, end));
}

/**
 * A time in milliseconds. Whether it is too far from now on is for the handler to say, which knows the clock.
 *
 * @throws {CommandError} When it is no 64-bit integer.
 */
function timeOf(argument: Uint8Array, unit: number, command: string): number {
  const time = integerOf(argument);
  const ms = Number(time) * unit;
  if (Number.isSafeInteger(ms)) return ms;
  const exact = BigInt(time) * BigInt(unit);
  if (exact >= MIN_INT64 && exact <= MAX_INT64) return ms;
  throw badRequest(`invalid expire time in '${command}' command`);
}

/** A command that sets when an entry ends. */
function setter(name: string, unit: number, fromNow: boolean, since: string): Command {
  const argument = (unit === SECOND ? "" : "milli") + "seconds";
  const what = `Lets an entry end ${fromNow ? "after" : "at"} a time in ${argument}`;
  const time = fromNow ? argument : `unix-time-${argument}`;
  return {
    name,
    arity: -3,
    flags: ["write", "fast"],
    keys: ONE_KEY,
    keySpecs: [keySpec(ONE_KEY, "RW", "update")],
    group: "generic",
    since,
    summary: fromNow ? what : `${what} since 1970`,
    complexity: "O(log N) with N entries that expire",
    syntax: `${name.toUpperCase()} key ${time} [NX | XX | GT | LT]`,
    parse: (args) => ({
      op: "EXPIRE",
      key: args[1]!,
      conditions: args.length === 3 ? NO_CONDITIONS : conditionsOf(args),
      ms: timeOf(args[2]!, unit, name),
      fromNow,
      command: name,
    }),
    reply: asFlag,
  };
}

/** A command that tells when an entry ends. */
function getter(name: string, unit: number, fromNow: boolean, since: string): Command {
  const start = fromNow ? "from now" : "since 1970";
  return {
    name,
    arity: 2,
    flags: ["readonly", "fast"],
    keys: ONE_KEY,
    group: "generic",
    tips: fromNow ? ["nondeterministic_output"] : [],
    since,
    summary: `Tells when an entry ends, in ${unit === SECOND ? "" : "milli"}seconds ${start}`,
    complexity: "O(1)",
    syntax: `${name.toUpperCase()} key`,
    parse: (args) => ({ op: "EXPIRY", key: args[1]!, fromNow, unit }),
  };
}

/** The commands about when entries end. */
export const EXPIRY_COMMANDS: readonly Command[] = [
  setter("expire", SECOND, true, "1.0.0"),
  setter("pexpire", MILLISECOND, true, "2.6.0"),
  setter("expireat", SECOND, false, "1.2.0"),
  setter("pexpireat", MILLISECOND, false, "2.6.0"),
  getter("ttl", SECOND, true, "1.0.0"),
  getter("pttl", MILLISECOND, true, "2.6.0"),
  getter("expiretime", SECOND, false, "7.0.0"),
  getter("pexpiretime", MILLISECOND, false, "7.0.0"),
  {
    name: "persist",
    arity: 2,
    flags: ["write", "fast"],
    keys: ONE_KEY,
    keySpecs: [keySpec(ONE_KEY, "RW", "update")],
    group: "generic",
    since: "2.2.0",
    summary: "Lets an entry stay",
    complexity: "O(log N) with N entries that expire",
    syntax: "PERSIST key",
    parse: (args) => ({ op: "PERSIST", key: args[1]! }),
    reply: asFlag,
  },
];
