/**
 * What a journal is made of, and what it tells of itself.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import type { CompactionFigures } from "./compaction.ts";
import type { Disk } from "./disk.ts";
import type { JournalFailure } from "./error.ts";
import type { JournalFile } from "./journal_file.ts";
import type { JournalSettings } from "./settings.ts";

/** What a journal is made of. */
export interface JournalParts {
  /** Where its files are. */
  readonly disk: Disk;
  /** What it keeps. */
  readonly databases: Databases;
  /** The journal to go on with. */
  readonly file: JournalFile;
  /** How many bytes the journals before it have that follow the snapshot. */
  readonly olderBytes: number;
  /** How many bytes the snapshot has. */
  readonly snapshotBytes: number;
  /** How it works. */
  readonly settings: JournalSettings;
  /** Told what an operator should know, a line each. */
  readonly log: (line: string) => void;
  /** Resolves when others had a chance to run: called between two steps of a snapshot, or of a large write. */
  readonly pause: () => Promise<void>;
  /** From how many bytes on a write is large. */
  readonly largeWrite: number;
}

/** What is going on in a journal. */
export interface JournalFigures extends CompactionFigures {
  /** How many bytes the journals have that follow the snapshot. */
  readonly journalBytes: number;
  /** How many bytes wait to be written. */
  readonly waitingBytes: number;
  /** How many changes are not on stable storage. */
  readonly unsynced: number;
  /** How many changes were made since the last snapshot. */
  readonly sinceSnapshot: number;
  /** Why nothing can be written now. */
  readonly failure: JournalFailure | undefined;
}
