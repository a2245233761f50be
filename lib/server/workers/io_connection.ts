/**
 * A connection, as the worker has it that owns its socket.
 *
 * @module
 */

import { NO_BYTES } from "../../bytes/mod.ts";
import { closeQuietly, type Socket } from "../socket.ts";
import { nextTurn } from "../turn.ts";
import { type Answerer, type Reply, STOP } from "../plain/answerer.ts";
import { UP } from "./messages.ts";
import { NO_PERMIT } from "../plain/permit.ts";
import { permitOf, roomOf, wantOf } from "./want.ts";
import type { Ring } from "./ring.ts";
import { concat } from "@std/bytes";

/** So many bytes that were sent are told of at once; fewer with the next message. */
const TELL_AT = 16_384;

/** The largest block of a connection whose requests are answered here. */
const MAX_BLOCK = 65_536;

/** A block shrinks when a read takes less than this part of it. */
const LEAST_READ = 1 / 8;

/**
 * Behind so many bytes of requests and answers the event loop turns: while a peer always has more, and takes all,
 * nothing else would be done.
 */
const TURN_BYTES = 65_536;

/** What was answered is told of in so many milliseconds. */
const TELL_ANSWERED_AFTER = 50;

/** Whom a connection tells what is to be sent up. */
export interface Outbox {
  /** Answers requests; without it, all go up. */
  readonly answerer: Answerer | undefined;
  /** Calls `tell` now, and again until it has told all. */
  say(connection: IoConnection): void;
  /** The same, but nobody is woken for it. */
  whisper(connection: IoConnection): void;
  /** Calls `tellSent` before the worker sleeps. */
  sayLater(connection: IoConnection): void;
  /** Told that an answer is expected, or is not any more. */
  expect(connection: IoConnection, isExpected: boolean): void;
  /** Calls `release` soon, once. */
  hold(connection: IoConnection): void;
}

/**
 * Reads what is asked for, writes what is given, and tells of both; answers what it has a permit for. It never
 * has more than one read in its block.
 */
export class IoConnection {
  /** Its number on this lane. */
  readonly id: number;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  /** What is told first. */
  #opening: Uint8Array | undefined;
  /** What is wanted by each read that was asked for. */
  #wants: number[] = [];
  #block: Uint8Array = NO_BYTES;
  /** How large the block is to be for what is answered here. */
  #wantedBlock = 0;
  #reading = false;
  /** Where in the block the bytes begin, and end, that are neither answered nor told. */
  #from = 0;
  #to = 0;
  /** Whether they are to be told. */
  #goesUp = false;
  /** Whether they are a part of a request that can be answered here when the rest has come. */
  #isCut = false;
  /** What is told last, and whether it was. */
  #end: typeof UP.EOF | typeof UP.LOST | undefined = undefined;
  #toldEnd: typeof UP.EOF | typeof UP.LOST | undefined = undefined;
  #queue: Uint8Array[] = [];
  #writing = false;
  /** Whether these are answers, and how many bytes were answered since the event loop turned, and of answers. */
  #answering = false;
  #sinceTurn = 0;
  /** Whether the store's thread waits for the end of the answers, and whether that is to be told. */
  #stops = false;
  #hasStopped = false;
  /** How many bytes were sent that are not told. */
  #sent = 0;
  /** Whether somebody waits to be told of them. */
  #isAsked = false;
  /** Whether requests were answered here that are not told of, and when they last were. */
  #answered = false;
  #toldAnsweredAt = 0;
  #closed = false;

  /** Takes over a socket; nothing is read before it is asked for. */
  constructor(id: number, socket: Socket, opening: Uint8Array, outbox: Outbox) {
    this.id = id;
    this.#socket = socket;
    this.#opening = opening;
    this.#outbox = outbox;
  }

  /** Reads what is wanted: see {@linkcode wantOf}. */
  read(want: number): void {
    this.#outbox.expect(this, false);
    this.#wants.push(want);
    this.#proceed();
  }

