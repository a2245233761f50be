/**
 * Which replies a client wants: CLIENT REPLY.
 *
 * @module
 */

/** All; none; none to the request that is carried out; none to the one after it. */
export type ReplyMode = "on" | "off" | "skip" | "skipNext";

/** Whether a reply is wanted now. */
export function isWanted(mode: ReplyMode): boolean {
  return mode === "on" || mode === "skipNext";
}

/** What is wanted of the next request. */
export function afterRequest(mode: ReplyMode): ReplyMode {
  if (mode === "skipNext") return "skip";
  return mode === "skip" ? "on" : mode;
}
