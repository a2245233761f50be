/**
 * The files of a directory to entries.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import type { Disk } from "./disk.ts";
import { JournalError } from "./error.ts";
import {
  filesOf,
  journalName,
  missingJournal,
  type Plan,
  planOf,
  snapshotName,
} from "./file_names.ts";
import { type FileWindow, readFile, sizeOf } from "./file_window.ts";
import {
  type Damage,
  type FileStart,
  fileStart,
  isFrom,
  placeOf,
  RecordReader,
} from "./record_reader.ts";
import type { FileKind, JournalRecord } from "./records.ts";
import { Replayer, ReplayError } from "./replay.ts";
import { hasRecords, isSyncedBehind } from "./synced.ts";

/** How far loading is. */
export interface LoadProgress {
  /** Bytes that were read. */
  readonly done: number;
  /** Bytes that there are. */
  readonly total: number;
  /** Records that were taken. */
  readonly records: number;
}

/** The end of a journal that was being written when the process or the power went. */
export interface TornTail {
  /** The name of the file. */
  readonly file: string;
  /** How much of the file is whole. */
  readonly place: number;
  /** How many bytes are cut. */
  readonly bytes: number;
  /** Why they are no records. */
  readonly reason: string;
}

/** A journal that was loaded. */
export interface LoadedJournal {
  /** Its number. */
  readonly number: number;
  /** What it says of itself; `undefined` when it has no first record. */
  readonly start: FileStart | undefined;
  /** How many bytes of it are whole. */
  readonly length: number;
}

/** What was loaded. */
export interface Loaded {
  /** The journals, in order. */
  readonly journals: readonly LoadedJournal[];
  /** How many bytes the journals before the last one have. */
  readonly olderBytes: number;
  /** How many bytes the snapshot has. */
  readonly snapshotBytes: number;
  /** How many records were taken. */
  readonly records: number;
  /** What was cut, of one file at the most. */
  readonly torn: TornTail | undefined;
}

/** So many records are taken between two looks at the clock, and two chances for others to run. */
const RECORDS_PER_STEP = 16_384;
/** And so many bytes: records may be large. */
const BYTES_PER_STEP = 16_777_216;

/**
 * Fills empty databases with what a directory has.
 *
 * @param onProgress Told now and then how far it is; awaited, so that others may run.
 * @throws {JournalError} When a file is missing or damaged before its torn tail.
 */
export async function load(
  disk: Disk,
  databases: Databases,
  onProgress: (progress: LoadProgress) => Promise<void> = () => Promise.resolve(),
): Promise<Loaded> {
  const plan = planOf(await disk.list());
  const missing = missingJournal(plan);
  if (missing !== undefined) {
    const file = journalName(missing);
    throw new JournalError(file, 0, `Cannot load ${disk.name}: ${file} is missing`);
  }
  const loader = new Loader(disk, plan, databases, onProgress);
  let loaded: Loaded;
  await databases.replay(async () => {
    loaded = await loader.load();
    return loader.version;
  });
  return loaded!;
}

class Loader {
  readonly #disk: Disk;
  readonly #plan: Plan;
  readonly #replayer: Replayer;
  readonly #onProgress: (progress: LoadProgress) => Promise<void>;
  #total = 0;
  #done = 0;
  #records = 0;
  /** How many of them there were when it was last told how far it is. */
  #told = 0;
  /** The versions of the last changes that the snapshot may have, and that the journals have. */
  #needed = 0;
  #reached = 0;
  /** The journal before the one that is loaded. */
  #before: LoadedJournal | undefined = undefined;
  #torn: TornTail | undefined = undefined;

  constructor(
    disk: Disk,
    plan: Plan,
    databases: Databases,
    onProgress: (progress: LoadProgress) => Promise<void>,
  ) {
    this.#disk = disk;
    this.#plan = plan;
    this.#replayer = new Replayer(databases);
    this.#onProgress = onProgress;
  }

  /** The largest version that was ever given. */
  get version(): number {
    return this.#replayer.version;
  }

