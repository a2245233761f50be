/**
 * The commands of bits.
 *
 * @module
 */

import type { BitOperator, BitRange } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { badRequest, numberOf, syntaxError, wordOf } from "./arguments.ts";
import { bitOffsetOf, parseBitfield, parseBitfieldRo } from "./bits_fields.ts";
import { type Command, keySpec, ONE_KEY, type ParsedRequest, SECOND_KEY } from "./command.ts";

function parseSetbit(args: RespCommand): ParsedRequest {
  const message = "bit is not an integer or out of range";
  const offset = bitOffsetOf(args[2]!);
  const bit = numberOf(args[3]!, message);
  if (bit !== 0 && bit !== 1) throw badRequest(message);
  return { op: "SET_BIT", key: args[1]!, offset, bit };
}

/** `BITCOUNT key [start end [BYTE | BIT]]`. */
function parseBitcount(args: RespCommand): ParsedRequest {
  const [, key, start, end, unit, ...others] = args;
  if (others.length > 0 || (start !== undefined && end === undefined)) throw syntaxError();
  const range = start && { start: numberOf(start), end: numberOf(end!), unit: unitOf(unit) };
  return { op: "COUNT_BITS", key: key!, range };
}

/** `BITPOS key bit [start [end [BYTE | BIT]]]`. */
function parseBitpos(args: RespCommand): ParsedRequest {
  const bit = numberOf(args[2]!);
  if (bit !== 0 && bit !== 1) throw badRequest("The bit argument must be 1 or 0.");
  if (args.length > 6) throw syntaxError();
  return { op: "FIND_BIT", key: args[1]!, bit, range: findRangeOf(args) };
}

function findRangeOf(args: RespCommand): BitRange | undefined {
  if (args.length === 3) return undefined;
  const start = numberOf(args[3]!);
  const unit = unitOf(args[5]);
  return { start, end: args[4] && numberOf(args[4]), unit };
}

/**
 * What places count.
 *
 * @throws {CommandError} When it is another word.
 */
function unitOf(argument: Uint8Array | undefined): BitRange["unit"] {
  const unit = argument === undefined ? "byte" : wordOf(argument);
  if (unit === "bit" || unit === "byte") return unit;
  throw syntaxError();
}

const OPERATORS: readonly BitOperator[] = ["and", "or", "xor", "not"];

/** `BITOP operator target source ...`. */
function parseBitop(args: RespCommand): ParsedRequest {
  const word = wordOf(args[1]!);
  const operator = OPERATORS.find((name) => name === word);
  if (operator === undefined) throw syntaxError();
  const sources = args.slice(3);
  if (operator === "not" && sources.length > 1) {
    throw badRequest("BITOP NOT must be called with a single source key.");
  }
  return { op: "COMBINE_BITS", operator, target: args[2]!, sources };
}

/** What holds for a command here that does not say otherwise. */
const USUAL = { keys: ONE_KEY, group: "bitmap", complexity: "O(N) with N bytes" } as const;

/** The commands of bits. */
export const BIT_COMMANDS: readonly Command[] = [
  {
    ...USUAL,
    name: "getbit",
    arity: 3,
    flags: ["readonly", "fast"],
    since: "2.2.0",
    summary: "Gives one bit of a value",
    complexity: "O(1)",
    syntax: "GETBIT key offset",
    parse: (args) => ({ op: "GET_BIT", key: args[1]!, offset: bitOffsetOf(args[2]!) }),
  },
  {
    ...USUAL,
    name: "setbit",
    arity: 4,
    flags: ["write", "denyoom"],
    since: "2.2.0",
    summary: "Writes one bit of a value and gives what it was",
    syntax: "SETBIT key offset value",
    parse: parseSetbit,
  },
  {
    ...USUAL,
    name: "bitcount",
    arity: -2,
    flags: ["readonly"],
    since: "2.6.0",
    summary: "Counts the bits of a value that are 1",
    syntax: "BITCOUNT key [start end [BYTE | BIT]]",
    parse: parseBitcount,
  },
  {
    ...USUAL,
    name: "bitpos",
    arity: -3,
    flags: ["readonly"],
    since: "2.8.7",
    summary: "Finds the first bit of a value that is 0, or 1",
    syntax: "BITPOS key bit [start [end [BYTE | BIT]]]",
    parse: parseBitpos,
  },
  {
    ...USUAL,
    name: "bitop",
    arity: -4,
    flags: ["write", "denyoom"],
    keys: { first: 2, last: -1, step: 1 },
    keySpecs: [
      keySpec(SECOND_KEY, "OW", "update"),
      keySpec({ first: 3, last: -1, step: 1 }, "RO", "access"),
    ],
    since: "2.6.0",
    summary: "Combines values bit by bit and stores the result",
    complexity: "O(N) with N bytes in all values",
    syntax: "BITOP (AND | OR | XOR | NOT) destkey key [key ...]",
    parse: parseBitop,
  },
  {
    ...USUAL,
    name: "bitfield",
    arity: -2,
    flags: ["write", "denyoom"],
    keySpecs: [
      {
        ...keySpec(ONE_KEY, "RW", "access", "update", "variable_flags"),
        useOf: (args) =>
          args.slice(2).some((word) => ["set", "incrby"].includes(wordOf(word)))
            ? ["RW", "access", "update"]
            : ["RO", "access"],
      },
    ],
    since: "3.2.0",
    summary: "Reads and writes integers among the bits of a value",
    syntax:
      "BITFIELD key [GET type offset] [SET type offset value] [INCRBY type offset increment] [OVERFLOW WRAP | SAT | FAIL] [...]",
    parse: parseBitfield,
  },
  {
    ...USUAL,
    name: "bitfield_ro",
    arity: -2,
    flags: ["readonly", "fast"],
    since: "6.0.0",
    summary: "Reads integers among the bits of a value",
    complexity: "O(1) for each integer",
    syntax: "BITFIELD_RO key [GET type offset ...]",
    parse: parseBitfieldRo,
  },
];
