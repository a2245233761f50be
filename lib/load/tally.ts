/**
 * What is counted while a load runs.
 *
 * @module
 */

import { Histogram } from "./histogram.ts";

/** An error that the server replied, or a reply that is wrong. */
export interface ErrorCount {
  /** How often it came. */
  count: number;
  /** The text of the first one. */
  readonly message: string;
}

/** The code of a reply of another kind than the request asks for. */
export const UNEXPECTED = "UNEXPECTED_REPLY";
/** The code of a value that is not the one that was stored. */
export const WRONG_VALUE = "WRONG_VALUE";

/** So many codes are told apart: a server that makes up more is not to take memory for each. */
const MAX_CODES = 64;
/** The code of all others. */
const OTHERS = "OTHERS";

/** What was counted in some time. Tallies can be added up. */
export class Tally {
  /** How many requests were answered, errors among them. */
  requests = 0;
  /** How many of them were about a key that was not there. */
  misses = 0;
  /** How many bytes were sent. */
  bytesSent = 0;
  /** How many bytes were received. */
  bytesReceived = 0;
  /** How many requests of an open loop were due and not sent before it ended. */
  unsent = 0;
  /** How many milliseconds it took. */
  time = 0;
  /** The processor time that this process took meanwhile, in milliseconds. */
  cpu = 0;
  /** How long replies took, in nanoseconds. */
  readonly latency: Histogram = new Histogram();
  /** How late requests of an open loop were sent, in nanoseconds. */
  readonly lateness: Histogram = new Histogram();
  /** Errors, by code. */
  readonly errors: Map<string, ErrorCount> = new Map();

  /** How many replies were errors. */
  get errorCount(): number {
    return this.errors.values().reduce((sum, { count }) => sum + count, 0);
  }

  /** Requests that were answered in a second; 0 when it took no time. */
  get rate(): number {
    return this.time === 0 ? 0 : 1_000 * this.requests / this.time;
  }

  /** Counts an error. */
  addError(code: string, message: string, times = 1): void {
    const isOther = this.errors.size >= MAX_CODES && !this.errors.has(code);
    const name = isOther ? OTHERS : code;
    const known = this.errors.get(name);
    if (known === undefined) this.errors.set(name, { count: times, message });
    else known.count += times;
  }

  /** Adds what another one has counted, which stays as it is. */
  merge(other: Tally): void {
    this.requests += other.requests;
    this.misses += other.misses;
    this.bytesSent += other.bytesSent;
    this.bytesReceived += other.bytesReceived;
    this.unsent += other.unsent;
    this.time += other.time;
    this.cpu += other.cpu;
    this.latency.merge(other.latency);
    this.lateness.merge(other.lateness);
    for (const [code, { count, message }] of other.errors) this.addError(code, message, count);
  }
}
