/** Directories with a past, and damage to them. */

import type { Databases } from "../../../lib/store/mod.ts";
import type { Files } from "./damage.ts";
import { openOn, stateOf } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";

/** A change, made in a request of its own; the journal is synced behind it where it returns true. */
export type Change = (databases: Databases) => boolean | void;

/** How changes are made. */
export interface Course {
  /** Before which of them a snapshot is made. */
  readonly compactAt?: number;
  /** Whether that fails: another journal is begun, and there is no snapshot. */
  readonly isFailing?: boolean;
  /** What is done besides, before the process is killed; where nothing is, the journal is closed. */
  readonly tail?: readonly Change[];
}

/** What was made. */
export interface Past {
  readonly files: Files;
  /** All values that each key ever had. */
  readonly values: ReadonlySet<string>;
}

/** Makes changes. */
export async function pastOf(changes: readonly Change[], course: Course = {}): Promise<Past> {
  const { compactAt = -1, isFailing = false, tail = [] } = course;
  const disk = new MemoryDisk();
  disk.onOperation = ({ kind, file }) =>
    isFailing && kind === "create" && file.endsWith(".part") ? { message: "no" } : undefined;
  const { journal, databases } = await openOn(disk);
  const values = new Set<string>();
  for (const [at, change] of [...changes, ...tail].entries()) {
    if (at === compactAt) journal.compact();
    await journal.compacted;
    if (at === changes.length && tail.length > 0) await journal.settle(true);
    const isSynced = change(databases) === true;
    journal.endGroup();
    for (const value of valuesOf(databases)) values.add(value);
    await journal.settle(isSynced);
  }
  if (tail.length === 0) await journal.close();
  return { files: disk.files(), values };
}

/** What each key has: its store, itself and its value. */
export function valuesOf(databases: Databases): string[] {
  return stateOf(databases).lines.map(([store, key, value]) => `${store} ${key} ${value}`);
}

/** What the first database has, by keys in hex. */
export function entriesOf(databases: Databases): Record<string, string> {
  const { lines } = stateOf(databases);
  return Object.fromEntries(lines.map(([, key, value]) => [key, value] as const).sort());
}

/** A request that sets keys of the first database. */
export function setting(...entries: readonly (readonly [number, string])[]): Change {
  return (databases) => {
    for (const [key, value] of entries) {
      databases.at(0).set(Uint8Array.of(key), Uint8Array.fromHex(value));
    }
  };
}

/** The same change, with a sync behind it. */
export function synced(change: Change): Change {
  return (databases) => {
    change(databases);
    return true;
  };
}

const KEYS = ["6b", "6b32", "6b3333"].map((key) => Uint8Array.fromHex(key));

/** So many small changes of all kinds. */
export function someChanges(count: number): Change[] {
  return Array.from({ length: count }, (_, at) => (databases) => {
    const store = databases.at(at % 2);
    const key = KEYS[at % 3]!;
    if (at % 7 === 3) store.append(key, Uint8Array.of(at, at));
    else if (at % 7 === 5) store.expire(key, 1_000_000 + 1_000 * at);
    else if (at % 11 === 6) store.delete(key);
    else store.set(key, new Uint8Array(3 + at % 5).fill(at));
    if (at % 13 === 4) databases.at(2).set(key, Uint8Array.of(at)); // The same request.
    if (at % 17 === 16) databases.swap(0, 1);
    return at % 3 === 0;
  });
}

/** How long the head of a record is that sets a key of one byte in the first database. */
export const HEAD_SIZE: number = 12 + 8 + 1;

/** Where the record begins in a file that has a version and a key of one byte. */
export function placeOfRecord(bytes: Uint8Array, version: number, key: number): number {
  const needle = [0, 0, 0, 0, 0, 0, 0, version, key];
  const at = bytes.findIndex((_, at) => needle.every((byte, index) => bytes[at + index] === byte));
  if (at === -1) throw new Error(`there is no record of version ${version}`);
  return at - 12;
}
