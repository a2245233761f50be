/**
 * The command `repair`.
 *
 * @module
 */

import { DataDirectory } from "../server/data_directory.ts";
import { Databases, type Findings, repair, salvage } from "../store/mod.ts";
import { type Command, command } from "./command.ts";
import { dataError } from "./data_error.ts";
import { describe } from "./error.ts";
import { type Io, writeLine } from "./io.ts";
import { LoadReport } from "./load_report.ts";
import { Log } from "./log.ts";
import { switchOption } from "./options.ts";
import { reportOf } from "./repair_report.ts";

/** The exit code when there is damage that was left as it is. */
const DAMAGED = 1;

/** Shows what is damaged in a data directory, and takes what is whole. */
export const repairCommand: Command<Io> = command({
  name: "repair",
  operands: "DIR",
  summary: "show what is damaged in a data directory; with --apply keep what is whole",
  notes: [
    "Without --apply nothing is changed. With it the files are copied to DIR/damaged-YYYYMMDD-HHMMSS,",
    "and what is whole takes their place: docs/durability.md says what that is. No server may run on",
    "the directory meanwhile, and there must be room for all entries in memory.",
    "The exit code is 0 when nothing is wrong or all was repaired, and 1 when there is damage left.",
    "",
    "Permissions: -P allows the directory data beside deno.json. For another one give",
    "  --allow-read=DIR --allow-write=DIR",
  ],
  options: { apply: switchOption("keep what is whole, and a copy of what there was") },
  prepare: ([directory = ""], { apply = false }) => async (io) => {
    const disk = await open(directory);
    try {
      return await run(disk, apply, io);
    } finally {
      disk.close();
    }
  },
});

/** Opens a directory that is there: a wrong name must not make one. */
async function open(directory: string): Promise<DataDirectory> {
  try {
    await Deno.stat(directory);
    return await DataDirectory.open(directory);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Error(`Cannot repair ${directory}: there is no such directory`);
    }
    if (error instanceof Deno.errors.Busy) throw new Error(`${describe(error)}; stop it first`);
    throw dataError(error, directory) ?? error;
  }
}

async function run(disk: DataDirectory, apply: boolean, io: Io): Promise<number> {
  const databases = new Databases();
  const findings = await look(disk, databases, io);
  for (const line of reportOf(disk.name, findings, databases)) await writeLine(io.stdout, line);
  if (!findings.isDamaged) return 0;
  if (!apply) {
    await writeLine(io.stdout, "Nothing was changed: --apply keeps what is whole.");
    return DAMAGED;
  }
  const copy = await apart(disk, databases);
  await writeLine(io.stdout, `Repaired. The files as they were are in ${copy}`);
  return 0;
}

async function look(disk: DataDirectory, databases: Databases, io: Io): Promise<Findings> {
  const log = new Log(io.stderr);
  const progress = new LoadReport(io, log);
  try {
    return await salvage(disk, databases, (at) => progress.tell(at));
  } finally {
    await log.written();
  }
}

/** Repairs a directory; resolves to the path of what it was. */
async function apart(disk: DataDirectory, databases: Databases): Promise<string> {
  const path = `${disk.name}/damaged-${stampOf(databases.now())}`;
  const copy = await DataDirectory.open(path);
  try {
    await repair(disk, copy, databases);
    return path;
  } catch (error) {
    throw new Error(
      `Cannot repair ${disk.name}: ${describe(error)}; it is as it was, or repaired already`,
    );
  } finally {
    copy.close();
  }
}

/** A time as YYYYMMDD-HHMMSS, in UTC. */
function stampOf(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
}
