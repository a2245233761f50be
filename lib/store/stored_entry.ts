/**
 * A look at a record.
 *
 * @module
 */

import type { Encoding, Entry } from "./entry.ts";
import type { Records } from "./records.ts";

/** The entry of a record. It reads what is asked for when it is asked, and copies no value that is not. */
export class StoredEntry implements Entry {
  readonly #records: Records;
  readonly #ref: number;
  #value: Uint8Array | undefined;

  /** Looks at a record. */
  constructor(records: Records, ref: number) {
    this.#records = records;
    this.#ref = ref;
  }

  /** The key; its bytes never change. */
  get key(): Uint8Array {
    return this.#records.keyOf(this.#ref);
  }

  /** The value; copied once. */
  get value(): Uint8Array {
    return this.#value ??= this.#records.valueOf(this.#ref);
  }

  /** The value, good until the next write. */
  get view(): Uint8Array {
    return this.#records.valueView(this.#ref);
  }

  /** How many bytes the value has. */
  get valueLength(): number {
    return this.#records.valueLengthOf(this.#ref);
  }

  /** How the value came to be. */
  get encoding(): Encoding {
    return this.#records.headers.encodingOf(this.#ref);
  }

  /** When the entry ends. */
  get expiresAt(): number {
    return this.#records.expiresAt(this.#ref);
  }

  /** Its version. */
  get version(): number {
    return this.#records.headers.versionOf(this.#ref);
  }

  /** When it was last read or written. */
  get accessedAt(): number {
    return this.#records.headers.accessedAt(this.#ref);
  }

  /** How often it is read or written. */
  get frequency(): number {
    return this.#records.headers.frequencyOf(this.#ref);
  }
}
