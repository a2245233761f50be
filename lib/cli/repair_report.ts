/**
 * What was found in a data directory, in lines for people.
 *
 * @module
 */

import type { Databases, FileFindings, Findings, Stretch } from "../store/mod.ts";
import { dumpRecord } from "./record_dump.ts";
import { quoteBytes } from "./words.ts";

/** So many stretches of a file are shown; the others are counted. */
const MAX_SHOWN = 10;
/** So many bytes of a key are shown. */
const MAX_KEY = 64;

/** What was found, file by file, and what a repair keeps. The databases have what is whole. */
export function reportOf(directory: string, findings: Findings, databases: Databases): string[] {
  const { files, isDamaged } = findings;
  if (files.length === 0) return [`${directory} has no files of a journal.`];
  const lines = files.flatMap(fileLines);
  if (!isDamaged) return [...lines, `Nothing is damaged. ${keptLine(databases)}`];
  return [...lines, keptLine(databases), ...lossLines(findings)];
}

function fileLines({ name, size, records, stretches }: FileFindings): string[] {
  if (size === undefined) return [`${name}: missing`];
  const rest = stretches.length - MAX_SHOWN;
  return [
    `${name}: ${counted(size, "byte")}, ${counted(records, "whole record")}`,
    ...stretches.slice(0, MAX_SHOWN).flatMap(stretchLines),
    ...rest > 0 ? [`  and ${counted(rest, "more damaged stretch", "more damaged stretches")}`] : [],
  ];
}

function stretchLines({ from, to, reason, isTorn, bytes, next }: Stretch): string[] {
  const what = isTorn ? "a torn tail, which a server cuts by itself" : "damaged";
  return [
    `  bytes ${from} to ${to}, ${counted(to - from, "byte")}: ${what}: ${reason}`,
    ...dumpRecord(bytes, from).map((line) => `  ${line}`),
    ...next === undefined ? [] : [nextLine(to, next)],
  ];
}

function nextLine(place: number, { name, key }: NonNullable<Stretch["next"]>): string {
  const text = key.length === 0 ? "" : ` ${quoteBytes(key.subarray(0, MAX_KEY))}`;
  return `  byte ${place}: records go on with ${name}${text}`;
}

function keptLine(databases: Databases): string {
  const entries = databases.total(({ size }) => size);
  return `${counted(entries, "entry is", "entries are")} whole.`;
}

function lossLines({ files, dropped, skipped }: Findings): string[] {
  const stretches = files.flatMap((file) => file.stretches);
  const lost = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const missing = files.filter(({ size }) => size === undefined).length;
  return [
    `Lost: ${counted(lost, "byte")} of the files.`,
    ...missing > 0
      ? ["What the missing files had is lost: what follows them is taken without."]
      : [],
    ...dropped > 0
      ? [`Dropped: ${counted(dropped, "whole record")} of requests of which a part is lost.`]
      : [],
    ...skipped > 0 ? [`Skipped: ${counted(skipped, "change")} of what is lost.`] : [],
  ];
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
