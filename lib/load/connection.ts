/**
 * A connection of a load.
 *
 * @module
 */

import { Slab } from "../bytes/mod.ts";
import { BatchDecoder, type ByteSink, type ByteSource, DecodeError } from "../codec/mod.ts";
import type { Clock } from "./clock.ts";
import { LoadError } from "./error.ts";
import { type LoadProtocol, REPLY, type ScannedReply } from "./protocol.ts";
import { Tally, UNEXPECTED, WRONG_VALUE } from "./tally.ts";
import type { Tape } from "./tape.ts";
import { equals } from "@std/bytes";

/** What a load talks over: bytes out and in. */
export interface Socket extends ByteSource, ByteSink {
  /** Ends it; reads and writes that are pending end, with an error or without. */
  close(): void;
}

/** When the requests of a connection are due in an open loop. */
export interface Schedule {
  /** How many there are. */
  readonly count: number;
  /** When the first one is due. */
  readonly first: number;
  /** How many milliseconds later each next one is due. */
  readonly step: number;
}

const NANOS = 1_000_000;

/** Sends requests of a tape, at most `depth` of which are on their way, and counts the replies. */
export class LoadConnection {
  /** Where replies are counted. */
  tally: Tally = new Tally();
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #slab = new Slab();
  readonly #batches: BatchDecoder<ScannedReply>;
  /** The tape, the next request to be sent, and the next one to be answered. */
  #tape: Tape;
  #next: number;
  #answered: number;
  /** How many requests are on their way. */
  #waiting = 0;
  /** From when on the latency of each of them counts, beginning with the one at `#answered`: a ring. */
  readonly #since: Float64Array;
  #oldest = 0;
  #newest = 0;
  #writing: Promise<void> | undefined = undefined;
  /** When something came last, or was sent while nothing was on its way. */
  #progress = 0;
  #open = true;
  #failure: LoadError | undefined = undefined;
  /** An open loop: its schedule, how many of its requests were sent, and what it waits for. */
  #schedule: Schedule = { count: 0, first: 0, step: 1 };
  #sent = 0;
  #wake: (() => void) | undefined = undefined;

  /** Takes a socket and a tape, which is played from the request with the number `at` on. */
  constructor(
    socket: Socket,
    protocol: LoadProtocol,
    tape: Tape,
    at: number,
    depth: number,
    clock: Clock,
  ) {
    this.#socket = socket;
    this.#clock = clock;
    this.#batches = new BatchDecoder(protocol.scanner(tape.values.length > 0));
    this.#since = new Float64Array(depth);
    this.#tape = tape;
    this.#next = this.#answered = at;
  }

  /** Since when an answer is waited for; undefined when none is. */
  get waitingSince(): number | undefined {
    return this.#waiting > 0 ? this.#progress : undefined;
  }

