/**
 * Finding records again behind damage.
 *
 * Values may contain bytes that look like whole records: whoever may write can put them there, and they must
 * never be taken for entries. Their checksums prove nothing, for a checksum has no secret; a chain of whole
 * records proves nothing either, for the last one in a value can share the checksum of the value.
 *
 * - In a journal a SYNCED has the nonce, which nobody else knows, and names a place where a write has ended:
 *   there records go on. They go on before it where the head of the damaged record says that it ends, when whole
 *   records lead from there to that place and their versions show that none of them is in the damaged one.
 * - A snapshot has no such records, but its END says how many entries there are, and at least one is lost in each
 *   damaged stretch. Where more are whole than there can be, some of them are in values: then only a chain to END
 *   counts, without as many of its first entries.
 *
 * @module
 */

import { isUnversioned, mayGoOn, wouldEndAt } from "./damaged_record.ts";
import type { FileWindow } from "./file_window.ts";
import { announcedSize, RecordReader } from "./record_reader.ts";
import type { JournalRecord } from "./records.ts";
import { nextMagic, syncedFrom } from "./synced.ts";

/** So many times the rest of a file is checked at the most: crafted values could ask for much more. */
const MAX_WORK = 4;
/** A damaged record is tried with so many ends at the most. */
const MAX_ENDS = 16;
/** So many ends of chains are kept before those that were passed are dropped. */
const MAX_CHAINS = 65_536;

/** What is known about the place of damage in a journal. */
export interface JournalBounds {
  /** The nonce of the file; `undefined` when its first record is damaged. */
  readonly nonce: Uint8Array | undefined;
  /** The last version before the damage. */
  readonly above: number;
  /** The first version of the journals that follow; `undefined` when it is not known. */
  readonly below: number | undefined;
}

/** Where records go on behind damage. */
export interface Resumption {
  /** The place; the size of the file when nowhere. */
  readonly place: number;
  /** Whether what begins there may belong to the request of a damaged record. */
  readonly isRest: boolean;
}

/** Where records go on in a journal behind a damaged place. Where a write has ended no request goes on. */
export function findInJournal(
  window: FileWindow,
  damaged: number,
  bounds: JournalBounds,
): Resumption {
  const sure = surePlace(window, damaged, bounds.nonce);
  const place = placeByHead(window, damaged, sure, bounds);
  if (place === undefined) return { place: sure, isRest: false };
  return { place, isRest: mayGoOn(window, damaged, place) };
}

/**
 * The first place behind damage of which it is sure that a record begins there. A SYNCED that names a place
 * before the damage may stand in a value: in a copy of the file.
 */
function surePlace(window: FileWindow, damaged: number, nonce: Uint8Array | undefined): number {
  if (nonce === undefined) return window.size;
  for (const { at, place } of syncedFrom(window, damaged + 1, nonce)) {
    if (place > damaged && place <= at) return place;
  }
  return window.size;
}

/** Where the damaged record ends by its head, when the records behind it can be none that are in it. */
function placeByHead(
  window: FileWindow,
  damaged: number,
  sure: number,
  { above, below }: JournalBounds,
): number | undefined {
  const size = announcedSize(window, damaged);
  if (size === undefined || damaged + size >= sure) return undefined;
  const before = isUnversioned(window, damaged) ? above : above + 1;
  const way = wayTo(new RecordReader(window, damaged + size), sure, before);
  if (way === undefined) return undefined;
  const next = nextVersion(new RecordReader(window, sure)) ?? below;
  const isApart = next === undefined
    ? way.ends.length <= MAX_ENDS && !way.ends.some((end) => wouldEndAt(window, damaged, end))
    : way.version < next;
  return isApart ? damaged + size : undefined;
}

/** The records that lead to a place. */
interface Way {
  /** The last version of them. */
  readonly version: number;
  /** Where the last one ends that has a version, and those behind it. */
  readonly ends: readonly number[];
}

/** The records that lead to a place; `undefined` when they do not, or their versions do not grow. */
function wayTo(reader: RecordReader, place: number, before: number): Way | undefined {
  let [version, ends]: [number, number[]] = [before, []];
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    if (record.version > 0) {
      if (record.version <= version) return undefined;
      [version, ends] = [record.version, []];
    }
    ends.push(reader.place);
    if (reader.place >= place) return reader.place === place ? { version, ends } : undefined;
  }
  return reader.damage === undefined && place === reader.size ? { version, ends } : undefined;
}

