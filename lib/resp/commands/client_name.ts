/**
 * The names that clients give themselves.
 *
 * @module
 */

import { badRequest, textOf } from "./arguments.ts";

const FIRST_PRINTABLE = 0x21;
const LAST_PRINTABLE = 0x7e;

/** Whether bytes are printable ASCII without spaces, so that they can stand in a line of CLIENT LIST. */
export function isPlainText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE);
}

/**
 * A client's name; empty for none.
 *
 * @throws {CommandError} When it cannot stand in a line of CLIENT LIST.
 */
export function clientNameOf(bytes: Uint8Array): string {
  if (!isPlainText(bytes)) {
    throw badRequest("Client names cannot contain spaces, newlines or special characters.");
  }
  return textOf(bytes);
}
