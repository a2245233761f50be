/**
 * What the files of a journal are made of: frames of CAFE, each with a checksum (docs/durability.md).
 *
 * | opcode | record | key       | value                | ID      | TTL        | VERSION        |
 * | ------ | ------ | --------- | -------------------- | ------- | ---------- | -------------- |
 * | 2      | SET    | key       | value                | store   | when it ends, if it does | of the entry |
 * | 3      | DELETE | key       |                      | store   |            | of the removal |
 * | 8      | TOUCH  | key       |                      | store   | when it ends, if it does | of the entry |
 * | 64     | BEGIN  | what the file is | format u32, nonce u64 |  |            | the largest so far |
 * | 65     | EXTEND | key       | place u64, bytes     | store   |            | of the entry   |
 * | 66     | CLEAR  |           |                      | store   |            | of the removal |
 * | 67     | ORDER  |           | a byte for each database: its store | |   |                |
 * | 68     | SYNCED |           | place u64, nonce u64 |         |            |                |
 * | 69     | END    |           | entries u64          |         |            | of the last change that a snapshot may have |
 *
 * A store that is not 0 stands in the place of a request id. Times are absolute, in milliseconds since 1970.
 * A SYNCED with the nonce of the journal before it says how long that one was, as a whole, on stable storage.
 * MORE says that the next record belongs to the same request: they are taken together or not at all.
 *
 * @module
 */

import { FLAGS } from "../../cafe/mod.ts";

/** The opcodes of records; those that requests have too have their numbers. */
export const RECORD_OPCODES = {
  SET: 2,
  DELETE: 3,
  TOUCH: 8,
  BEGIN: 64,
  EXTEND: 65,
  CLEAR: 66,
  ORDER: 67,
  SYNCED: 68,
  END: 69,
} as const;

/** The name of a record. */
export type RecordName = keyof typeof RECORD_OPCODES;

/** The version of the format of the files. */
export const FORMAT = 1;

/** What a file is, as its first record says. */
export const FILE_KINDS = { journal: "cortado journal", snapshot: "cortado snapshot" } as const;

/** What a file is. */
export type FileKind = keyof typeof FILE_KINDS;

/** The flags that a record may have: all have a checksum. */
export const RECORD_FLAGS: number = FLAGS.CHECKSUM | FLAGS.ID | FLAGS.TTL | FLAGS.VERSION |
  FLAGS.MORE;

/** A record, as it is read. Key and value are views of what was read; they stay unchanged. */
export interface JournalRecord {
  /** What it is. */
  readonly name: RecordName;
  /** Whether the next record belongs to the same request. */
  readonly more: boolean;
  /** The number of the store. */
  readonly store: number;
  /** When the entry ends, in milliseconds since 1970; `Infinity` when it does not. */
  readonly expiresAt: number;
  /** The version; 0 in a record without one. */
  readonly version: number;
  /** The key. */
  readonly key: Uint8Array;
  /** The value. */
  readonly value: Uint8Array;
}
