/**
 * The directory that a journal is kept in.
 *
 * @module
 */

import type { Disk, DiskFile, DiskReader } from "../store/mod.ts";

/** The file whose lock says that a server uses the directory. */
const LOCK = "lock";

/** A directory on the disk of this machine, locked for one process. */
export class DataDirectory implements Disk {
  /** Its path. */
  readonly name: string;
  readonly #lock: Deno.FsFile;

  private constructor(name: string, lock: Deno.FsFile) {
    this.name = name;
    this.#lock = lock;
  }

  /**
   * Opens a directory, and makes it when it is not there.
   *
   * @throws {Deno.errors.Busy} When another process uses it.
   * @throws {Deno.errors.NotCapable} When the program may not read and write it.
   */
  static async open(path: string): Promise<DataDirectory> {
    await Deno.mkdir(path, { recursive: true });
    await syncDirectory(`${path}/..`).catch(() => {}); // It may not be permitted.
    const lock = await Deno.open(`${path}/${LOCK}`, { create: true, read: true, write: true });
    if (await lock.tryLock(true)) return new DataDirectory(path, lock);
    lock.close();
    throw new Deno.errors.Busy(`Cannot open ${path}: another server uses it`);
  }

  /** The names of all files. */
  async list(): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(this.name));
    return entries.filter(({ isFile }) => isFile).map(({ name }) => name);
  }

  /** Makes a file for appending. */
  create(file: string): Promise<DiskFile> {
    return this.#open(file, { createNew: true });
  }

  /** Opens a file for appending to its first bytes. */
  async append(file: string, length: number): Promise<DiskFile> {
    const opened = await this.#open(file, {});
    try {
      opened.truncate(length);
      return opened;
    } catch (cause) {
      opened.close();
      throw cause;
    }
  }

  /** Opens a file for reading. */
  async read(file: string): Promise<DiskReader> {
    const opened = await Deno.open(this.#path(file));
    const { size } = await opened.stat();
    return {
      size,
      read: (place, room) => readFully(opened, place, room),
      close: () => opened.close(),
    };
  }

  /** Gives a file another name. */
  rename(from: string, to: string): Promise<void> {
    return Deno.rename(this.#path(from), this.#path(to));
  }

  /** Removes a file. */
  remove(file: string): Promise<void> {
    return Deno.remove(this.#path(file));
  }

  /** Brings the directory itself to stable storage. */
  async sync(): Promise<void> {
    await syncDirectory(this.name);
  }

  /** Gives the directory up. */
  close(): void {
    this.#lock.close(); // And with it the lock.
  }

  async #open(file: string, options: Deno.OpenOptions): Promise<DiskFile> {
    const path = this.#path(file);
    // A sync holds its file until it is over; writes go on through another one.
    const written = await Deno.open(path, { write: true, ...options });
    try {
      return new AppendedFile(written, await Deno.open(path, { write: true }));
    } catch (cause) {
      written.close();
      throw cause;
    }
  }

  #path(file: string): string {
    return `${this.name}/${file}`;
  }
}

/** Brings the names in a directory to stable storage. */
async function syncDirectory(path: string): Promise<void> {
  using directory = await Deno.open(path);
  await directory.sync();
}

const ZEROS = new Uint8Array(65_536);

class AppendedFile implements DiskFile {
  readonly #written: Deno.FsFile;
  readonly #synced: Deno.FsFile;
  /** How many bytes were written; the next write stands there. */
  #length = 0;
  /** How many bytes the file has. */
  #size = 0;
  #closed = false;

  constructor(written: Deno.FsFile, synced: Deno.FsFile) {
    this.#written = written;
    this.#synced = synced;
  }

  write(bytes: Uint8Array): number {
    const written = this.#written.writeSync(bytes);
    this.#length += written;
    this.#size = Math.max(this.#size, this.#length);
    return written;
  }

  sync(): Promise<void> {
    return this.#synced.syncData();
  }

  truncate(length: number): void {
    this.#written.truncateSync(length);
    this.#written.seekSync(length, Deno.SeekMode.Start);
    this.#length = this.#size = length;
  }

  reserve(bytes: number): void {
    try {
      this.#written.seekSync(this.#size, Deno.SeekMode.Start);
      for (let left = bytes; left > 0;) {
        left -= this.#written.writeSync(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
      }
      this.#size += bytes;
      this.#written.seekSync(this.#length, Deno.SeekMode.Start);
    } catch {
      this.truncate(this.#length); // There is no room; the next write will say so if it needs some.
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#size > this.#length) this.#written.truncateSync(this.#length);
    } catch {
      // Zeros at the end do no harm.
    }
    this.#written.close();
    this.#synced.close();
  }
}

/** Reads until the room is full or the file ends. */
function readFully(file: Deno.FsFile, place: number, room: Uint8Array): number {
  file.seekSync(place, Deno.SeekMode.Start);
  let length = 0;
  while (length < room.length) {
    const read = file.readSync(room.subarray(length));
    if (read === null) break;
    length += read;
  }
  return length;
}
