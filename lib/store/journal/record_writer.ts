/**
 * Effects to records.
 *
 * @module
 */

import { NO_BYTES, WriteBuffer } from "../../bytes/mod.ts";
import { FLAGS } from "../../cafe/mod.ts";
import { writeHead } from "../../cafe/head.ts";
import type { Effects } from "../effects.ts";
import { FILE_KINDS, type FileKind, FORMAT, RECORD_OPCODES } from "./records.ts";

/** No record is open. */
const NONE = -1;
/** How many bytes a place takes. */
export const PLACE_SIZE = 8;
/** How many bytes a nonce takes. */
export const NONCE_SIZE = 8;
/** A buffer that has grown over this is given away when it is empty. */
const MAX_IDLE = 1_048_576;

const UTF8 = new TextEncoder();

/**
 * Encodes effects, and keeps them until they are written.
 *
 * The last record of a request is open until it is known whether another one follows, which its MORE says
 * and its checksum covers: {@linkcode RecordWriter.endGroup} seals it.
 */
export class RecordWriter implements Effects {
  #out = new WriteBuffer();
  /** Where the record begins whose checksum is still to be written, and its flags. */
  #open = NONE;
  #flags = 0;

  /** How many effects were added, ever. */
  added = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#out.length;
  }

  /** Adds that an entry is this. */
  set(store: number, key: Uint8Array, value: Uint8Array, expiresAt: number, version: number): void {
    this.added++;
    this.#begin(RECORD_OPCODES.SET, store, key, value.length, timeOf(expiresAt), version);
    this.#out.bytes(value);
  }

  /** Adds that a value ends with these bytes. */
  extend(store: number, key: Uint8Array, place: number, tail: Uint8Array, version: number): void {
    this.added++;
    const length = PLACE_SIZE + tail.length;
    this.#begin(RECORD_OPCODES.EXTEND, store, key, length, undefined, version);
    this.#out.u64(place);
    this.#out.bytes(tail);
  }

  /** Adds that an entry ends at a time. */
  expire(store: number, key: Uint8Array, expiresAt: number, version: number): void {
    this.added++;
    this.#begin(RECORD_OPCODES.TOUCH, store, key, 0, timeOf(expiresAt), version);
  }

  /** Adds that there is no entry of a key. */
  delete(store: number, key: Uint8Array, version: number): void {
    this.added++;
    this.#begin(RECORD_OPCODES.DELETE, store, key, 0, undefined, version);
  }

  /** Adds that a store is empty. */
  clear(store: number, version: number): void {
    this.added++;
    this.#begin(RECORD_OPCODES.CLEAR, store, NO_BYTES, 0, undefined, version);
  }

  /** Adds which stores the databases are. */
  order(stores: readonly number[]): void {
    this.added++;
    this.#begin(RECORD_OPCODES.ORDER, 0, NO_BYTES, stores.length);
    this.#out.bytes(Uint8Array.from(stores));
  }

  /** Adds what a file is. */
  begin(kind: FileKind, nonce: Uint8Array, version: number): void {
    const length = 4 + NONCE_SIZE;
    const key = UTF8.encode(FILE_KINDS[kind]);
    this.#begin(RECORD_OPCODES.BEGIN, 0, key, length, undefined, version);
    this.#out.u32(FORMAT);
    this.#out.bytes(nonce);
    this.endGroup();
  }

  /** Adds that all of the file before a place is on stable storage. Nobody else can write the nonce. */
  synced(place: number, nonce: Uint8Array): void {
    this.#begin(RECORD_OPCODES.SYNCED, 0, NO_BYTES, PLACE_SIZE + NONCE_SIZE);
    this.#out.u64(place);
    this.#out.bytes(nonce);
    this.endGroup();
  }

  /** Adds that a snapshot is whole, and up to which version it may have changes. */
  end(entries: number, version: number): void {
    this.#begin(RECORD_OPCODES.END, 0, NO_BYTES, PLACE_SIZE, undefined, version);
    this.#out.u64(entries);
    this.endGroup();
  }

  /** Says that a request is over: what it did is whole. */
  endGroup(): void {
    if (this.#open !== NONE) this.#seal(0);
  }

  /** All that waits, in order: views that are good until something is added. No record may be open. */
  views(): Uint8Array[] {
    return this.#out.length === 0 ? [] : this.#out.since(0);
  }

  /**
   * Takes out all that waits, as views that stay good while more is added; what is added waits by itself then.
   * No record may be open.
   */
  takeOut(): Uint8Array[] {
    const views = this.views();
    this.#out = new WriteBuffer();
    return views;
  }

  /** Puts back what was taken out, before all that was added since. */
  putBack(views: readonly Uint8Array[]): void {
    this.endGroup();
    const all = [...views, ...this.views()];
    this.#out = new WriteBuffer();
    for (const view of all) {
      this.#out.bytes(view.subarray(0, 1)); // What is chained before the first byte would not be among the views.
      this.#out.bytes(view.subarray(1));
    }
  }

  /** Forgets what waits. */
  drop(): void {
    this.#open = NONE;
    if (this.#out.capacity > MAX_IDLE) this.#out = new WriteBuffer();
    else this.#out.clear();
  }

  #begin(
    opcode: number,
    store: number,
    key: Uint8Array,
    valueLength: number,
    expiresAt?: number,
    version?: number,
  ): void {
    if (this.#open !== NONE) this.#seal(FLAGS.MORE);
    const id = store === 0 ? undefined : store;
    const out = this.#out;
    this.#open = writeHead(
      out,
      opcode,
      FLAGS.CHECKSUM,
      key.length,
      valueLength,
      id,
      expiresAt,
      version,
    );
    this.#flags = FLAGS.CHECKSUM | (id === undefined ? 0 : FLAGS.ID) |
      (expiresAt === undefined ? 0 : FLAGS.TTL) | (version === undefined ? 0 : FLAGS.VERSION);
    out.bytes(key);
  }

  #seal(more: number): void {
    if (more !== 0) this.#out.patchU16(this.#open + 4, this.#flags | more);
    this.#out.u32(this.#out.crc32(this.#open));
    this.#open = NONE;
  }
}

/** A time as a record has it. One that no record can say is further than anybody waits. */
function timeOf(expiresAt: number): number | undefined {
  if (expiresAt === Infinity) return undefined;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(expiresAt)));
}
