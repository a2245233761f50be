/**
 * All entries, as a file.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import type { MemoryStore } from "../memory_store.ts";
import type { EntryVisitor } from "../record_visitor.ts";
import { type Disk, type DiskFile, writeAll } from "./disk.ts";
import { partName, snapshotName } from "./file_names.ts";
import { NONCE_SIZE, RecordWriter } from "./record_writer.ts";

/** A step ends when it has so many bytes: it takes a few tenths of a millisecond, and requests wait for it. */
const STEP_BYTES = 65_536;
/** So many bytes are given to the file at once, for the same reason. */
const WRITE_BYTES = 1_048_576;
/** So many bytes are brought to stable storage at once, so that the last sync has little left to do. */
const SYNC_BYTES = 33_554_432;

/** Says that a snapshot is not wanted any more. */
export class SnapshotStopped extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "SnapshotStopped";
}

/** So much of a journal is on stable storage. */
export interface JournalPart {
  /** How many bytes. */
  readonly length: number;
  /** What nobody else can write. */
  readonly nonce: Uint8Array;
}

/** What a snapshot is made with. */
export interface SnapshotOptions {
  /** Resolves when others had a chance to run: called between two steps. */
  readonly pause: () => Promise<void>;
  /** Awaited when all entries are written: how much of the journal of the same number must be there then. */
  readonly ready: () => Promise<JournalPart>;
  /** Aborted when the snapshot is not wanted any more. */
  readonly signal: AbortSignal;
}

/**
 * Writes all entries to a file, in small steps while they change, and gives it its name when it is whole and
 * on stable storage. An entry that changes meanwhile may be in it as it was, as it is, or not: the journal
 * of the same number, which was begun before, has the rest.
 *
 * @returns How many bytes it has.
 * @throws {SnapshotStopped} When it was stopped.
 */
export async function writeSnapshot(
  disk: Disk,
  number: number,
  databases: Databases,
  options: SnapshotOptions,
): Promise<number> {
  const part = partName(number);
  await disk.remove(part).catch(() => {}); // From a time when there was no room to remove it.
  const file = await disk.create(part);
  try {
    const length = await new SnapshotWriter(file, databases, options).write();
    file.close();
    await disk.rename(part, snapshotName(number));
    await disk.sync();
    return length;
  } catch (cause) {
    file.close();
    await disk.remove(part).catch(() => {});
    throw cause;
  }
}

class SnapshotWriter implements EntryVisitor {
  readonly #file: DiskFile;
  readonly #databases: Databases;
  readonly #options: SnapshotOptions;
  readonly #records = new RecordWriter();
  #store = 0;
  #entries = 0;
  #length = 0;
  #unsynced = 0;

  constructor(file: DiskFile, databases: Databases, options: SnapshotOptions) {
    this.#file = file;
    this.#databases = databases;
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#records.length >= STEP_BYTES;
  }

  visit(key: Uint8Array, value: Uint8Array, expiresAt: number, version: number): void {
    this.#records.set(this.#store, key, value, expiresAt, version);
    this.#records.endGroup();
    this.#entries++;
  }

  async write(): Promise<number> {
    const { order, version } = this.#databases;
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_SIZE));
    this.#records.begin("snapshot", nonce, version);
    this.#records.order(order);
    this.#records.endGroup();
    for (const number of order) await this.#addStore(this.#databases.store(number)!);
    const { length, nonce: follower } = await this.#options.ready();
    this.#records.synced(length, follower);
    this.#records.end(this.#entries);
    await this.#flush();
    await this.#file.sync();
    return this.#length;
  }

  async #addStore(store: MemoryStore): Promise<void> {
    this.#store = store.number;
    let cursor = 0;
    do {
      cursor = store.walk(cursor, this);
      await this.#flush();
    } while (cursor !== 0);
  }

  /** Writes what waits, and lets others run. */
  async #flush(): Promise<void> {
    for (const view of this.#records.views()) {
      for (let at = 0; at < view.length; at += WRITE_BYTES) {
        writeAll(this.#file, view.subarray(at, at + WRITE_BYTES));
        await this.#rest();
      }
      this.#length += view.length;
      this.#unsynced += view.length;
    }
    this.#records.drop();
    if (this.#unsynced < SYNC_BYTES) return;
    this.#unsynced = 0;
    await this.#file.sync();
  }

  async #rest(): Promise<void> {
    await this.#options.pause();
    if (this.#options.signal.aborted) throw new SnapshotStopped("the snapshot was stopped");
  }
}
