/**
 * Keeping entries on disk, as far as requests have to do with it.
 *
 * @module
 */

import {
  CommandError,
  type CompactRequest,
  error,
  type ErrorResponse,
  ok,
  type Response,
} from "../model/mod.ts";
import type { Journal, JournalFailure } from "../store/mod.ts";
import type { Peer, Services } from "./context.ts";
import type { Handlers } from "./handlers.ts";

/** Why nothing may be written while the journal cannot be. */
export function journalRefusal(failure: JournalFailure): ErrorResponse {
  return error("NOT_STORED", `Cannot write: ${whyOf(failure)}; reads go on`);
}

/** What is replied to a request that was carried out, but whose effects could not be stored. */
export function notStored(failure: JournalFailure): ErrorResponse {
  return error("NOT_STORED", `Cannot store: ${whyOf(failure)}; it may be lost at a restart`);
}

function whyOf({ kind, reason }: JournalFailure): string {
  return `the journal could not be ${kind === "write" ? "written" : "synced"}: ${reason}`;
}

/**
 * The journal of a server that has one.
 *
 * @param action What is to be done with it, as in "compact".
 * @throws {CommandError} When it has none.
 */
export function journalOf({ journal }: Services, action: string): Journal {
  if (journal !== undefined) return journal;
  throw new CommandError(
    "NOT_DURABLE",
    `Cannot ${action}: the server keeps nothing on disk (option data)`,
  );
}

const UTF8 = new TextEncoder();
const STARTED = UTF8.encode("started");
const RUNNING = UTF8.encode("running");

/** Puts a snapshot of all entries in place of the journal. */
function compact(_: CompactRequest, { services }: Peer): Response {
  return ok(journalOf(services, "compact").compact() ? STARTED : RUNNING);
}

/** The handlers of requests about what is kept on disk. */
export const PERSISTENCE_HANDLERS: Handlers<CompactRequest> = {
  COMPACT: compact,
};
