/**
 * Snapshots that take the place of journals.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import type { Disk } from "./disk.ts";
import { reasonOf } from "./error.ts";
import { planOf } from "./file_names.ts";
import { type JournalPart, SnapshotStopped, writeSnapshot } from "./snapshot.ts";

/** What is going on with snapshots. Times are in milliseconds. */
export interface CompactionFigures {
  /** How many bytes the last snapshot has; 0 when there is none. */
  readonly snapshotBytes: number;
  /** Since when one is under way, since 1970; `undefined` when none is. */
  readonly startedAt: number | undefined;
  /** When the last one was whole, since 1970; `undefined` when there was none. */
  readonly finishedAt: number | undefined;
  /** How long it took. */
  readonly duration: number | undefined;
  /** Why the last one failed, if it did. */
  readonly reason: string | undefined;
  /** Before this time none begins by itself: the last one has failed. */
  readonly retryAt: number;
}

/** What snapshots are made with. */
export interface CompactionParts {
  /** Where the files are. */
  readonly disk: Disk;
  /** What is written. */
  readonly databases: Databases;
  /** Resolves when others had a chance to run. */
  readonly pause: () => Promise<void>;
  /** Told what an operator should know. */
  readonly log: (line: string) => void;
  /** How many bytes the snapshot has that there is. */
  readonly snapshotBytes: number;
}

/** What a snapshot has to do with the journal. */
export interface CompactionSteps {
  /** Begins the journal that follows it; resolves to its number, which is that of the snapshot. */
  begin(): Promise<number>;
  /** Resolves to what is on stable storage of the journal: as much as the snapshot may know of it. */
  ready(): Promise<JournalPart>;
  /** Called when the snapshot is whole and on stable storage. */
  done(): void;
}

/** After a failure none begins by itself for so long, in milliseconds. */
const RETRY_AFTER = 60_000;

/** Makes snapshots, one at a time. */
export class Compaction {
  readonly #parts: CompactionParts;
  readonly #stop = new AbortController();
  #figures: CompactionFigures;
  #running: Promise<void> | undefined = undefined;

  /** Makes none yet. */
  constructor(parts: CompactionParts) {
    this.#parts = parts;
    this.#figures = {
      snapshotBytes: parts.snapshotBytes,
      startedAt: undefined,
      finishedAt: undefined,
      duration: undefined,
      reason: undefined,
      retryAt: 0,
    };
  }

  /** What is going on. */
  get figures(): CompactionFigures {
    return this.#figures;
  }

  /** Resolves when none is under way. */
  get finished(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  /**
   * Begins a snapshot, unless one is under way.
   *
   * @returns Whether it has begun.
   */
  start(steps: CompactionSteps): boolean {
    if (this.#running !== undefined || this.#stop.signal.aborted) return false;
    const startedAt = this.#now();
    this.#figures = { ...this.#figures, startedAt };
    this.#running = this.#run(steps, startedAt).finally(() => this.#running = undefined);
    return true;
  }

  /** Stops the one that is under way, and begins no other. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.finished;
  }

  async #run(steps: CompactionSteps, startedAt: number): Promise<void> {
    const { disk, databases, pause, log } = this.#parts;
    try {
      const options = { pause, signal: this.#stop.signal, ready: () => steps.ready() };
      const snapshotBytes = await writeSnapshot(disk, await steps.begin(), databases, options);
      steps.done();
      const finishedAt = this.#now();
      this.#end({ snapshotBytes, finishedAt, duration: finishedAt - startedAt, reason: undefined });
      await removeStale(disk, log);
    } catch (cause) {
      const reason = reasonOf(cause);
      this.#end({ reason, retryAt: this.#now() + RETRY_AFTER });
      if (!(cause instanceof SnapshotStopped)) log(`cannot make a snapshot: ${reason}`);
    }
  }

  #end(figures: Partial<CompactionFigures>): void {
    this.#figures = { ...this.#figures, startedAt: undefined, ...figures };
  }

  #now(): number {
    return this.#parts.databases.now();
  }
}

/** Removes the files that are of no use any more. One that stays is passed over when the files are loaded. */
export async function removeStale(disk: Disk, log: (line: string) => void): Promise<void> {
  try {
    for (const name of planOf(await disk.list()).stale) await disk.remove(name);
  } catch (cause) {
    log(`cannot remove old files: ${reasonOf(cause)}`);
  }
}
