/** What the tests of the journal share. */

import {
  Databases,
  type Disk,
  type Journal,
  type JournalSettings,
  openJournal,
} from "../../../lib/store/mod.ts";

/** The time at which tests begin, in milliseconds since 1970. */
export const START = 1_000_000;

/** A clock that a test moves. */
export interface Clock {
  now: number;
}

/** An open journal, and what it keeps. */
export interface Opened {
  readonly journal: Journal;
  readonly databases: Databases;
  readonly clock: Clock;
  /** What an operator was told. */
  readonly log: string[];
}

/** How a test opens a journal. */
export interface Opening {
  readonly settings?: Partial<JournalSettings>;
  readonly clock?: Clock;
  readonly pause?: () => Promise<void>;
  readonly largeWrite?: number;
}

/** How many databases there are in these tests. */
export const COUNT = 3;

/** Empty databases, whose keys have the same order in each run. */
export function newDatabases(clock: Clock): Databases {
  return new Databases({ count: COUNT, now: () => clock.now, seed: [1, 2] });
}

/** Opens a journal. */
export async function openOn(disk: Disk, opening: Opening = {}): Promise<Opened> {
  const { clock = { now: START }, settings = {}, pause = () => Promise.resolve() } = opening;
  const { largeWrite } = opening;
  const databases = newDatabases(clock);
  const log: string[] = [];
  const journal = await openJournal(disk, databases, {
    settings: { fsync: "never", compactPercentage: 0, ...settings },
    log: (line) => log.push(line),
    pause,
    ...largeWrite !== undefined && { largeWrite },
  });
  return { journal, databases, clock, log };
}

/** An entry: its store, key and value in hex, when it ends, and its version. */
type Line = readonly [number, string, string, number, number];

/** What databases have. */
export interface State {
  readonly order: readonly number[];
  readonly lines: readonly Line[];
}

/** What databases have now, with what has expired and was not removed. */
export function stateOf(databases: Databases): State {
  const lines: Line[] = [];
  for (let number = 0; number < databases.count; number++) {
    const visit = (key: Uint8Array, value: Uint8Array, expiresAt: number, version: number) =>
      void lines.push([number, key.toHex(), value.toHex(), expiresAt, version]);
    const store = databases.store(number)!;
    for (let from = 0, first = true; first || from !== 0; first = false) {
      from = store.walk(from, { isFull: false, visit });
    }
  }
  return { order: databases.order, lines };
}

/** A state as text, without what has expired at a time. Equal states have equal texts. */
export function textOf({ order, lines }: State, time: number): string {
  const alive = lines.filter(([, , , expiresAt]) => expiresAt > time);
  return `${order}\n` + alive.map((line) => line.join(" ")).sort().join("\n");
}

/** What databases have, as text, at the time of their clock. */
export function dump(databases: Databases): string {
  return textOf(stateOf(databases), databases.now());
}

/** What a disk has, loaded and given up again. */
export async function loaded(disk: Disk, clock: Clock): Promise<Databases> {
  const { databases, journal } = await openOn(disk, { clock });
  await journal.close();
  return databases;
}

/** Lets others run for so many turns. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await undefined;
}
