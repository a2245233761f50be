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
  integer,
  type LastSaveRequest,
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

/** When the last snapshot was whole, in milliseconds since 1970; when the server started, if there was none since. */
export function lastSave({ journal, startedAt }: Services): number {
  return journal?.figures.finishedAt ?? startedAt;
}

/** When that was, in seconds. */
function tellLastSave(_: LastSaveRequest, { services }: Peer): Response {
  return integer(Math.floor(lastSave(services) / 1_000));
}

/** What is told of the journal: how it works, how much it has, and what has failed. */
export function journalFigures({ journal }: Services): Record<string, string | number> {
  if (journal === undefined) return { journal_fsync: "none" };
  const { failure, reason, finishedAt, ...figures } = journal.figures;
  return {
    journal_fsync: journal.settings.fsync,
    journal_bytes: figures.journalBytes,
    snapshot_bytes: figures.snapshotBytes,
    journal_waiting_bytes: figures.waitingBytes,
    changes_not_synced: figures.unsynced,
    changes_since_snapshot: figures.sinceSnapshot,
    compacting: figures.startedAt === undefined ? "no" : "yes",
    last_compaction: oneLine(reason ?? (finishedAt === undefined ? "none" : "ok")),
    journal_failure: oneLine(failure === undefined ? "none" : whyOf(failure)),
  };
}

/** The reasons of the system are its own. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

/** The handlers of requests about what is kept on disk. */
export const PERSISTENCE_HANDLERS: Handlers<CompactRequest | LastSaveRequest> = {
  COMPACT: compact,
  LAST_SAVE: tellLastSave,
};
