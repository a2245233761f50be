/**
 * What is whole in a directory to entries.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import { CautiousReplayer } from "./cautious_replay.ts";
import type { Disk } from "./disk.ts";
import { filesOf, journalName, type Plan, planOf, snapshotName } from "./file_names.ts";
import { FileSalvage } from "./file_salvage.ts";
import { type FileWindow, readFile, sizeOf } from "./file_window.ts";
import type { FileFindings, Findings } from "./findings.ts";
import { type Following, followingOf, JournalSalvage } from "./journal_salvage.ts";
import type { LoadProgress } from "./load.ts";
import { SnapshotSalvage } from "./snapshot_salvage.ts";

/**
 * Fills empty databases with what is whole in a directory, as a server would take it, and says what is not.
 * Nothing is changed.
 *
 * @param onProgress Told now and then how far it is; awaited, so that others may run.
 * @throws {JournalError} When a file is of another kind, or of a format that this program does not know.
 */
export async function salvage(
  disk: Disk,
  databases: Databases,
  onProgress: (progress: LoadProgress) => Promise<void> = () => Promise.resolve(),
): Promise<Findings> {
  const salvager = new Salvager(disk, planOf(await disk.list()), databases, onProgress);
  await databases.replay(() => salvager.run());
  return salvager.findings;
}

class Salvager {
  readonly #disk: Disk;
  readonly #plan: Plan;
  readonly #databases: Databases;
  readonly #replayer: CautiousReplayer;
  readonly #onProgress: (progress: LoadProgress) => Promise<void>;
  readonly #files: FileFindings[] = [];
  /** The version of the last change that the snapshot may have. */
  #needed = 0;
  #dropped = 0;
  #total = 0;
  #done = 0;
  #records = 0;

  constructor(
    disk: Disk,
    plan: Plan,
    databases: Databases,
    onProgress: (progress: LoadProgress) => Promise<void>,
  ) {
    this.#disk = disk;
    this.#plan = plan;
    this.#databases = databases;
    this.#replayer = new CautiousReplayer(databases);
    this.#onProgress = onProgress;
  }

  get findings(): Findings {
    const files = this.#files;
    const skipped = this.#replayer.skipped;
    const isDamaged = skipped > 0 ||
      files.some(({ size, stretches }) =>
        size === undefined || stretches.some(({ isTorn }) => !isTorn)
      );
    return { files, isDamaged, dropped: this.#dropped, skipped };
  }

  /** Goes through all files; returns a version that no lost change can have had. */
  async run(): Promise<number> {
    const { snapshot, journals } = this.#plan;
    this.#total = await sizeOf(this.#disk, filesOf(this.#plan));
    if (snapshot !== 0) await this.#salvageSnapshot(snapshotName(snapshot));
    let next = Math.max(snapshot, 1);
    for (const number of journals) {
      if (number > next) this.#miss(next, number - 1);
      await this.#salvageJournal(number);
      next = number + 1;
    }
    if (snapshot !== 0 && journals.length === 0) this.#miss(snapshot, snapshot);
    return this.#replayer.version + this.#lostBytes; // A change takes more than a byte.
  }

  get #lostBytes(): number {
    const stretches = this.#files.flatMap(({ stretches }) => stretches);
    return stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  #miss(first: number, last: number): void {
    const name = first === last
      ? journalName(first)
      : `${journalName(first)} to ${journalName(last)}`;
    this.#files.push({ name, size: undefined, records: 0, stretches: [] });
    this.#replayer.suspect();
  }

  async #salvageSnapshot(name: string): Promise<void> {
    await readFile(this.#disk, name, async (window) => {
      const file = this.#fileOf(name, window);
      const snapshot = new SnapshotSalvage(file, this.#databases.count);
      await snapshot.run();
      this.#needed = snapshot.needed;
      this.#add(file);
    });
  }

  async #salvageJournal(number: number): Promise<void> {
    const name = journalName(number);
    await readFile(this.#disk, name, async (window) => {
      const file = this.#fileOf(name, window);
      await new JournalSalvage(file, () => this.#following(number)).run();
      if (number === this.#plan.journals.at(-1)) this.#checkReach(file);
      this.#add(file);
    });
  }

  /** The changes that were made while the snapshot was written were on stable storage before it counted. */
  #checkReach(last: FileSalvage): void {
    if (this.#replayer.last >= this.#needed) return;
    const { size } = last.window;
    const reason =
      `its end is missing: the snapshot needs the changes up to version ${this.#needed}`;
    last.lose(size, size, reason);
  }

  #fileOf(name: string, window: FileWindow): FileSalvage {
    return new FileSalvage(name, window, this.#replayer, async (done, records) => {
      const progress = { done: this.#done + done, total: this.#total };
      await this.#onProgress({ ...progress, records: this.#records + records });
    });
  }

  #add(file: FileSalvage): void {
    this.#files.push(file.findings);
    this.#dropped += file.dropped;
    this.#done += file.window.size;
    this.#records += file.records;
  }

  /** What journals have that follow this one. */
  async #following(number: number): Promise<Following | undefined> {
    let first: Following | undefined;
    for (const later of this.#plan.journals.filter((other) => other > number)) {
      const look = (window: FileWindow) => Promise.resolve(followingOf(window));
      const following = await readFile(this.#disk, journalName(later), look);
      first ??= later === number + 1 ? following : { ...following, before: undefined };
      if (following.hasRequests) return { ...first, hasRequests: true };
    }
    return first;
  }
}
