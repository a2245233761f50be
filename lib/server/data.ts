/**
 * Loading the entries that a directory has.
 *
 * @module
 */

import {
  type Databases,
  type Journal,
  JournalError,
  type JournalSettings,
  type LoadProgress,
  openJournal,
} from "../store/mod.ts";
import { DataDirectory } from "./data_directory.ts";
import { DataDirectoryError } from "./data_directory_error.ts";

/** Where entries are kept on disk, and how. What is not given has the default of a journal. */
export interface DataOptions extends Partial<JournalSettings> {
  /** The path of a directory, which is made when it is not there. No other server may use it. */
  readonly directory: string;
  /** Told now and then how far loading is. */
  readonly onProgress?: (progress: LoadProgress) => Promise<void>;
}

/** Loads what a directory has, before anybody can connect. */
export async function openData(
  options: DataOptions,
  databases: Databases,
  log: (line: string) => void,
): Promise<Journal> {
  try {
    return await openDirectory(options, databases, log);
  } catch (cause) {
    const isTold = !(cause instanceof Error) || cause instanceof JournalError ||
      cause instanceof Deno.errors.Busy || cause instanceof Deno.errors.NotCapable;
    throw isTold ? cause : new DataDirectoryError(options.directory, cause);
  }
}

async function openDirectory(
  { directory, onProgress, ...settings }: DataOptions,
  databases: Databases,
  log: (line: string) => void,
): Promise<Journal> {
  const disk = await DataDirectory.open(directory);
  try {
    return await openJournal(disk, databases, {
      settings,
      log,
      ...(onProgress !== undefined && { onProgress }),
    });
  } catch (cause) {
    disk.close();
    throw cause;
  }
}
