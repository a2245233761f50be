/**
 * What a worker has answered itself, in figures that the store's thread reads.
 *
 * @module
 */

import { bucketOf, BUCKETS } from "../../handler/histogram.ts";
import type { Tally } from "../plain/answerer.ts";
import { type Dialect, DIALECTS } from "../plain/permit.ts";

// The figures are doubles, which the worker writes and the store's thread reads, each in one step of the
// processor. They only grow: what is seen too early by one look is seen by the next.

/** How often answers were written, how many bytes of requests were answered, and of answers. */
const WRITES = 0;
const BYTES_IN = 1;
const BYTES_OUT = 2;
/** Then for RESP, and again for CAFE: */
const PROTOCOLS = 3;
/** requests whose key was there, and was not, how long they took in microseconds, and how many took how long. */
const HITS = 0;
const MISSES = 1;
const MICROS = 2;
const TIMES = 3;
const PROTOCOL_SIZE = TIMES + BUCKETS;

const SIZE = PROTOCOLS + 2 * PROTOCOL_SIZE;

/** How much memory they take. */
export const ANSWERED_BYTES: number = SIZE * Float64Array.BYTES_PER_ELEMENT;

/** What was answered since the last look. */
export interface Answers {
  /** In which protocol. */
  readonly protocol: "resp" | "cafe";
  /** How many requests had a key that was there. */
  readonly hits: number;
  /** How many had one that was not. */
  readonly misses: number;
}

/** How long what was answered took. */
export interface AnswerTimes {
  /** In which protocol. */
  readonly protocol: "resp" | "cafe";
  /** How many requests there were in each bucket of a histogram. Good until the next look. */
  readonly buckets: Float64Array;
  /** How long they took together, in microseconds. */
  readonly micros: number;
}

/** What was read and written for it. */
export interface AnsweredBytes {
  /** How often. */
  readonly writes: number;
  /** Bytes of requests. */
  readonly bytesIn: number;
  /** Bytes of answers. */
  readonly bytesOut: number;
}

/** Who is told of what workers have answered. */
export interface AnsweredSink {
  /** Told of requests, as often as there is something new. */
  onAnswers(answers: Answers): void;
  /** Told of what was read and written for them. */
  onAnsweredBytes(bytes: AnsweredBytes): void;
  /** Told how long they took, now and then. */
  onAnswerTimes(times: AnswerTimes): void;
  /** Told of the key of one request in a few hundred, and of its database. */
  onKey(key: Uint8Array, database: number): void;
}

/** The worker's side. */
export class Answered implements Tally {
  readonly #figures: Float64Array;
  #began = 0;

  /** Counts in memory of its own that begins at an offset, and is all zeros. */
  constructor(shared: SharedArrayBuffer, offset: number) {
    this.#figures = new Float64Array(shared, offset, SIZE);
  }

  begin(): void {
    this.#began = performance.now();
  }

  end(dialect: Dialect, hits: number, misses: number, bytesIn: number, bytesOut: number): void {
    this.count(dialect, hits, misses, (performance.now() - this.#began) * 1_000);
    this.countBytes(bytesIn, bytesOut);
  }

  /** Counts requests that were answered together, and took so long together. */
  count(dialect: Dialect, hits: number, misses: number, micros: number): void {
    const figures = this.#figures;
    const at = PROTOCOLS + (dialect === DIALECTS.CAFE ? PROTOCOL_SIZE : 0);
    const count = hits + misses;
    figures[at + MICROS]! += micros;
    figures[at + TIMES + bucketOf(micros / count)]! += count;
    figures[at + HITS]! += hits;
    figures[at + MISSES]! += misses;
  }

  /** Counts what was read and written for them. */
  countBytes(bytesIn: number, bytesOut: number): void {
    const figures = this.#figures;
    figures[WRITES]!++;
    figures[BYTES_IN]! += bytesIn;
    figures[BYTES_OUT]! += bytesOut;
  }
}

/** The side of the store's thread. */
export class AnsweredReader {
  readonly #figures: Float64Array;
  /** What they were at the last look. */
  readonly #seen = new Float64Array(SIZE);
  readonly #grown = new Float64Array(BUCKETS);

  /** Reads what a worker counts there. */
  constructor(shared: SharedArrayBuffer, offset: number) {
    this.#figures = new Float64Array(shared, offset, SIZE);
  }

  /** Tells what was answered since it last told that. */
  tell(sink: AnsweredSink): void {
    if (this.#figures[WRITES] === this.#seen[WRITES]) return;
    const writes = this.#grow(WRITES);
    sink.onAnsweredBytes({
      writes,
      bytesIn: this.#grow(BYTES_IN),
      bytesOut: this.#grow(BYTES_OUT),
    });
    this.#tellProtocol("resp", PROTOCOLS, sink);
    this.#tellProtocol("cafe", PROTOCOLS + PROTOCOL_SIZE, sink);
  }

  /** Tells how long it took what was answered since it last told that. */
  tellTimes(sink: AnsweredSink): void {
    this.#tellTimes("resp", PROTOCOLS, sink);
    this.#tellTimes("cafe", PROTOCOLS + PROTOCOL_SIZE, sink);
  }

  #tellProtocol(protocol: Answers["protocol"], at: number, sink: AnsweredSink): void {
    const [hits, misses] = [this.#grow(at + HITS), this.#grow(at + MISSES)];
    if (hits + misses > 0) sink.onAnswers({ protocol, hits, misses });
  }

  #tellTimes(protocol: Answers["protocol"], at: number, sink: AnsweredSink): void {
    if (this.#figures[at + MICROS] === this.#seen[at + MICROS]) return;
    const micros = this.#grow(at + MICROS);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#grown[bucket] = this.#grow(at + TIMES + bucket);
    }
    sink.onAnswerTimes({ protocol, buckets: this.#grown, micros });
  }

  /** By how much a figure has grown since it was last looked at. */
  #grow(at: number): number {
    const now = this.#figures[at]!;
    const grown = now - this.#seen[at]!;
    this.#seen[at] = now;
    return grown;
  }
}
