/**
 * What is whole in a journal.
 *
 * @module
 */

import { beginSize } from "./damaged_record.ts";
import type { FileSalvage } from "./file_salvage.ts";
import type { FileWindow } from "./file_window.ts";
import { placeOf, RecordReader } from "./record_reader.ts";
import { PLACE_SIZE } from "./record_writer.ts";
import type { JournalRecord } from "./records.ts";
import { findInJournal, nextVersion, type Resumption } from "./resync.ts";
import { hasRecords, isSyncedBehind } from "./synced.ts";
import { equals } from "@std/bytes";

const BEGIN_SIZE = beginSize("journal");

/** What journals have that follow another one. */
export interface Following {
  /** Whether a request is whole in one of them: what was before it was on stable storage. */
  readonly hasRequests: boolean;
  /** The first version of the next one; `undefined` when it is not known. */
  readonly version: number | undefined;
  /** What the next one says of the journal before it: its nonce, and how long it was as a whole. */
  readonly before: Before | undefined;
}

/** What a journal says of the one before it. */
interface Before {
  readonly nonce: Uint8Array;
  readonly length: number;
}

/** What a journal has for the one before it. */
export function followingOf(window: FileWindow): Following {
  const start = new RecordReader(window).next();
  if (start === undefined) {
    return { hasRequests: hasRecords(window), version: undefined, before: undefined };
  }
  const [behind, again] = [
    new RecordReader(window, BEGIN_SIZE),
    new RecordReader(window, BEGIN_SIZE),
  ];
  return {
    hasRequests: hasRequests(behind),
    version: nextVersion(again),
    before: beforeOf(window),
  };
}

/** A journal that follows another one says so directly behind its first record. */
function beforeOf(window: FileWindow): Before | undefined {
  const record = new RecordReader(window, BEGIN_SIZE).next();
  if (record?.name !== "SYNCED") return undefined;
  return { nonce: record.value.slice(PLACE_SIZE), length: placeOf(record) };
}

function hasRequests(reader: RecordReader): boolean {
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    if (record.name !== "SYNCED" && !record.more) return true;
  }
  return false;
}

/** Where reading has stopped, and why. */
interface Stop {
  /** Where the bytes begin that are no record. */
  readonly place: number;
  /** Where the request begins that they belong to, and what is whole of it. */
  readonly begun: number;
  readonly group: readonly JournalRecord[];
  readonly reason: string;
}

/** Takes the requests of a journal that are whole. */
export class JournalSalvage {
  readonly #file: FileSalvage;
  readonly #window: FileWindow;
  readonly #following: () => Promise<Following | undefined>;
  /** Known from the first record; where that is damaged, from the next journal, or the last SYNCED before. */
  #nonce: Uint8Array | undefined = undefined;
  #hasStart = false;

  /** Begins with a file; `following` says what the journals have that follow it, if there are any. */
  constructor(file: FileSalvage, following: () => Promise<Following | undefined>) {
    this.#file = file;
    this.#window = file.window;
    this.#following = following;
  }

  /** Goes through the file. */
  async run(): Promise<void> {
    let reader = new RecordReader(this.#window);
    let stop = await this.#begin(reader);
    while (stop !== undefined) {
      const { place, isRest } = await this.#nextBehind(stop);
      if (place === this.#window.size) break;
      reader = new RecordReader(this.#window, place);
      stop = await this.#take(reader, isRest);
    }
    if (stop === undefined) this.#checkLength(reader.place, await this.#following());
    await this.#file.tell(this.#window.size);
  }

  async #begin(reader: RecordReader): Promise<Stop | undefined> {
    const begun = this.#file.begin(reader, "journal");
    if (!("start" in begun)) return { place: 0, begun: 0, group: [], reason: begun.reason };
    this.#nonce = begun.start.nonce;
    this.#hasStart = true;
    this.#file.replayer.takeChange(begun.record);
    return await this.#take(reader, false);
  }

  /** Takes all requests up to the next damage; the first one not, when it is the rest of another. */
  async #take(reader: RecordReader, isRest: boolean): Promise<Stop | undefined> {
    let [begun, isFirst] = [reader.place, isRest];
    let group: JournalRecord[] = [];
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      await this.#file.count(reader.place);
      if (record.name === "SYNCED" && !this.#hasStart) this.#nonce = record.value.slice(PLACE_SIZE);
      group.push(record);
      if (record.more) continue;
      if (isFirst && record.name !== "SYNCED") this.#drop(group);
      else for (const one of group) this.#file.replayer.takeChange(one);
      [begun, isFirst, group] = [reader.place, false, []];
    }
    const { place, damage } = reader;
    if (damage !== undefined) return { place, begun, group, reason: damage.reason };
    if (group.length === 0) return undefined;
    return { place: begun, begun, group, reason: "a request whose last records are missing" };
  }

  #drop(group: readonly JournalRecord[]): void {
    if (group.length === 0) return;
    this.#file.dropped += group.length;
    this.#file.replayer.lose(group);
  }

  /** Notes what is lost, and finds where records go on. */
  async #nextBehind({ place, begun, group, reason }: Stop): Promise<Resumption> {
    const { size } = this.#window;
    const following = await this.#following();
    if (!this.#hasStart) this.#nonce = following?.before?.nonce ?? this.#nonce;
    if (this.#isTorn(begun, following)) {
      this.#file.lose(begun, size, reason, true);
      return { place: size, isRest: false };
    }
    const above = Math.max(this.#file.replayer.last, group.at(-1)?.version ?? 0);
    const next = this.#resume(place, above, following?.version);
    this.#drop(group);
    this.#file.lose(place, next.place, reason);
    this.#file.replayer.suspect();
    return next;
  }

  /** The first record has a known length; without the nonce that it names nothing else is sure. */
  #resume(place: number, above: number, below: number | undefined): Resumption {
    if (place === 0) return { place: Math.min(BEGIN_SIZE, this.#window.size), isRest: false };
    return findInJournal(this.#window, place, { nonce: this.#nonce, above, below });
  }

  /** How long the file was as a whole, by the journal that follows it; 0 when that says nothing of it. */
  #lengthBy(following: Following | undefined): number {
    const [nonce, before] = [this.#nonce, following?.before];
    return nonce !== undefined && before !== undefined && equals(before.nonce, nonce)
      ? before.length
      : 0;
  }

  /** A file that ends between two requests may have been longer. */
  #checkLength(place: number, following: Following | undefined): void {
    const length = this.#lengthBy(following);
    if (place >= length) return;
    const { size } = this.#window;
    this.#file.lose(place, size, `it had ${length} bytes when the next journal was begun`);
    this.#file.replayer.suspect();
  }

  /** Whether a server takes what is behind a place for a write that was not finished. */
  #isTorn(place: number, following: Following | undefined): boolean {
    if (following?.hasRequests || this.#lengthBy(following) > place) return false;
    if (this.#hasStart) return !isSyncedBehind(this.#window, place, this.#nonce!);
    return place === 0 && following === undefined && !hasRecords(this.#window);
  }
}
