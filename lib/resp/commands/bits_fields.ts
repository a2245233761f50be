/**
 * The arguments of BITFIELD.
 *
 * @module
 */

import type { BitField, BitOverflow } from "../../model/mod.ts";
import type { RespCommand } from "../request_decoder.ts";
import { badRequest, integerOf, numberOf, syntaxError, textOf, wordOf } from "./arguments.ts";
import type { ParsedRequest } from "./command.ts";

/** A value of 512 MiB has so many bits. Handlers check the limit of values, which may be lower. */
const MAX_OFFSET = 2 ** 32 - 1;

/**
 * The place of a bit, or of the first bit of the so manieth field of `width` bits.
 *
 * @throws {CommandError} When it is no integer, negative, or beyond 512 MiB.
 */
export function bitOffsetOf(argument: Uint8Array, width: number = 1): number {
  const message = "bit offset is not an integer or out of range";
  const offset = numberOf(argument, message) * width;
  if (offset < 0 || offset > MAX_OFFSET) throw badRequest(message);
  return offset;
}

/** How many arguments each part takes. */
const ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ["get", 2],
  ["set", 3],
  ["incrby", 3],
  ["overflow", 1],
]);

/** `BITFIELD key [OVERFLOW WRAP | SAT | FAIL] [GET type offset | SET type offset n | INCRBY ...] ...`. */
export function parseBitfield(args: RespCommand): ParsedRequest {
  const fields: BitField[] = [];
  let overflow: BitOverflow = "wrap";
  for (let at = 2; at < args.length;) {
    const action = wordOf(args[at]!);
    const count = ARGUMENTS.get(action) ?? Infinity;
    if (at + count >= args.length) throw syntaxError();
    const operands = args.slice(at + 1, at + 1 + count);
    if (action === "overflow") overflow = overflowOf(operands[0]!);
    else fields.push(fieldOf(action as BitField["action"], operands, overflow));
    at += 1 + count;
  }
  return { op: "BIT_FIELDS", key: args[1]!, fields };
}

/** `BITFIELD_RO key [GET type offset] ...`. */
export function parseBitfieldRo(args: RespCommand): ParsedRequest {
  const request = parseBitfield(args);
  if (request.op === "BIT_FIELDS" && request.fields.some(({ action }) => action !== "get")) {
    throw badRequest("BITFIELD_RO only supports the GET subcommand");
  }
  return request;
}

function fieldOf(
  action: BitField["action"],
  [type, place, value]: RespCommand,
  overflow: BitOverflow,
): BitField {
  const { signed, bits } = typeOf(type!);
  const offset = placeOf(place!, bits);
  return { action, signed, bits, offset, value: BigInt(value ? integerOf(value) : 0), overflow };
}

const OVERFLOWS: readonly BitOverflow[] = ["wrap", "sat", "fail"];

function overflowOf(argument: Uint8Array): BitOverflow {
  const word = wordOf(argument);
  const overflow = OVERFLOWS.find((name) => name === word);
  if (overflow === undefined) throw badRequest("Invalid OVERFLOW type specified");
  return overflow;
}

const FIELD_TYPE = /^([iu])([1-9]\d?)$/;

function typeOf(argument: Uint8Array): Pick<BitField, "signed" | "bits"> {
  const [, sign, digits] = FIELD_TYPE.exec(textOf(argument)) ?? [];
  const signed = sign === "i";
  const bits = Number(digits);
  if (bits <= (signed ? 64 : 63)) return { signed, bits };
  throw badRequest(
    "Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
  );
}

const HASH = 0x23;

/** The place of a field: in bits, or behind a `#` in fields of its width. */
function placeOf(argument: Uint8Array, bits: number): number {
  if (argument[0] !== HASH) return bitOffsetOf(argument);
  return bitOffsetOf(argument.subarray(1), bits);
}
