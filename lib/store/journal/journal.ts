/**
 * Effects on stable storage.
 *
 * @module
 */

import type { Databases } from "../databases.ts";
import { NO_EFFECTS } from "../effects.ts";
import { Compaction, type Rotation } from "./compaction.ts";
import type { Disk } from "./disk.ts";
import { type JournalFailure, reasonOf } from "./error.ts";
import { journalName } from "./file_names.ts";
import { createJournal, type JournalFile } from "./journal_file.ts";
import type { JournalFigures, JournalParts } from "./parts.ts";
import { RecordWriter } from "./record_writer.ts";
import type { JournalSettings } from "./settings.ts";

/** Why something is not safe; nothing when it is. */
type Outcome = JournalFailure | undefined;

const NOW: Promise<void> = Promise.resolve();

/**
 * Keeps effects in a file.
 *
 * What is added waits for the end of the turn of the event loop, and is written at once then. No reply that
 * depends on it may be sent before {@linkcode Journal.settle} resolves. A write or a sync that fails poisons
 * the journal: nothing is settled until {@linkcode Journal.tick} has mended it.
 */
export class Journal {
  /** How it works. */
  readonly settings: JournalSettings;
  readonly #disk: Disk;
  readonly #databases: Databases;
  readonly #log: (line: string) => void;
  readonly #records = new RecordWriter();
  readonly #compaction: Compaction;
  #file: JournalFile;
  #olderBytes: number;
  /** Why nothing is written; after a failed sync until a snapshot of all takes the place of the file. */
  #failure: JournalFailure | undefined = undefined;
  /** Whether the snapshot that is under way does so. */
  #mending = false;
  /** How many effects were written, are on stable storage, and in a snapshot. */
  #written = 0;
  #synced = 0;
  #inSnapshot = 0;
  /** How many there were when the journal began whose snapshot may be under way. */
  #beforeFile = 0;
  /** How much of the file is on stable storage, and how much of it the last SYNCED says to be. */
  #syncedLength: number;
  #markedLength: number;
  /** The write at the end of this turn, and the sync that begins when nothing else is done to the file. */
  #nextWrite: Promise<Outcome> | undefined = undefined;
  #nextSync: Promise<Outcome> | undefined = undefined;
  /** Resolves when the file is not being synced or replaced. */
  #busy: Promise<unknown> = NOW;
  /** While the file is being replaced nothing is written to it; resolves when there is the other one. */
  #gate: Promise<void> | undefined = undefined;
  /** While many bytes are written to it nothing else is; resolves when they are. */
  #largeWrite: Promise<void> | undefined = undefined;
  readonly #largeFrom: number;
  readonly #pause: () => Promise<void>;

  /** Goes on with a file. The databases tell it of each change from now on. */
  constructor(parts: JournalParts) {
    const { disk, databases, file, settings, log, pause, olderBytes, snapshotBytes } = parts;
    this.settings = settings;
    this.#disk = disk;
    this.#databases = databases;
    this.#log = log;
    this.#pause = pause;
    this.#largeFrom = parts.largeWrite;
    this.#file = file;
    this.#olderBytes = olderBytes;
    this.#syncedLength = file.length;
    this.#markedLength = 0;
    this.#compaction = new Compaction({ disk, databases, pause, log, snapshotBytes });
    databases.effects = this.#records;
  }

  /** The name of the directory that its files are in. */
  get directory(): string {
    return this.#disk.name;
  }

  /** How many effects there were. */
  get added(): number {
    return this.#records.added;
  }

  /** How many of them are on stable storage. */
  get synced(): number {
    return this.#synced;
  }

  /** Why nothing can be written now; nothing when it can. */
  get failure(): JournalFailure | undefined {
    return this.#failure;
  }

  /** What is going on. */
  get figures(): JournalFigures {
    return {
      ...this.#compaction.figures,
      journalBytes: this.#journalBytes,
      waitingBytes: this.#records.length,
      unsynced: this.#records.added - this.#synced,
      sinceSnapshot: this.#records.added - this.#inSnapshot,
      failure: this.#failure,
    };
  }

  /** Says that a request is over: after a crash there is all that it did, or nothing. */
  endGroup(): void {
    this.#records.endGroup();
  }

