/**
 * Records to entries.
 *
 * @module
 */

import { concat } from "@std/bytes";
import type { Databases } from "../databases.ts";
import type { MemoryStore } from "../memory_store.ts";
import { placeOf } from "./record_reader.ts";
import type { JournalRecord, RecordName } from "./records.ts";

/** A record that cannot follow those before it. */
export class ReplayError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "ReplayError";
}

/** Makes entries of records. */
export class Replayer {
  /** The largest version that was seen. */
  version = 0;
  /** Up to this version entries may be newer than a record, or not there any more: a snapshot came before. */
  #snapshotVersion = 0;
  readonly #databases: Databases;
  readonly #replay: Readonly<Record<RecordName, (record: JournalRecord) => void>> = {
    SET: (record) => this.#store(record).set(record.key, record.value, record.expiresAt),
    EXTEND: (record) => this.#extend(this.#store(record), record),
    TOUCH: (record) => this.#store(record).expire(record.key, record.expiresAt),
    DELETE: (record) => this.#store(record).delete(record.key),
    CLEAR: (record) => this.#store(record).clear(),
    ORDER: ({ value }) => this.#arrange(value),
    BEGIN: () => {},
    SYNCED: () => {},
    END: ({ version }) => this.#snapshotVersion = version,
  };

  /** Writes into databases, which replay meanwhile. */
  constructor(databases: Databases) {
    this.#databases = databases;
  }

  /**
   * Takes a record.
   *
   * @throws {ReplayError} When it cannot follow those before it. Nothing has changed then.
   */
  take(record: JournalRecord): void {
    const { name, version } = record;
    if (version > this.version) this.version = version;
    this.#databases.replayVersion(version);
    this.#replay[name](record);
  }

  #store({ store: number }: JournalRecord): MemoryStore {
    const store = this.#databases.store(number);
    if (store !== undefined) return store;
    throw new ReplayError(`there is no store ${number}, only ${this.#databases.count}`);
  }

  /**
   * What a value had behind the place is from a later time: a snapshot may be newer than a record. It may also
   * have found the value shorter, or no entry; then a later record says what there is, and this one nothing.
   */
  #extend(store: MemoryStore, record: JournalRecord): void {
    const { key, value } = record;
    const place = placeOf(record);
    const tail = value.subarray(8);
    const entry = store.peek(key);
    const length = entry?.valueLength ?? 0;
    if (entry === undefined || length < place) {
      if (record.version <= this.#snapshotVersion) return;
      throw new ReplayError(`a value is to be extended at ${place} and has ${length} bytes`);
    }
    if (length === place) store.append(key, tail);
    else store.set(key, concat([entry.value.subarray(0, place), tail]), entry.expiresAt, "raw");
  }

  #arrange(order: Uint8Array): void {
    const { count } = this.#databases;
    const isOrder = order.length === count && new Set(order).size === count &&
      order.every((number) => number < count);
    if (!isOrder) throw new ReplayError(`an order of ${order.length} stores, there are ${count}`);
    this.#databases.arrange([...order]);
  }
}
