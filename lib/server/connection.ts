/**
 * One connection: streams around a session.
 *
 * @module
 */

import { DecodeError, decoderStream, encoderStream, readableFrom } from "../codec/mod.ts";
import type { Services } from "../handler/mod.ts";
import type { Incoming, Outgoing } from "./conversation.ts";
import type { CloseReason, Ending } from "./ending.ts";
import type { Limits } from "./limits.ts";
import { linger } from "./linger.ts";
import type { ByteListener, LastReceived, WireObserver } from "./observer.ts";
import { Patience, type Standing, type Violation } from "./patience.ts";
import { Session } from "./session.ts";
import { addressText, closeQuietly, isUnix, type Socket } from "./socket.ts";
import { Transport } from "./transport.ts";
import { nextTurn } from "./turn.ts";
import { finished } from "./wait.ts";
import type { Wire } from "./wire.ts";

/**
 * Behind so many bytes of requests the event loop turns, as behind `maxBatch` requests. While this socket always
 * has more, it looks at others only every 61 turns: beside 1 GB in parts a PING took 100 ms with turns of 1 MiB.
 */
const TURN_BYTES = 65_536;

/**
 * What a connection is doing: what its decoder is (`Idle`, `Header`, `Body`), `Processing` requests,
 * `Writing` responses, or `Closed`.
 */
export type ConnectionState = "Idle" | "Header" | "Body" | "Processing" | "Writing" | "Closed";

/**
 * A peer's connection: `socket.read` as a ReadableStream, a TransformStream that decodes, the session's
 * handlers, and a WritableStream that encodes.
 *
 * The next requests are read when the replies to the last ones were taken by the socket: a peer that does
 * not read is not read, and holds the memory of one batch.
 */
export class Connection implements Wire, Standing {
  /** When it was accepted, by the server's clock. */
  readonly connectedAt: number;
  readonly #socket: Socket;
  readonly #transport: Transport;
  readonly #listener: ByteListener | undefined;
  readonly #session: Session;
  readonly #services: Services;
  readonly #limits: Required<Limits>;
  readonly #requests: ReadableStreamDefaultReader<Incoming[]>;
  readonly #responses: WritableStreamDefaultWriter<Outgoing[]>;
  #phase: "Reading" | "Processing" | "Writing" = "Reading";
  /** Whether requests are still taken; afterwards it is too late to be drained. */
  #serving = true;
  #closed = false;
  #reason: CloseReason | undefined = undefined;
  /** Writes that the socket has not taken yet. */
  #writes = 0;
  /** The last one. */
  #written: Promise<void> = Promise.resolve();
  #flushScheduled = false;
  /** Bytes of channel messages that wait in the output. */
  #waitingBytes = 0;
  /** Those, and the bytes of messages that are being written. */
  #pushBytes = 0;
  /** The next requests, when they are read while a request waits. */
  #ahead: Promise<ReadableStreamReadResult<Incoming[]>> | undefined = undefined;
  /** Bytes of values in the replies that are being written. */
  #writingBytes = 0;
  /** The limit that it was over. */
  #violation: Violation | undefined = undefined;
  readonly #patience = new Patience();
  readonly #onGrowth: (bytes: number) => void;
  /** Ends the wait of a request. */
  #stopWaiting: (() => void) | undefined = undefined;

