/**
 * The bytes of a connection, counted.
 *
 * @module
 */

import type { ByteSink, ByteSource } from "../codec/mod.ts";
import type { Services } from "../handler/mod.ts";
import type { Incoming, StatefulDecoder } from "./conversation.ts";
import type { ByteListener, LastReceived } from "./observer.ts";
import type { Socket } from "./socket.ts";

/** What stands around a transport. */
export interface TransportOptions {
  /** Reads what comes. */
  readonly decoder: StatefulDecoder<Incoming>;
  /** Whose counters count. */
  readonly services: Pick<Services, "counters" | "databases">;
  /** Told how many bytes have come. */
  readonly onGrowth: (bytes: number) => void;
  /** Told of all bytes. */
  readonly listener: ByteListener | undefined;
  /** Whether all that was asked for by now is answered. */
  readonly isQuiet: () => boolean;
  /** What the thread that has the socket may answer itself of what is read next. */
  readonly permit: () => number;
}

/** A socket that is counted, and listened to. */
export class Transport implements ByteSource, ByteSink {
  /** When it was last read or written, by the server's clock: each step asks for the next one. */
  #lastActive: number;
  readonly #socket: Socket;
  readonly #options: TransportOptions;
  #received = 0;
  /** What is read into. */
  #room: Uint8Array | undefined = undefined;
  /** Where the next room begins if it lies behind this one: otherwise bytes are read over earlier ones. */
  #next = 0;
  /** Where in that block a request began first that began with a read, and where in the stream. */
  #start: Uint8Array | undefined = undefined;
  #startOffset = 0;
  /** Whether the last read was one for the first bytes of a request. */
  #isStart = false;

  /** Puts it around a socket. */
  constructor(socket: Socket, options: TransportOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#lastActive = options.services.databases.now();
  }

  /** When it last took or gave bytes, by the server's clock. */
  get lastActive(): number {
    return Math.max(this.#lastActive, this.#socket.answeredAt ?? 0);
  }

  /** How large the block is that is read into, in bytes. */
  get readBlock(): number {
    return this.#room?.buffer.byteLength ?? 0;
  }

  /**
   * The requests that are in the block that is read into: nothing else is kept. `undefined` when no request
   * has begun with a read there.
   */
  get lastReceived(): Pick<LastReceived, "bytes" | "offset"> | undefined {
    const [start, room] = [this.#start, this.#room];
    if (start === undefined || start.buffer !== room?.buffer) return undefined;
    const bytes = start.subarray(0, this.#received - this.#startOffset);
    return { bytes, offset: this.#startOffset };
  }

  /** Reads into `room`; null at the end. */
  read(room: Uint8Array): Promise<number | null> {
    const { decoder, services, listener, permit } = this.#options;
    this.#room = room;
    if (room.byteOffset !== this.#next) this.#start = undefined;
    this.#lastActive = services.databases.now();
    // A held request is looked at again when those before it are carried out: no bytes are needed.
    if (decoder.held) return Promise.resolve(0);
    this.#isStart = decoder.state === "Idle";
    if (this.#isStart && this.#start?.buffer !== room.buffer) {
      this.#start = room;
      this.#startOffset = this.#received;
    }
    // Only a worker's socket knows permits; and who listens is to hear of each byte.
    return this.#socket.answeredAt === undefined || listener !== undefined
      ? this.#socket.read(room)
      : this.#socket.read(room, permit());
  }

  /** Counts what a read gave. */
  didRead(count: number | null): void {
    if (count === 0) return; // For a held request, from no socket.
    const { services: { counters }, onGrowth, listener } = this.#options;
    const size = count ?? 0;
    counters.reads++;
    counters.bytesIn += size;
    this.#received += size;
    this.#next = this.#room!.byteOffset + size;
    listener?.received(this.#room!.subarray(0, size), this.#isStart && this.#options.isQuiet());
    onGrowth(size);
  }

  /** Writes at least one of the bytes; returns how many. */
  write(bytes: Uint8Array): Promise<number> {
    this.#lastActive = this.#options.services.databases.now();
    return this.#socket.write(bytes);
  }

  /** Counts what a write took. */
  didWrite(bytes: Uint8Array, count: number): void {
    const { services: { counters }, listener } = this.#options;
    counters.writes++;
    counters.bytesOut += count;
    listener?.sent(bytes.subarray(0, count));
  }

  /** How many bytes were written that the kernel has not taken. */
  get unsent(): number {
    return this.#socket.unsent ?? 0;
  }

  /** Resolves when the kernel has taken all that was written, also by the thread that has the socket. */
  async allSent(): Promise<void> {
    await this.#socket.stopAnswers?.();
    while (this.unsent > 0) {
      await this.#socket.whenSent?.();
      this.#lastActive = this.#options.services.databases.now();
    }
  }
}