  async load(): Promise<Loaded> {
    const { snapshot, journals } = this.#plan;
    this.#total = await sizeOf(this.#disk, filesOf(this.#plan));
    if (snapshot !== 0) await this.#loadSnapshot(snapshotName(snapshot));
    const snapshotBytes = this.#done;
    const loaded: LoadedJournal[] = [];
    let before = this.#done;
    for (const number of journals) {
      before = this.#done;
      const journal = await this.#loadJournal(number, number === journals.at(-1));
      loaded.push(this.#before = journal);
    }
    this.#checkReach();
    return {
      journals: loaded,
      olderBytes: before - snapshotBytes,
      snapshotBytes,
      records: this.#records,
      torn: this.#torn,
    };
  }

  /** A snapshot got its name when it was whole: whatever is wrong with it is damage. */
  async #loadSnapshot(name: string): Promise<void> {
    await readFile(this.#disk, name, async (window) => {
      const reader = new RecordReader(window);
      const start = this.#startOf(name, reader, "snapshot");
      if (start === undefined) throw this.#damaged(name, reader.damage ?? EMPTY);
      let [entries, ended] = [0, false];
      const damage = await this.#takeAll(name, reader, (record) => {
        if (record.name === "SET") entries++;
        ended = record.name === "END" && placeOf(record) === entries;
        this.#needed = ended && record.version > start.version ? record.version : 0;
      });
      if (damage !== undefined) throw this.#damaged(name, damage);
      if (!ended) throw this.#damaged(name, { place: reader.place, reason: "its END is missing" });
    });
  }

  #loadJournal(number: number, isLast: boolean): Promise<LoadedJournal> {
    const name = journalName(number);
    return readFile(this.#disk, name, async (window) => {
      const reader = new RecordReader(window);
      const start = this.#startOf(name, reader, "journal");
      const damage = start === undefined
        ? { ...reader.damage ?? EMPTY, place: 0 }
        : await this.#takeAll(name, reader, (record) => {
          if (record.name === "SYNCED") return this.#checkLength(name, record);
          this.#checkWhole(name, reader.place);
          this.#reached = Math.max(this.#reached, record.version);
        });
      if (damage === undefined) return { number, start, length: reader.place };
      const isCut = start !== undefined || isLast; // A journal has begun before the next one does.
      if (!isCut || isDamaged(window, damage, start)) throw this.#damaged(name, damage);
      const { place, reason } = damage;
      this.#torn ??= { file: name, place, bytes: window.size - place, reason };
      return { number, start, length: place };
    });
  }

  /** What the first record says; `undefined` when there is none, or none that is whole. */
  #startOf(name: string, reader: RecordReader, kind: FileKind): FileStart | undefined {
    const record = reader.next();
    if (record === undefined) return undefined;
    const start = fileStart(record, kind);
    if (typeof start === "string") throw this.#damaged(name, { place: 0, reason: start });
    this.#replayer.take(record);
    return start;
  }

  /** Takes the records of a file, those of a request together. Returns why it did not take all. */
  async #takeAll(
    name: string,
    reader: RecordReader,
    onRecord: (record: JournalRecord) => void,
  ): Promise<Damage | undefined> {
    const group: JournalRecord[] = [];
    let begun = reader.place;
    const base = this.#done;
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      group.push(record);
      if (record.more) continue;
      for (const one of group) {
        onRecord(one);
        this.#take(name, begun, one);
      }
      group.length = 0;
      begun = reader.place;
      const isDue = this.#records >= this.#told + RECORDS_PER_STEP ||
        base + reader.place >= this.#done + BYTES_PER_STEP;
      if (isDue) await this.#tell(base + reader.place);
    }
    await this.#tell(base + reader.size);
    if (reader.damage !== undefined) return { ...reader.damage, place: begun };
    if (group.length === 0) return undefined;
    return { place: begun, reason: "a request whose last records are missing" };
  }

  #take(name: string, place: number, record: JournalRecord): void {
    this.#records++;
    try {
      this.#replayer.take(record);
    } catch (cause) {
      if (!(cause instanceof ReplayError)) throw cause;
      throw this.#damaged(name, { place, reason: cause.message });
    }
  }

  async #tell(done: number): Promise<void> {
    this.#done = done;
    this.#told = this.#records;
    await this.#onProgress({ done, total: this.#total, records: this.#records });
  }

  /** Nothing is written to a journal before the one before it is on stable storage. */
  #checkWhole(name: string, place: number): void {
    if (this.#torn === undefined) return;
    const { file, place: cut, reason } = this.#torn;
    throw this.#damaged(file, {
      place: cut,
      reason: `${reason}; and ${name} goes on at ${place}`,
    });
  }

  /** A journal says how long the one before it was, which was whole then. */
  #checkLength(name: string, record: JournalRecord): void {
    const { start, length, number } = this.#before ?? {};
    if (start === undefined || !isFrom(record, start.nonce)) return;
    const wanted = placeOf(record);
    if (length! >= wanted) return;
    const reason = `it had ${wanted} bytes when ${name} was begun`;
    throw this.#damaged(journalName(number!), { place: length!, reason });
  }

  /**
   * A snapshot has some of the changes that were made while it was written, and its journal has all of them,
   * on stable storage before the snapshot counted: without them it is no state that there ever was.
   */
  #checkReach(): void {
    const [needed, reached] = [this.#needed, this.#reached];
    if (reached >= needed) return;
    const { file, place, reason } = this.#torn ??
      { file: journalName(this.#plan.snapshot), place: 0, reason: "its end is missing" };
    const wanted = `the snapshot needs the changes up to version ${needed}`;
    throw this.#damaged(file, { place, reason: `${reason}; and ${wanted}` });
  }

  #damaged(file: string, { place, reason }: Damage): JournalError {
    const message =
      `Cannot load ${this.#disk.name}: ${file} is damaged at byte ${place}: ${reason}`;
    return new JournalError(file, place, message);
  }
}

/**
 * Whether what is wrong is more than a torn tail. A file without a first record has nothing else, for that is
 * on stable storage before anything follows.
 */
function isDamaged(window: FileWindow, { place }: Damage, start: FileStart | undefined): boolean {
  return start === undefined ? hasRecords(window) : isSyncedBehind(window, place, start.nonce);
}

const EMPTY: Damage = { place: 0, reason: "it is empty" };
