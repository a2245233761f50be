/**
 * How a journal works.
 *
 * @module
 */

/** When what was written is brought to stable storage: before each reply, each second, or never. */
export const FSYNC_MODES = ["always", "everysec", "never"] as const;

/** One of {@linkcode FSYNC_MODES}. */
export type FsyncMode = (typeof FSYNC_MODES)[number];

/** How a {@linkcode Journal} works. What is not readonly may be changed at any time. */
export interface JournalSettings {
  /** When what was written is brought to stable storage. */
  fsync: FsyncMode;
  /** A snapshot is made when the journals have grown to this share of the last one, in percent; 0: never. */
  compactPercentage: number;
  /** And when the journals have so many bytes. */
  compactMinSize: number;
}

/** The settings where none are given. */
export const DEFAULT_JOURNAL_SETTINGS: Readonly<JournalSettings> = {
  fsync: "everysec",
  compactPercentage: 100,
  compactMinSize: 67_108_864,
};
