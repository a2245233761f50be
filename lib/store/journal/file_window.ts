/**
 * A window over a file.
 *
 * @module
 */

import { NO_BYTES } from "../../bytes/mod.ts";
import type { DiskReader } from "./disk.ts";

/** How much is read at once, in bytes. */
const WINDOW = 1_048_576;

/** Gives views of any part of a file, for who goes through it mostly forwards. */
export class FileWindow {
  /** How many bytes the file has. */
  readonly size: number;
  readonly #reader: DiskReader;
  #bytes: Uint8Array = NO_BYTES;
  /** The place in the file of the first of them. */
  #start = 0;

  /** Looks at a file. */
  constructor(reader: DiskReader) {
    this.#reader = reader;
    this.size = reader.size;
  }

  /** A part of the file, which it must have. The view stays unchanged. */
  view(place: number, length: number): Uint8Array {
    const from = place - this.#start;
    if (from < 0 || from + length > this.#bytes.length) {
      this.#load(place, length);
      return this.#bytes.subarray(0, length);
    }
    return this.#bytes.subarray(from, from + length);
  }

  /** The bytes from a place on, as many as are at hand: at least one, unless the file ends there. */
  rest(place: number): Uint8Array {
    if (place >= this.size) return NO_BYTES;
    this.view(place, 1);
    return this.#bytes.subarray(place - this.#start);
  }

  #load(place: number, length: number): void {
    const room = new Uint8Array(Math.min(this.size - place, Math.max(WINDOW, length)));
    const read = this.#reader.read(place, room);
    if (read < length) {
      throw new Error(
        `Cannot read ${length} bytes at ${place}: ${read} came, the file had ${this.size}`,
      );
    }
    this.#bytes = room.subarray(0, read);
    this.#start = place;
  }
}