  /** Sends bytes, behind those that wait. */
  write(bytes: Uint8Array): void {
    this.#outbox.expect(this, false);
    this.#revoke();
    this.#queue.push(bytes);
    if (!this.#writing) void this.#send();
  }

  /** Tells of bytes that are sent as soon as they are, until none wait. */
  ask(): void {
    this.#isAsked = this.#writing || this.#sent > 0;
    if (this.#sent > 0) this.#outbox.say(this);
  }

  /** Answers what is here and nothing more, and tells when all answers are sent. */
  stop(): void {
    this.#stops = true;
    if (!this.#answering) this.#endAnswers();
  }

  #endAnswers(): void {
    this.#stops = false;
    this.#hasStopped = true;
    this.#revoke();
    this.#outbox.say(this);
  }

  /** Ends the sending side. What was to be sent is sent: who ends it has waited for that. */
  end(): void {
    this.#revoke();
    this.#socket.closeWrite().catch(() => this.#fail(UP.LOST));
  }

  /** Ends it; nothing is told of it any more. */
  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#outbox.expect(this, false);
    closeQuietly(this.#socket);
  }

  /** Tells what there is to be told; returns whether there was room for all of it. */
  tell(up: Ring): boolean {
    if (this.#closed) return true;
    if (this.#opening !== undefined) {
      if (!up.push(UP.OPEN, this.id, 0, this.#opening)) return false;
      this.#opening = undefined;
    }
    if (this.#answered && !this.#tellAnswered(up)) return false;
    while (this.#goesUp) {
      if (!this.#tellBytes(up)) return false;
      this.#proceed();
    }
    if (this.#hasStopped) {
      if (!up.push(UP.STOPPED, this.id, this.#sent)) return false;
      this.#hasStopped = false;
      this.#sent = 0;
    }
    if (this.#end !== this.#toldEnd && this.#from === this.#to) {
      if (!up.push(this.#end!, this.id, this.#sent)) return false;
      this.#toldEnd = this.#end;
      this.#sent = 0;
    }
    return !(this.#isAsked || this.#sent >= TELL_AT) || this.tellSent(up);
  }

  /** Tells of what was sent; returns whether there was room for it. */
  tellSent(up: Ring): boolean {
    if (this.#closed || this.#sent === 0) return true;
    if (!up.push(UP.ACK, this.id, this.#sent)) return false;
    this.#sent = 0;
    this.#isAsked &&= this.#writing;
    return true;
  }

  #tellAnswered(up: Ring): boolean {
    if (!up.push(UP.ANSWERED, this.id, this.#sent)) return false;
    this.#answered = false;
    this.#sent = 0;
    return true;
  }

  /** Tells of as many bytes as the oldest read wants. */
  #tellBytes(up: Ring): boolean {
    const size = Math.min(this.#to - this.#from, roomOf(this.#wants[0]!));
    const bytes = this.#from === 0 ? this.#block : this.#block.subarray(this.#from);
    if (!up.push(UP.DATA, this.id, this.#sent, bytes, size)) return false;
    this.#from += size;
    this.#goesUp = false;
    this.#sent = 0;
    this.#wants.shift();
    this.#outbox.expect(this, true);
    return true;
  }

  /** Does with the bytes that are here what is to be done, or reads; called when either may have become possible. */
  #proceed(): void {
    const [want] = this.#wants;
    if (want === undefined || this.#goesUp || this.#closed) return;
    const permit = permitOf(want);
    if (this.#from === this.#to || this.#isCut && permit !== NO_PERMIT) return this.#readNext(want);
    // While something is written, an answer would have to wait, and nobody would know that.
    if (permit === NO_PERMIT || this.#writing) this.#sendUp();
    else this.#answer(permit);
  }

  #sendUp(): void {
    this.#goesUp = true;
    this.#outbox.say(this);
  }

  /** What the store's thread says of the connection changes what may be answered. */
  #revoke(): void {
    for (let at = 0; at < this.#wants.length; at++) {
      this.#wants[at] = wantOf(roomOf(this.#wants[at]!), NO_PERMIT);
    }
  }

  /** The rest of a request that is cut has not come soon: the store's thread is to know of it. */
  release(): void {
    if (!this.#isCut || this.#closed || this.#wants.length === 0) return;
    this.#isCut = false;
    this.#sendUp();
  }

  /**
   * Answers what it can, and sends up what comes behind. A request that is cut is held: most often its rest is on
   * its way, and when a part of a request has gone up, all goes up until a read ends where a request does.
   */
  #answer(permit: number): void {
    const answerer = this.#outbox.answerer!;
    const reply = answerer.answer(this.#block, this.#from, this.#to, permit);
    const { stop } = answerer;
    this.#sinceTurn += answerer.end - this.#from;
    this.#from = answerer.end;
    if (stop === STOP.CUT) this.#hold();
    if (reply !== undefined) {
      this.#answered = true;
      void this.#sendReply(reply);
    }
    if (stop === STOP.ASK) this.#sendUp();
    else if (reply === undefined) this.#proceed();
    // Otherwise it goes on when the answers are sent.
  }

  /** Holds what is cut; in a full block it moves to the start, and the block gets larger. */
  #hold(): void {
    this.#isCut = true;
    this.#outbox.hold(this);
    if (this.#to < this.#block.length) return;
    const rest = this.#block.subarray(this.#from, this.#to);
    this.#wantedBlock = Math.min(MAX_BLOCK, 2 * this.#block.length);
    if (this.#wantedBlock > this.#block.length) this.#block = new Uint8Array(this.#wantedBlock);
    this.#block.set(rest);
    this.#from = 0;
    this.#to = rest.length;
  }

  /**
   * Reads as much as is wanted; where it may answer, as much as there is room for. While an answer is being
   * written, nothing is read: at its end, the connection would be closed before the peer has the answer.
   */
  #readNext(want: number): void {
    if (this.#reading || this.#answering || this.#end !== undefined) return;
    this.#reading = true;
    const room = roomOf(want);
    const answers = permitOf(want) !== NO_PERMIT;
    if (this.#from === this.#to) this.#resize(room, answers);
    const end = answers ? this.#block.length : room;
    const place = this.#to === 0 && end === this.#block.length
      ? this.#block
      : this.#block.subarray(this.#to, end);
    this.#socket.read(place).then((size) => this.#received(size), () => this.#fail(UP.LOST));
  }

  /** As the block of the connection, this one grows and shrinks with what is wanted. */
  #resize(room: number, answers: boolean): void {
    this.#from = this.#to = 0;
    const { length } = this.#block;
    const wanted = answers ? Math.max(room, this.#wantedBlock) : room;
    if (length < room || (answers ? length !== wanted : length > 4 * room)) {
      this.#block = new Uint8Array(wanted);
    }
  }

  #received(size: number | null): void {
    this.#reading = false;
    if (this.#closed) return;
    if (size === null) return this.#fail(UP.EOF);
    this.#isCut = false;
    this.#to += size;
    const { length } = this.#block;
    if (this.#to === length) this.#wantedBlock = Math.min(MAX_BLOCK, 2 * length);
    else if (this.#to < length * LEAST_READ) this.#wantedBlock = length >> 1;
    this.#proceed();
  }

  async #send(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#queue.length > 0) await this.#sendAll(this.#takeQueue());
    } catch {
      this.#fail(UP.LOST);
    }
    this.#writing = false;
    if (this.#sent > 0) this.#outbox[this.#isAsked ? "say" : "sayLater"](this);
  }

  /** All that waits, in one piece. */
  #takeQueue(): Uint8Array {
    const parts = this.#queue.splice(0);
    return parts.length === 1 ? parts[0]! : concat(parts);
  }

  async #sendAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const size = await this.#socket.write(at === 0 ? bytes : bytes.subarray(at));
      at += size;
      this.#sent += size;
      if (this.#isAsked || this.#sent >= TELL_AT) this.#outbox.say(this);
    }
  }

  /** Sends what was answered here, then what was given meanwhile, and goes on. */
  async #sendReply(reply: Reply): Promise<void> {
    this.#writing = this.#answering = true;
    try {
      for (let at = 0; at < reply.size;) {
        at += await this.#socket.write(reply.bytes.subarray(at, reply.size));
        if (at < reply.size) this.#answered = true; // A peer that takes some of it is not idle.
        this.#whisperOfAnswers();
      }
    } catch {
      this.#fail(UP.LOST);
    }
    this.#outbox.answerer!.giveBack(reply);
    this.#writing = false;
    if (this.#queue.length > 0) void this.#send();
    this.#sinceTurn += reply.size;
    if (this.#sinceTurn >= TURN_BYTES) {
      this.#sinceTurn = 0;
      await nextTurn();
    }
    this.#answering = false;
    if (this.#stops && !this.#hasRequests) this.#endAnswers();
    this.#proceed();
  }

  /** Whether there are requests here that may be answered. */
  get #hasRequests(): boolean {
    const [want] = this.#wants;
    return this.#from < this.#to && !this.#isCut && want !== undefined &&
      permitOf(want) !== NO_PERMIT;
  }

  #whisperOfAnswers(): void {
    const now = performance.now();
    if (now - this.#toldAnsweredAt < TELL_ANSWERED_AFTER) return;
    this.#toldAnsweredAt = now;
    this.#outbox.whisper(this);
  }

  #fail(end: typeof UP.EOF | typeof UP.LOST): void {
    this.#reading = false;
    if (this.#closed || this.#end === UP.LOST) return;
    this.#end = end;
    if (end === UP.LOST) this.#from = this.#to; // Nobody is left to be answered.
    this.#goesUp = this.#from < this.#to;
    this.#outbox.say(this);
  }
}
