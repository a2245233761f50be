/**
 * Requests as others may see them.
 *
 * @module
 */

import { type RespCall, secretArguments } from "../../resp/mod.ts";

const REDACTED = new TextEncoder().encode("(redacted)");

/** The arguments of a request, without the passwords and the names of users among them. */
export function redacted({ args }: RespCall): readonly Uint8Array[] {
  const secrets = secretArguments(args);
  return secrets.size === 0 ? args : args.map((arg, at) => secrets.has(at) ? REDACTED : arg);
}
