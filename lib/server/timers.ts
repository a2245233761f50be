/**
 * What a server does again and again while it runs.
 *
 * @module
 */

import type { Services } from "../handler/mod.ts";
import type { Collections } from "./collections.ts";
import { SWEEP_INTERVAL, sweepExpired } from "./sweep.ts";
import { tellTelemetry } from "./telemetry.ts";
import type { Watch } from "./watch.ts";

/** How often the journal does what nobody waits for, in milliseconds. */
const TICK_INTERVAL = 1_000;

/**
 * Removes what has expired, looks at the connections, lets the journal do what nobody waits for, and counts
 * what the runtime does.
 */
export class Timers {
  readonly #services: Services;
  readonly #timers: readonly ReturnType<typeof setInterval>[];
  readonly #garbage: Collections;
  readonly #endTelemetry: () => void;
  /** When the last sweep began, by `performance.now`. */
  #sweptAt = performance.now();
  #ticking: Promise<void> | undefined = undefined;

  /** Begins; {@linkcode Timers.stop} ends it. */
  constructor(services: Services, watch: Watch, garbage: Collections) {
    this.#services = services;
    this.#garbage = garbage;
    garbage.start();
    this.#endTelemetry = tellTelemetry(services);
    this.#timers = [
      setInterval(() => this.#sweep(), SWEEP_INTERVAL),
      setInterval(() => void watch.look(), watch.interval),
      setInterval(() => this.#tick(), TICK_INTERVAL),
    ];
  }

  /** Begins nothing more; resolves when the journal has done what was begun. */
  stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#garbage.stop();
    this.#endTelemetry();
    return this.#ticking ?? Promise.resolve();
  }

  #sweep(): void {
    const { databases, counters, statistics } = this.#services;
    const now = performance.now();
    statistics.lag.add(Math.max(0, now - this.#sweptAt - SWEEP_INTERVAL) * 1_000, 1);
    this.#sweptAt = now;
    sweepExpired(databases);
    statistics.gather();
    statistics.rates.sample(
      databases.now(),
      counters.requests,
      counters.bytesIn,
      counters.bytesOut,
    );
  }

  /** What the journal does each second, unless it is still doing it, and counting. */
  #tick(): void {
    this.#garbage.take();
    const { journal, onDefect } = this.#services;
    if (journal === undefined || this.#ticking !== undefined) return;
    this.#ticking = journal.tick().catch(onDefect).finally(() => this.#ticking = undefined);
  }
}
