/**
 * What can still be said of a record that is damaged.
 *
 * @module
 */

import { crc32, readU16, readU32 } from "../../bytes/mod.ts";
import { FLAGS, HEADER_SIZE } from "../../cafe/mod.ts";
import type { FileWindow } from "./file_window.ts";
import { announcedSize } from "./record_reader.ts";
import { NONCE_SIZE, RecordWriter } from "./record_writer.ts";
import { type FileKind, RECORD_OPCODES } from "./records.ts";

const OPCODE_AT = 3;
const FLAGS_AT = 4;
const VALUE_LENGTH_AT = 8;
const CHECKSUM_SIZE = 4;

/** How long the first record of a file is, in bytes. */
export function beginSize(kind: FileKind): number {
  const records = new RecordWriter();
  records.begin(kind, new Uint8Array(NONCE_SIZE), 0);
  return records.length;
}

/** How long the last record of a snapshot is, in bytes. */
export function endSize(): number {
  const records = new RecordWriter();
  records.end(0, 0);
  return records.length;
}

/** How long a record ORDER is, in bytes. */
export function orderSize(count: number): number {
  return HEADER_SIZE + count + CHECKSUM_SIZE;
}

/** Whether a damaged record is one of those that have no version, by its head. */
export function isUnversioned(window: FileWindow, place: number): boolean {
  if (announcedSize(window, place) === undefined) return false;
  const opcode = window.view(place, HEADER_SIZE)[OPCODE_AT];
  return opcode === RECORD_OPCODES.ORDER || opcode === RECORD_OPCODES.SYNCED;
}

/** Whether the request of a damaged record that ends at a place may go on behind it. */
export function mayGoOn(window: FileWindow, from: number, to: number): boolean {
  const frame = window.view(from, to - from).slice();
  const flags = readU16(frame, FLAGS_AT);
  if ((flags & FLAGS.MORE) !== 0) return true;
  frame[FLAGS_AT + 1] = (flags | FLAGS.MORE) & 0xff; // If this is the damage, the rest is whole.
  return isWhole(frame);
}

/** Whether a damaged record ends at a place, and the length of its value is what is damaged. */
export function wouldEndAt(window: FileWindow, from: number, to: number): boolean {
  const frame = window.view(from, to - from).slice();
  const length = readU32(frame, VALUE_LENGTH_AT) + frame.length - announcedSize(window, from)!;
  new DataView(frame.buffer).setUint32(VALUE_LENGTH_AT, length);
  return isWhole(frame);
}

function isWhole(frame: Uint8Array): boolean {
  const covered = frame.length - CHECKSUM_SIZE;
  return crc32(frame.subarray(0, covered)) === readU32(frame, covered);
}
