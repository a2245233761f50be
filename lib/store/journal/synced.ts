/**
 * Telling damage from a torn tail.
 *
 * @module
 */

import { HEADER_SIZE } from "../../cafe/mod.ts";
import type { FileWindow } from "./file_window.ts";
import { isFrom, placeOf, RecordReader } from "./record_reader.ts";
import { NONCE_SIZE, RecordWriter } from "./record_writer.ts";
import { concat, equals } from "@std/bytes";

/** How each SYNCED begins. */
const SYNCED_HEADER = syncedHeader();

function syncedHeader(): Uint8Array {
  const records = new RecordWriter();
  records.synced(0, new Uint8Array(NONCE_SIZE));
  return concat(records.views()).slice(0, HEADER_SIZE);
}

/** A SYNCED that is whole. */
export interface Synced {
  /** Where it begins. */
  readonly at: number;
  /** What is before this place was on stable storage. */
  readonly place: number;
}

/** Whether what is at a place was on stable storage: it cannot be a torn tail then. */
export function isSyncedBehind(window: FileWindow, place: number, nonce: Uint8Array): boolean {
  for (const synced of syncedFrom(window, place, nonce)) if (synced.place > place) return true;
  return false;
}

/** Each SYNCED from a place on. Values may look like such a record, but nobody else knows the nonce. */
export function* syncedFrom(
  window: FileWindow,
  from: number,
  nonce: Uint8Array,
): Generator<Synced> {
  for (let at = nextMagic(window, from); at !== -1; at = nextMagic(window, at + 1)) {
    if (!hasHeader(window, at)) continue;
    const record = new RecordReader(window, at).next();
    if (record !== undefined && isFrom(record, nonce)) yield { at, place: placeOf(record) };
  }
}

/** Whether there is a record anywhere in a file. */
export function hasRecords(window: FileWindow): boolean {
  for (let at = nextMagic(window, 0); at !== -1; at = nextMagic(window, at + 1)) {
    if (new RecordReader(window, at).next() !== undefined) return true;
  }
  return false;
}

/** Where the next byte is that may begin a record; -1 when there is none. */
export function nextMagic(window: FileWindow, from: number): number {
  for (let at = from; at < window.size;) {
    const bytes = window.rest(at);
    const found = bytes.indexOf(SYNCED_HEADER[0]!);
    if (found !== -1) return at + found;
    at += bytes.length;
  }
  return -1;
}

function hasHeader(window: FileWindow, place: number): boolean {
  if (window.size - place < HEADER_SIZE) return false;
  return equals(window.view(place, HEADER_SIZE), SYNCED_HEADER);
}
