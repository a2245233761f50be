/**
 * The way to one worker, as the store's thread has it.
 *
 * @module
 */

import { AnsweredReader, type AnsweredSink } from "./answered.ts";
import type { Bell } from "./bell.ts";
import { ANSWERED_AT, type Layout, layout } from "./layout.ts";
import { DOWN, type Opening, UP } from "./messages.ts";
import { RingError } from "./ring.ts";
import { type Line, RingSocket } from "./ring_socket.ts";
import type { SendWindow } from "./send_window.ts";

const DECODER = new TextDecoder();

/** What is around a lane. */
export interface LaneOptions {
  /** The memory that it shares with its worker. */
  readonly rings: SharedArrayBuffer;
  /** The window of all connections. */
  readonly window: SendWindow;
  /** Who is told of what comes. */
  readonly sink: LaneSink;
}

/** Who takes over the connections of workers, and is told of what they have answered. */
export interface LaneSink extends AnsweredSink {
  /** Takes over a connection. */
  onSocket(socket: RingSocket): void;
}

/** The sockets of one worker, and the two rings that lead there and back. */
export class Lane implements Line {
  readonly #layout: Layout;
  readonly #window: SendWindow;
  readonly #sink: LaneSink;
  readonly #answered: AnsweredReader;
  readonly #sockets = new Map<number, RingSocket>();
  /** Messages that there was no room for: a few for each connection at the most. */
  #waiting: (readonly [kind: number, id: number, value: number])[] = [];
  /** Who waits for room. */
  #writers: (() => void)[] = [];
  #lost = false;

  /** The lane in such memory. */
  constructor({ rings, window, sink }: LaneOptions) {
    this.#layout = layout(rings);
    this.#window = window;
    this.#sink = sink;
    this.#answered = new AnsweredReader(rings, ANSWERED_AT);
  }

  /** How many connections there are. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Whether something could not be sent for want of room. */
  get wantsRoom(): boolean {
    return this.#waiting.length > 0 || this.#writers.length > 0;
  }

  /** Wakes the worker. */
  get bell(): Bell {
    return this.#layout.bell;
  }

  send(kind: number, id: number, value: number): void {
    if (this.#lost) return;
    if (this.#waiting.length > 0 || !this.#layout.down.push(kind, id, value)) {
      this.#waiting.push([kind, id, value]);
    }
    this.bell.ring();
  }

  write(id: number, bytes: Uint8Array, size: number): boolean {
    // What waits may be about the same connection, and came before.
    if (this.#waiting.length > 0) return false;
    if (!this.#layout.down.push(DOWN.WRITE, id, 0, bytes, size)) return false;
    this.bell.ring();
    return true;
  }

  room(): Promise<void> {
    return new Promise((resolve) => this.#writers.push(resolve));
  }

  forget(id: number): void {
    if (!this.#sockets.delete(id)) return;
    this.#window.count(-1);
    this.send(DOWN.CLOSE, id, 0);
  }

  /**
   * Takes all messages that have come, and sends what waited for room.
   *
   * @returns Whether there was anything.
   * @throws {RingError} When the worker has sent what it must not.
   */
  step(): boolean {
    const { up } = this.#layout;
    const moved = this.wantsRoom && this.#sendWaiting();
    this.#answered.tell(this.#sink); // Before a request that asks for the figures.
    if (!up.next()) return moved;
    do this.#take(); while (up.next());
    up.release();
    this.bell.ringForRoom();
    return true;
  }

  /** Tells how long it took what the worker has answered. */
  tellTimes(): void {
    this.#answered.tellTimes(this.#sink);
  }

  /** The worker has ended: all its connections are lost, and nothing is sent any more. */
  lose(reason: string): void {
    this.#lost = true;
    this.#waiting = [];
    this.#answered.tell(this.#sink);
    this.tellTimes();
    for (const [id, socket] of this.#sockets) {
      this.forget(id);
      socket.lose(reason);
    }
    this.#tellWriters();
  }

  #take(): void {
    const { up } = this.#layout;
    const { kind, id, value } = up;
    if (kind === UP.OPEN) return this.#open();
    if (kind === UP.KEY) return this.#sink.onKey(up.copy(), value);
    if (kind > UP.STOPPED) throw new RingError(`Cannot take message: there is no kind ${kind}`);
    const socket = this.#sockets.get(id);
    if (socket === undefined) return; // It was closed here, and the worker does not know it yet.
    if (value < 0 || value > socket.unsent) {
      throw new RingError(`Cannot take message: ${value} bytes were sent of ${socket.unsent}`);
    }
    if (value > 0) socket.acknowledge(value);
    if (kind === UP.EOF) socket.end();
    else if (kind === UP.LOST) socket.lose("the connection was lost");
    else if (kind === UP.ANSWERED) socket.noteAnswered();
    else if (kind === UP.STOPPED) socket.noteStopped();
    else if (kind === UP.DATA && !socket.receive(up)) {
      throw new RingError(`Cannot take ${up.size} bytes: connection ${id} has not asked for them`);
    }
  }

  #open(): void {
    const { up } = this.#layout;
    const opening = JSON.parse(DECODER.decode(up.copy())) as Opening;
    const socket = new RingSocket(up.id, opening, this, this.#window);
    this.#sockets.set(up.id, socket);
    this.#window.count(1);
    this.#sink.onSocket(socket);
  }

  /** Sends what waited; returns whether anything was, or can be now. */
  #sendWaiting(): boolean {
    const before = this.#waiting.length;
    let sent = 0;
    while (sent < before && this.#layout.down.push(...this.#waiting[sent]!)) sent++;
    this.#waiting = this.#waiting.slice(sent);
    if (sent > 0) this.bell.ring();
    if (this.#waiting.length > 0 || !this.#layout.down.isRoomy) return sent > 0;
    return this.#tellWriters() || sent > 0;
  }

  /** Each tries again, and may have to wait again. */
  #tellWriters(): boolean {
    const writers = this.#writers;
    this.#writers = [];
    for (const resolve of writers) resolve();
    return writers.length > 0;
  }
}
