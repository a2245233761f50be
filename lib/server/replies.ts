/**
 * What a session asks of the replies that it sends.
 *
 * @module
 */

import type { Loans } from "../store/mod.ts";
import type { Incoming, Outgoing } from "./conversation.ts";
import { GetRun } from "./plain/get_runs.ts";

/** Whether it is a message of a channel, or what changes the version of RESP, which has changed already. */
export function isNoReply({ type }: Outgoing): boolean {
  return type === "PUSH" || type === "push" || type === "versionStart";
}

/** Gives back what a reply has of the store: it is encoded. */
export function settle(reply: Outgoing, loans: Loans): void {
  if (reply.type === "OK") return loans.settle(reply);
  if (reply.type !== "LIST") return;
  for (const item of reply.items) settle(item, loans);
}

/** The request of any protocol; nothing when it could not be read. */
export function requestOf(incoming: Incoming): object | undefined {
  if ("op" in incoming) return incoming;
  if (incoming instanceof GetRun) return undefined; // Who answers it looks at some keys itself.
  return incoming.rejected ? undefined : incoming.request;
}

/** How many bytes of values a reply holds. */
export function heldBy(reply: Outgoing): number {
  if (reply.type === "answers") return reply.bytes.length;
  if (reply.type === "OK") return reply.value?.length ?? 0;
  if (reply.type === "PART") return reply.value.length;
  if (reply.type !== "LIST") return 0;
  let bytes = 0;
  for (const item of reply.items) bytes += heldBy(item);
  return bytes;
}
