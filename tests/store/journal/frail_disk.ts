import {
  Databases,
  type Disk,
  type DiskFile,
  type Journal,
  type JournalSettings,
  openJournal,
} from "../../../lib/store/mod.ts";

/** A disk that keeps the names of its files and nothing else, and fails, or takes its time, when a test says so. */
export class FrailDisk implements Disk {
  readonly name = "/frail";
  /** Why writes fail; empty: they do not. */
  writeFailure = "";
  /** Why syncs fail; empty: they do not. */
  syncFailure = "";
  /** While this is set, syncs wait for it. */
  gate: Promise<void> | undefined = undefined;
  readonly #files = new Set<string>();

  list = (): Promise<string[]> => Promise.resolve([...this.#files]);

  create(file: string): Promise<DiskFile> {
    this.#files.add(file);
    return Promise.resolve({
      write: (bytes) => {
        if (this.writeFailure !== "") throw new Error(this.writeFailure);
        return bytes.length;
      },
      sync: () => this.sync(),
      truncate() {},
      reserve() {},
      close() {},
    });
  }

  append = (): Promise<never> => Promise.reject(new Error("it is not there"));
  read = (): Promise<never> => Promise.reject(new Error("it is not there"));

  rename(from: string, to: string): Promise<void> {
    this.#files.delete(from);
    this.#files.add(to);
    return Promise.resolve();
  }

  remove(file: string): Promise<void> {
    this.#files.delete(file);
    return Promise.resolve();
  }

  async sync(): Promise<void> {
    await this.gate;
    if (this.syncFailure !== "") throw new Error(this.syncFailure);
  }

  close(): void {}
}

/** Empty databases, and a journal of their changes on a frail disk. */
export interface FrailJournal {
  readonly disk: FrailDisk;
  readonly databases: Databases;
  readonly journal: Journal;
}

/** Opens a journal on a frail disk. Its snapshots never pause. */
export async function openFrail(
  now: () => number,
  settings: Partial<JournalSettings> = {},
): Promise<FrailJournal> {
  const disk = new FrailDisk();
  const databases = new Databases({ now });
  const journal = await openJournal(disk, databases, { settings, pause: () => Promise.resolve() });
  return { disk, databases, journal };
}
