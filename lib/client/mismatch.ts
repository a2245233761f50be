/**
 * Replies that cannot be the answer to their request.
 *
 * @module
 */

import { type Reply, replyCode } from "../cafe/mod.ts";
import { mayMiss, type Outgoing } from "./call.ts";

/** The error that is about the connection, not about a request: the server closes it unread. */
export const REFUSED = "CONNECTION_LIMIT";

/** The errors after which the server may close the connection: those carry no checksum then. */
const CLOSING: ReadonlySet<string> = new Set([
  "PROTOCOL",
  "TOO_LARGE",
  "CHECKSUM",
  "UNSUPPORTED_FLAG",
  REFUSED,
]);

/** Why a reply cannot be the answer to a request; `undefined` when it can. */
export function problemOf(reply: Reply, { op, checksum }: Outgoing): string | undefined {
  if (reply.more && op !== "GET_PARTS") return `Cannot take parts for the answer to ${op}`;
  if (reply.type === "MISS" && !mayMiss(op)) return `Cannot take MISS for the answer to ${op}`;
  if (reply.checksum === checksum || isClosing(reply)) return undefined;
  const found = checksum
    ? "it has no checksum, and the request had one"
    : "it has a checksum, and the request had none";
  return `Cannot take ${reply.type} for the answer to ${op}: ${found}`;
}

/** Whether a reply is an ERR without a checksum that the server closes the connection after. */
function isClosing(reply: Reply): boolean {
  return reply.type === "ERR" && !reply.checksum && CLOSING.has(replyCode(reply));
}
