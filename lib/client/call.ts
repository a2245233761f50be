/**
 * One request and the promise of its answer.
 *
 * @module
 */

import { NO_BYTES } from "../bytes/mod.ts";
import { type CafeRequest, type Reply, replyCode, replyText, requestName } from "../cafe/mod.ts";
import { ServerError, TimeoutError } from "./error.ts";
import { type CallOptions, checkTimeout } from "./options.ts";

/** A request whose id is set when it is sent. */
export type Outgoing = Exclude<CafeRequest, { readonly op: "PART" | "WINDOW" }> & {
  id: number | undefined;
};

/** The name of a request. */
export type Op = Outgoing["op"];

/** Where a value comes from that is sent in parts. */
export type Source = ReadableStreamDefaultReader<Uint8Array>;

/** What a request is answered with: a value in parts is a stream. */
export interface Answer extends Reply {
  /** The parts, as they come. */
  readonly stream?: ReadableStream<Uint8Array>;
}

/** What a quiet request resolves to when it is written: no answer comes. */
const WRITTEN: Reply = {
  type: "OK",
  id: undefined,
  checksum: false,
  more: false,
  ttl: undefined,
  version: undefined,
  key: NO_BYTES,
  value: NO_BYTES,
};

/**
 * A request that waits to be sent, or to be answered.
 *
 * A call that was aborted or timed out stays where it is, settled: in the queue it is skipped, in flight
 * it holds its place so that its late answer is dropped and its id is not used again before that.
 */
export class Call {
  /** What is sent. */
  readonly request: Outgoing;
  /** Where the value comes from that is sent in parts behind it. */
  readonly source: Source | undefined;
  /** The answer: OK or MISS. */
  readonly answer: Promise<Answer>;
  /** How often it was sent. After a GOAWAY this is 0 again: the server has not read it. */
  sent = 0;
  /** Called when the call is rejected, for whom keeps it. */
  onFail: () => void = ignore;
  readonly #resolve: (reply: Answer) => void;
  readonly #reject: (reason: unknown) => void;
  #settled = false;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #signal: AbortSignal | undefined = undefined;
  #onAbort: (() => void) | undefined = undefined;

  /**
   * Makes the call and starts its clock.
   *
   * @throws The signal's reason when it has aborted.
   * @throws {RangeError} When the timeout is out of range.
   */
  constructor(
    request: Outgoing,
    options: CallOptions,
    defaultTimeout: number,
    source?: Source,
  ) {
    const { signal, timeout = defaultTimeout } = options;
    checkTimeout(timeout);
    signal?.throwIfAborted();
    this.request = request;
    this.source = source;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    if (timeout > 0) this.#startTimer(timeout);
    if (signal !== undefined) this.#listen(signal);
  }

  /** Whether it was answered, or is not waited for any longer. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Settles the call with what the server answered. */
  settle(reply: Answer): void {
    if (this.#settled) return;
    this.#finish();
    if (reply.type === "ERR") this.#reject(serverError(reply));
    else this.#resolve(reply);
  }

  /** Settles a quiet call, whose answer does not come. */
  settleWritten(): void {
    this.settle(WRITTEN);
  }

  /** Rejects the call, unless it is settled. */
  fail(reason: unknown): void {
    if (this.#settled) return;
    this.#finish();
    this.#reject(reason);
    this.onFail();
  }

  #startTimer(timeout: number): void {
    this.#timer = setTimeout(() => this.fail(timeoutError(this.request.op, timeout)), timeout);
  }

  #listen(signal: AbortSignal): void {
    this.#signal = signal;
    this.#onAbort = () => this.fail(signal.reason);
    signal.addEventListener("abort", this.#onAbort);
  }

  #finish(): void {
    this.#settled = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    if (this.#onAbort !== undefined) this.#signal!.removeEventListener("abort", this.#onAbort);
  }
}

function ignore(): void {}

/** The error that an ERR says. */
export function serverError(reply: Reply): ServerError {
  return new ServerError(replyCode(reply), replyText(reply));
}

/** What a call is rejected with when it has timed out. */
export function timeoutError(op: Op, timeout: number): TimeoutError {
  return new TimeoutError(
    `Cannot complete ${requestName(op)}: no answer within ${timeout} ms (option timeout)`,
  );
}

/** Whether a request changes nothing on the server: that it was carried out is then of no interest. */
export function isReadOnly(op: Op): boolean {
  return op === "GET" || op === "GET_PARTS" || op === "PING" || op === "HELLO" || op === "STATS" ||
    op === "SCAN";
}

/** Whether MISS may answer a request. */
export function mayMiss(op: Op): boolean {
  return op === "GET" || op === "GET_PARTS" || op === "DELETE" || op === "TOUCH";
}

/**
 * Whether a request may be carried out twice with the same result. A SET that depends on a version is
 * not: its second run would find the version that the first one made. A SET without one is, unless
 * another client writes to the key in between: the second run then undoes that.
 */
export function isRepeatable(request: Outgoing): boolean {
  switch (request.op) {
    case "GET":
    case "GET_PARTS":
    case "PING":
    case "HELLO":
    case "STATS":
    case "SCAN":
    case "TOUCH":
    case "SUBSCRIBE":
    case "UNSUBSCRIBE":
    case "COMPACT":
      return true;
    case "SET":
      return request.version === undefined;
    case "SET_PARTS": // Its stream can be read once.
    case "DELETE":
    case "INCR":
    case "APPEND":
    case "PUBLISH":
      return false;
  }
}