  /**
   * Sends all requests of another tape once, and waits for the replies.
   *
   * @throws {LoadError} When the connection fails.
   */
  async play(tape: Tape): Promise<void> {
    const [own, at] = [this.#tape, this.#next];
    this.#tape = tape;
    this.#next = this.#answered = 0;
    let left = tape.count;
    await this.closedLoop((most) => {
      const count = Math.min(most, left);
      left -= count;
      return count;
    });
    this.#tape = own;
    this.#next = this.#answered = at;
  }

  /**
   * Sends the next requests when all before them are answered, until there are none.
   *
   * @param take Says how many are to be sent next, of at most so many; 0 when it is over.
   * @throws {LoadError} When the connection fails.
   */
  async closedLoop(take: (most: number) => number): Promise<void> {
    const depth = this.#since.length;
    for (let count = take(depth); count > 0; count = take(depth)) {
      const now = this.#clock.now();
      for (let i = 0; i < count; i++) this.#begin(now);
      this.#send(count, now);
      while (this.#waiting > 0) await this.#read();
      await this.#writing;
    }
  }

  /**
   * Sends each request when it is due, or as soon as fewer than `depth` are on their way; whoever has a
   * clock calls `sendDue` at that time, and `stop` when no more are to be sent.
   *
   * @throws {LoadError} When the connection fails.
   */
  async openLoop(schedule: Schedule): Promise<void> {
    this.#schedule = schedule;
    this.#sent = 0;
    while (this.#waiting > 0 || this.#sent < this.#schedule.count) {
      if (this.#waiting > 0) {
        await this.#read();
        this.sendDue(this.#clock.now());
      } else if (this.#open) await new Promise<void>((resolve) => this.#wake = resolve);
      else throw this.#failure ?? new LoadError("a connection was closed");
    }
    await this.#writing;
  }

  /** Sends what is due in an open loop. */
  sendDue(now: number): void {
    const { count, first, step } = this.#schedule;
    if (this.#writing !== undefined || this.#sent >= count) return;
    const sending = Math.min(this.#due(now) - this.#sent, this.#since.length - this.#waiting);
    if (sending <= 0) return;
    for (let i = 0; i < sending; i++) {
      const since = first + step * this.#sent++;
      this.#begin(since);
      this.tally.lateness.add((now - since) * NANOS);
    }
    this.#send(sending, now);
    this.#wakeUp();
  }

  /** Ends an open loop, which waits for the replies to what was sent; what else is due counts as not sent. */
  stop(now: number): void {
    this.tally.unsent += Math.max(0, this.#due(now) - this.#sent);
    this.#schedule = { ...this.#schedule, count: this.#sent };
    this.#wakeUp();
  }

  /** Ends the connection, with the error that its loop is to fail with if it is in one. */
  close(failure?: LoadError): void {
    this.#failure ??= failure;
    if (this.#open) this.#socket.close();
    this.#open = false;
    this.#wakeUp();
  }

  /** How many requests of an open loop are due, of which some were sent. */
  #due(now: number): number {
    const { count, first, step } = this.#schedule;
    return Math.min(count, Math.floor((now - first) / step) + 1);
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #begin(since: number): void {
    this.#since[this.#newest] = since;
    if (++this.#newest === this.#since.length) this.#newest = 0;
  }

  #send(count: number, now: number): void {
    if (this.#waiting === 0) this.#progress = now;
    this.#waiting += count;
    // Not waited for: a server may take requests only while its replies are taken.
    this.#writing = this.#write(count).then(
      () => {
        this.#writing = undefined;
        this.sendDue(this.#clock.now());
      },
      (cause) => this.close(new LoadError(`a connection was lost: ${textOf(cause)}`, cause)),
    );
  }

  async #write(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const { count: length, starts, bytes } = this.#tape;
      const next = Math.min(length, this.#next + left);
      left -= next - this.#next;
      const [from, to] = [starts[this.#next]!, starts[next]!];
      this.#next = next === length ? 0 : next;
      for (let at = from; at < to;) at += await this.#socket.write(bytes.subarray(at, to));
      this.tally.bytesSent += to - from;
    }
  }

  async #read(): Promise<void> {
    const replies: ScannedReply[] = [];
    const count = await this.#receive();
    let corruption: unknown;
    try {
      this.#batches.push(this.#slab.carve(count), replies);
    } catch (cause) {
      corruption = cause;
    }
    const now = this.#clock.now();
    this.#progress = now;
    this.tally.bytesReceived += count;
    for (const reply of replies) this.#settle(reply, now);
    if (corruption === undefined) return;
    throw new LoadError(`the server sent what is no reply: ${textOf(corruption)}`, corruption);
  }

  async #receive(): Promise<number> {
    try {
      const count = this.#open ? await this.#socket.read(this.#slab.free()) : null;
      if (count !== null) return count;
    } catch (cause) {
      throw this.#failure ?? new LoadError(`a connection was lost: ${textOf(cause)}`, cause);
    }
    throw this.#failure ?? new LoadError("the server has closed a connection");
  }

  #settle(reply: ScannedReply, now: number): void {
    if (this.#waiting === 0) throw new LoadError("the server sent a reply that nobody asked for");
    const { tally } = this;
    const at = this.#answered;
    tally.latency.add((now - this.#since[this.#oldest]!) * NANOS);
    tally.requests++;
    this.#waiting--;
    if (++this.#oldest === this.#since.length) this.#oldest = 0;
    this.#answered = at + 1 === this.#tape.count ? 0 : at + 1;
    if (typeof reply !== "number") this.#look(reply, this.#tape, at);
    else if ((this.#tape.expected[at]! & reply) === 0) {
      tally.addError(UNEXPECTED, `reply ${nameOf(reply)} answers another request`);
    } else if (reply === REPLY.MISS) tally.misses++;
  }

  /** Looks at a value that is to be checked, or an error. */
  #look(reply: Exclude<ScannedReply, number>, { values, expected }: Tape, at: number): void {
    if (!(reply instanceof Uint8Array)) return this.tally.addError(reply.code, reply.message);
    if ((expected[at]! & (REPLY.VALUE | REPLY.DONE)) === 0) {
      return this.tally.addError(UNEXPECTED, "reply VALUE answers another request");
    }
    const value = values[at];
    if (value === undefined || equals(value, reply)) return;
    const message = `${reply.length} bytes were read, which are not the ${value.length} of the key`;
    this.tally.addError(WRONG_VALUE, message);
  }
}

function nameOf(reply: number): string {
  return Object.entries(REPLY).find(([, bit]) => bit === reply)?.[0] ?? `${reply}`;
}

function textOf(cause: unknown): string {
  return cause instanceof DecodeError
    ? `${cause.message}, at offset ${cause.offset}`
    : cause instanceof Error
    ? cause.message
    : `${cause}`;
}
