/**
 * Opening a journal.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import { removeStale } from "./compaction.ts";
import type { Disk } from "./disk.ts";
import { journalName } from "./file_names.ts";
import { Journal } from "./journal.ts";
import { createJournal, JournalFile } from "./journal_file.ts";
import { DEFAULT_JOURNAL_SETTINGS, type JournalSettings } from "./settings.ts";
import { load, type LoadedJournal, type LoadProgress, type TornTail } from "./load.ts";
import type { FileStart } from "./record_reader.ts";

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
  /**
   * From how many bytes on a write is made in pieces, between which others may run: 1 GB takes a second.
   * Default 8,388,608.
   */
  readonly largeWrite?: number;
}

const LARGE_WRITE = 8_388_608;

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
  const { settings = {}, log = () => {}, pause = nextTurn, largeWrite = LARGE_WRITE } = options;
  const loaded = await load(disk, databases, options.onProgress);
  if (loaded.torn !== undefined) log(tornText(loaded.torn));
  const file = await secure(disk, loaded.journals, databases);
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
    largeWrite,
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function tornText({ file, place, bytes, reason }: TornTail): string {
  return `${file} ends with a torn write: ${bytes} bytes from ${place} on are cut (${reason})`;
}

/**
 * Brings to stable storage what was loaded, before anything can follow it: the process that wrote it may have
 * been killed before it had. Torn tails are cut by that.
 *
 * @returns The journal to go on with.
 */
async function secure(
  disk: Disk,
  journals: readonly LoadedJournal[],
  { version }: Databases,
): Promise<JournalFile> {
  let last: JournalFile | undefined;
  for (const { number, start, length } of journals) {
    last?.close();
    last = undefined;
    if (start === undefined) await disk.remove(journalName(number)); // It was only just made.
    else last = await openFile(disk, number, start, length);
  }
  await disk.sync().catch((cause) => {
    last?.close();
    throw cause;
  });
  return last ?? await createJournal(disk, journals.at(-1)?.number ?? 1, version);
}

async function openFile(
  disk: Disk,
  number: number,
  { nonce }: FileStart,
  length: number,
): Promise<JournalFile> {
  const file = await disk.append(journalName(number), length);
  try {
    await file.sync();
  } catch (cause) {
    file.close();
    throw cause;
  }
  return new JournalFile(number, nonce, file, length);
}
