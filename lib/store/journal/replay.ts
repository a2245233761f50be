/**
 * Records to entries.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import type { MemoryStore } from "../memory_store.ts";
import { placeOf } from "./record_reader.ts";
import { PLACE_SIZE } from "./record_writer.ts";
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
  readonly #databases: Databases;
  readonly #replay: Readonly<Record<RecordName, (record: JournalRecord) => void>> = {
    SET: (record) => this.#store(record).set(record.key, record.value, record.expiresAt),
    EXTEND: (record) => this.#extend(this.#store(record), record),
    TOUCH: (record) => this.#touch(this.#store(record), record),
    DELETE: (record) => this.#store(record).delete(record.key),
    CLEAR: (record) => this.#store(record).clear(),
    ORDER: ({ value }) => this.#arrange(value),
    BEGIN: () => {},
    SYNCED: () => {},
    END: () => {},
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

  /** An entry that a snapshot has from a later time keeps its version: EXTEND goes by it. */
  #touch(store: MemoryStore, { key, expiresAt, version }: JournalRecord): void {
    const entry = store.peek(key);
    if (entry !== undefined && entry.version < version) store.expire(key, expiresAt);
  }

  /**
   * A snapshot may be newer than a record: the entry may have been extended in it already, or have gone, which
   * a later record or its expiry tells.
   */
  #extend(store: MemoryStore, record: JournalRecord): void {
    const { key, value, version } = record;
    const entry = store.peek(key);
    if (entry === undefined || entry.version >= version) return;
    const place = placeOf(record);
    const { valueLength } = entry;
    if (valueLength === place) return void store.append(key, value.subarray(PLACE_SIZE));
    throw new ReplayError(`a value is to be extended at ${place} and has ${valueLength} bytes`);
  }

  #arrange(order: Uint8Array): void {
    const { count } = this.#databases;
    const isOrder = order.length === count && new Set(order).size === count &&
      order.every((number) => number < count);
    if (!isOrder) throw new ReplayError(`an order of ${order.length} stores, there are ${count}`);
    this.#databases.arrange([...order]);
  }
}
