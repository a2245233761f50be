/**
 * A connection, as the worker has it that owns its socket.
 *
 * @module
 */

import { NO_BYTES } from "../../bytes/mod.ts";
import { closeQuietly, type Socket } from "../socket.ts";
import { UP } from "./messages.ts";
import type { Ring } from "./ring.ts";
import { concat } from "@std/bytes";

/** So many bytes that were sent are told of at once; fewer with the next message. */
const TELL_AT = 16_384;

/** Whom a connection tells what is to be sent up. */
export interface Outbox {
  /** Calls `tell` now, and again until it has told all. */
  say(connection: IoConnection): void;
  /** Calls `tellSent` before the worker sleeps. */
  sayLater(connection: IoConnection): void;
  /** Told that an answer is expected, or is not any more. */
  expect(connection: IoConnection, isExpected: boolean): void;
}

/** Reads what is asked for, writes what is given, and tells of both. It never has more than one read in its block. */
export class IoConnection {
  /** Its number on this lane. */
  readonly id: number;
  /** What the store's thread has said of it; 0 before it has. */
  note = 0;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  /** What is told first. */
  #opening: Uint8Array | undefined;
  /** How much is wanted by each read that was asked for. */
  readonly #rooms: number[] = [];
  #block: Uint8Array = NO_BYTES;
  #reading = false;
  /** How many bytes are in the block that are not told. */
  #got = 0;
  /** What is told last, and whether it was. */
  #end: typeof UP.EOF | typeof UP.LOST | undefined = undefined;
  #toldEnd: typeof UP.EOF | typeof UP.LOST | undefined = undefined;
  #queue: Uint8Array[] = [];
  #writing = false;
  /** How many bytes were sent that are not told. */
  #sent = 0;
  /** Whether somebody waits to be told of them. */
  #isAsked = false;
  #closed = false;

  /** Takes over a socket; nothing is read before it is asked for. */
  constructor(id: number, socket: Socket, opening: Uint8Array, outbox: Outbox) {
    this.id = id;
    this.#socket = socket;
    this.#opening = opening;
    this.#outbox = outbox;
  }

  /** Reads up to so many bytes. */
  read(room: number): void {
    this.#outbox.expect(this, false);
    this.#rooms.push(room);
    this.#readNext();
  }

  /** Sends bytes, behind those that wait. */
  write(bytes: Uint8Array): void {
    this.#outbox.expect(this, false);
    this.#queue.push(bytes);
    if (!this.#writing) void this.#send();
  }

  /** Tells of bytes that are sent as soon as they are, until none wait. */
  ask(): void {
    this.#isAsked = this.#writing || this.#sent > 0;
    if (this.#sent > 0) this.#outbox.say(this);
  }

  /** Ends the sending side. What was to be sent is sent: who ends it has waited for that. */
  end(): void {
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
    if (this.#got > 0) {
      if (!up.push(UP.DATA, this.id, this.#sent, this.#block, this.#got)) return false;
      this.#got = this.#sent = 0;
      this.#outbox.expect(this, true);
      this.#readNext();
    }
    if (this.#end !== this.#toldEnd) {
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

  #readNext(): void {
    const [room] = this.#rooms;
    if (room === undefined || this.#reading || this.#got > 0 || this.#end || this.#closed) return;
    this.#reading = true;
    // As the block of the connection, this one grows and shrinks with what is wanted.
    if (this.#block.length < room || this.#block.length > 4 * room) {
      this.#block = new Uint8Array(room);
    }
    const place = this.#block.length === room ? this.#block : this.#block.subarray(0, room);
    this.#socket.read(place).then((size) => this.#received(size), () => this.#fail(UP.LOST));
  }

  /** What has come goes up. This is the one place where it can be looked at before. */
  #received(size: number | null): void {
    this.#reading = false;
    if (this.#closed) return;
    if (size === null) return this.#fail(UP.EOF);
    this.#rooms.shift();
    this.#got = size;
    this.#outbox.say(this);
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

  #fail(end: typeof UP.EOF | typeof UP.LOST): void {
    this.#reading = false;
    if (this.#closed || this.#end === UP.LOST) return;
    this.#end = end;
    this.#outbox.say(this);
  }
}
