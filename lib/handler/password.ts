/**
 * Who may come in.
 *
 * @module
 */

import { type Credentials, DEFAULT_USER } from "../model/mod.ts";

const UTF8 = new TextEncoder();

/**
 * Whether credentials are those of the user. Any password will do while there is none.
 *
 * @param password The password that the server wants; empty for none.
 */
export function credentialsMatch(
  { user, password: given }: Credentials,
  password: string,
): boolean {
  const known = isSame(user, DEFAULT_USER);
  const right = isSame(given, password) || password === "";
  return known && right;
}

/** Compares in a time that depends on what was given, and not on how much of it is right. */
function isSame(given: Uint8Array, text: string): boolean {
  const expected = UTF8.encode(text);
  let difference = given.length ^ expected.length;
  for (let at = 0; at < given.length; at++) {
    difference |= given[at]! ^ (expected[at % expected.length] ?? 0);
  }
  return difference === 0;
}
