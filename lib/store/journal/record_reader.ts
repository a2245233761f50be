/**
 * Files to records.
 *
 * @module
 */

import { crc32, readU16, readU32, readU64 } from "../../bytes/mod.ts";
import { FLAGS, HEADER_SIZE, MAGIC, PROTOCOL_VERSION } from "../../cafe/mod.ts";
import { Head } from "../../cafe/mod.ts";
import { byOpcode } from "../../cafe/opcodes.ts";
import type { FileWindow } from "./file_window.ts";
import {
  FILE_KINDS,
  type FileKind,
  FORMAT,
  type JournalRecord,
  RECORD_FLAGS,
  RECORD_OPCODES,
  type RecordName,
} from "./records.ts";
import { NONCE_SIZE } from "./record_writer.ts";
import { equals } from "@std/bytes";

const NAMES = byOpcode(RECORD_OPCODES);
const CHECKSUM_SIZE = 4;

/** How long the values are that have a form, in bytes; EXTEND has a tail besides. */
const VALUE_SIZES: Readonly<Partial<Record<RecordName, number>>> = {
  BEGIN: 4 + NONCE_SIZE,
  EXTEND: 8,
  SYNCED: 8 + NONCE_SIZE,
  END: 8,
};
const UTF8 = new TextEncoder();

/** Why there is no record at a place. */
export interface Damage {
  /** Where the record begins, or the request that it belongs to. */
  readonly place: number;
  /** What is wrong. */
  readonly reason: string;
}

/** Reads records one after the other, and stops at the first that is not whole. */
export class RecordReader {
  /** Where the next record begins. */
  place: number;
  /** Why there is no further record, when the file has not just ended. */
  damage: Damage | undefined = undefined;
  readonly #window: FileWindow;
  readonly #head = new Head();

  /** Begins to read at a place. */
  constructor(window: FileWindow, place = 0) {
    this.#window = window;
    this.place = place;
  }

  /** How many bytes the file has. */
  get size(): number {
    return this.#window.size;
  }

  /** The next record; `undefined` at the end of the file, and where `damage` says what is wrong. */
  next(): JournalRecord | undefined {
    const { place } = this;
    if (this.damage !== undefined || this.#isEnd(place)) return undefined;
    const reason = this.#check(place);
    if (reason !== undefined) {
      this.damage = { place, reason };
      return undefined;
    }
    return this.#take(place);
  }

  /** Whether there is nothing behind a place, or only zeros: room that was reserved. */
  #isEnd(place: number): boolean {
    const window = this.#window;
    for (let at = place; at < window.size;) {
      const index = window.show(at, 1); // Before `bytes`: those may be others then.
      if (window.bytes[index] !== 0) return false;
      const bytes = window.rest(at);
      if (bytes.some((byte) => byte !== 0)) return false;
      at += bytes.length;
    }
    return true;
  }

  /** Why the bytes at a place are no record; the head is read when they are. */
  #check(place: number): string | undefined {
    const left = this.#window.size - place;
    if (left < HEADER_SIZE) return `the file ends ${left} bytes after the beginning of a record`;
    const head = this.#head;
    const header = this.#window.show(place, HEADER_SIZE);
    head.readHeader(this.#window.bytes, header);
    const wrong = wrongHead(head, readU16(this.#window.bytes, header));
    if (wrong !== undefined) return wrong;
    const { frameSize } = head;
    if (frameSize > left) return `a record of ${frameSize} bytes, of which the file has ${left}`;
    const at = this.#window.show(place, frameSize);
    const { bytes } = this.#window;
    const covered = frameSize - CHECKSUM_SIZE;
    if (crc32(partOf(bytes, at, covered)) === readU32(bytes, at + covered)) return undefined;
    return "a record whose checksum is not that of its bytes";
  }

  #take(place: number): JournalRecord {
    const head = this.#head;
    const { flags, keyLength, valueLength, frameSize } = head;
    const at = this.#window.show(place, frameSize);
    const { bytes } = this.#window;
    const key = head.readExtensions(bytes, at + HEADER_SIZE);
    this.place = place + frameSize;
    return {
      name: NAMES[head.opcode]!,
      more: (flags & FLAGS.MORE) !== 0,
      store: head.id ?? 0,
      expiresAt: head.ttl ?? Infinity,
      version: head.entryVersion ?? 0,
      key: partOf(bytes, key, keyLength),
      value: partOf(bytes, key + keyLength, valueLength),
    };
  }
}

/** The constructor takes a third of the time of `subarray`, and each record needs three. */
function partOf(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
}

/** How many bytes a record has by its head; `undefined` when there is no such head, or the file is shorter. */
export function announcedSize(window: FileWindow, place: number): number | undefined {
  const left = window.size - place;
  if (left < HEADER_SIZE) return undefined;
  const header = window.view(place, HEADER_SIZE);
  const head = new Head();
  head.readHeader(header, 0);
  const isWrong = wrongHead(head, readU16(header, 0)) !== undefined || head.frameSize > left;
  return isWrong ? undefined : head.frameSize;
}

/** Why a head is not that of a record. */
function wrongHead(
  { version, opcode, flags, valueLength }: Head,
  magic: number,
): string | undefined {
  if (magic !== MAGIC) return `no record begins with the bytes ${hex(magic)}`;
  if (version !== PROTOCOL_VERSION) return `a record of version ${version}`;
  const name = NAMES[opcode];
  if (name === undefined) return `a record with opcode ${opcode}, which none has`;
  if (valueLength < (VALUE_SIZES[name] ?? 0)) return `a ${name} with ${valueLength} bytes of value`;
  if ((flags & FLAGS.CHECKSUM) === 0) return "a record without a checksum";
  return (flags & ~RECORD_FLAGS) === 0 ? undefined : `a record with flags ${hex(flags)}`;
}

function hex(number: number): string {
  return number.toString(16).padStart(4, "0");
}

/** What the first record of a file says. */
export interface FileStart {
  /** What nobody else can write, so that values which look like records are not taken for some. */
  readonly nonce: Uint8Array;
  /** The largest version when the file was begun. */
  readonly version: number;
}

/**
 * What a first record says of its file.
 *
 * @returns The reason when it is not the first record of such a file.
 */
export function fileStart(record: JournalRecord, kind: FileKind): FileStart | string {
  const { name, key, value, version } = record;
  if (name !== "BEGIN") return `it begins with ${name} instead of BEGIN`;
  if (!equals(key, UTF8.encode(FILE_KINDS[kind]))) return `it is not a ${FILE_KINDS[kind]}`;
  const format = readU32(value, 0);
  if (format !== FORMAT) return `its format is ${format}, this program reads ${FORMAT}`;
  return { nonce: value.slice(4), version };
}

/** The place that a record EXTEND, SYNCED or END begins with. */
export function placeOf({ value }: JournalRecord): number {
  return readU64(value, 0);
}

/** Whether a record SYNCED was written by who has begun the file. */
export function isFrom({ name, value }: JournalRecord, nonce: Uint8Array): boolean {
  return name === "SYNCED" && equals(value.subarray(8), nonce);
}
