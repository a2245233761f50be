/**
 * Walks over whole entries.
 *
 * @module
 */

import type { Visitor } from "./hash_table.ts";
import type { Records } from "./records.ts";

/** Is shown the entries of a store. */
export interface EntryVisitor {
  /** Whether it has enough. */
  readonly isFull: boolean;
  /** Is shown an entry, which may have expired. Key and value are valid until the next write to the store. */
  visit(key: Uint8Array, value: Uint8Array, expiresAt: number, version: number): void;
}

/** A walk passes so many empty slots at the most: a large table may be all but empty. */
const MAX_EMPTY = 16_384;

/** Shows the entries of records. */
export class RecordVisitor implements Visitor {
  #empty = MAX_EMPTY;
  readonly #records: Records;
  readonly #visitor: EntryVisitor;

  constructor(records: Records, visitor: EntryVisitor) {
    this.#records = records;
    this.#visitor = visitor;
  }

  pass(): boolean {
    return --this.#empty < 0;
  }

  isFull(): boolean {
    return this.#visitor.isFull;
  }

  visit(ref: number): void {
    const records = this.#records;
    this.#visitor.visit(
      records.keyView(ref),
      records.valueView(ref),
      records.expiresAt(ref),
      records.headers.versionOf(ref),
    );
  }
}
