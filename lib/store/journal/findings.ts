/**
 * What a look at damaged files finds.
 *
 * @module
 */

/** A stretch of a file from which nothing is taken. */
export interface Stretch {
  /** Where it begins. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
  /** Why the bytes at its beginning are no record. */
  readonly reason: string;
  /** Whether it is the end of a write that was not finished: a server cuts it, and complains of nothing. */
  readonly isTorn: boolean;
  /** The first bytes of it. */
  readonly bytes: Uint8Array;
  /** The first record behind it; `undefined` when there is none. */
  readonly next: { readonly name: string; readonly key: Uint8Array } | undefined;
}

/** What a file is found to be. */
export interface FileFindings {
  /** Its name. */
  readonly name: string;
  /** How many bytes it has; `undefined` when it is missing. */
  readonly size: number | undefined;
  /** How many records are whole. */
  readonly records: number;
  /** What is not whole, in order. */
  readonly stretches: readonly Stretch[];
}

/** What the files of a directory are found to be. */
export interface Findings {
  /** The files, in the order in which they are taken. */
  readonly files: readonly FileFindings[];
  /** Whether something is wrong that a server would not take. */
  readonly isDamaged: boolean;
  /** How many records were not taken although they are whole, for a part of their request is not. */
  readonly dropped: number;
  /** How many changes were not taken, for what they change is lost. */
  readonly skipped: number;
}
