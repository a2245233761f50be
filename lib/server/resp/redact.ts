/**
 * Requests as others may see them.
 *
 * @module
 */

import type { RespCall } from "../../resp/mod.ts";

const REDACTED = new TextEncoder().encode("(redacted)");

/** Settings that are secrets. */
const SECRETS: readonly string[] = ["requirepass", "masterauth"];

/** The arguments of a request, without the passwords and the names of users among them. */
export function redacted({ args, command }: RespCall): readonly Uint8Array[] {
  switch (command?.name) {
    case "auth":
      return args.map((argument, at) => at === 0 ? argument : REDACTED);
    case "hello":
      return without(args, 2, (word) => word === "auth" ? 2 : 0);
    case "config|set":
      return without(args, 2, (word) => SECRETS.includes(word) ? 1 : 0);
    default:
      return args;
  }
}

/** Arguments from the place `from` on without those that follow a word: `secretsAfter` says how many. */
function without(
  args: readonly Uint8Array[],
  from: number,
  secretsAfter: (word: string) => number,
): readonly Uint8Array[] {
  const shown = [...args];
  for (let at = from; at < args.length; at++) {
    const count = secretsAfter(String.fromCharCode(...args[at]!.subarray(0, 32)).toLowerCase());
    for (let next = at + 1; next <= at + count && next < args.length; next++) {
      shown[next] = REDACTED;
    }
    at += count;
  }
  return shown;
}
