/**
 * One worker, and another one when it has failed.
 *
 * @module
 */

import { Lane, type LaneOptions } from "./lane.ts";
import { newRings } from "./layout.ts";
import type { SharedNews } from "../../store/mod.ts";
import type { Order, Report, SharedStores } from "./messages.ts";

/** How long a worker that failed is waited with before the next one starts: twice as long each time. */
const MIN_DELAY = 100;
const MAX_DELAY = 5_000;

/** A worker that has run for so long has started well. */
const PROVEN_AFTER = 10_000;

/** How long a worker may take to end, in milliseconds. */
const END_TIMEOUT = 1_000;

/** What is around a thread. */
export interface ThreadOptions extends Pick<LaneOptions, "window" | "sink"> {
  /** Which one it is, for the log; from 1. */
  readonly number: number;
  /** Wakes the store's thread. */
  readonly bell: SharedArrayBuffer;
  /** Where it listens. */
  readonly hostname: string;
  readonly port: number;
  /** What workers answer from as it is now; `undefined` when they ask for all. */
  readonly store: () => SharedStores | undefined;
  /** The module of the worker. */
  readonly module: URL;
  /** Told what an operator should know, a line each. */
  readonly log: (line: string) => void;
}

/** A worker with its lane. */
export class Thread {
  readonly #options: ThreadOptions;
  #worker: Worker | undefined = undefined;
  #lane: Lane | undefined = undefined;
  #stopping = false;
  #startedAt = 0;
  #delay = MIN_DELAY;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** Whether a worker has listened: who cannot at the start is not started again. */
  #hasListened = false;
  readonly #listening = Promise.withResolvers<void>();
  /** What this worker has done, or will not do any more; the next one has its own. */
  #stopped = Promise.withResolvers<void>();
  #ended = Promise.withResolvers<void>();

  /** Starts the worker. */
  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#start();
  }

  /** Resolves when the first worker listens, rejects when it cannot. */
  get listening(): Promise<void> {
    return this.#listening.promise;
  }

  /** The way to the worker; nothing between one and the next. */
  get lane(): Lane | undefined {
    return this.#lane;
  }

  /** Tells the worker what it answers from has changed in. The next one begins with all that there is. */
  tell(news: SharedNews): void {
    if (this.#worker !== undefined) this.#send({ order: "news", news });
  }

  /** Ends the worker, and starts another one after a while: nothing that it says can be trusted. */
  fail(reason: string): void {
    if (this.#worker === undefined) return;
    this.#worker.terminate();
    this.#worker = undefined;
    const lane = this.#lane!;
    this.#lane = undefined;
    const { size } = lane;
    lane.lose("the worker that had the socket has failed");
    this.#listening.reject(new Error(reason));
    this.#stopped.resolve();
    this.#ended.resolve();
    if (this.#stopping || !this.#hasListened) return;
    const { number, log } = this.#options;
    if (performance.now() - this.#startedAt >= PROVEN_AFTER) this.#delay = MIN_DELAY;
    log(
      `worker ${number} failed: ${reason}; its ${size} connections are lost; starting another in ${this.#delay} ms`,
    );
    this.#timer = setTimeout(() => this.#start(), this.#delay);
    this.#delay = Math.min(MAX_DELAY, this.#delay * 2);
  }

  /** Accepts no more; resolves when all that was accepted is told. */
  async stopAccepting(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    if (this.#worker === undefined) return;
    this.#send({ order: "stop" });
    await this.#stopped.promise;
  }

  /** Lets the worker do what it was told, and ends it. */
  async end(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    if (this.#worker === undefined) return;
    this.#send({ order: "end" });
    const timer = setTimeout(() => this.#ended.resolve(), END_TIMEOUT);
    await this.#ended.promise;
    clearTimeout(timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#lane?.lose("the server has ended");
    this.#lane = undefined;
  }

  #start(): void {
    const { bell, hostname, port, store, module, window, sink } = this.#options;
    const rings = newRings();
    const worker = new Worker(module, { type: "module" });
    this.#worker = worker;
    this.#lane = new Lane({ rings, window, sink });
    this.#startedAt = performance.now();
    this.#stopped = Promise.withResolvers();
    this.#ended = Promise.withResolvers();
    worker.onmessage = ({ data }: MessageEvent<Report>) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault(); // It ends the worker, not the process.
      if (this.#worker === worker) this.fail(event.message);
    };
    this.#send({ order: "start", bell, rings, hostname, port, store: store() });
  }

  #send(order: Order): void {
    this.#worker!.postMessage(order);
  }

  #take(report: Report): void {
    const { number, log } = this.#options;
    if (report.report === "listening") {
      this.#hasListened = true;
      this.#listening.resolve();
    } else if (report.report === "stopped") this.#stopped.resolve();
    else if (report.report === "ended") this.#ended.resolve();
    else if (report.report === "accept error") {
      log(
        `cannot accept: ${report.message}; trying again in ${report.delay} ms (worker ${number})`,
      );
    } else {
      this.#listening.reject(errorOf(report));
      this.fail(report.message);
    }
  }
}

/** An error of Deno, as it was in the worker. */
function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  const errors: Readonly<Record<string, (new (message: string) => Error) | undefined>> =
    Deno.errors;
  return new (errors[name] ?? Error)(message);
}
