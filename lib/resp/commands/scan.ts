/**
 * The commands that list keys.
 *
 * @module
 */

import type { ScanKeysRequest } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { badRequest, numberOf, syntaxError, wordOf } from "./arguments.ts";
import type { Command } from "./command.ts";

/** At how many keys a page looks where nothing is said. */
const DEFAULT_COUNT = 10;

const MAX_CURSOR = 2n ** 64n - 1n;

/** What is longer is no cursor, whatever zeros it begins with. */
const MAX_DIGITS = 64;

/**
 * A cursor, as the C function reads it that Redis uses: with a sign or without, up to a NUL, and 0 without
 * digits.
 *
 * @throws {CommandError} When it is none.
 */
function cursorOf(argument: Uint8Array): number {
  const end = argument.indexOf(0);
  const digits = String.fromCharCode(...argument.subarray(0, end === -1 ? MAX_DIGITS : end));
  const [, sign, number] = /^(?:([+-]?)(\d+))?$/.exec(digits) ?? [];
  if (number === undefined) {
    if (digits === "") return 0;
    throw badRequest("invalid cursor");
  }
  const value = BigInt(number);
  if (value > MAX_CURSOR) throw badRequest("invalid cursor");
  return Number(sign === "-" ? BigInt.asUintN(64, -value) : value);
}

/** `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]`. */
function parseScan(args: RespCommand): ScanKeysRequest {
  const cursor = cursorOf(args[1]!);
  let pattern: Uint8Array | undefined;
  let count = DEFAULT_COUNT;
  let type: string | undefined;
  for (let at = 2; at < args.length; at += 2) {
    const option = wordOf(args[at]!);
    const argument = args[at + 1];
    if (argument === undefined) throw syntaxError();
    if (option === "match") pattern = argument;
    else if (option === "count") count = countOf(argument);
    else if (option === "type") type = wordOf(argument);
    else throw syntaxError();
  }
  return { op: "SCAN_KEYS", cursor, pattern, count, type };
}

function countOf(argument: Uint8Array): number {
  const count = numberOf(argument);
  if (count < 1) throw syntaxError();
  return count;
}

/** The commands that list keys. */
export const SCAN_COMMANDS: readonly Command[] = [
  {
    name: "keys",
    arity: 2,
    flags: ["readonly"],
    group: "generic",
    categories: ["dangerous"],
    tips: ["request_policy:all_shards", "nondeterministic_output_order"],
    since: "1.0.0",
    summary: "Gives all keys that match a pattern",
    complexity: "O(N) with N keys in the database",
    syntax: "KEYS pattern",
    parse: (args) => ({ op: "KEYS", pattern: args[1]! }),
  },
  {
    name: "scan",
    arity: -2,
    flags: ["readonly"],
    group: "generic",
    tips: ["nondeterministic_output", "request_policy:special"],
    since: "2.8.0",
    summary: "Gives keys a page at a time",
    complexity: "O(N) with a count of N",
    syntax: "SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]",
    parse: parseScan,
  },
];
