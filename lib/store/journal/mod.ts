/**
 * Entries on disk: a journal of effects, and snapshots. docs/durability.md says what is promised.
 *
 * @module
 */

export type { CompactionFigures } from "./compaction.ts";
export * from "./disk.ts";
export { JournalError, type JournalFailure } from "./error.ts";
export * from "./findings.ts";
export { Journal } from "./journal.ts";
export type { LoadProgress } from "./load.ts";
export * from "./open.ts";
export type { JournalFigures } from "./parts.ts";
export * from "./repair.ts";
export * from "./salvage.ts";
export * from "./settings.ts";
