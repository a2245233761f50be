/**
 * Several servers under the same loads of redis-benchmark, in turn.
 *
 * @module
 */

import { calibrate, inTurn, RUN_TIME } from "./harness.ts";
import { cpuBetween, Meter, type ServerProcess } from "./processes.ts";
import { KEYS, type Load, run, RunError, type Settings } from "./redis_benchmark.ts";
import { type Figures, figuresOf, type Runs, type Sample } from "./redis_figures.ts";

/** What is compared. */
export interface Plan {
  /** How each server is started, by its name. */
  readonly servers: Readonly<Record<string, () => Promise<ServerProcess>>>;
  /** What each is asked. */
  readonly loads: readonly Load[];
  /** The same in all runs. */
  readonly settings: Settings;
  /** How often each load is measured on each server. */
  readonly rounds: number;
  /** How many milliseconds a run takes. Default {@linkcode RUN_TIME}. */
  readonly runTime?: number;
}

/** What came of it. */
export interface Outcome {
  /** Figures of all that was measured, by load. */
  readonly figures: readonly Figures[];
  /** What failed, once each. */
  readonly failures: readonly string[];
  /** How much memory of each server is resident in the end, in bytes. */
  readonly memory: Readonly<Record<string, number>>;
  /** How many rounds there were. */
  readonly rounds: number;
  /** The exit code that tells of failures, and of Ctrl-C. */
  readonly exitCode: number;
}

/** One request of each client: what connecting costs. */
const CONNECTING: Load = { test: "ping_mbulk", depth: 1 };

/** Random keys are set so many times each on average: 1 of 1,097 is left out. */
const FILLS = 7;

/** A run has at least so many requests of each client: with one they would all come at once. */
const MIN_WAVES = 2;

/** For so many milliseconds it is tried how much a run should do. */
const WARM_UP = 300;

/** Ctrl-C ends redis-benchmark as well, and that may be known so many milliseconds earlier. */
const GRACE = 100;

/** As a shell says it of a program that SIGINT ended. */
const INTERRUPTED = 130;

/** A load on a server, which is measured until it fails. */
interface Cell extends Runs {
  readonly process: ServerProcess;
  readonly samples: Sample[];
  requests: number;
  failure: string | undefined;
}

/**
 * Starts all servers, fills them, and measures them in turn. SIGINT ends that, and what has been measured
 * is returned.
 */
export async function sideBySide(plan: Plan): Promise<Outcome> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  Deno.addSignalListener("SIGINT", onSignal);
  try {
    await using comparison = new Comparison(plan, stop.signal);
    return await comparison.run();
  } finally {
    Deno.removeSignalListener("SIGINT", onSignal);
  }
}

class Comparison implements AsyncDisposable {
  readonly #plan: Plan;
  readonly #stop: AbortSignal;
  readonly #stack = new AsyncDisposableStack();
  readonly #meter = this.#stack.use(new Meter());
  readonly #connecting: Cell[] = [];
  readonly #measured: Cell[] = [];

  constructor(plan: Plan, stop: AbortSignal) {
    this.#plan = plan;
    this.#stop = stop;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async run(): Promise<Outcome> {
    const { servers, rounds } = this.#plan;
    for (const [server, start] of Object.entries(servers)) await this.#prepare(server, start);
    for (let round = 0; round < rounds; round++) await this.#measureAll(round);
    const memory: Record<string, number> = {};
    for (const { server, process } of this.#connecting) {
      memory[server] = await this.#meter.rss(process.pid);
    }
    return this.#outcome(memory);
  }

  /** Fills a server, and finds out how many requests make a run. */
  async #prepare(server: string, start: () => Promise<ServerProcess>): Promise<void> {
    const { loads, settings } = this.#plan;
    const process = this.#stack.use(await start());
    const cellOf = (load: Load): Cell => {
      return { server, process, load, requests: settings.clients, samples: [], failure: undefined };
    };
    const first = cellOf(CONNECTING);
    const cells = loads.map(cellOf);
    this.#connecting.push(first);
    this.#measured.push(...cells);
    await this.#attempt(first, async () => {
      const filling = { test: "set", depth: 16 };
      await run(filling, process.port, FILLS * (settings.keys ?? KEYS), settings, this.#stop);
    });
    for (const cell of cells) {
      cell.failure = first.failure;
      await this.#attempt(cell, () => this.#calibrate(cell));
    }
  }

  async #calibrate(cell: Cell): Promise<void> {
    const wave = this.#plan.settings.clients * cell.load.depth;
    // One more, for the clock of redis-benchmark rounds down, and a time of 0 would fit in forever.
    const work = async (waves: number) => (await this.#runCell(cell, waves * wave)).time + 1;
    const waves = await calibrate(work, WARM_UP, this.#plan.runTime ?? RUN_TIME);
    cell.requests = wave * Math.max(MIN_WAVES, waves);
  }

  /** Does something with a cell unless it has failed already; when it fails now, that is noted. */
  async #attempt(cell: Cell, work: () => Promise<void>): Promise<void> {
    if (cell.failure !== undefined || this.#stop.aborted) return;
    try {
      await work();
    } catch (cause) {
      if (!(cause instanceof RunError)) throw cause;
      await new Promise((resolve) => setTimeout(resolve, GRACE));
      if (this.#stop.aborted) return;
      // A server that does not answer would take the time limit for each of its cells.
      const lost = cause.late ? [...this.#connecting, ...this.#measured] : [cell];
      for (const other of lost) if (other.server === cell.server) other.failure ??= cause.message;
    }
  }

  /** A round: all loads, each on all servers. */
  async #measureAll(round: number): Promise<void> {
    for (const load of [CONNECTING, ...this.#plan.loads]) {
      const cells = load === CONNECTING ? this.#connecting : this.#cellsOf(load);
      for (const cell of inTurn(cells, round)) {
        await this.#attempt(cell, async () => {
          const before = await this.#meter.cpu(cell.process.pid);
          const sample = await this.#runCell(cell, cell.requests);
          const cpu = cpuBetween(before, await this.#meter.cpu(cell.process.pid));
          cell.samples.push({ ...sample, cpu });
        });
      }
    }
  }

  #cellsOf(load: Load): Cell[] {
    return this.#measured.filter((cell) => cell.load === load);
  }

  #runCell({ load, process }: Cell, requests: number) {
    return run(load, process.port, requests, this.#plan.settings, this.#stop);
  }

  #outcome(memory: Readonly<Record<string, number>>): Outcome {
    const isDone = ({ samples, failure }: Cell) => samples.length > 0 && !failure;
    const figures = this.#plan.loads.flatMap((load) =>
      this.#cellsOf(load).filter(isDone).map((cell) =>
        figuresOf(cell, this.#connecting.find(({ server }) => server === cell.server)!)
      )
    );
    const failed = [...this.#connecting, ...this.#measured]
      .filter(({ failure }) => failure !== undefined)
      .map(({ server, failure }) => `${server}: ${failure}`);
    const failures = [...new Set(failed)];
    const exitCode = failures.length > 0 ? 1 : this.#stop.aborted ? INTERRUPTED : 0;
    return { figures, failures, memory, rounds: this.#connecting[0]!.samples.length, exitCode };
  }
}
