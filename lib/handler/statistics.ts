/**
 * What is counted of commands.
 *
 * @module
 */

import { Histogram } from "./histogram.ts";
import { HotKeys } from "./hot_keys.ts";
import { LatencyMonitor } from "./latency_monitor.ts";
import { type CommandFigures, ProtocolFigures } from "./protocol_figures.ts";
import { Rates } from "./rates.ts";
import { SlowLog } from "./slow_log.ts";

/**
 * The figures of commands and errors.
 *
 * A look at the clock takes a good part of the time of a quick command. So quick commands are counted, and
 * the time of the batch of requests that they came in is shared among them; others are timed by themselves.
 */
export class Statistics {
  /** The figures of RESP. */
  readonly resp: ProtocolFigures = new ProtocolFigures();
  /** The figures of CAFE. */
  readonly cafe: ProtocolFigures = new ProtocolFigures();
  /** The slowest requests. */
  readonly slowLog: SlowLog = new SlowLog();
  /** The keys that most requests are about. */
  readonly hotKeys: HotKeys;
  /** The times when the server was slow. */
  readonly latency: LatencyMonitor = new LatencyMonitor();
  /** How fast the counters grow: requests, bytes received, bytes sent. */
  readonly rates: Rates = new Rates();
  /** By how much a timer of the server was late each time, in microseconds. */
  lag: Histogram = new Histogram();
  /** Brings in what other threads have counted by now. */
  gather: () => void = () => {};
  /** The most memory that was used, in bytes. */
  peakMemory = 0;
  /** Entries that had expired when the figures were last reset. */
  expiredBefore = 0;
  readonly #endings = new Map<string, number>();
  readonly #elapsed: () => number;
  /** The commands with pending calls. */
  readonly #pending: CommandFigures[] = [];
  #began = 0;
  /** How much of the batch was timed by itself, in milliseconds. */
  #timed = 0;
  #depth = 0;

  /** Makes figures at 0; the clock gives milliseconds of any start. Default `performance.now`. */
  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
    this.hotKeys = new HotKeys(elapsed);
  }

  /** What is counted of each command that was sent, by name: GET of CAFE is `cafe|get`. */
  get commands(): ReadonlyMap<string, CommandFigures> {
    return new Map([
      ...this.resp.commands.map((figures) => [figures.name, figures] as const),
      ...this.cafe.commands.map((figures) => [`cafe|${figures.name}`, figures] as const),
    ]);
  }

  /** How often each kind of error was replied, in any protocol. */
  get errors(): ReadonlyMap<string, number> {
    const errors = new Map(this.resp.errors);
    for (const [kind, count] of this.cafe.errors) errors.set(kind, (errors.get(kind) ?? 0) + count);
    return errors;
  }

  /** How often connections ended, by the reason. */
  get endings(): ReadonlyMap<string, number> {
    return this.#endings;
  }

  /** Counts the end of a connection. */
  countEnding(reason: string): void {
    this.#endings.set(reason, (this.#endings.get(reason) ?? 0) + 1);
  }

  /** Whether a command is being timed: those inside it are timed as well. */
  get timing(): boolean {
    return this.#depth > 0;
  }

  /** Counts calls that get a share of the batch's time. */
  count(figures: CommandFigures, calls = 1): void {
    figures.calls += calls;
    if (figures.pending === 0) this.#pending.push(figures);
    figures.pending += calls;
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
    figures.times.add(ms * 1_000, 1);
    return ms * 1_000;
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
      figures.times.add(micros / calls, figures.pending);
      figures.pending = 0;
    }
    this.#pending.length = 0;
  }

  /** Forgets the figures of commands, errors and keys; the slow log and the latency monitor stay. */
  reset(): void {
    this.resp.reset();
    this.cafe.reset();
    this.rates.reset();
    this.hotKeys.reset();
    this.lag = new Histogram();
    this.#endings.clear();
  }
}
