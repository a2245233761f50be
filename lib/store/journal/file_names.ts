/**
 * The names of the files of a journal.
 *
 * Journals are numbered one after the other. The snapshot of a number holds what all journals before that
 * number have made: the state is the newest snapshot, and the journals from its number on.
 *
 * @module
 */

const PATTERN = /^(journal|snapshot)-(\d{8,})\.cafe$/;
const PART = /^snapshot-\d{8,}\.part$/;
const DIGITS = 8;

/** The name of a journal. */
export function journalName(number: number): string {
  return `journal-${digits(number)}.cafe`;
}

/** The name of a snapshot that is whole. */
export function snapshotName(number: number): string {
  return `snapshot-${digits(number)}.cafe`;
}

/** The name of a snapshot that is being written. */
export function partName(number: number): string {
  return `snapshot-${digits(number)}.part`;
}

function digits(number: number): string {
  return String(number).padStart(DIGITS, "0");
}

/** Whether a file of this name belongs to a journal. */
export function isOurs(name: string): boolean {
  return PATTERN.test(name) || PART.test(name);
}

/** What the files of a directory are. */
export interface Plan {
  /** The number of the newest snapshot; 0 when there is none. */
  readonly snapshot: number;
  /** The numbers of the journals that follow it, in order. */
  readonly journals: readonly number[];
  /** The files that are of no use any more: what a newer snapshot holds, and what was not finished. */
  readonly stale: readonly string[];
}

/** Reads names of files; those of others are passed over. */
export function planOf(names: readonly string[]): Plan {
  const files = names.flatMap((name) => {
    const [, kind, number] = PATTERN.exec(name) ?? [];
    return number === undefined ? [] : [{ name, kind, number: Number(number) }];
  });
  const numbersOf = (wanted: string) =>
    files.filter(({ kind }) => kind === wanted).map(({ number }) => number).sort((a, b) => a - b);
  const snapshot = numbersOf("snapshot").at(-1) ?? 0;
  const old = files.filter(({ number }) => number < snapshot).map(({ name }) => name);
  const parts = names.filter((name) => PART.test(name));
  return {
    snapshot,
    journals: numbersOf("journal").filter((number) => number >= snapshot),
    stale: [...old, ...parts],
  };
}

/** The names of all files that count, in order. */
export function filesOf({ snapshot, journals }: Plan): string[] {
  const names = journals.map(journalName);
  return snapshot === 0 ? names : [snapshotName(snapshot), ...names];
}

/** The number of the first journal that is missing; `undefined` when none is. */
export function missingJournal({ snapshot, journals }: Plan): number | undefined {
  const first = snapshot === 0 ? 1 : snapshot;
  if (journals.length === 0) return snapshot === 0 ? undefined : first;
  const at = journals.findIndex((number, index) => number !== first + index);
  return at === -1 ? undefined : first + at;
}
