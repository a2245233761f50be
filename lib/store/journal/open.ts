/**
 * Opening a journal.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import { removeStale } from "./compaction.ts";
import type { Disk } from "./disk.ts";
import { journalName, type Plan } from "./file_names.ts";
import { Journal } from "./journal.ts";
import { createJournal, JournalFile } from "./journal_file.ts";
import { DEFAULT_JOURNAL_SETTINGS, type JournalSettings } from "./settings.ts";
import { load, type Loaded, type LoadProgress, type TornTail } from "./load.ts";

/** How {@linkcode openJournal} works. */
export interface OpenOptions {
  /** How the journal works; what is not given has its default. */
  readonly settings?: Partial<JournalSettings>;
  /** Told what an operator should know, a line each. Default: nothing is told. */
  readonly log?: (line: string) => void;
  /** Told now and then how far loading is; awaited, so that others may run. */
  readonly onProgress?: (progress: LoadProgress) => Promise<void>;
  /** Resolves when others had a chance to run. Default: on the next turn of the event loop. */
  readonly pause?: () => Promise<void>;
}

/**
 * Fills empty databases with what a directory has, and keeps their changes in it from then on.
 *
 * The torn tail of a journal, which a process or a machine that was stopped may leave, is cut and reported.
 *
 * @throws {JournalError} When a file is missing or damaged. Nothing has been changed then.
 */
export async function openJournal(
  disk: Disk,
  databases: Databases,
  options: OpenOptions = {},
): Promise<Journal> {
  const { settings = {}, log = () => {}, pause = nextTurn } = options;
  const loaded = await load(disk, databases, options.onProgress);
  if (loaded.torn !== undefined) await cutTail(disk, loaded.torn, log);
  await syncAll(disk, loaded.plan);
  const file = await fileOf(disk, loaded, databases);
  await removeStale(disk, log);
  return new Journal({
    disk,
    databases,
    file,
    olderBytes: loaded.olderBytes,
    snapshotBytes: loaded.snapshotBytes,
    settings: { ...DEFAULT_JOURNAL_SETTINGS, ...settings },
    log,
    pause,
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function cutTail(
  disk: Disk,
  { file: name, place, bytes, reason }: TornTail,
  log: (line: string) => void,
): Promise<void> {
  log(`${name} ends with a torn write: ${bytes} bytes from ${place} on are cut (${reason})`);
  const file = await disk.append(name);
  try {
    file.truncate(place);
  } finally {
    file.close();
  }
}

/**
 * What was loaded may not be on stable storage yet, nor the names of the files: a killed process may have left
 * them in the middle of a rotation. It is before anything follows, or is removed.
 */
async function syncAll(disk: Disk, { journals }: Plan): Promise<void> {
  for (const number of journals) {
    const file = await disk.append(journalName(number));
    await file.sync().finally(() => file.close());
  }
  await disk.sync();
}

/** The journal to go on with. */
async function fileOf(
  disk: Disk,
  { plan, last, length }: Loaded,
  { version }: Databases,
): Promise<JournalFile> {
  const number = plan.journals.at(-1) ?? 1;
  if (last !== undefined) {
    const file = await disk.append(journalName(number));
    return new JournalFile(number, last.nonce, file, length);
  }
  return await createJournal(disk, number, version); // In the place of one without a first record.
}
