/**
 * Whether a server can serve.
 *
 * @module
 */

import type { Services } from "../../handler/mod.ts";

/** What a server is doing as a whole; it serves when there are services. */
export type Stage = "loading" | "stopping" | Services;

/** Why clients should not be sent to the server now; nothing when they should. */
export function whyNotReady(stage: Stage): string | undefined {
  if (stage === "loading") return "loading the entries";
  if (stage === "stopping") return "shutting down";
  const { counters, journal, limits } = stage;
  const failure = journal?.failure;
  if (failure !== undefined) {
    return `the journal cannot be ${failure.kind === "write" ? "written" : "synced"}`;
  }
  if (counters.connections >= limits.maxConnections) return "there are no free connections";
  return undefined;
}
