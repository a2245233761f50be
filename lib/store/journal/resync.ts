/**
 * Finding records again behind damage.
 *
 * Values may contain bytes that look like whole records: whoever may write can put them there, and they must
 * never be taken for entries. Their checksums prove nothing, for a checksum has no secret; a chain of whole
 * records proves nothing either, for the last one in a value can share the checksum of the value.
 *
 * - In a journal a SYNCED has the nonce, which nobody else knows. It is a record itself, and it names a place
 *   where a write has ended: there, and only there, records go on.
 * - A snapshot has no such records, but its END says how many entries there are, and at least one is lost.
 *   Where a chain to END has more than there can be, its first entries are those in the damaged value.
 *
 * @module
 */

import type { FileWindow } from "./file_window.ts";
import { announcedSize, RecordReader } from "./record_reader.ts";
import type { JournalRecord } from "./records.ts";
import { nextMagic, syncedFrom } from "./synced.ts";

/** So many times the rest of a file is checked at the most: crafted values could ask for much more. */
const MAX_WORK = 4;
/** So many ends of chains are kept before those that were passed are dropped. */
const MAX_CHAINS = 65_536;

/** Where requests go on in a journal behind a damaged place; the size of the file when nowhere. */
export function findInJournal(window: FileWindow, damaged: number, nonce: Uint8Array): number {
  for (const { at, place } of syncedFrom(window, damaged + 1, nonce)) {
    return place > damaged && place <= at ? place : at;
  }
  return window.size;
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
  const room = missing - (chain.start > first ? 1 : 0);
  return skipEntries(window, chain.start, chain.entries - room);
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

/** The chain behind a damaged place that leads to END. Each place is looked at once. */
function chainToEnd(
  window: FileWindow,
  damaged: number,
  seed: number | undefined,
): Chain | undefined {
  const chains = new Chains();
  if (seed !== undefined) chains.add(seed, { start: seed, entries: 0 });
  let work = MAX_WORK * (window.size - damaged);
  for (let at = nextMagic(window, damaged + 1); at !== -1; at = nextMagic(window, at + 1)) {
    const chain = chains.take(at) ?? { start: at, entries: 0 };
    const size = announcedSize(window, at);
    if (size === undefined || (work -= size) < 0) continue;
    const name = new RecordReader(window, at).next()?.name;
    const end = at + size;
    if (name === "END" && end === window.size) return chain;
    if (name === "SET" || name === "ORDER") chains.add(end, grown(chain, name));
  }
  return undefined;
}

function grown({ start, entries }: Chain, name: JournalRecord["name"]): Chain {
  return { start, entries: entries + (name === "SET" ? 1 : 0) };
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
