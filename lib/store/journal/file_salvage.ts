/**
 * What is found in one file, while it is gone through.
 *
 * @module
 */

import { NO_BYTES } from "../../bytes/mod.ts";
import type { CautiousReplayer } from "./cautious_replay.ts";
import { JournalError } from "./error.ts";
import type { FileWindow } from "./file_window.ts";
import type { FileFindings, Stretch } from "./findings.ts";
import { type Damage, type FileStart, fileStart, RecordReader } from "./record_reader.ts";
import type { FileKind, JournalRecord } from "./records.ts";

/** So many bytes of a stretch are kept to be shown. */
const SHOWN_BYTES = 64;
/** So many records are taken between two looks at the clock, and two chances for others to run. */
const RECORDS_PER_STEP = 16_384;

/** A file that is gone through, and what was found. */
export class FileSalvage {
  /** Its name. */
  readonly name: string;
  /** What it has. */
  readonly window: FileWindow;
  /** What takes its records. */
  readonly replayer: CautiousReplayer;
  /** How many records were whole. */
  records = 0;
  /** How many records were not taken although they are whole, for a part of their request is not. */
  dropped = 0;
  readonly #stretches: Stretch[] = [];
  readonly #onProgress: (done: number, records: number) => Promise<void>;

  /** Has found nothing yet. */
  constructor(
    name: string,
    window: FileWindow,
    replayer: CautiousReplayer,
    onProgress: (done: number, records: number) => Promise<void>,
  ) {
    this.name = name;
    this.window = window;
    this.replayer = replayer;
    this.#onProgress = onProgress;
  }

  /** What was found. */
  get findings(): FileFindings {
    const { name, records } = this;
    return { name, size: this.window.size, records, stretches: this.#stretches };
  }

  /**
   * Reads the first record.
   *
   * @returns What it says, or why it says nothing.
   * @throws {JournalError} When it is whole, and says that the file is another one than it should be.
   */
  begin(
    reader: RecordReader,
    kind: FileKind,
  ): { start: FileStart; record: JournalRecord } | Damage {
    const record = reader.next();
    if (record === undefined) return reader.damage ?? { place: 0, reason: "it is empty" };
    const start = fileStart(record, kind);
    if (typeof start !== "string") {
      this.records++;
      return { start, record };
    }
    if (record.name !== "BEGIN") return { place: 0, reason: start };
    throw new JournalError(this.name, 0, `Cannot repair ${this.name}: ${start}`);
  }

  /** Adds a stretch from which nothing is taken. */
  lose(from: number, to: number, reason: string, isTorn = false): void {
    const shown = Math.min(SHOWN_BYTES, to - from);
    const bytes = shown === 0 ? NO_BYTES : this.window.view(from, shown).slice();
    const record = isTorn ? undefined : new RecordReader(this.window, to).next();
    const next = record && { name: record.name, key: record.key.slice() };
    this.#stretches.push({ from, to, reason, isTorn, bytes, next });
  }

  /** Counts a record; now and then lets others run. */
  async count(place: number): Promise<void> {
    this.records++;
    if (this.records % RECORDS_PER_STEP === 0 || place === this.window.size) await this.tell(place);
  }

  /** Tells how far it is. */
  tell(place: number): Promise<void> {
    return this.#onProgress(place, this.records);
  }
}
