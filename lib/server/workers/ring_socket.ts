/**
 * A socket that another thread has.
 *
 * @module
 */

import type { Socket } from "../socket.ts";
import { DOWN, type Opening } from "./messages.ts";
import { NO_PERMIT } from "../plain/permit.ts";
import { wantOf } from "./want.ts";
import { MAX_DATA, type Ring } from "./ring.ts";
import type { SendWindow } from "./send_window.ts";

/** What such a socket needs of the way to its thread. */
export interface Line {
  /** Sends a message that there can be few of: it waits where there is no room. */
  send(kind: number, id: number, value: number): void;
  /** Sends bytes; false when there is no room. */
  write(id: number, bytes: Uint8Array, size: number): boolean;
  /** Resolves when there is room. */
  room(): Promise<void>;
  /** The socket is closed. */
  forget(id: number): void;
}

interface PendingRead extends PromiseWithResolvers<number | null> {
  readonly room: Uint8Array;
}

/** The end of a worker's socket at which the connection is. */
export class RingSocket implements Socket {
  readonly remoteAddr: Deno.NetAddr;
  readonly localAddr: Deno.NetAddr;
  readonly #id: number;
  readonly #line: Line;
  readonly #window: SendWindow;
  readonly #reads: PendingRead[] = [];
  /** When its worker has last told that it had answered requests, in milliseconds since 1970; 0 for never. */
  answeredAt = 0;
  /** Whether the last request was one of those. */
  answeredLast = false;
  #unsent = 0;
  #ended = false;
  #failure: Error | undefined = undefined;
  /** Resolved when bytes were sent, or the socket has failed. */
  #change: PromiseWithResolvers<void> | undefined = undefined;
  /** Resolved when the worker answers nothing more. */
  #stopped: PromiseWithResolvers<void> | undefined = undefined;

  /** The socket with an id. */
  constructor(id: number, { remote, local }: Opening, line: Line, window: SendWindow) {
    this.#id = id;
    this.remoteAddr = remote;
    this.localAddr = local;
    this.#line = line;
    this.#window = window;
  }

  /** How many bytes were written that the kernel has not taken, as far as is known. */
  get unsent(): number {
    return this.#unsent;
  }

  /** Reads into `room`; null at the end. The worker answers itself what it has a permit for. */
  read(room: Uint8Array, permit: number = NO_PERMIT): Promise<number | null> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(null);
    const read = { room, ...Promise.withResolvers<number | null>() };
    this.#reads.push(read);
    this.#line.send(DOWN.READ, this.#id, wantOf(Math.min(room.length, MAX_DATA), permit));
    return read.promise;
  }

  /** Writes at least one of the bytes; returns how many. Resolves when they are copied. */
  write(bytes: Uint8Array): Promise<number> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { size: window } = this.#window;
    const free = window - this.#unsent;
    // In pieces of half a window at the least: a few bytes at a time would take as many messages.
    if (free < Math.min(bytes.length, window / 2)) {
      return this.whenSent().then(() => this.write(bytes));
    }
    const size = Math.min(bytes.length, free, MAX_DATA);
    if (!this.#line.write(this.#id, bytes, size)) {
      return this.#line.room().then(() => this.write(bytes));
    }
    this.#unsent += size;
    return Promise.resolve(size);
  }

  /** Resolves when some of the bytes were sent that were not; at once when there are none. */
  whenSent(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#unsent === 0) return Promise.resolve();
    if (this.#change === undefined) {
      this.#change = Promise.withResolvers();
      this.#line.send(DOWN.ASK, this.#id, 0);
    }
    return this.#change.promise.then(() => {
      if (this.#failure !== undefined) throw this.#failure;
    });
  }

  /** Resolves when the worker has sent all that it has answered, and answers nothing more; also when it cannot. */
  stopAnswers(): Promise<void> {
    if (this.#failure !== undefined) return Promise.resolve();
    if (this.#stopped === undefined) {
      this.#stopped = Promise.withResolvers();
      this.#line.send(DOWN.STOP, this.#id, 0);
    }
    return this.#stopped.promise;
  }

  /** The worker has sent all that it has answered. */
  noteStopped(): void {
    this.#stopped?.resolve();
  }

  /** Ends the sending side, behind what was written. */
  async closeWrite(): Promise<void> {
    while (this.#unsent > 0) await this.whenSent();
    if (this.#failure !== undefined) throw this.#failure;
    this.#line.send(DOWN.END, this.#id, 0);
  }

  /** Ends the socket at once, whatever was written and not sent. */
  close(): void {
    this.#line.forget(this.#id);
    this.#fail(new Deno.errors.BadResource("Cannot use the socket: it is closed"));
  }

  /**
   * Takes the bytes of a message.
   *
   * @returns Whether they were asked for.
   */
  receive(message: Pick<Ring, "size" | "copyTo">): boolean {
    const read = this.#reads.shift();
    if (read === undefined || message.size > read.room.length) return false;
    this.answeredLast = false;
    message.copyTo(read.room);
    read.resolve(message.size);
    return true;
  }

  /** The worker has answered requests. */
  noteAnswered(): void {
    this.answeredAt = Date.now();
    this.answeredLast = true;
  }

  /** The peer has ended its side. */
  end(): void {
    this.#ended = true;
    for (const read of this.#reads.splice(0)) read.resolve(null);
  }

  /** So many bytes were sent. */
  acknowledge(bytes: number): void {
    this.#unsent -= bytes;
    this.#tellChange();
  }

  /** The socket has failed, or its thread has. */
  lose(reason: string): void {
    this.#fail(new Deno.errors.ConnectionReset(reason));
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    this.#unsent = 0;
    for (const read of this.#reads.splice(0)) read.reject(failure);
    this.#stopped?.resolve();
    this.#tellChange();
  }

  #tellChange(): void {
    const change = this.#change;
    this.#change = undefined;
    change?.resolve();
  }
}
