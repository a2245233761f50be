/**
 * One connection: requests out, answers back to who asked.
 *
 * @module
 */

import { concat } from "@std/bytes";
import { NO_BYTES, WriteBuffer } from "../bytes/mod.ts";
import {
  CafeReplyDecoder,
  CafeRequestEncoder,
  type Credit,
  type Reply,
  replyWindow,
} from "../cafe/mod.ts";
import { BatchDecoder } from "../codec/mod.ts";
import { type Call, serverError } from "./call.ts";
import type { Handshake } from "./handshake.ts";
import { Ids, isQuietId } from "./ids.ts";
import type { Settings } from "./options.ts";
import { problemOf, REFUSED } from "./mismatch.ts";
import type { Queue } from "./queue.ts";
import { Transfers } from "./transfers.ts";
import type { Duplex } from "./transport.ts";

/** A batch that encodes to so many bytes is written before the rest of the queue is encoded. */
const MAX_BATCH = 1_048_576;

/**
 * How a connection ended: `goaway` after the server said so, `corrupt` when it sent what no server sends,
 * `refused` when it does not protect frames as this side wants, `closed` by this side, `lost` otherwise.
 */
export type End = "lost" | "goaway" | "corrupt" | "refused" | "closed";

/** What a connection leaves behind. */
export interface Loss {
  /** How it ended. */
  readonly end: End;
  /** Why. */
  readonly cause: unknown;
  /** Whether it had answered anything. */
  readonly answered: boolean;
  /** The calls that were sent, or being sent, and have no answer; in the order that they were sent in. */
  readonly unanswered: readonly Call[];
}

/**
 * Sends the calls of a queue, and settles each with its answer.
 *
 * What is queued in one tick is encoded in one pass and written in one go. While a write is pending the
 * next batch gathers in the queue.
 */
