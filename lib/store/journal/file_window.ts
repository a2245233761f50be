/**
 * A window over a file.
 *
 * @module
 */

import { NO_BYTES } from "../../bytes/mod.ts";
import type { Disk, DiskReader } from "./disk.ts";

/** How much is read at once, in bytes. */
const WINDOW = 1_048_576;

/** Shows any part of a file, for who goes through it mostly forwards. */
export class FileWindow {
  /** How many bytes the file has. */
  readonly size: number;
  /** The part of the file that is shown. It stays unchanged: another part is another array. */
  bytes: Uint8Array = NO_BYTES;
  readonly #reader: DiskReader;
  /** The place in the file of the first of them. */
  #start = 0;

  /** Looks at a file. */
  constructor(reader: DiskReader) {
    this.#reader = reader;
    this.size = reader.size;
  }

  /** Shows a part of the file, which it must have; returns the index of its first byte in `bytes`. */
  show(place: number, length: number): number {
    const at = place - this.#start;
    if (at >= 0 && at + length <= this.bytes.length) return at;
    this.#load(place, length);
    return 0;
  }

  /** A part of the file, which it must have. */
  view(place: number, length: number): Uint8Array {
    const at = this.show(place, length);
    return this.bytes.subarray(at, at + length);
  }

  /** The bytes from a place on, as many as are at hand: at least one, unless the file ends there. */
  rest(place: number): Uint8Array {
    if (place >= this.size) return NO_BYTES;
    const at = this.show(place, 1);
    return this.bytes.subarray(at);
  }

  #load(place: number, length: number): void {
    const room = new Uint8Array(Math.min(this.size - place, Math.max(WINDOW, length)));
    const read = this.#reader.read(place, room);
    if (read < length) {
      throw new Error(
        `Cannot read ${length} bytes at ${place}: ${read} came, the file had ${this.size}`,
      );
    }
    this.bytes = room.subarray(0, read);
    this.#start = place;
  }
}

/** Opens a file, and closes it when whoever reads it is done. */
export async function readFile<T>(
  disk: Disk,
  name: string,
  read: (window: FileWindow) => Promise<T>,
): Promise<T> {
  const reader = await disk.read(name);
  try {
    return await read(new FileWindow(reader));
  } finally {
    reader.close();
  }
}

/** How many bytes files have together. */
export async function sizeOf(disk: Disk, names: readonly string[]): Promise<number> {
  let total = 0;
  for (const name of names) {
    total += await readFile(disk, name, ({ size }) => Promise.resolve(size));
  }
  return total;
}
