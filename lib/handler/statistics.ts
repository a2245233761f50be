/**
 * What is counted of commands.
 *
 * @module
 */

import { Histogram } from "./histogram.ts";
import { LatencyMonitor } from "./latency_monitor.ts";
import { Rates } from "./rates.ts";
import { SlowLog } from "./slow_log.ts";

/** A command as far as counting goes. */
export interface CountedCommand {
  /** Its name. */
  readonly name: string;
  /** Its number among all commands. */
  readonly index: number;
  /** Its flags. */
  readonly flags: readonly string[];
}

/** What is counted of one command. */
export class CommandFigures {
  /** The name of the command. */
  readonly name: string;
  /** How often it was carried out. */
  calls = 0;
  /** How long that took, in microseconds. */
  micros = 0;
  /** How often it was refused before it was carried out. */
  rejected = 0;
  /** How often it was carried out and answered with an error. */
  failed = 0;
  /** Its calls of this batch that get a share of the batch's time. */
  pending = 0;
  /** Whether a call takes so little time that it is not worth a look at the clock. */
  readonly quick: boolean;
  #times: Histogram | undefined = undefined;

  /** Makes figures at 0. */
  constructor(name: string, quick: boolean) {
    this.name = name;
    this.quick = quick;
  }

  /** How long its calls took; made when the first one is added. */
  get times(): Histogram {
    return this.#times ??= new Histogram();
  }

  /** Sets all to 0, but what waits for its share of a batch. */
  reset(): void {
    this.calls =
      this.micros =
      this.rejected =
      this.failed =
        0;
    this.#times = undefined;
  }

  /** Adds the time of calls, in microseconds each. */
  spend(micros: number, calls: number): void {
    this.micros += micros * calls;
    this.times.add(micros, calls);
  }
}

/** An error that clients make up must not fill the memory: so many kinds are told apart. */
const MAX_ERRORS = 128;

/**
 * The figures of commands and errors.
 *
 * A look at the clock takes a good part of the time of a quick command. So quick commands are counted, and
 * the time of the batch of requests that they came in is shared among them; others are timed by themselves.
 */
export class Statistics {
  /** The slowest requests. */
  readonly slowLog: SlowLog = new SlowLog();
  /** The times when the server was slow. */
  readonly latency: LatencyMonitor = new LatencyMonitor();
  /** How fast the counters grow: requests, bytes received, bytes sent. */
  readonly rates: Rates = new Rates();
  /** The most memory that was used, in bytes. */
  peakMemory = 0;
  /** Entries that had expired when the figures were last reset. */
  expiredBefore = 0;
  readonly #elapsed: () => number;
  /** The figures of commands, by their index; none of what was not sent yet. */
  readonly #commands: (CommandFigures | undefined)[] = [];
  readonly #errors = new Map<string, number>();
  /** The commands with pending calls. */
  readonly #pending: CommandFigures[] = [];
  #began = 0;
  /** How much of the batch was timed by itself, in milliseconds. */
  #timed = 0;
  #depth = 0;

  /** Makes figures at 0; the clock gives milliseconds of any start. Default `performance.now`. */
  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
  }

  /** What is counted of each command that was sent, by name. */
  get commands(): ReadonlyMap<string, CommandFigures> {
    const sent = this.#commands.filter((figures) => figures !== undefined);
    return new Map(sent.map((figures) => [figures.name, figures]));
  }

  /** How often each kind of error was replied, by the word in capitals that it begins with. */
  get errors(): ReadonlyMap<string, number> {
    return this.#errors;
  }

  /** Whether a command is being timed: those inside it are timed as well. */
  get timing(): boolean {
    return this.#depth > 0;
  }

  /** The figures of a command; a quick one has the flag `fast`, or is one of a few others. */
  of({ index, name, flags }: CountedCommand): CommandFigures {
    return this.#commands[index] ??= new CommandFigures(
      name,
      flags.includes("fast") || QUICK.includes(name),
    );
  }

  /** Counts a call that gets a share of the batch's time. */
  count(figures: CommandFigures): void {
    figures.calls++;
    if (figures.pending++ === 0) this.#pending.push(figures);
  }

  /** Begins to time a call; {@linkcode Statistics.end} must follow, also when it fails. */
  begin(): number {
    this.#depth++;
    return this.#elapsed();
  }

  /** Counts a call that began then; returns how long it took, in microseconds. */
  end(figures: CommandFigures, began: number): number {
    this.#depth--;
    const ms = Math.max(0, this.#elapsed() - began);
    if (this.#depth === 0) this.#timed += ms;
    figures.calls++;
    figures.spend(ms * 1_000, 1);
    return ms * 1_000;
  }

  /** Counts an error reply. */
  countError(kind: string): void {
    const known = this.#errors.get(kind);
    if (known === undefined && this.#errors.size >= MAX_ERRORS) return;
    this.#errors.set(kind, (known ?? 0) + 1);
  }

  /** Says that a batch of requests begins. */
  beginBatch(): void {
    this.#began = this.#elapsed();
    this.#timed = 0;
  }

  /** Says that the batch has ended: what was not timed shares the rest of its time. */
  endBatch(): void {
    if (this.#pending.length === 0) return;
    const micros = Math.max(0, this.#elapsed() - this.#began - this.#timed) * 1_000;
    let calls = 0;
    for (const figures of this.#pending) calls += figures.pending;
    for (const figures of this.#pending) {
      figures.spend(micros / calls, figures.pending);
      figures.pending = 0;
    }
    this.#pending.length = 0;
  }

  /** Forgets the figures of commands and errors; the slow log and the latency monitor stay. */
  reset(): void {
    for (const figures of this.#commands) figures?.reset();
    this.#errors.clear();
    this.rates.reset();
  }
}

/** Commands without the flag `fast` that take as little time. */
const QUICK: readonly string[] = ["set", "del", "setex", "psetex", "getset", "mset", "publish"];
