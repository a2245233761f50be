/**
 * Checks before encoding: an encoder never truncates.
 *
 * @module
 */

import { opcodeName } from "./opcodes.ts";

/**
 * Checks that a number fits its field.
 *
 * @throws {RangeError} When it is not a whole number from `least` to `most`.
 */
export function checkField(
  opcode: number,
  field: string,
  value: number,
  least: number,
  most: number,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `Cannot encode ${
      opcodeName(opcode)
    }: ${field} ${value} is not a whole number from ${least} to ${most}`,
  );
}

/**
 * Checks that an integer fits a signed 64-bit field.
 *
 * @throws {RangeError} When it does not.
 */
export function checkI64(opcode: number, field: string, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) return;
  throw new RangeError(
    `Cannot encode ${opcodeName(opcode)}: ${field} ${value} does not fit a signed 64-bit integer`,
  );
}