export class Connection {
  /** Resolves when the connection has ended. */
  readonly lost: Promise<Loss>;
  readonly #resolveLost: (loss: Loss) => void;
  readonly #duplex: Duplex;
  readonly #queue: Queue<Call>;
  readonly #settings: Settings;
  readonly #onPush: (reply: Reply) => void;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #replies: CafeReplyDecoder;
  readonly #decoder: BatchDecoder<Reply>;
  readonly #encoder = new CafeRequestEncoder();
  readonly #out = new WriteBuffer();
  readonly #ids = new Ids();
  /** What was sent and not answered, by id; without ids by the number of the request. */
  readonly #inFlight = new Map<number, Call>();
  /** The quiet calls of the batch that is being written, by id. */
  readonly #quiet = new Map<number, Call>();
  readonly #transfers = new Transfers(() => this.wake());
  /** The ids that must not be used for another request now. */
  readonly #taken = {
    has: (id: number): boolean => this.#inFlight.has(id) || this.#transfers.has(id),
  };
  /** What may be sent, when the server has told. */
  #credit: Credit | undefined = undefined;
  /** What is to be answered before anything else is sent. */
  #handshake: Handshake | undefined;
  #requests = 0;
  #answers = 0;
  #ended = false;
  #draining = false;
  #flushing = false;
  #writing: Promise<void> = Promise.resolve();
  readonly #reading: Promise<void>;

  /** Begins to read. */
  constructor(
    duplex: Duplex,
    queue: Queue<Call>,
    settings: Settings,
    handshake: Handshake | undefined,
    onPush: (reply: Reply) => void,
  ) {
    const { promise, resolve } = Promise.withResolvers<Loss>();
    this.lost = promise;
    this.#resolveLost = resolve;
    this.#duplex = duplex;
    this.#queue = queue;
    this.#settings = settings;
    this.#onPush = onPush;
    this.#handshake = handshake;
    this.#replies = new CafeReplyDecoder(settings.limits);
    if (handshake !== undefined) this.#replies.holdAfterNext();
    this.#decoder = new BatchDecoder(this.#replies);
    this.#writer = duplex.writable.getWriter();
    this.#reading = this.#read(duplex.readable.getReader());
  }

  /** How many requests were sent and not answered. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Whether requests are sent. */
  get open(): boolean {
    return !this.#ended && !this.#draining;
  }

  /** Says that the queue has calls: they are sent in the next microtask. */
  wake(): void {
    if (this.#flushing || !this.open) return;
    this.#flushing = true;
    queueMicrotask(() => this.#writing = this.#flush());
  }

  /** Ends the connection. */
  close(cause: unknown): void {
    this.#end("closed", cause);
  }

  /** Resolves when no read and no write is pending any longer. */
  async finished(): Promise<void> {
    await Promise.all([this.#reading, this.#writing]);
  }

  // Out

  async #flush(): Promise<void> {
    try {
      while (this.open && this.#hasWork()) {
        this.#encodeBatch();
        // A copy, also of large payloads: a call that is aborted or late settles while its bytes are being
        // written, and then the caller may change them.
        const bytes = concat(this.#out.drain());
        if (bytes.length > 0) await this.#writer.write(bytes);
        if (!this.#ended) this.#settleQuiet();
      }
    } catch (cause) {
      this.#end("lost", cause);
    } finally {
      this.#flushing = false;
    }
  }

  #hasWork(): boolean {
    if (this.#shakingHands) return false;
    const mayAdd = !this.#exhausted;
    return (mayAdd && this.#queue.length > 0) || this.#transfers.isReady(mayAdd);
  }

  /** Whether the server has to give back some of the window first. */
  get #exhausted(): boolean {
    return this.#credit?.exhausted === true;
  }

  #encodeBatch(): void {
    for (const request of this.#transfers.take(() => !this.#exhausted)) {
      const before = this.#out.length;
      this.#encoder.encode(request, this.#out);
      if (request.op === "PART") this.#credit?.spend(0, this.#out.length - before);
    }
    while (this.#out.length < MAX_BATCH && !this.#exhausted) {
      const call = this.#queue.shift();
      if (call === undefined) return;
      if (!call.settled) this.#encode(call);
      if (call === this.#handshake?.call) return;
    }
  }

  /** Whether the handshake is sent and not answered. */
  get #shakingHands(): boolean {
    return this.#handshake !== undefined && this.#handshake.call.sent > 0;
  }

  /** Encodes one call and registers it as in flight; one that cannot be encoded fails alone. */
  #encode(call: Call): void {
    const { request } = call;
    const key = this.#keyFor(request.quiet);
    request.id = this.#settings.ids ? key : undefined;
    const before = this.#out.length;
    try {
      this.#encoder.encode(request, this.#out);
    } catch (error) {
      return call.fail(error);
    }
    call.sent++;
    this.#requests++;
    this.#credit?.spend(1, this.#out.length - before);
    this.#inFlight.set(key, call);
    if (call.source !== undefined) this.#transfers.openUpload(key, call);
    if (request.quiet) this.#quiet.set(key, call);
  }

  #keyFor(quiet: boolean): number {
    if (!this.#settings.ids) return this.#requests;
    return quiet ? this.#ids.nextQuiet() : this.#ids.next(this.#taken);
  }

  #settleQuiet(): void {
    if (this.#quiet.size === 0) return;
    for (const [id, call] of this.#quiet) {
      this.#inFlight.delete(id);
      call.settleWritten();
    }
    this.#quiet.clear();
    if (this.#draining) this.#endIfDrained();
  }

  // In

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    try {
      while (!this.#ended) {
        const { done, value } = await reader.read();
        if (done) return this.#endOfStream();
        this.#receiveChunk(value);
      }
    } catch (cause) {
      this.#end("lost", cause);
    }
  }

  #endOfStream(): void {
    this.#decoder.end([]); // Throws when a frame was cut, and says which.
    this.#end("lost", new Error("The server closed the connection"));
  }

  /** Replies before a corruption are delivered. */
  #receiveChunk(chunk: Uint8Array): void {
    const replies: Reply[] = [];
    let corrupt: unknown;
    try {
      this.#decoder.push(chunk, replies);
    } catch (error) {
      corrupt = error;
    }
    for (const reply of replies) {
      if (this.#ended) return;
      this.#receive(reply);
    }
    if (corrupt !== undefined) return this.#end("corrupt", corrupt);
    // What came behind the answer to the handshake could not be read before it.
    if (this.#replies.held && !this.#ended) this.#receiveChunk(NO_BYTES);
  }

  /** Protects all frames from here on as the answer says; without that nothing more is sent. */
  #endHandshake(handshake: Handshake, reply: Reply): void {
    this.#handshake = undefined;
    try {
      if (reply.type === "ERR") throw serverError(reply);
      const { sealer, opener, credit } = handshake.finish(reply);
      this.#credit = credit;
      this.#encoder.protect(sealer);
      this.#replies.release(opener);
      this.wake();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#end("refused", new Error(`Cannot protect the connection: ${why}`, { cause }));
    }
  }

  #receive(reply: Reply): void {
    switch (reply.type) {
      case "PUSH":
        return this.#check(() => this.#onPush(reply));
      case "GOAWAY":
        this.#draining = true;
        return this.#endIfDrained();
      case "PART":
        return this.#check(() => this.#transfers.receive(reply));
      case "WINDOW":
        this.#check(() => this.#credit?.giveBack(replyWindow(reply)));
        return this.wake();
      case "INVALID":
        return this.#end("corrupt", serverError(reply));
      case "OK":
      case "ERR":
      case "MISS":
        return this.#settings.ids ? this.#receiveById(reply) : this.#receiveInOrder(reply);
    }
  }

  /** Ends the connection when what came is nothing that a server sends. */
  #check(take: () => void): void {
    try {
      take();
    } catch (cause) {
      this.#end("corrupt", cause);
    }
  }

  #receiveById(reply: Reply): void {
    const { id, type } = reply;
    if (id !== undefined && this.#inFlight.has(id) && !isQuietId(id)) {
      return this.#answer(id, reply);
    }
    if (type !== "ERR") return this.#unexpected(reply);
    if (id === undefined) return this.#end("lost", serverError(reply));
    if (this.#transfers.fail(id, reply)) return;
    if (!isQuietId(id)) return this.#unexpected(reply);
    this.#answers++;
    const error = serverError(reply);
    // In a task of its own: what the callback throws is not an error of the connection.
    queueMicrotask(() => this.#settings.onQuietError(error));
  }

  #receiveInOrder(reply: Reply): void {
    const { id, type } = reply;
    const key = this.#answers;
    const ofConnection = type === "ERR" &&
      (!this.#inFlight.has(key) || serverError(reply).code === REFUSED);
    if (ofConnection) return this.#end("lost", serverError(reply));
    if (id !== undefined || !this.#inFlight.has(key)) return this.#unexpected(reply);
    this.#answer(key, reply);
  }

  #answer(key: number, reply: Reply): void {
    const call = this.#inFlight.get(key)!;
    const problem = problemOf(reply, call.request);
    if (problem !== undefined) return this.#end("corrupt", new Error(problem));
    this.#inFlight.delete(key);
    this.#answers++;
    if (reply.more) this.#check(() => this.#openDownload(key, call, reply));
    else call.settle(reply);
    if (call.source !== undefined) this.#transfers.closeUpload(key, "The request was answered");
    if (call === this.#handshake?.call) this.#endHandshake(this.#handshake, reply);
    if (reply.checksum !== call.request.checksum) this.#end("lost", serverError(reply));
    else if (this.#draining) this.#endIfDrained();
  }

  #openDownload(id: number, call: Call, reply: Reply): void {
    const { request } = call;
    const answer = this.#transfers.openDownload(
      id,
      reply,
      request.op === "GET_PARTS" ? request.window : 0,
    );
    if (call.settled) answer.stream.cancel(); // Nobody waits for it any more.
    else call.settle(answer);
  }

  #unexpected({ type, id }: Reply): void {
    const name = id === undefined ? "without an id" : `with id ${id}`;
    const message = `Cannot match an answer: ${type} ${name} answers no request that is in flight`;
    this.#end("corrupt", new Error(message));
  }

  // End

  /** After a GOAWAY there is nothing to wait for once all that was sent is answered. */
  #endIfDrained(): void {
    if (this.#inFlight.size === 0) this.#end("goaway", new Error("The server goes away"));
  }

  #end(end: End, cause: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const unanswered = [...this.#inFlight.values()];
    this.#inFlight.clear();
    this.#transfers.end(cause);
    this.#duplex.close();
    this.#resolveLost({
      end: end === "lost" && this.#draining ? "goaway" : end,
      cause,
      answered: this.#answers > 0,
      unanswered,
    });
  }
}
