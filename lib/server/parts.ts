/**
 * Values that come and go in parts (docs/cafe.md, MORE).
 *
 * @module
 */

import type { PartRequest, PartResponse, RequestHead, SetPartsRequest } from "../cafe/mod.ts";
import { CommandError, type SetRequest } from "../model/mod.ts";
import type { MemoryStore } from "../store/mod.ts";

/**
 * A part is no longer than this, in bytes: what stands behind it on its connection waits for so much, and a
 * write of less takes more time for each byte.
 */
export const MAX_PART_SIZE = 262_144;

/** What a value in parts holds besides its bytes: its objects. */
const OVERHEAD = 512;

/** A value that comes. */
interface Upload {
  readonly request: SetPartsRequest & RequestHead;
  readonly value: Uint8Array;
  /** How many bytes of it have come. */
  size: number;
}

/** The values that come in parts on one connection, by the id of their request. */
export class Uploads {
  readonly #limits: { readonly maxStreamedSize: number };
  readonly #uploads = new Map<number, Upload>();
  /** How many bytes those that come will have. */
  #announced = 0;
  /** How many bytes of them have come. */
  #come = 0;

  /** Makes one without values; the limit may change. */
  constructor(limits: { readonly maxStreamedSize: number }) {
    this.#limits = limits;
  }

  /** How many bytes are held. */
  get held(): number {
    return this.#come + OVERHEAD * this.#uploads.size;
  }

  /**
   * Begins a value. Its memory is asked for at once, and taken page by page as its parts come: so none of
   * them is ever copied again.
   *
   * @throws {CommandError} `TOO_LARGE` over the limit, `OUT_OF_MEMORY` when there is no memory for it.
   */
  open(request: SetPartsRequest & RequestHead): void {
    const { id, size } = request;
    const { maxStreamedSize } = this.#limits;
    const announced = this.#announced + size + OVERHEAD;
    if (announced - OVERHEAD > maxStreamedSize) {
      const others = this.#uploads.size === 0 ? "" : ", with those that are coming";
      throw new CommandError(
        "TOO_LARGE",
        `Cannot set: the value has ${size} bytes${others}, the limit is ${maxStreamedSize} (option maxStreamedSize)`,
      );
    }
    this.#uploads.set(id!, { request, value: newValue(size), size: 0 });
    this.#announced = announced;
  }

  /**
   * Adds a part; one of a value that is not coming is ignored, for its error may be on the way.
   *
   * @returns The request, when the value is whole.
   * @throws {CommandError} `BAD_REQUEST` when the parts do not have the size that was announced.
   */
  add({ id, value: part, last }: PartRequest & RequestHead): SetRequest & RequestHead | undefined {
    const upload = this.#uploads.get(id!);
    if (upload === undefined) return undefined;
    const { request, value } = upload;
    const size = upload.size + part.length;
    if (size > value.length || (last && size < value.length)) {
      this.drop(id!);
      const has = last ? `has ${size}` : `has at least ${size}`;
      throw new CommandError(
        "BAD_REQUEST",
        `Cannot set: the value ${has} bytes, and ${value.length} were announced`,
      );
    }
    value.set(part, upload.size);
    upload.size = size;
    this.#come += part.length;
    if (!last) return undefined;
    this.drop(id!);
    const { quiet, checksum, durable, key, ttl, version } = request;
    return { op: "SET", id, quiet, checksum, durable, key, value, owned: true, ttl, version };
  }

  /** The request whose value comes under an id. */
  requestOf(id: number): RequestHead | undefined {
    return this.#uploads.get(id)?.request;
  }

  /** Gives a value up; false when none comes under the id. */
  drop(id: number): boolean {
    const upload = this.#uploads.get(id);
    if (upload === undefined) return false;
    this.#uploads.delete(id);
    this.#announced -= upload.value.length + OVERHEAD;
    this.#come -= upload.size;
    return true;
  }

  /** Gives all up. */
  clear(): void {
    for (const id of [...this.#uploads.keys()]) this.drop(id);
  }
}

/** A value that goes. */
interface Download {
  readonly id: number;
  readonly checksum: boolean;
  readonly key: Uint8Array;
  /** The value as it was when it was asked for: the store does not change such bytes. */
  readonly value: Uint8Array;
  /** How many bytes of it were sent. */
  sent: number;
  /** How many more bytes may be sent. */
  window: number;
}

/** The values that go in parts on one connection, by the id of their request. */
export class Downloads {
  readonly #downloads = new Map<number, Download>();

  /** How many there are. */
  get size(): number {
    return this.#downloads.size;
  }

  /** Begins to send a value. */
  open(id: number, checksum: boolean, key: Uint8Array, value: Uint8Array, window: number): void {
    this.#downloads.set(id, { id, checksum, key, value, sent: 0, window });
  }

  /** Whether a value goes under an id. */
  has(id: number): boolean {
    return this.#downloads.has(id);
  }

  /** Allows more bytes; for a value that is sent already this does nothing. */
  allow(id: number, bytes: number): void {
    const download = this.#downloads.get(id);
    if (download !== undefined) download.window += bytes;
  }

  /** Gives a value up; false when none goes under the id. */
  drop(id: number): boolean {
    return this.#downloads.delete(id);
  }

  /** Gives all up. */
  clear(): void {
    this.#downloads.clear();
  }

  /** The next part that may be sent, of one value after the other; `undefined` when there is none. */
  next(maxPartSize: number): PartResponse | undefined {
    for (const download of this.#downloads.values()) {
      const { id, checksum, value, sent, window } = download;
      const size = Math.min(maxPartSize, window, value.length - sent);
      if (size === 0) continue;
      const last = sent + size === value.length;
      download.sent += size;
      download.window -= size;
      this.#downloads.delete(id); // To the end: the others come first then.
      if (!last) this.#downloads.set(id, download);
      return { type: "PART", id, checksum, value: value.subarray(sent, sent + size), last };
    }
    return undefined;
  }

  /** How many bytes are held: values that the store has no more, which only this keeps. */
  heldBeside(store: MemoryStore): number {
    let bytes = OVERHEAD * this.#downloads.size;
    for (const { key, value } of this.#downloads.values()) {
      if (store.peek(key)?.view.buffer !== value.buffer) bytes += value.length;
    }
    return bytes;
  }
}

function newValue(size: number): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch {
    const message = `Cannot set: there is no memory for a value of ${size} bytes`;
    throw new CommandError("OUT_OF_MEMORY", message);
  }
}
