/**
 * The section of INFO about what is kept on disk.
 *
 * @module
 */

import type { JournalFigures } from "../store/mod.ts";
import type { Services } from "./context.ts";
import type { InfoFields } from "./info.ts";
import { lastSave } from "./persistence.ts";

/**
 * A snapshot is what Redis calls a save, and it takes the place of the journal, which Redis calls a rewrite: one
 * that is under way is both. Without a journal all changes were made since the last save, which is taken to
 * be the start.
 */
export function persistenceSection(services: Services): InfoFields {
  const { databases, journal } = services;
  const figures = journal?.figures;
  const running = figures?.startedAt === undefined ? 0 : 1;
  const current = secondsOf(figures?.startedAt && databases.now() - figures.startedAt);
  const last = secondsOf(figures?.duration);
  const status = figures?.reason === undefined ? "ok" : "err";
  return {
    loading: 0,
    async_loading: 0,
    rdb_changes_since_last_save: figures?.sinceSnapshot ?? databases.version,
    rdb_bgsave_in_progress: running,
    rdb_last_save_time: secondsOf(lastSave(services)),
    rdb_last_bgsave_status: status,
    rdb_last_bgsave_time_sec: last,
    rdb_current_bgsave_time_sec: current,
    rdb_last_cow_size: 0,
    aof_enabled: figures === undefined ? 0 : 1,
    aof_rewrite_in_progress: running,
    aof_rewrite_scheduled: 0,
    aof_last_rewrite_time_sec: last,
    aof_current_rewrite_time_sec: current,
    aof_last_bgrewrite_status: status,
    aof_last_write_status: figures?.failure === undefined ? "ok" : "err",
    aof_last_cow_size: 0,
    ...(figures !== undefined && journalFields(figures)),
  };
}

/** What Redis tells only of a journal that there is. No write waits for a sync: none was delayed. */
function journalFields({ journalBytes, snapshotBytes, waitingBytes }: JournalFigures): InfoFields {
  return {
    aof_current_size: snapshotBytes + journalBytes,
    aof_base_size: snapshotBytes,
    aof_pending_rewrite: 0,
    aof_buffer_length: waitingBytes,
    aof_delayed_fsync: 0,
  };
}

/** Milliseconds in whole seconds; -1 for none. */
function secondsOf(ms: number | undefined): number {
  return ms === undefined ? -1 : Math.floor(ms / 1_000);
}
