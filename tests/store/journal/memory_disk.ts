/** A file system in memory, which fails, is left by a killed process, and loses power, as a test says. */

import type { Disk, DiskFile, DiskReader } from "../../../lib/store/mod.ts";
import type { Random } from "../../random.ts";
import { MemoryFile } from "./memory_file.ts";

/** What a journal does to a disk. */
export interface Operation {
  /** How many there were before it. */
  readonly number: number;
  readonly kind: "list" | "create" | "write" | "truncate" | "sync" | "rename" | "remove" | "settle";
  /** The file; empty for the directory itself, whose sync is `settle`. */
  readonly file: string;
  /** What is to be written. */
  readonly bytes?: Uint8Array;
}

/** How an operation fails. */
export interface Fault {
  /** What the system says. */
  readonly message: string;
  /** How many bytes a write has written before. */
  readonly written?: number;
}

/** A change of names: a file loses the one, and gets the other. */
interface Renaming {
  readonly file: MemoryFile;
  readonly from?: string;
  readonly to?: string;
}

/** A directory in memory. */
export class MemoryDisk implements Disk {
  readonly name = "memory";
  /** Asked before each operation whether it fails. */
  onOperation: (operation: Operation) => Fault | undefined = () => undefined;
  /** How long a sync takes. */
  pace: () => Promise<void> = () => Promise.resolve();
  /** How many operations there were. */
  operations = 0;
  /** How many files are open. */
  open = 0;
  #names = new Map<string, MemoryFile>();
  #stableNames = new Map<string, MemoryFile>();
  #renamings: Renaming[] = [];

  /** Makes a disk that has files, all on stable storage. */
  static of(files: Readonly<Record<string, Uint8Array>>): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [name, bytes] of Object.entries(files)) disk.#putStable(name, MemoryFile.of(bytes));
    return disk;
  }

  /** What the files have, as a process sees them. */
  files(): Record<string, Uint8Array<ArrayBuffer>> {
    const names = [...this.#names].sort(([a], [b]) => a < b ? -1 : 1);
    return Object.fromEntries(names.map(([name, file]) => [name, file.bytes.slice()]));
  }

  /** What the next process finds when this one is killed, perhaps in a write of these bytes. */
  killed(torn?: { readonly file: string; readonly bytes: Uint8Array }): MemoryDisk {
    const clones = new Map<MemoryFile, MemoryFile>();
    const cloneOf = (file: MemoryFile): MemoryFile => {
      if (!clones.has(file)) clones.set(file, file.clone());
      return clones.get(file)!;
    };
    const cloned = (names: Map<string, MemoryFile>) =>
      new Map([...names].map(([name, file]) => [name, cloneOf(file)]));
    const disk = new MemoryDisk();
    disk.#names = cloned(this.#names);
    disk.#stableNames = cloned(this.#stableNames);
    disk.#renamings = this.#renamings.map((one) => ({ ...one, file: cloneOf(one.file) }));
    if (torn !== undefined) disk.#names.get(torn.file)!.append(torn.bytes);
    return disk;
  }

  /** What there may be after a loss of power. */
  crashed(random: Random): MemoryDisk {
    const names = new Map(this.#stableNames);
    const manner = random.below(4);
    for (const renaming of this.#renamings) {
      if (manner === 0 || (manner > 1 && random.once(2))) continue;
      rename(names, renaming);
    }
    const disk = new MemoryDisk();
    for (const [name, file] of names) disk.#putStable(name, file.crashed(random));
    return disk;
  }

  async list(): Promise<string[]> {
    await this.#begin("list", "");
    return [...this.#names.keys()];
  }

  async create(name: string): Promise<DiskFile> {
    await this.#begin("create", name);
    if (this.#names.has(name)) throw new Error(`${name} is there`);
    const file = new MemoryFile();
    this.#rename({ file, to: name });
    return new OpenFile(this, name, file);
  }

  async append(name: string): Promise<DiskFile> {
    await undefined;
    return new OpenFile(this, name, this.#fileOf(name));
  }

  async read(name: string): Promise<DiskReader> {
    await undefined;
    const { bytes } = this.#fileOf(name);
    this.open++;
    return {
      size: bytes.length,
      read: (place, room) => {
        const part = bytes.subarray(place, place + room.length);
        room.set(part);
        return part.length;
      },
      close: () => void this.open--,
    };
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#begin("rename", from);
    this.#rename({ file: this.#fileOf(from), from, to });
  }

  async remove(from: string): Promise<void> {
    await this.#begin("remove", from);
    this.#rename({ file: this.#fileOf(from), from });
  }

  async sync(): Promise<void> {
    const renamings = new Set(this.#renamings);
    await this.pace();
    await this.#begin("settle", "");
    for (const renaming of renamings) rename(this.#stableNames, renaming);
    this.#renamings = this.#renamings.filter((renaming) => !renamings.has(renaming));
  }

  close(): void {}

  /** Counts an operation; throws when it is to fail, after so much of a write as is written. */
  check(kind: Operation["kind"], file: string, bytes?: Uint8Array): void {
    const operation = { number: this.operations++, kind, file, ...bytes && { bytes } };
    const fault = this.onOperation(operation);
    if (fault === undefined) return;
    if (bytes && fault.written) this.#names.get(file)?.append(bytes.subarray(0, fault.written));
    throw new Error(fault.message);
  }

  async #begin(kind: Operation["kind"], file: string): Promise<void> {
    await undefined;
    this.check(kind, file);
  }

  #fileOf(name: string): MemoryFile {
    const file = this.#names.get(name);
    if (file === undefined) throw new Error(`${name} is not there`);
    return file;
  }

  #rename(renaming: Renaming): void {
    rename(this.#names, renaming);
    this.#renamings.push(renaming);
  }

  #putStable(name: string, file: MemoryFile): void {
    this.#names.set(name, file);
    this.#stableNames.set(name, file);
  }
}

function rename(names: Map<string, MemoryFile>, { file, from, to }: Renaming): void {
  if (from !== undefined && names.get(from) === file) names.delete(from);
  if (to !== undefined) names.set(to, file);
}

class OpenFile implements DiskFile {
  readonly #disk: MemoryDisk;
  readonly #name: string;
  readonly #file: MemoryFile;
  #closed = false;

  constructor(disk: MemoryDisk, name: string, file: MemoryFile) {
    this.#disk = disk;
    this.#name = name;
    this.#file = file;
    disk.open++;
  }

  write(bytes: Uint8Array): number {
    this.#check("write", bytes);
    this.#file.append(bytes);
    return bytes.length;
  }

  async sync(): Promise<void> {
    if (this.#closed) throw new Error(`${this.#name} is closed`);
    const end = this.#file.sync();
    await this.#disk.pace();
    try {
      this.#disk.check("sync", this.#name);
    } catch (cause) {
      end(false);
      throw cause;
    }
    end(true);
  }

  truncate(length: number): void {
    this.#check("truncate");
    this.#file.cut(length);
  }

  close(): void {
    if (!this.#closed) this.#disk.open--;
    this.#closed = true;
  }

  #check(kind: Operation["kind"], bytes?: Uint8Array): void {
    if (this.#closed) throw new Error(`${this.#name} is closed`);
    this.#disk.check(kind, this.#name, bytes);
  }
}
