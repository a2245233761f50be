/**
 * What can still be said of a record that is damaged.
 *
 * @module
 */

import { HEADER_SIZE } from "../../cafe/mod.ts";
import type { FileWindow } from "./file_window.ts";
import { announcedSize } from "./record_reader.ts";
import { NONCE_SIZE, RecordWriter } from "./record_writer.ts";
import { type FileKind, RECORD_OPCODES } from "./records.ts";

const OPCODE_AT = 3;
const CHECKSUM_SIZE = 4;

/** How long the first record of a file is, in bytes. */
export function beginSize(kind: FileKind): number {
  const records = new RecordWriter();
  records.begin(kind, new Uint8Array(NONCE_SIZE), 0);
  return records.length;
}

/** How long a record ORDER is, in bytes. */
export function orderSize(count: number): number {
  return HEADER_SIZE + count + CHECKSUM_SIZE;
}

/** Where a damaged record ends, when it is one of those that have no version; `undefined` when it may have one. */
export function unversionedEnd(window: FileWindow, place: number): number | undefined {
  const size = announcedSize(window, place);
  if (size === undefined) return undefined;
  const opcode = window.view(place, HEADER_SIZE)[OPCODE_AT];
  const isUnversioned = opcode === RECORD_OPCODES.ORDER || opcode === RECORD_OPCODES.SYNCED;
  return isUnversioned ? place + size : undefined;
}
