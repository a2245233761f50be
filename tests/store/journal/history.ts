/** Histories of changes, made at random, and what of them was told to be safe. */

import type { Databases, FsyncMode, Journal } from "../../../lib/store/mod.ts";
import type { Random } from "../../random.ts";
import { COUNT, type Opened, type State, stateOf, textOf, turns } from "./helpers.ts";

/** How a history is made. */
export interface HistoryOptions {
  /** How many steps it has: most are requests. */
  readonly steps: number;
  /** How many keys they are about. */
  readonly keys: number;
  /** How long values are at the most. */
  readonly longest: number;
}

/** Changes databases at random, a request at a time, and keeps what they were after each. */
export class History {
  /** What the databases were after so many requests. */
  readonly states: State[];
  /** So many requests are safe from the end of the process, and from a loss of power. */
  written = 0;
  durable = 0;
  readonly #opened: Opened;
  #ticking: Promise<void> | undefined = undefined;
  readonly #random: Random;
  readonly #options: HistoryOptions;

  /** Makes changes in what was opened. */
  constructor(opened: Opened, random: Random, options: HistoryOptions) {
    this.#opened = opened;
    this.#random = random;
    this.#options = options;
    this.states = [stateOf(opened.databases)];
  }

  /** How many requests there were. */
  get length(): number {
    return this.states.length - 1;
  }

  /** Carries out all steps. */
  async run(): Promise<void> {
    const random = this.#random;
    for (let step = 0; step < this.#options.steps; step++) {
      this.#step();
      await turns(random.below(4));
    }
    await turns(100);
    await this.#ticking;
  }

  /** One request, or something else that happens. Nothing is written while the journal has failed. */
  #step(): void {
    const { journal, databases, clock } = this.#opened;
    const random = this.#random;
    const choice = random.below(40);
    if (choice === 0) journal.compact();
    else if (choice < 3) this.#tick();
    else if (choice === 3) databases.sweep(random.below(3));
    else if (choice === 4) clock.now += random.below(300);
    else if (choice === 5) journal.settings.fsync = random.of<FsyncMode>(MODES);
    else if (journal.failure === undefined) this.request();
  }

  /** What is done each second, unless it is still being done. */
  #tick(): void {
    this.#ticking ??= this.#opened.journal.tick().finally(() => this.#ticking = undefined);
  }

  /** One request: mostly one change, sometimes several. */
  request(): void {
    const { databases, journal } = this.#opened;
    const random = this.#random;
    const before = journal.added;
    const changes = random.once(5) ? 2 + random.below(4) : 1;
    for (let change = 0; change < changes; change++) this.#change(databases);
    if (journal.added === before) return;
    journal.endGroup();
    this.states.push(stateOf(databases));
    this.#settle(journal);
  }

  /** What the databases were after each number of requests, as text, without what has expired at a time. */
  texts(time: number): string[] {
    return this.states.map((state) => textOf(state, time));
  }

  #settle(journal: Journal): void {
    const random = this.#random;
    if (random.once(4)) return;
    const durable = random.once(4) || journal.settings.fsync === "always";
    const at = this.length;
    void journal.settle(durable).then((failure) => {
      if (failure !== undefined) return;
      this.written = Math.max(this.written, at);
      if (durable) this.durable = Math.max(this.durable, at);
    });
  }

  #change(databases: Databases): void {
    const random = this.#random;
    const store = databases.at(random.below(COUNT));
    const key = Uint8Array.of(random.below(this.#options.keys), 1);
    const choice = random.below(100);
    if (choice < 40) store.set(key, this.#value(), this.#expiry());
    else if (choice < 72) store.append(key, this.#value());
    else if (choice < 82) store.expire(key, this.#expiry());
    else if (choice < 92) store.delete(key);
    else if (choice < 94) store.clear();
    else if (choice < 95) databases.clear();
    else databases.swap(random.below(COUNT), random.below(COUNT));
  }

  #value(): Uint8Array {
    const random = this.#random;
    return new Uint8Array(random.below(this.#options.longest)).fill(random.below(256));
  }

  #expiry(): number {
    const random = this.#random;
    if (random.once(2)) return Infinity;
    return this.#opened.clock.now + random.below(random.of([50, 1_000, 100_000]));
  }
}

const MODES: readonly FsyncMode[] = ["always", "everysec", "never"];
