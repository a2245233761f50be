/** A journal whose disk fails, or takes its time, when a test says so. */

import {
  Databases,
  type Journal,
  type JournalSettings,
  openJournal,
} from "../../../lib/store/mod.ts";
import { type Fault, MemoryDisk, type Operation } from "./memory_disk.ts";

/** A disk in memory whose writes and syncs fail while a test says so. */
export class FrailDisk extends MemoryDisk {
  /** Why writes fail; empty: they do not. */
  writeFailure = "";
  /** Why syncs fail; empty: they do not. */
  syncFailure = "";
  /** While this is set, syncs wait for it. */
  gate: Promise<void> | undefined = undefined;

  override onOperation = ({ kind }: Operation): Fault | undefined => {
    const message = kind === "write" ? this.writeFailure : kind === "sync" ? this.syncFailure : "";
    return message === "" ? undefined : { message };
  };

  override pace = async (): Promise<void> => await this.gate;
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