  /**
   * Takes over a socket. Nothing is read before {@linkcode Connection.run}.
   *
   * @param onGrowth Told how many more bytes it may hold.
   * @param observer Told of it.
   */
  constructor(
    socket: Socket,
    services: Services,
    limits: Required<Limits>,
    onGrowth: (bytes: number) => void = () => {},
    observer?: WireObserver,
  ) {
    this.#onGrowth = onGrowth;
    this.#socket = socket;
    this.#services = services;
    this.#limits = limits;
    this.connectedAt = services.databases.now();
    this.#session = new Session(services, this);
    const { decoder, encoder, id } = this.#session;
    const { address, localAddress } = this;
    this.#listener = observer?.connected({ id, address, localAddress });
    this.#transport = new Transport(socket, {
      ...{ decoder, services, onGrowth, listener: this.#listener },
      permit: () => this.#session.permit,
      isQuiet: () => this.#phase === "Reading" && this.#writes === 0 && !this.#session.blocked,
    });
    this.#requests = readableFrom(this.#transport).pipeThrough(decoderStream(decoder)).getReader();
    this.#responses = encoderStream(encoder, this.#transport, { highWaterMark: 2 }).getWriter();
  }

  /** What the connection is doing. */
  get state(): ConnectionState {
    if (this.#closed) return "Closed";
    return this.#phase === "Reading" ? this.#session.decoder.state : this.#phase;
  }

  /** The address of the peer. */
  get address(): string {
    return addressText(this.isUnix ? this.#socket.localAddr : this.#socket.remoteAddr);
  }

  /** The address at this side. */
  get localAddress(): string {
    return addressText(this.#socket.localAddr);
  }

  /** Whether it is a Unix socket. */
  get isUnix(): boolean {
    return isUnix(this.#socket);
  }

  /** How large the block is that is read into, in bytes. */
  get readBlock(): number {
    return this.#transport.readBlock;
  }

  /** When the socket last took or gave bytes, by the server's clock. */
  get lastActive(): number {
    return this.#transport.lastActive;
  }

  /** Whether the last request was answered by the thread that has the socket. */
  get answeredElsewhere(): boolean {
    return this.#socket.answeredLast ?? false;
  }

  /** How many bytes of messages wait, or are being written. */
  get outputBytes(): number {
    return this.#pushBytes;
  }

  /** Whether something is being written. */
  get writing(): boolean {
    return this.#writes > 0;
  }

  /** How many bytes are held for it: requests, replies and messages. */
  get heldBytes(): number {
    if (this.#closed) return 0;
    const { unsent } = this.#transport;
    return this.#session.heldBytes + this.#writingBytes + this.#pushBytes + unsent;
  }

  /** Whether a request has come in part, and the rest is waited for. */
  get waitsForRest(): boolean {
    const { decoder, blocked } = this.#session;
    return this.#phase === "Reading" && !blocked && this.#serving && decoder.state !== "Idle";
  }

  /** Where in the stream that request begins, or one before it that was part of the same read. */
  get requestStart(): number {
    return this.#session.requestStart;
  }

  /** How many bytes have come since then. */
  get requestBytes(): number {
    return this.#session.requestBytes;
  }

  /** Whether a password is wanted that has not been given. */
  get authRequired(): boolean {
    return this.#serving && this.#session.authRequired;
  }

  /** Whether it takes no more requests, and ends when its replies are taken. */
  get ending(): boolean {
    return !this.#serving || this.#reason !== undefined;
  }

  /** Ends the connection at once, because another one has asked for that. */
  kill(): void {
    this.close("killed");
  }

  /** Serves the peer until one side ends; never rejects. */
  async run(): Promise<Ending> {
    let error: DecodeError | undefined;
    try {
      await this.#serve();
    } catch (cause) {
      if (cause instanceof DecodeError) error = cause;
      else this.#lose(cause);
    }
    this.#serving = false;
    error ??= this.#violation?.error;
    // A peer that has ended its side sends nothing more; any other may, and is to get its replies.
    // When there is too little memory, what a peer goes on to send is not waited for.
    const lingers = (error !== undefined || this.#reason !== undefined) &&
      this.#violation?.reason !== "buffer memory";
    if (error !== undefined) {
      this.#reason ??= "protocol error";
      this.#session.fail(error);
    } else if (this.#reason !== undefined) this.#session.goAway();
    else this.#session.endInput();
    const last = error && this.#lastReceived(error);
    await this.#finish(lingers);
    this.#listener?.ended();
    return { reason: this.#reason!, error, ...last && { last } };
  }

  /**
   * Stops reading; what was read is answered, and GOAWAY ends the replies. Does nothing when the
   * connection is ending already.
   */
  drain(reason: CloseReason): void {
    if (this.ending) return;
    this.#reason = reason;
    this.#giveUp();
    this.#requests.cancel().catch(() => {});
  }

  /**
   * Ends the connection when nothing was read or written since `time`: with GOAWAY when it waits for a
   * request, at once when it waits for the peer to take what is written. A connection that is subscribed
   * to a channel need not send requests, nor one whose request waits.
   */
  endIfIdle(time: number): void {
    if (this.lastActive > time) return;
    if (this.#writes > 0) this.close("slow reader");
    else if (!this.#session.subscribed && !this.#session.blocked) this.drain("idle");
  }

  /** Ends the connection when it is over a limit of time. */
  look(now: number): void {
    const { idleTimeout } = this.#limits;
    if (idleTimeout > 0) this.endIfIdle(now - idleTimeout);
    const violation = this.#patience.check(this, now, this.#limits);
    if (violation !== undefined) this.endFor(violation);
  }

  /**
   * Ends the connection for a limit that it is over: with an error behind the replies where it can be sent,
   * and at once where replies wait to be taken, or when it is ending already.
   */
  endFor(violation: Violation): void {
    const hopeless = this.#writes > 0 || this.#session.blocked || this.ending;
    this.#violation ??= violation;
    if (hopeless) this.close(violation.reason);
    else this.drain(violation.reason);
  }

  /** Ends the connection at once. Only the first reason counts, and further calls do nothing. */
  close(reason: CloseReason): void {
    this.#reason ??= reason;
    // Also when it is closed: the rest of a batch may have subscribed since.
    this.#session.close();
    this.#stopWaiting?.();
    if (this.#closed) return;
    this.#closed = true;
    closeQuietly(this.#socket);
  }

  #lastReceived({ offset: brokenAt }: DecodeError): LastReceived | undefined {
    const { protocol } = this.#session;
    const received = this.#transport.lastReceived;
    return received && protocol && { ...received, protocol, brokenAt };
  }

  async #serve(): Promise<void> {
    const { maxBatch } = this.#limits;
    let sinceTurn = 0;
    let turnedAt = 0;
    for (;;) {
      const { value: requests } = await (this.#ahead ?? this.#requests.read());
      this.#ahead = undefined;
      if (requests === undefined) return;
      for (let at = 0; at < requests.length || this.#session.blocked;) {
        if (this.#session.blocked) await this.#wait();
        this.#phase = "Processing";
        const { handled } = this.#session;
        at = this.#session.handle(requests, at, maxBatch);
        sinceTurn += this.#session.handled - handled;
        if (this.#session.unsettled) this.#session.settled(await this.#session.settling());
        this.#phase = "Writing";
        if (at === requests.length) at = requests.length = 0; // This function would hold them while it waits.
        await this.#flush();
        if (this.#session.ended) {
          this.#reason ??= "quit";
          return;
        }
        if (sinceTurn >= maxBatch || this.#session.requestStart - turnedAt >= TURN_BYTES) {
          sinceTurn = 0;
          turnedAt = this.#session.requestStart;
          await nextTurn();
        }
      }
      this.#phase = "Reading";
    }
  }

  /** Waits as a request has asked for, and reads on meanwhile, to know of the end of who waits. */
  async #wait(): Promise<void> {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    this.#phase = "Reading";
    this.#stopWaiting = resolve;
    if (!this.#session.decoder.held && !this.#session.paused!.unread) {
      this.#ahead ??= this.#requests.read();
      this.#ahead.then(({ done }) => done && this.#giveUp(), () => this.#giveUp());
    }
    if (this.#closed) resolve();
    else if (this.#reason !== undefined) this.#giveUp();
    await finished(this.#session.paused!, stopped);
    this.#stopWaiting = undefined;
  }

  /** Ends a wait that nothing else may end. Any other is over soon, and its reply is worth waiting for. */
  #giveUp(): void {
    if (this.#session.paused?.until === undefined) this.#stopWaiting?.();
  }

  /**
   * Writes the output that there is, behind what is being written. What is added meanwhile is not waited
   * for: a channel that is never quiet must not keep its connection from being read.
   */
  async #flush(): Promise<void> {
    this.#session.addPart();
    if (!this.#session.hasOutput) return;
    const bytes = this.#waitingBytes;
    const { replyBytes } = this.#session;
    this.#waitingBytes = 0;
    this.#writes++;
    this.#writingBytes += replyBytes;
    this.#written = this.#responses.write(this.#session.takeOutput());
    await this.#written;
    this.#writes--;
    this.#writingBytes -= replyBytes;
    this.#pushBytes -= bytes;
    this.#session.addPart();
    this.#flushSoon();
  }

  /** What is published in one go, or while something is written, is one write. */
  #flushSoon(): void {
    if (this.#flushScheduled || this.#writes > 0 || !this.#session.hasOutput) return;
    if (!this.#serving) return; // Who ends the connection writes what is left.
    this.#flushScheduled = true;
    queueMicrotask(() => {
      this.#flushScheduled = false;
      // Messages stand behind replies that wait for the journal, and are sent with them.
      if (!this.#session.unsettled) this.#flush().catch((cause) => this.#lose(cause));
    });
  }

  /** Sends what waits soon, unless too much does. */
  onPush(bytes: number): void {
    // A message that nothing else waits with is taken whatever its size: its subscriber may be quick.
    const slow = this.#pushBytes > 0 && this.#pushBytes + bytes > this.#limits.maxOutputSize;
    this.#waitingBytes += bytes;
    this.#pushBytes += bytes;
    this.#onGrowth(bytes);
    if (slow) this.close("slow reader");
    else if (this.#phase !== "Processing") this.#flushSoon();
  }

  /** Writes what is left, and closes so that the peer can read all of it. */
  async #finish(lingers: boolean): Promise<void> {
    try {
      if (this.#session.unsettled) this.#session.settled(await this.#session.settling());
      this.#phase = "Writing";
      do {
        await this.#flush();
        await this.#written; // Behind it comes the next part of a value, if there is one.
      } while (this.#session.hasOutput);
      // Waits for all writes before. When one of them has failed, only `closed` tells with what.
      await this.#responses.close().catch(() => this.#responses.closed);
      this.#writes++; // Who does not take the last of it is closed as one that does not take a reply.
      await this.#transport.allSent();
      this.#writes--;
      if (lingers) await linger(this.#socket);
      this.close("end of input");
    } catch (cause) {
      this.#lose(cause);
    }
  }

  /** Closes after a failed read or write: the peer went away, unless it is a defect of this program. */
  #lose(cause: unknown): void {
    const defect = cause instanceof RangeError || cause instanceof TypeError ||
      cause instanceof ReferenceError;
    if (defect && !this.#closed) this.#services.onDefect(cause);
    this.close("connection lost");
  }
}
