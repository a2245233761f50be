/**
 * One connection: streams around a session.
 *
 * @module
 */

import { DecodeError, decoderStream, encoderStream, readableFrom } from "../codec/mod.ts";
import type { Services } from "../handler/mod.ts";
import type { Request, Response } from "../model/mod.ts";
import type { Limits } from "./limits.ts";
import { linger } from "./linger.ts";
import { Session } from "./session.ts";
import { closeQuietly, type Socket } from "./socket.ts";

/**
 * What a connection is doing: what its decoder is (`Idle`, `Header`, `Body`), `Processing` requests,
 * `Writing` responses, or `Closed`.
 */
export type ConnectionState = "Idle" | "Header" | "Body" | "Processing" | "Writing" | "Closed";

/** Why a connection ended. */
export type CloseReason =
  | "end of input"
  | "protocol error"
  | "idle"
  | "slow reader"
  | "shutdown"
  | "shutdown deadline"
  | "connection lost";

/** How a connection ended. */
export interface Ending {
  /** Why. */
  readonly reason: CloseReason;
  /** What the peer did wrong, for a protocol error. */
  readonly error: DecodeError | undefined;
}

/**
 * A peer's connection: `socket.read` as a ReadableStream, a TransformStream that decodes, the session's
 * handlers, and a WritableStream that encodes.
 *
 * The next requests are read when the replies to the last ones were taken by the socket: a peer that does
 * not read is not read, and holds the memory of one batch.
 */
export class Connection {
  /** When the last request came, by the store's clock. */
  lastActive: number;
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #services: Services;
  readonly #limits: Required<Limits>;
  readonly #requests: ReadableStreamDefaultReader<Request[]>;
  readonly #responses: WritableStreamDefaultWriter<Response[]>;
  #phase: "Reading" | "Processing" | "Writing" = "Reading";
  #closed = false;
  #reason: CloseReason | undefined = undefined;
  /** The write that is under way, if any. */
  #writing: Promise<void> | undefined = undefined;
  /** Bytes of channel messages that were not taken by the socket yet. */
  #pushBytes = 0;

  /** Takes over a socket. Nothing is read before {@linkcode Connection.run}. */
  constructor(socket: Socket, services: Services, limits: Required<Limits>) {
    this.#socket = socket;
    this.#services = services;
    this.#limits = limits;
    this.lastActive = services.store.now();
    this.#session = new Session(services);
    this.#session.onPush = (bytes) => this.#onPush(bytes);
    this.#requests = readableFrom(socket)
      .pipeThrough(decoderStream(this.#session.decoder))
      .getReader();
    this.#responses = encoderStream(this.#session.encoder, socket).getWriter();
    // A failed write is seen where it was asked for.
    this.#responses.closed.catch(() => {});
  }

  /** What the connection is doing. */
  get state(): ConnectionState {
    if (this.#closed) return "Closed";
    return this.#phase === "Reading" ? this.#session.decoder.state : this.#phase;
  }

  /** Whether the connection waits for its peer, without being subscribed to anything. */
  get idle(): boolean {
    return this.#phase === "Reading" && !this.#session.subscribed;
  }

  /** Serves the peer until one side ends; never rejects. */
  async run(): Promise<Ending> {
    let error: DecodeError | undefined;
    try {
      await this.#serve();
      if (this.#reason !== undefined) this.#session.goAway(); // It was drained.
    } catch (cause) {
      if (cause instanceof DecodeError) {
        this.#reason ??= "protocol error";
        this.#session.fail(error = cause);
      } else this.close("connection lost");
    }
    await this.#finish();
    return { reason: this.#reason!, error };
  }

  /**
   * Stops reading; what was read is answered, and GOAWAY ends the replies. Does nothing when the
   * connection is ending already.
   */
  drain(reason: "shutdown" | "idle"): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#requests.cancel().catch(() => {});
  }

  /** Ends the connection at once. Only the first reason counts, and further calls do nothing. */
  close(reason: CloseReason): void {
    this.#reason ??= reason;
    // Also when it is closed: the rest of a batch may have subscribed since.
    this.#session.close();
    if (this.#closed) return;
    this.#closed = true;
    closeQuietly(this.#socket);
  }

  async #serve(): Promise<void> {
    const { maxBatch } = this.#limits;
    for (;;) {
      const { value: requests } = await this.#requests.read();
      if (requests === undefined) return;
      this.lastActive = this.#services.store.now();
      for (let at = 0; at < requests.length; at += maxBatch) {
        this.#phase = "Processing";
        this.#session.handle(
          requests.length <= maxBatch ? requests : requests.slice(at, at + maxBatch),
        );
        this.#phase = "Writing";
        await this.#flush();
      }
      this.#phase = "Reading";
    }
  }

  /** Writes all output, also what is added meanwhile; one write after the other. */
  #flush(): Promise<void> | undefined {
    if (this.#session.hasOutput) this.#writing ??= this.#writeOutput();
    return this.#writing;
  }

  /** There must be output: the first write makes sure that `#writing` is set before it is unset. */
  async #writeOutput(): Promise<void> {
    try {
      do {
        const bytes = this.#pushBytes;
        await this.#responses.write(this.#session.takeOutput());
        this.#pushBytes -= bytes;
      } while (this.#session.hasOutput);
    } finally {
      this.#writing = undefined;
    }
  }

  #onPush(bytes: number): void {
    this.#pushBytes += bytes;
    if (this.#pushBytes > this.#limits.maxOutputSize) this.close("slow reader");
    // What comes while requests are carried out, or is published in one go, is one write.
    else if (this.#phase !== "Processing" && this.#writing === undefined) {
      queueMicrotask(() => this.#flush()?.catch(() => this.close("connection lost")));
    }
  }

  /** Writes what is left, and closes so that the peer can read all of it. */
  async #finish(): Promise<void> {
    try {
      await this.#flush();
      // A peer that has ended its side sends nothing more; any other may, and is to get its replies.
      if (this.#reason !== undefined) await linger(this.#socket);
      this.close("end of input");
    } catch {
      this.close("connection lost");
    }
  }
}
