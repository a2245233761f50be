/**
 * A connection that is replaced when it is lost.
 *
 * @module
 */

import { type Reply, requestName } from "../cafe/mod.ts";
import { type Answer, Call, isReadOnly, isRepeatable, type Outgoing, type Source } from "./call.ts";
import { Connection, type Loss } from "./connection.ts";
import { ClosedError, ConnectionError, LimitError, TimeoutError } from "./error.ts";
import { Handshake } from "./handshake.ts";
import type { CallOptions, Settings } from "./options.ts";
import { Queue } from "./queue.ts";
import type { Duplex, Transport } from "./transport.ts";

/** No request is sent more often than this: one that ends each of its connections must not go on for ever. */
const MAX_SENDS = 3;

/** What takes part in the life of a link: the subscriptions of a client. */
export interface LinkObserver {
  /** Whether a lost connection is to be replaced although no call waits. */
  readonly needsConnection: boolean;
  /**
   * A PUSH came.
   *
   * @throws {Error} When no server sends such a one: the connection is then ended.
   */
  onPush(reply: Reply): void;
  /**
   * There is no connection: settles a call that is not needed on the next one, and returns whether it was
   * such a call.
   */
  settleMoot(call: Call): boolean;
  /** There is a new connection: returns the calls that are sent on it before all others. */
  onConnect(): readonly Call[];
  /** There will be no connection any longer; `error` is undefined when the caller closed the client. */
  onClose(error: Error | undefined): void;
}

/**
 * Carries calls to a server, over as many connections as it takes.
 *
 * What becomes of a call when the connection is lost:
 *
 * | the call was | how the connection ended | |
 * |---|---|---|
 * | not sent | any | sent on the next connection |
 * | sent, GET, PING, HELLO, STATS, SCAN, TOUCH, COMPACT, SET without a version | lost | sent again |
 * | sent three times | lost | `ConnectionError`, `maybeExecuted` true |
 * | sent, INCR, APPEND, PUBLISH, DELETE, SET with a version | lost | `ConnectionError`, `maybeExecuted` true |
 * | sent | lost after a GOAWAY: the server has not read it | sent again |
 * | sent | the server sent what cannot be understood | `ConnectionError`, `maybeExecuted` true |
 * | sent, a SET from a stream | any | `ConnectionError`, `maybeExecuted` true only when all of it was sent |
 * | any | it does not protect frames as this side wants | `ConnectionError`, and the client is closed |
 * | any | closed by the caller | `ClosedError` |
 * | any | given up, or `reconnect` is false | `ConnectionError`; `maybeExecuted` says if it was sent |
 *
 * Calls that are sent again keep their order, and go before those that were not sent. A connection is
 * replaced when there is something to send on it, or a subscription to restore: an idle client that the
 * server disconnects stays so until its next call, and one whose calls were all aborted stops trying.
 */
