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

/** What a value in parts holds besides its bytes and its key: its objects. */
const OVERHEAD = 512;

/** The memory of a value is so much at first... */
const FIRST_ROOM = 1_024;
/**
 * ...and so many times as much when more comes, up to what was announced. At once, all of it would cost its
 * sender nothing, and the server a garbage collection; and to copy it each time that it doubles would stop the
 * server for 300 ms in 1 GB. What is not used yet of it takes no memory of the machine.
 */
const GROWTH = 16;

/** A value that comes. */
interface Upload {
  readonly request: SetPartsRequest & RequestHead;
  room: Uint8Array;
  /** How many bytes of it have come. */
  size: number;
}

/** The limits of values in parts. */
export interface PartsLimits {
  /** The longest value that comes, and all that come together, in bytes. */
  readonly maxStreamedSize: number;
  /** How many may come and go at once on one connection. */
  readonly maxTransfers: number;
}

/** The values that come in parts on one connection, by the id of their request. */
export class Uploads {
  readonly #limits: PartsLimits;
  readonly #uploads = new Map<number, Upload>();
  /** How many bytes those that come will have. */
  #announced = 0;
  /** How many bytes of them and of their keys have come. */
  #come = 0;

  readonly #newRoom: (size: number) => Uint8Array;

  /** Makes one without values; the limits may change. */
  constructor(limits: PartsLimits, newRoom = (size: number): Uint8Array => new Uint8Array(size)) {
    this.#limits = limits;
    this.#newRoom = newRoom;
  }

  /** How many there are. */
  get size(): number {
    return this.#uploads.size;
  }

  /** How many bytes are held. */
  get held(): number {
    return this.#come + OVERHEAD * this.#uploads.size;
  }

  /**
   * Begins a value.
   *
   * @throws {CommandError} `TOO_LARGE` over the limit.
   */
  open(request: SetPartsRequest & RequestHead): void {
    const { maxStreamedSize } = this.#limits;
    const { size } = request;
    const announced = this.#announced + size;
    if (announced > maxStreamedSize) {
      const others = this.#announced === 0 ? "" : `, with those that are coming ${announced}`;
      throw new CommandError(
        "TOO_LARGE",
        `Cannot set: the value has ${size} bytes${others}, the limit is ${maxStreamedSize} (option maxStreamedSize)`,
      );
    }
    const key = request.key.slice(); // A view would keep all that was read with it.
    this.#uploads.set(request.id!, {
      request: { ...request, key },
      room: new Uint8Array(),
      size: 0,
    });
    this.#announced = announced;
    this.#come += key.length;
  }

  /**
   * Adds a part of a value that is coming.
   *
   * @returns The request, when the value is whole.
   * @throws {CommandError} `BAD_REQUEST` when the parts do not have the size that was announced,
   *   `OUT_OF_MEMORY` when there is no memory for them. The value is given up then.
   */
  add({ id, value: part, last }: PartRequest & RequestHead): SetRequest & RequestHead | undefined {
    const upload = this.#uploads.get(id!)!;
    const { request } = upload;
    const size = upload.size + part.length;
    if (size > request.size || (last && size < request.size)) {
      this.drop(id!);
      const has = last ? `has ${size}` : `has at least ${size}`;
      throw new CommandError(
        "BAD_REQUEST",
        `Cannot set: the value ${has} bytes, and ${request.size} were announced`,
      );
    }
    if (size > upload.room.length) this.#grow(upload, size);
    upload.room.set(part, upload.size);
    upload.size = size;
    this.#come += part.length;
    if (!last) return undefined;
    this.drop(id!);
    const { quiet, checksum, durable, key, ttl, version } = request;
    const { room: value } = upload;
    return { op: "SET", id, quiet, checksum, durable, key, value, owned: true, ttl, version };
  }

  #grow(upload: Upload, needed: number): void {
    const { id, size } = upload.request;
    const wanted = Math.max(FIRST_ROOM, needed, upload.room.length * GROWTH);
    try {
      const room = this.#newRoom(wanted * GROWTH >= size ? size : wanted);
      room.set(upload.room.subarray(0, upload.size));
      upload.room = room;
    } catch {
      this.drop(id!);
      const message = `Cannot set: there is no memory for a value of ${size} bytes`;
      throw new CommandError("OUT_OF_MEMORY", message);
    }
  }

  /** The request whose value comes under an id. */
  requestOf(id: number): RequestHead | undefined {
    return this.#uploads.get(id)?.request;
  }

  /** The requests whose values come. */
  get requests(): RequestHead[] {
    return Array.from(this.#uploads.values(), ({ request }) => request);
  }

  /** Gives a value up; false when none comes under the id. */
  drop(id: number): boolean {
    const upload = this.#uploads.get(id);
    if (upload === undefined) return false;
    this.#uploads.delete(id);
    this.#announced -= upload.request.size;
    this.#come -= upload.size + upload.request.key.length;
    return true;
  }

  /** Gives all up. */
  clear(): void {
    this.#uploads.clear();
    this.#announced = this.#come = 0;
  }
}

/** A value that goes. */
interface Download {
  readonly head: RequestHead;
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
  open(head: RequestHead, key: Uint8Array, value: Uint8Array, window: number): void {
    this.#downloads.set(head.id!, { head, key: key.slice(), value, sent: 0, window });
  }

  /** Allows more bytes; for a value that is sent already this does nothing. */
  allow(id: number, bytes: number): void {
    const download = this.#downloads.get(id);
    if (download !== undefined) download.window += bytes;
  }

  /** The requests whose values go. */
  get requests(): RequestHead[] {
    return Array.from(this.#downloads.values(), ({ head }) => head);
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
    for (const [id, download] of this.#downloads) {
      const { head: { checksum }, value, sent, window } = download;
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

  /** How many bytes are held: keys, and values that the store has no more, which only this keeps. */
  heldBeside(store: MemoryStore): number {
    let bytes = OVERHEAD * this.#downloads.size;
    for (const { key, value } of this.#downloads.values()) {
      bytes += key.length;
      if (store.peek(key)?.view.buffer !== value.buffer) bytes += value.length;
    }
    return bytes;
  }
}
