/**
 * The metrics of the entries and of their journal.
 *
 * @module
 */

import type { JournalFigures, MemoryStore } from "../store/mod.ts";
import type { Services } from "./context.ts";
import { heldMemory, usedMemory } from "./memory.ts";
import { counter, gauge } from "./metric.ts";
import type { Metric, Sample } from "./metrics.ts";

/** A value of each database that has entries. */
function ofDatabases(
  { databases }: Services,
  valueOf: (store: MemoryStore) => number,
): readonly Sample<number>[] {
  return Array.from({ length: databases.count }, (_, index) => ({
    labels: { database: String(index) },
    store: databases.at(index),
  })).filter(({ store }) => store.size > 0).map(({ labels, store }) => ({
    labels,
    value: valueOf(store),
  }));
}

/** A metric of the journal; nothing without one. */
function ofJournal(
  name: string,
  help: string,
  valueOf: (figures: JournalFigures) => number | undefined,
): Metric {
  return gauge(name, help, ({ journal }) => journal && valueOf(journal.figures));
}

/** The metrics of the entries and of their journal. */
export const STORE_METRICS: readonly Metric[] = [
  {
    name: "cortado_keys",
    help: "Entries, by database; those that have none are left out.",
    type: "gauge",
    read: (services) => ofDatabases(services, ({ size }) => size),
  },
  {
    name: "cortado_expiring_keys",
    help: "Entries that expire, by database.",
    type: "gauge",
    read: (services) => ofDatabases(services, ({ expiringSize }) => expiringSize),
  },
  counter(
    "cortado_expired_keys_total",
    "Entries that were removed because they had expired.",
    ({ databases, statistics }) =>
      databases.total(({ expired }) => expired) - statistics.expiredBefore,
  ),
  counter(
    "cortado_evicted_keys_total",
    "Entries that were removed because the memory was used up.",
    ({ counters }) => counters.evicted,
  ),
  counter(
    "cortado_key_hits_total",
    "Keys that were looked up and found.",
    ({ counters }) => counters.hits,
  ),
  counter(
    "cortado_key_misses_total",
    "Keys that were looked up and not found.",
    ({ counters }) => counters.misses,
  ),
  gauge(
    "cortado_store_used_bytes",
    "What the entries take, which maxMemory limits.",
    ({ databases }) => usedMemory(databases),
  ),
  gauge(
    "cortado_store_held_bytes",
    "What is held for the entries, with what is free for others.",
    ({ databases }) => heldMemory(databases),
  ),
  gauge(
    "cortado_store_limit_bytes",
    "What the entries may take (option maxMemory); 0: any size.",
    ({ settings }) => settings.maxMemory,
  ),
  gauge(
    "cortado_journal_enabled",
    "Whether entries are kept on disk: 1 or 0. Without, the metrics below are left out.",
    ({ journal }) => journal === undefined ? 0 : 1,
  ),
  ofJournal(
    "cortado_journal_failed",
    "Whether the journal cannot be written: 1 or 0.",
    ({ failure }) => failure === undefined ? 0 : 1,
  ),
  ofJournal(
    "cortado_journal_bytes",
    "What the journals have that follow the snapshot.",
    ({ journalBytes }) => journalBytes,
  ),
  ofJournal(
    "cortado_snapshot_bytes",
    "What the snapshot has.",
    ({ snapshotBytes }) => snapshotBytes,
  ),
  ofJournal(
    "cortado_journal_waiting_bytes",
    "What is to be written to the journal.",
    ({ waitingBytes }) => waitingBytes,
  ),
  ofJournal(
    "cortado_journal_unsynced_changes",
    "Changes that are not on stable storage.",
    ({ unsynced }) => unsynced,
  ),
  ofJournal(
    "cortado_changes_since_snapshot",
    "Changes that were made since the last snapshot.",
    ({ sinceSnapshot }) => sinceSnapshot,
  ),
  ofJournal(
    "cortado_compacting",
    "Whether a snapshot is being made: 1 or 0.",
    ({ startedAt }) => startedAt === undefined ? 0 : 1,
  ),
  ofJournal(
    "cortado_last_compaction_failed",
    "Whether the last snapshot could not be made: 1 or 0.",
    ({ reason }) => reason === undefined ? 0 : 1,
  ),
];
