/**
 * Errors of the command line, and how all errors are told to people.
 *
 * @module
 */

import { oneLine } from "../inspect/printable.ts";

/** The command was called in a way that it cannot be: exit code 2. */
export class UsageError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "UsageError";
}

/** The exit code that stands for an error: 2 for a wrong call, 141 when nobody reads, otherwise 1. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  return isBrokenPipe(error) ? 141 : 1;
}

/** Whether the reader of standard output has gone, as `head` does: not worth a message. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe;
}

/** The error in one line, for people. Whatever does not print is escaped. */
export function describe(error: unknown): string {
  return oneLine((error instanceof Error && error.message) || String(error));
}