/** The next version that a journal has; `undefined` when it has none, or something is damaged before it. */
export function nextVersion(reader: RecordReader): number | undefined {
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    if (record.version > 0) return record.version;
  }
  return undefined;
}

/** What is known about the place of damage in a snapshot. */
export interface SnapshotBounds {
  /** How many of its entries were not read before. */
  readonly missing: number;
  /** Where the first entry begins. */
  readonly first: number;
  /** Where the damaged record ends when it was no entry; `undefined` when it may have been one. */
  readonly end: number | undefined;
}

/** Where entries go on in a snapshot behind a damaged place; the size of the file when nowhere. */
export function findInSnapshot(
  window: FileWindow,
  damaged: number,
  { missing, first, end }: SnapshotBounds,
): number {
  const chain = chainToEnd(window, damaged, end);
  if (chain === undefined) return window.size;
  const room = Math.max(0, missing - (chain.start > first ? 1 : 0));
  return skipEntries(window, chain.start, chain.entries - room);
}

/**
 * Where a record of a snapshot stands behind a damaged place, if all that looks like one is one; the size of the
 * file when nowhere.
 */
export function findRecord(window: FileWindow, damaged: number, end: number | undefined): number {
  for (const { at, name, behind } of recordsBehind(window, damaged)) {
    const isLast = name === "END" && behind === window.size;
    if (name === "SET" || isLast || at === end) return at;
  }
  return window.size;
}

/** The place behind so many entries. */
function skipEntries(window: FileWindow, place: number, count: number): number {
  const reader = new RecordReader(window, place);
  for (let left = count; left > 0;) if (reader.next()?.name === "SET") left--;
  return reader.place;
}

/** Whole records, one behind the other. */
interface Chain {
  /** Where the first of them begins. */
  readonly start: number;
  /** How many entries they are. */
  readonly entries: number;
}

/** The chain behind a damaged place that leads to END. */
function chainToEnd(
  window: FileWindow,
  damaged: number,
  seed: number | undefined,
): Chain | undefined {
  const chains = new Chains();
  if (seed !== undefined) chains.add(seed, { start: seed, entries: 0 });
  for (const { at, name, behind } of recordsBehind(window, damaged)) {
    const chain = chains.take(at) ?? { start: at, entries: 0 };
    if (name === "END" && behind === window.size) return chain;
    if (name === "SET" || name === "ORDER") chains.add(behind, grown(chain, name));
  }
  return undefined;
}

function grown({ start, entries }: Chain, name: JournalRecord["name"]): Chain {
  return { start, entries: entries + (name === "SET" ? 1 : 0) };
}

/** All that looks like a record behind a damaged place, wherever it is. Each place is looked at once. */
function* recordsBehind(window: FileWindow, damaged: number) {
  let work = MAX_WORK * (window.size - damaged);
  for (let at = nextMagic(window, damaged + 1); at !== -1; at = nextMagic(window, at + 1)) {
    const size = announcedSize(window, at);
    if (size === undefined || (work -= size) < 0) continue;
    const name = new RecordReader(window, at).next()?.name;
    if (name !== undefined) yield { at, name, behind: at + size };
  }
}

/** Chains by where the next record of each is to begin. */
class Chains {
  readonly #byEnd = new Map<number, Chain | undefined>();
  #limit = MAX_CHAINS;

  /** Adds one. Where two meet nobody can say which of them is in a value: what is behind counts alone. */
  add(end: number, chain: Chain): void {
    this.#byEnd.set(end, this.#byEnd.has(end) ? undefined : chain);
  }

  /** Takes the one that leads to a place; those that lead to a place before it are over. */
  take(place: number): Chain | undefined {
    const chain = this.#byEnd.get(place);
    this.#byEnd.delete(place);
    if (this.#byEnd.size > this.#limit) this.#dropBefore(place);
    return chain;
  }

  #dropBefore(place: number): void {
    for (const end of this.#byEnd.keys()) if (end < place) this.#byEnd.delete(end);
    this.#limit = Math.max(MAX_CHAINS, 2 * this.#byEnd.size);
  }
}