export class Link {
  readonly #transport: Transport;
  readonly #settings: Settings;
  readonly #observer: LinkObserver;
  readonly #queue = new Queue<Call>();
  readonly #closing = new AbortController();
  #connection: Connection | undefined = undefined;
  /** The call that the connection began with. */
  #greeting: Call | undefined = undefined;
  /** Attempts in a row that failed. */
  #failures = 0;
  #wake: (() => void) | undefined = undefined;
  #ended = false;
  #cause: unknown = undefined;
  #running: Promise<void> = Promise.resolve();
  /** Whether a call may have been rejected that is still in the queue. */
  #anyFailed = false;
  readonly #onFail = () => {
    this.#anyFailed = true;
  };

  /** Makes a link that is not connected. */
  constructor(transport: Transport, settings: Settings, observer: LinkObserver) {
    this.#transport = transport;
    this.#settings = settings;
    this.#observer = observer;
  }

  /**
   * Connects the first time: one attempt.
   *
   * @throws {ConnectionError} When that fails.
   */
  async open(): Promise<void> {
    try {
      this.#running = this.#run(await this.#connect());
    } catch (cause) {
      throw new ConnectionError(`Cannot connect: ${messageOf(cause)}`, false, cause);
    }
  }

  /**
   * Sends a request and waits for its answer, OK or MISS.
   *
   * @throws {LimitError} When too many calls are pending.
   */
  call(
    request: Outgoing,
    options: CallOptions,
    source?: Source,
  ): Promise<Answer> {
    this.#checkPending(request);
    return this.send(new Call(request, options, this.#settings.timeout, source));
  }

  #checkPending({ op }: Outgoing): void {
    const { maxPending } = this.#settings;
    if (this.#pending < maxPending) return;
    // A busy caller is refused often: each time is not to cost a look at all that is pending.
    if (this.#anyFailed) this.#dropUnwanted();
    const pending = this.#pending;
    if (pending < maxPending) return;
    throw new LimitError(
      `Cannot send ${
        requestName(op)
      }: ${pending} requests are pending, the limit is ${maxPending} (option maxPending)`,
    );
  }

  get #pending(): number {
    return this.#queue.length + (this.#connection?.inFlight ?? 0);
  }

  /** Forgets the calls that were aborted or timed out before they were sent. */
  #dropUnwanted(): void {
    this.#anyFailed = false;
    this.#queue.retain((call) => !call.settled);
  }

  /** Sends a call, whatever the limits are. */
  send(call: Call): Promise<Answer> {
    if (this.#ended || this.#closing.signal.aborted) call.fail(this.#closedError(call));
    else {
      call.onFail = this.#onFail;
      this.#queue.push(call);
      if (this.#connection?.open) this.#connection.wake();
      else this.#wake?.();
    }
    return call.answer;
  }

  /** Closes the connection; what is pending is rejected. Resolves when nothing is left open. */
  async close(): Promise<void> {
    const reason = new ClosedError("The client was closed");
    if (!this.#closing.signal.aborted) this.#closing.abort(reason);
    this.#connection?.close(reason);
    this.#wake?.();
    await this.#running;
  }

  /** Uses one connection after the other, until one cannot be replaced. Never rejects. */
  async #run(first: Duplex): Promise<void> {
    try {
      for (let duplex = first;; duplex = await this.#reconnect()) {
        const loss = await this.#use(duplex);
        this.#failures = loss.answered ? 0 : this.#failures + 1;
        this.#cause = loss.cause;
        this.#recover(loss);
        if (this.#settings.reconnect === false || loss.end === "refused") throw loss.cause;
        await this.#untilNeeded();
      }
    } catch (cause) {
      this.#end(cause);
    }
    await this.#connection?.finished();
  }

  async #use(duplex: Duplex): Promise<Loss> {
    const observer = this.#observer;
    const { wanted, checksum } = this.#settings;
    const handshake = wanted && new Handshake(wanted, checksum);
    const connection = new Connection(
      duplex,
      this.#queue,
      this.#settings,
      handshake,
      (reply) => observer.onPush(reply),
    );
    this.#connection = connection;
    this.#queue.unshift([
      ...handshake ? [handshake.call] : [],
      ...this.#greet(),
      ...observer.onConnect(),
    ]);
    connection.wake();
    return await connection.lost;
  }

  /** The call that lets a new connection in. When it is refused, so are those behind it, which tell why. */
  #greet(): Call[] {
    const { credentials, checksum } = this.#settings;
    if (credentials === undefined) return [];
    const head = { id: undefined, quiet: false, checksum, durable: false };
    this.#greeting = new Call({ op: "HELLO", ...credentials, ...head }, {}, 0);
    this.#greeting.answer.catch(() => {});
    return [this.#greeting];
  }

  /** Decides about the calls that a connection left behind; see the table above. */
  #recover({ end, cause, unanswered }: Loss): void {
    this.#greeting?.fail(cause); // The next connection has its own.
    const again: Call[] = [];
    for (const call of unanswered) {
      if (call.settled) continue;
      // Quiet requests are not answered: those that the server has read cannot be told.
      const unread = end === "goaway" && !call.request.quiet && call.source === undefined;
      if (unread) call.sent = 0;
      if (unread || (end === "lost" && this.#mayRepeat(call))) again.push(call);
      else call.fail(this.#closing.signal.aborted ? this.#closedError(call) : lost(call, cause));
    }
    this.#queue.unshift(again);
  }

  #mayRepeat({ request, sent }: Call): boolean {
    return this.#settings.reconnect !== false && sent < MAX_SENDS && isRepeatable(request);
  }

  /** Waits until there is something to send. */
  async #untilNeeded(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted && !this.#isNeeded()) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    this.#wake = undefined;
    signal.throwIfAborted();
  }

  #isNeeded(): boolean {
    this.#dropUnwanted();
    this.#queue.retain((call) => !this.#observer.settleMoot(call));
    return this.#queue.length > 0 || this.#observer.needsConnection;
  }

  async #reconnect(): Promise<Duplex> {
    const { reconnect, random, delay } = this.#settings;
    const { signal } = this.#closing;
    if (reconnect === false) throw this.#cause;
    const { minDelay, maxDelay, attempts } = reconnect;
    for (; this.#failures < attempts; this.#failures++) {
      await delay(random() * Math.min(maxDelay, minDelay * 2 ** this.#failures), signal);
      await this.#untilNeeded(); // The calls may have been aborted meanwhile.
      try {
        return await this.#connect();
      } catch (cause) {
        signal.throwIfAborted();
        this.#cause = cause;
      }
    }
    throw new Error(
      `${attempts} attempts in a row failed (option attempts), the last one: ${
        messageOf(this.#cause)
      }`,
      { cause: this.#cause },
    );
  }

  /** One attempt, which may take as long as an answer. */
  async #connect(): Promise<Duplex> {
    const { timeout } = this.#settings;
    const attempt = new AbortController();
    const signal = AbortSignal.any([attempt.signal, this.#closing.signal]);
    const late = () =>
      attempt.abort(new TimeoutError(`No connection within ${timeout} ms (option timeout)`));
    const timer = timeout > 0 ? setTimeout(late, timeout) : undefined;
    try {
      const duplex = await this.#transport(signal);
      if (!signal.aborted) return duplex;
      duplex.close();
      throw signal.reason;
    } finally {
      clearTimeout(timer);
    }
  }

  #end(cause: unknown): void {
    this.#ended = true;
    this.#cause = cause;
    const closed = this.#closing.signal.aborted;
    for (const call of this.#queue.takeAll()) {
      call.fail(closed ? this.#closedError(call) : lost(call, cause));
    }
    this.#observer.onClose(
      closed
        ? undefined
        : new ConnectionError(`The connection was lost: ${messageOf(cause)}`, false, cause),
    );
  }

  #closedError({ request }: Call): ClosedError {
    return new ClosedError(`Cannot complete ${requestName(request.op)}: the client is closed`, {
      cause: this.#cause,
    });
  }
}

function lost({ request, sent }: Call, cause: unknown): ConnectionError {
  const maybe = sent > 0 && !isReadOnly(request.op) ? "; the server may have carried it out" : "";
  return new ConnectionError(
    `Cannot complete ${requestName(request.op)}: the connection was lost: ${
      messageOf(cause)
    }${maybe}`,
    sent > 0,
    cause,
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
