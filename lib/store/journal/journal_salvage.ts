/**
 * What is whole in a journal.
 *
 * @module
 */

import { beginSize } from "./damaged_record.ts";
import type { FileSalvage } from "./file_salvage.ts";
import type { FileWindow } from "./file_window.ts";
import { RecordReader } from "./record_reader.ts";
import type { JournalRecord } from "./records.ts";
import { findInJournal } from "./resync.ts";
import { hasRecords, isSyncedBehind } from "./synced.ts";

const BEGIN_SIZE = beginSize("journal");

/** Whether a journal has a request that is whole: what was before it was on stable storage. */
export function hasRequests(window: FileWindow): boolean {
  const reader = new RecordReader(window);
  if (reader.next() === undefined) return hasRecords(window);
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    if (record.name !== "SYNCED" && !record.more) return true;
  }
  return false;
}

/** Where reading has stopped, and why. */
interface Stop {
  /** Where the bytes begin that are no record. */
  readonly place: number;
  /** Where the request begins that they belong to, and whether a part of it is whole. */
  readonly begun: number;
  readonly isPartWhole: boolean;
  readonly reason: string;
}

/** Takes the requests of a journal that are whole. */
export class JournalSalvage {
  readonly #file: FileSalvage;
  readonly #window: FileWindow;
  readonly #isFollowed: () => Promise<boolean>;
  /** Known from the first record, or when that is damaged from the first SYNCED. */
  #nonce: Uint8Array | undefined = undefined;

  /** Begins with a file; `isFollowed` says whether a journal that follows it has requests. */
  constructor(file: FileSalvage, isFollowed: () => Promise<boolean>) {
    this.#file = file;
    this.#window = file.window;
    this.#isFollowed = isFollowed;
  }

  /** Goes through the file. */
  async run(): Promise<void> {
    let reader = new RecordReader(this.#window);
    let stop = await this.#begin(reader);
    while (stop !== undefined) {
      const next = await this.#nextBehind(stop);
      if (next === this.#window.size) break;
      reader = new RecordReader(this.#window, next);
      stop = await this.#take(reader);
    }
    await this.#file.tell(this.#window.size);
  }

  async #begin(reader: RecordReader): Promise<Stop | undefined> {
    const begun = this.#file.begin(reader, "journal");
    if (!("start" in begun)) {
      return { place: 0, begun: 0, isPartWhole: false, reason: begun.reason };
    }
    this.#nonce = begun.start.nonce;
    this.#file.replayer.takeChange(begun.record);
    return await this.#take(reader);
  }

  /** Takes all requests up to the next damage. */
  async #take(reader: RecordReader): Promise<Stop | undefined> {
    let begun = reader.place;
    let group: JournalRecord[] = [];
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      await this.#file.count(reader.place);
      if (record.name === "SYNCED") this.#nonce ??= record.value.slice(8);
      group.push(record);
      if (record.more) continue;
      for (const one of group) this.#file.replayer.takeChange(one);
      group = [];
      begun = reader.place;
    }
    const { place, damage } = reader;
    const isPartWhole = group.length > 0;
    if (damage !== undefined) return { place, begun, isPartWhole, reason: damage.reason };
    if (!isPartWhole) return undefined;
    return { place: begun, begun, isPartWhole, reason: "a request whose last records are missing" };
  }

  /** Notes what is lost, and finds where requests go on; the size of the file when nowhere. */
  async #nextBehind({ place, begun, isPartWhole, reason }: Stop): Promise<number> {
    const { size } = this.#window;
    if (this.#isTorn(begun) && !await this.#isFollowed()) {
      this.#file.lose(begun, size, reason, true);
      return size;
    }
    const next = this.#resume(place);
    if (isPartWhole) this.#file.dropped++;
    this.#file.lose(begun, next, reason);
    this.#file.replayer.suspect();
    return next;
  }

  /** The first record has a known length; without the nonce that it names nothing else is sure. */
  #resume(place: number): number {
    const { size } = this.#window;
    if (place === 0) return Math.min(BEGIN_SIZE, size);
    return this.#nonce === undefined ? size : findInJournal(this.#window, place, this.#nonce);
  }

  /** Whether a server takes what is behind a place for a write that was not finished. */
  #isTorn(place: number): boolean {
    if (this.#nonce === undefined) return place === 0 && !hasRecords(this.#window);
    return !isSyncedBehind(this.#window, place, this.#nonce);
  }
}
