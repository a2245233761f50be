/**
 * One attack on one server, with a normal client beside it.
 *
 * @module
 */

import { cpuBetween, type Meter, type ServerProcess, startCortado } from "../../bench/processes.ts";
import { atMost, type Attack, type Criterion, type Outcome } from "./attack.ts";
import { Admin } from "./admin.ts";
import { Measured, NormalClient } from "./normal_client.ts";
import { quantile } from "../../bench/harness.ts";
import { Tally } from "./tally.ts";

/** How many windows are measured before the attack in each round. */
const WINDOWS_WITHOUT = 40;

/** An attack must have its full strength after so many milliseconds, and be over after as many. */
const PATIENCE = 30_000;

/** After so many windows it is looked how many files are open. */
const LOOK_EVERY = 10;

/** How often it is looked whether an attack is over, in milliseconds. */
const POLL = 50;

/** What came of an attack, and whether the server has borne it. */
export interface Report {
  readonly attack: Attack;
  readonly outcome: Outcome;
  readonly criteria: readonly Criterion[];
}

/** Starts a server, attacks it in several rounds, and judges what came of it. */
export async function perform(attack: Attack, rounds: number, meter: Meter): Promise<Report> {
  const log: string[] = [];
  await using server = await startCortado(attack.options, [], (line) => log.push(line));
  using normal = new NormalClient();
  await normal.connect(server.port, attack.password);
  using admin = await Admin.connect(server.port, attack.password);
  await admin.fill();
  const stage = new Stage(attack, server, normal, admin, meter);
  await stage.warmUp();
  const before = await readings(meter, server);
  for (let round = 0; round < rounds; round++) await stage.round();
  const after = await readings(meter, server);
  const peak = await meter.peakRss(server.pid);
  const outcome = {
    ...stage.figures,
    log,
    memory: { before: before.memory, peak, after: after.memory },
    files: { before: before.files, peak: stage.mostFiles, after: after.files },
  };
  return { attack, outcome, criteria: [...common(attack, outcome), ...await stage.criteria()] };
}

async function readings(meter: Meter, { pid }: ServerProcess) {
  return { memory: await meter.settledRss(pid), files: await meter.openFiles(pid) };
}

class Stage {
  readonly #attack: Attack;
  readonly #server: ServerProcess;
  readonly #normal: NormalClient;
  readonly #admin: Admin;
  readonly #meter: Meter;
  readonly #tally = new Tally();
  readonly #without = new Phase();
  readonly #beside = new Phase();
  /** How long the server took at the most to let go of the connections of an attack, in milliseconds. */
  #clearing = 0;
  /** How many connections there are without an attack. */
  #connections = 0;
  mostFiles = 0;

  constructor(
    attack: Attack,
    server: ServerProcess,
    normal: NormalClient,
    admin: Admin,
    meter: Meter,
  ) {
    this.#attack = attack;
    this.#server = server;
    this.#normal = normal;
    this.#admin = admin;
    this.#meter = meter;
  }

  get figures() {
    return {
      tally: this.#tally,
      without: this.#without.measured.windows,
      beside: this.#beside.measured.windows,
      cpu: { without: this.#without.load, beside: this.#beside.load },
    };
  }

  /** Lets the server compile what it runs. */
  async warmUp(): Promise<void> {
    const ignored = new Measured();
    for (let window = 0; window < WINDOWS_WITHOUT; window++) await this.#normal.talk(ignored);
    this.#connections = await this.#admin.connections();
  }

  /** The normal client without the attack, and then beside it. */
  async round(): Promise<void> {
    await this.#measure(this.#without, WINDOWS_WITHOUT, Infinity);
    const stop = new AbortController();
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    const running = this.#attack.run({
      port: this.#server.port,
      signal: stop.signal,
      tally: this.#tally,
      ready,
    });
    try {
      await within(Promise.race([isReady, running]), "at its full strength");
      await this.#measure(this.#beside, Infinity, performance.now() + this.#attack.time);
    } finally {
      stop.abort();
    }
    await within(running, "over");
    await this.#clear();
  }

  /** What holds for every attack and can be asked only of a server that runs. */
  async criteria(): Promise<Criterion[]> {
    const { maxClearing = 5_000 } = this.#attack;
    const damaged = await this.#admin.damaged();
    return [
      atMost(
        "the server lets go of all connections soon after",
        this.#clearing,
        maxClearing,
        " ms",
      ),
      atMost("the server answers, and entries differ from what they were", damaged, 0),
    ];
  }

  async #measure(phase: Phase, windows: number, end: number): Promise<void> {
    const { pid } = this.#server;
    const start = performance.now();
    const before = await this.#meter.cpu(pid);
    for (let window = 0; window < windows && performance.now() < end; window++) {
      await this.#normal.talk(phase.measured);
      if (window % LOOK_EVERY > 0) continue;
      this.mostFiles = Math.max(this.mostFiles, await this.#meter.openFiles(pid));
      await this.#admin.ask("PING"); // So that it is not taken for idle.
    }
    const ran = cpuBetween(before, await this.#meter.cpu(pid));
    phase.add(ran / 1_000, performance.now() - start);
  }

  /** Waits until the server has no more connections than before. */
  async #clear(): Promise<void> {
    const start = performance.now();
    while (await this.#admin.connections() > this.#connections) {
      if (performance.now() - start > PATIENCE) break;
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
    this.#clearing = Math.max(this.#clearing, performance.now() - start);
  }
}

/** With the attack, or without it. */
class Phase {
  readonly measured = new Measured();
  #ran = 0;
  #passed = 0;

  /** Which part of a core the server took. */
  get load(): number {
    return this.#ran / this.#passed;
  }

  add(ran: number, passed: number): void {
    this.#ran += ran;
    this.#passed += passed;
  }
}

/** What is asked of every attack. */
function common(attack: Attack, outcome: Outcome): Criterion[] {
  const { maxGrowth, maxSlowdown } = attack;
  const { before, peak } = outcome.memory;
  const criteria = [
    atMost("memory grows no further than it may", (peak - before) / MIB, maxGrowth / MIB, " MiB"),
    ...attack.judge(outcome),
  ];
  if (maxSlowdown === undefined) return criteria;
  return [
    ...[0.25, 0.5].map((part) =>
      atMost(
        `the normal client's p99 beside the attack to that without, ${PARTS[part]} of windows`,
        slowdown(outcome, part),
        maxSlowdown,
        " times",
      )
    ),
    ...criteria,
  ];
}

const MIB = 1_048_576;
const PARTS: Readonly<Record<number, string>> = { 0.25: "quartile", 0.5: "median" };

/** The p99 of the window below which the given part of the windows lies. */
export function p99At({ figures }: Outcome["without"], part: number): number {
  return quantile(figures.map(({ p99 }) => p99), part);
}

/** How many times as long the p99 is beside the attack. */
export function slowdown({ without, beside }: Outcome, part: number): number {
  return p99At(beside, part) / p99At(without, part);
}

async function within(work: Promise<void>, what: string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Cannot go on: the attack is not ${what} in ${PATIENCE} ms`)),
      PATIENCE,
    );
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
