/**
 * Records to entries, where some records are lost.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import type { JournalRecord } from "./records.ts";
import { Replayer, ReplayError } from "./replay.ts";

/**
 * Makes entries of records, and no entry that there never was: the end of a value is not put behind a value
 * that may have been another one by then.
 */
export class CautiousReplayer {
  /** How many changes were passed over, for what they change is not there. */
  skipped = 0;
  /** Whether something was lost before. */
  isLossy = false;
  readonly #databases: Databases;
  readonly #replayer: Replayer;
  /** The last version that was read from a journal. */
  #last = 0;
  /** Entries of this version and those before may have been changed by what is lost. */
  #doubtful = 0;
  #gap = false;

  /** Writes into databases, which replay meanwhile. */
  constructor(databases: Databases) {
    this.#databases = databases;
    this.#replayer = new Replayer(databases);
  }

  /** The largest version that was seen. */
  get version(): number {
    return this.#replayer.version;
  }

  /** The last version that was read from a journal. */
  get last(): number {
    return this.#last;
  }

  /** Says that changes may be missing here: the next version tells. */
  suspect(): void {
    this.isLossy = true;
    this.#gap = true;
  }

  /** Says that these records are lost. */
  lose(records: readonly JournalRecord[]): void {
    this.isLossy = true;
    for (const { version } of records) this.#note(version);
    this.#doubtful = this.version;
  }

  /** Takes a record of a snapshot. */
  takeEntry(record: JournalRecord): void {
    this.#replay(record);
  }

  /** Takes a record of a journal. */
  takeChange(record: JournalRecord): void {
    const { name, store, key, version } = record;
    if (name !== "BEGIN") this.#note(version);
    else if (this.#last === 0) this.#last = version;
    if (name !== "EXTEND" && name !== "TOUCH") return this.#replay(record);
    const kept = this.#databases.store(store);
    const entry = kept?.peek(key);
    const isSafe = entry === undefined
      ? !this.isLossy
      : entry.version > this.#doubtful || entry.version >= version;
    if (isSafe) return this.#replay(record);
    if (name === "EXTEND") this.skipped++;
    else if (entry !== undefined) {
      this.#databases.replayVersion(entry.version); // Its value is as doubtful as before.
      kept!.expire(key, record.expiresAt);
    }
  }

  #note(version: number): void {
    if (version === 0) return;
    if (this.#gap && version !== this.#last + 1) this.#doubtful = this.version;
    this.#gap = false;
    this.#last = version;
    this.#replayer.version = Math.max(this.#replayer.version, version);
  }

  #replay(record: JournalRecord): void {
    try {
      this.#replayer.take(record);
    } catch (cause) {
      if (!(cause instanceof ReplayError)) throw cause;
      this.skipped++;
    }
  }
}
