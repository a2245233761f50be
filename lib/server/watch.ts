/**
 * The limits that hold for connections over time, and for all of them together.
 *
 * @module
 */

import type { Limits } from "./limits.ts";
import { type Violation, violation } from "./patience.ts";
import { nextTurn } from "./turn.ts";

/** How often connections are looked at, in milliseconds, when no limit is shorter. */
const INTERVAL = 1_000;

/** All are counted again when they may have grown by this part of the limit. */
const GROWTH = 1 / 8;

/** So many are ended before the event loop turns: thousands at once would keep all others waiting. */
export const ENDED_AT_ONCE = 16;

/** What is watched: a {@linkcode Connection} is such. */
export interface Watchable {
  /** How many bytes are held for it. */
  readonly heldBytes: number;
  /** Whether it takes no more requests. */
  readonly ending: boolean;
  /** Ends it when it is over a limit of time. */
  look(now: number): void;
  /** Ends it for a limit that it is over. */
  endFor(violation: Violation): void;
}

/** Looks at connections now and then, and at the memory of all when much has come. */
export class Watch {
  readonly #connections: ReadonlyMap<Watchable, unknown>;
  readonly #limits: Required<Limits>;
  readonly #now: () => number;
  /** How many bytes have come since all were counted. */
  #grown = 0;
  #scheduled = false;
  #looking = false;

  /** Watches what is in `connections`; the limits may change. */
  constructor(
    connections: ReadonlyMap<Watchable, unknown>,
    limits: Required<Limits>,
    now: () => number,
  ) {
    this.#connections = connections;
    this.#limits = limits;
    this.#now = now;
  }

  /** How often {@linkcode Watch.look} is to be called, in milliseconds. */
  get interval(): number {
    const { idleTimeout, frameTimeout, authTimeout, softOutputTime } = this.#limits;
    const times = [idleTimeout, frameTimeout, authTimeout, softOutputTime];
    return Math.min(INTERVAL, ...times.filter((time) => time > 0));
  }

  /** Ends the connections that are over a limit; does nothing while it still does. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#lookAtEach();
    } finally {
      this.#looking = false;
    }
    this.bound();
  }

  /** Told that connections may hold so many bytes more; soon counts them all if that is much. */
  grow(bytes: number): void {
    this.#grown += bytes;
    const { maxBufferMemory } = this.#limits;
    if (maxBufferMemory === 0 || this.#grown <= maxBufferMemory * GROWTH || this.#scheduled) return;
    this.#scheduled = true;
    // Not in the middle of what made it grow.
    queueMicrotask(() => {
      this.#scheduled = false;
      this.bound();
    });
  }

  /** Ends the connections that hold most while all together hold too much. */
  bound(): void {
    this.#grown = 0;
    const { maxBufferMemory } = this.#limits;
    if (maxBufferMemory === 0) return;
    const before = this.total;
    if (before <= maxBufferMemory) return;
    const largest = [...this.#connections.keys()]
      .map((connection) => ({ connection, held: connection.heldBytes }))
      .sort((a, b) => b.held - a.held);
    let total = before;
    for (const { connection, held } of largest) {
      if (total <= maxBufferMemory) return;
      connection.endFor(violation(
        "buffer memory",
        "OUT_OF_MEMORY",
        0,
        `Cannot hold ${before} bytes of requests and replies: this connection has ${held} of them; the limit is ${maxBufferMemory} (option maxBufferMemory)`,
      ));
      total -= held;
    }
  }

  async #lookAtEach(): Promise<void> {
    let ended = 0;
    for (const connection of this.#connections.keys()) {
      const wasEnding = connection.ending;
      connection.look(this.#now());
      if (!wasEnding && connection.ending && ++ended % ENDED_AT_ONCE === 0) await nextTurn();
    }
  }

  /** How many bytes all connections hold. */
  get total(): number {
    let total = 0;
    for (const connection of this.#connections.keys()) total += connection.heldBytes;
    return total;
  }
}
