/**
 * Reading the arguments of commands, strictly, with the error texts of Redis.
 *
 * @module
 */

import { CommandError, parseInteger } from "../../model/mod.ts";

/** The error of arguments that are not what a command takes. */
export function badRequest(message: string): CommandError {
  return new CommandError("BAD_REQUEST", message);
}

/** The error of options that do not exist or do not go together. */
export function syntaxError(): CommandError {
  return badRequest("syntax error");
}

/** What Redis says of what is no 64-bit integer. */
export const NOT_AN_INTEGER = "value is not an integer or out of range";

/**
 * A 64-bit integer.
 *
 * @throws {CommandError} When it is none.
 */
export function integerOf(argument: Uint8Array, message: string = NOT_AN_INTEGER): number | bigint {
  const value = parseInteger(argument);
  if (value === undefined) throw badRequest(message);
  return value;
}

/**
 * A 64-bit integer as a number: one beyond 2^53 is not exact, which is all the same where only smaller
 * ones make a difference, as for places in a value.
 *
 * @throws {CommandError} When it is no 64-bit integer.
 */
export function numberOf(argument: Uint8Array, message: string = NOT_AN_INTEGER): number {
  return Number(integerOf(argument, message));
}

/** No option is longer. */
const MAX_WORD = 32;

/** An argument as a word in small letters, to compare with options; what is too long for one is empty. */
export function wordOf(argument: Uint8Array): string {
  if (argument.length > MAX_WORD) return "";
  return String.fromCharCode(...argument).toLowerCase();
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** An argument as text. */
export function textOf(argument: Uint8Array): string {
  return UTF8.decode(argument);
}