  /**
   * Resolves when all that was added by now is safe: written, so that a killed process does not lose it, or,
   * when the mode is `always` or `durable` is asked for, on stable storage, so that a loss of power does not.
   * All who wait share one write, and one sync.
   *
   * @returns Why it is not safe, when it is not.
   */
  settle(durable: boolean): Promise<JournalFailure | undefined> {
    if (!durable && this.settings.fsync !== "always") return this.#writeSoon();
    try {
      if (this.#largeWrite === undefined) this.#file.reserve();
    } catch (cause) {
      this.#fail("write", cause);
    }
    return this.#syncSoon();
  }

  /**
   * Does what is to be done each second: writes and syncs what nobody waits for, mends what has failed, and
   * begins a snapshot when the journals have grown enough.
   */
  async tick(): Promise<void> {
    if (this.#failure !== undefined) return await this.#mend(this.#failure);
    if (this.settings.fsync !== "never" && this.#records.added > this.#synced) {
      await this.#syncSoon();
    } else if (this.#records.length > 0 || this.#isToMark) await this.#writeSoon();
    if (this.#isLong) this.compact();
  }

  /** Begins a snapshot, behind which the journals before it are removed; false when there is one under way. */
  compact(): boolean {
    return this.#compaction.start({
      begin: () => this.#rotate(),
      ready: () => this.#catchUp(),
      done: () => this.#compacted(),
    });
  }

  /** Resolves when no snapshot is under way. */
  get compacted(): Promise<void> {
    return this.#compaction.finished;
  }

  /** Writes all that waits, brings it to stable storage, and gives the files up. */
  async close(): Promise<void> {
    this.#databases.effects = NO_EFFECTS;
    if (this.#failure !== undefined) await this.#mend(this.#failure);
    await this.#compaction.stop();
    const failure = await this.#enqueue(() => this.#finish());
    if (failure !== undefined) this.#log(`the journal is not whole: ${failure.reason}`);
    try {
      this.#file.close();
    } finally {
      this.#disk.close();
    }
  }

  get #journalBytes(): number {
    return this.#olderBytes + this.#file.length;
  }

  get #isToMark(): boolean {
    return this.#syncedLength > this.#markedLength;
  }

  /** Whether the journals have grown enough for a snapshot. */
  get #isLong(): boolean {
    const { compactPercentage, compactMinSize } = this.settings;
    const bytes = this.#journalBytes;
    const { snapshotBytes, retryAt } = this.#compaction.figures;
    if (compactPercentage === 0 || this.#databases.now() < retryAt) return false;
    return bytes >= compactMinSize && bytes >= snapshotBytes * compactPercentage / 100;
  }

  #writeSoon(): Promise<Outcome> {
    return this.#nextWrite ??= (this.#gate ?? this.#largeWrite ?? NOW).then(() => {
      this.#nextWrite = undefined;
      const isFree = this.#gate === undefined && this.#largeWrite === undefined;
      return isFree ? this.#writeAll() : this.#writeSoon();
    });
  }

  #syncSoon(): Promise<Outcome> {
    return this.#nextSync ??= this.#enqueue(() => {
      this.#nextSync = undefined;
      return this.#sync();
    });
  }

  /** Does something to the file when nothing else is done to it that takes time. */
  #enqueue<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(job);
    this.#busy = done.catch(() => {});
    return done;
  }

  /** Writes what waits: at once, or, when that is much, so that others are served meanwhile. */
  #writeAll(): Outcome | Promise<Outcome> {
    if (this.#largeWrite !== undefined) return this.#largeWrite.then(() => this.#writeAll());
    return this.#records.length < this.#largeFrom ? this.#write() : this.#writeSlowly();
  }

  async #writeSlowly(): Promise<Outcome> {
    if (this.#failure !== undefined) return this.#failure;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#largeWrite = promise;
    this.#records.endGroup();
    if (this.#isToMark) this.#mark();
    const added = this.#records.added;
    const views = this.#records.takeOut();
    try {
      await this.#file.writeSlowly(views, this.#pause);
      this.#written = added;
      return this.#failure;
    } catch (cause) {
      this.#records.putBack(views);
      return this.#failure ?? this.#fail("write", cause); // A sync that has failed meanwhile is the worse fault.
    } finally {
      this.#largeWrite = undefined;
      resolve();
    }
  }

  /** Writes what waits, with a word on what is on stable storage already. */
  #write(): Outcome {
    if (this.#failure !== undefined) return this.#failure;
    this.#records.endGroup(); // Of changes that no request has made.
    if (this.#isToMark) this.#mark();
    if (this.#records.length === 0) return undefined;
    try {
      this.#file.write(this.#records.views());
    } catch (cause) {
      return this.#fail("write", cause);
    }
    this.#forgetWaiting();
    return undefined;
  }

  /** What waited is written, or is in the snapshot that takes its place. */
  #forgetWaiting(): void {
    this.#records.drop();
    this.#written = this.#records.added;
  }

  #mark(): void {
    this.#records.synced(this.#syncedLength, this.#file.nonce);
    this.#markedLength = this.#syncedLength;
  }

  /** Writes what waits, and brings all that was written to stable storage. */
  async #sync(): Promise<Outcome> {
    const failure = await this.#writeAll();
    if (failure !== undefined || this.#synced === this.#written) return failure;
    const [written, length] = [this.#written, this.#file.length];
    try {
      await this.#file.sync();
    } catch (cause) {
      return this.#fail("sync", cause);
    }
    this.#synced = written;
    this.#syncedLength = length;
    return undefined;
  }

  /** Ends a file: its last words are that all before them is on stable storage, and they are there too. */
  async #finish(): Promise<Outcome> {
    const failure = await this.#sync() ?? await this.#writeAll();
    if (failure !== undefined) return failure;
    return await this.#file.sync().then(() => undefined, (cause) => this.#fail("sync", cause));
  }

  #fail(kind: JournalFailure["kind"], cause: unknown): JournalFailure {
    const reason = reasonOf(cause);
    this.#log(`cannot ${kind} the journal: ${reason}; writes are refused until that is mended`);
    return this.#failure = { kind, reason };
  }

  /**
   * Tries to write again what could not be written. What could not be synced is another matter: the system may
   * have dropped it, and says so only once. A snapshot of all that is in memory takes the place of it.
   */
  async #mend({ kind }: JournalFailure): Promise<void> {
    while (this.#largeWrite !== undefined) await this.#largeWrite;
    if (kind === "sync") {
      this.compact();
      return await this.#compaction.finished;
    }
    this.#records.endGroup();
    try {
      this.#file.write(this.#records.views());
    } catch {
      return; // The next tick tries again.
    }
    this.#forgetWaiting();
    this.#mended();
    await this.#syncSoon();
  }

  #mended(): void {
    this.#failure = undefined;
    this.#log("the journal is written again");
  }

  /** Begins another journal behind the one that there is, whose end is on stable storage before. */
  #rotate(): Promise<Rotation> {
    return this.#enqueue(() => this.#replaceFile());
  }

  async #replaceFile(): Promise<Rotation> {
    if (this.#mending) return this.#mendAgain();
    const number = this.#file.number + 1;
    const next = await createJournal(this.#disk, number, this.#databases.version);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    try {
      while (this.#largeWrite !== undefined) await this.#largeWrite;
      const failure = this.#failure === undefined ? await this.#finish() : undefined;
      if (failure !== undefined) throw new Error(failure.reason);
      this.#goOnWith(next);
      return { number, version: this.#databases.version };
    } catch (cause) {
      next.close();
      await this.#disk.remove(journalName(number)).catch(() => {});
      throw cause;
    } finally {
      this.#gate = undefined;
      resolve();
    }
  }

  /** The snapshot that was to mend has failed: nothing was written to this journal since it was begun. */
  #mendAgain(): Rotation {
    this.#forgetWaiting();
    this.#beforeFile = this.#records.added;
    return { number: this.#file.number, version: this.#databases.version };
  }

  #goOnWith(next: JournalFile): void {
    const { length } = next;
    if (this.#failure === undefined) next.follow(this.#file);
    this.#file.close();
    this.#olderBytes += this.#file.length;
    this.#file = next;
    this.#syncedLength = this.#markedLength = length;
    this.#beforeFile = this.#records.added;
    if (this.#failure === undefined) return;
    this.#failure = { ...this.#failure, kind: "sync" };
    this.#mending = true;
    this.#forgetWaiting();
  }

  /**
   * The snapshot has changes up to now, some of them: those that the journal has must be as safe before it
   * counts, or else a loss of power could leave later changes without earlier ones.
   */
  async #catchUp(): Promise<boolean> {
    if (this.#mending) return false; // Writes are refused: what may have gone is told again.
    const failure = await this.settle(true);
    if (failure !== undefined) throw new Error(failure.reason);
    return true;
  }

  /** The snapshot of this journal is whole: what came before it is not needed any more. */
  #compacted(): void {
    this.#olderBytes = 0;
    this.#inSnapshot = this.#beforeFile;
    if (!this.#mending) return;
    this.#mending = false;
    this.#synced = Math.max(this.#synced, this.#inSnapshot);
    this.#mended();
  }
}
