/**
 * What is whole in a snapshot.
 *
 * @module
 */

import { beginSize, endSize, orderSize } from "./damaged_record.ts";
import type { FileSalvage } from "./file_salvage.ts";
import type { FileWindow } from "./file_window.ts";
import { placeOf, RecordReader } from "./record_reader.ts";
import { findInSnapshot, findRecord } from "./resync.ts";

const END_SIZE = endSize();
const BEGIN_SIZE = beginSize("snapshot");

/** Takes the entries of a snapshot that are whole. */
export class SnapshotSalvage {
  readonly #file: FileSalvage;
  readonly #window: FileWindow;
  /** Where the first entry begins. */
  readonly #first: number;
  /** How many entries there are; `undefined` when END is damaged. */
  readonly #total: number | undefined;
  /** Whether there are more entries than END says; `undefined` until it is asked for. */
  #isForged: boolean | undefined = undefined;
  #entries = 0;
  /** The last version when it was begun, and the last one that it may have. */
  #version = Infinity;
  #needed = 0;
  /** Whether END was read, and says the number of entries that were. */
  #isWhole = false;

  /** Begins with a file of so many databases. */
  constructor(file: FileSalvage, databases: number) {
    this.#file = file;
    this.#window = file.window;
    this.#first = BEGIN_SIZE + orderSize(databases);
    this.#total = totalOf(file.window);
  }

  /** The version of the last change that it may have; 0 when it has all of the time when it was begun. */
  get needed(): number {
    return this.#needed > this.#version ? this.#needed : 0;
  }

  /** Goes through the file. */
  async run(): Promise<void> {
    const file = this.#file;
    let reader = new RecordReader(this.#window);
    const begun = file.begin(reader, "snapshot");
    if ("start" in begun) {
      this.#version = begun.start.version;
      file.replayer.takeEntry(begun.record);
    }
    let damage = "start" in begun ? await this.#take(reader) : begun;
    while (damage !== undefined) {
      const { place, reason } = damage;
      const next = this.#nextBehind(place);
      file.lose(place, next, reason);
      file.replayer.isLossy = true;
      reader = new RecordReader(this.#window, next);
      damage = await this.#take(reader);
    }
    const isLost = file.findings.stretches.length > 0;
    if (!this.#isWhole && !isLost) file.lose(reader.place, this.#window.size, "its END is missing");
  }

  /** Takes all up to the next damage. */
  async #take(reader: RecordReader): Promise<RecordReader["damage"]> {
    const { replayer } = this.#file;
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      if (record.name === "SET") this.#entries++;
      this.#isWhole = record.name === "END" && placeOf(record) === this.#entries;
      if (record.name === "END") this.#needed = record.version;
      replayer.takeEntry(record);
      await this.#file.count(reader.place);
    }
    return reader.damage;
  }

  /** Without an END nothing proves that what is behind damage is no value. */
  #nextBehind(place: number): number {
    const window = this.#window;
    const total = this.#total;
    if (total === undefined) return window.size;
    const first = this.#first;
    const end = endOf(place, first);
    this.#isForged ??= hasTooMany(window, first, total);
    if (!this.#isForged) return findRecord(window, place, end);
    return findInSnapshot(window, place, { missing: total - this.#entries, first, end });
  }
}

/** How many entries a snapshot has, as its last record says. */
function totalOf(window: FileWindow): number | undefined {
  if (window.size < END_SIZE) return undefined;
  const reader = new RecordReader(window, window.size - END_SIZE);
  const record = reader.next();
  return record?.name === "END" ? placeOf(record) : undefined;
}

/** Where a damaged record ends when it is one of those before the first entry. */
function endOf(place: number, first: number): number | undefined {
  if (place === 0) return BEGIN_SIZE;
  return place === BEGIN_SIZE ? first : undefined;
}

/** Whether so many entries are whole that, with one at least in each damaged stretch, there are too many. */
function hasTooMany(window: FileWindow, first: number, total: number): boolean {
  let entries = 0;
  for (let place = 0; place < window.size;) {
    const reader = new RecordReader(window, place);
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      if (record.name === "SET") entries++;
    }
    if (reader.damage === undefined) break;
    place = findRecord(window, reader.place, endOf(reader.place, first));
    if (place > first) entries++;
  }
  return entries > total;
}
