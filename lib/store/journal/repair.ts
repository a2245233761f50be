/**
 * Taking what is whole of a damaged directory, in place of what there is.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import { removeStale } from "./compaction.ts";
import { type Disk, writeAll } from "./disk.ts";
import { isOurs, planOf } from "./file_names.ts";
import { FileWindow } from "./file_window.ts";
import { createJournal } from "./journal_file.ts";
import { writeSnapshot } from "./snapshot.ts";

/**
 * Writes databases in place of the files that there are, which another disk keeps byte for byte. Whatever fails,
 * and whenever the process ends: the directory is what it was, or what it is to be.
 *
 * @param copy Where the files are kept. It may be a folder of the disk.
 * @param log Told of old files that could not be removed: they do no harm where they stay.
 */
export async function repair(
  disk: Disk,
  copy: Disk,
  databases: Databases,
  log: (line: string) => void = () => {},
): Promise<void> {
  await copyFiles(disk, copy);
  await disk.sync();
  await replaceFiles(disk, databases, log);
}

async function copyFiles(from: Disk, to: Disk): Promise<void> {
  for (const name of (await from.list()).filter(isOurs)) await copyFile(from, to, name);
  await to.sync();
}

async function copyFile(from: Disk, to: Disk, name: string): Promise<void> {
  const reader = await from.read(name);
  const copy = await to.create(name).catch((cause) => {
    reader.close();
    throw cause;
  });
  try {
    const window = new FileWindow(reader);
    for (let at = 0; at < window.size;) {
      const bytes = window.rest(at);
      writeAll(copy, bytes);
      at += bytes.length;
    }
    await copy.sync();
  } finally {
    copy.close();
    reader.close();
  }
}

/** One snapshot, with an empty journal behind it. The old files count until it is on stable storage. */
async function replaceFiles(
  disk: Disk,
  databases: Databases,
  log: (line: string) => void,
): Promise<void> {
  const { snapshot, journals } = planOf(await disk.list());
  const number = Math.max(snapshot, ...journals) + 1;
  const journal = await createJournal(disk, number, databases.version);
  journal.close(); // It has no effects: when there comes no snapshot, it does no harm.
  await writeSnapshot(disk, number, databases, {
    pause: () => Promise.resolve(),
    ready: () => Promise.resolve(true), // Nothing changes meanwhile.
    version: databases.version,
    signal: new AbortController().signal,
  });
  await removeStale(disk, log);
  await disk.sync();
}
