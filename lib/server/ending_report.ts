/**
 * What the log says of the ends of connections.
 *
 * @module
 */

import type { CloseReason, Ending } from "./ending.ts";
import type { LastReceived } from "./observer.ts";

/** Endings that are no news to an operator. */
const NOT_LOGGED: readonly CloseReason[] = [
  "end of input",
  "quit",
  "killed",
  "connection lost",
  "idle",
  "shutdown",
];

/** So many streams that break the protocol are told in a time, in milliseconds: anybody can break one. */
const MAX_BROKEN = 10;
const INTERVAL = 10_000;

/**
 * Tells of connections that ended for a reason, and not of each one that broke the protocol when there are
 * many.
 *
 * @example
 * ```ts
 * import { EndingReport } from "@cortado/cortado/server";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const report = new EndingReport((line) => lines.push(line), () => 0);
 * report.add("192.0.2.1:7", { reason: "quit", error: undefined });
 * report.add("192.0.2.1:7", { reason: "slow reader", error: undefined });
 * assertEquals(lines, ["192.0.2.1:7: slow reader"]);
 * ```
 */
export class EndingReport {
  readonly #log: (line: string) => void;
  readonly #now: () => number;
  readonly #explain: (last: LastReceived) => readonly string[];
  #since = -Infinity;
  #broken = 0;

  /**
   * Tells to a log, by a clock in milliseconds.
   *
   * @param explain Says more about a stream that broke the protocol.
   */
  constructor(
    log: (line: string) => void,
    now: () => number,
    explain: (last: LastReceived) => readonly string[] = () => [],
  ) {
    this.#log = log;
    this.#now = now;
    this.#explain = explain;
  }

  /** Tells how a connection ended. */
  add(peer: string, { reason, error, last }: Ending): void {
    if (NOT_LOGGED.includes(reason)) return;
    const line = `${peer}: ${reason}${error === undefined ? "" : `: ${error.message}`}`;
    if (reason !== "protocol error") return this.#log(line);
    if (this.#isOneTooMany()) return;
    this.#log([line, ...last === undefined ? [] : this.#more(last)].join("\n"));
  }

  /** What cannot be explained is told without that. */
  #more(last: LastReceived): readonly string[] {
    try {
      return this.#explain(last);
    } catch (cause) {
      return [`  what came cannot be shown: ${cause instanceof Error ? cause.message : cause}`];
    }
  }

  #isOneTooMany(): boolean {
    const now = this.#now();
    if (now - this.#since >= INTERVAL) {
      const untold = this.#broken - MAX_BROKEN;
      if (untold > 0) this.#log(`${untold} more connections ended with a protocol error`);
      this.#since = now;
      this.#broken = 0;
    }
    return ++this.#broken > MAX_BROKEN;
  }
}
