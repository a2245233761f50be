/**
 * Segments of TCP to the streams of their connections.
 *
 * @module
 */

import type { Segment } from "./packet.ts";

/** A connection: its two ends, and which of them is the server. */
export interface Connection {
  /** The end that sent the first segment that was seen. */
  readonly first: string;
  /** The other one. */
  readonly second: string;
  /** The port of the first. */
  readonly firstPort: number;
  /** The port of the second. */
  readonly secondPort: number;
  /** The client, when the segment that begins the connection was seen. */
  client: string | undefined;
  /** When the first segment was captured, in milliseconds since 1970. */
  readonly began: number | undefined;
}

/** The next bytes of one direction of a connection. */
export interface Piece {
  /** The connection; the same object for all its pieces. */
  readonly connection: Connection;
  /** Who sent them. */
  readonly from: string;
  /** To whom. */
  readonly to: string;
  /** When they were captured, in milliseconds since 1970. */
  readonly time: number | undefined;
  /** The bytes; none at the end. */
  readonly bytes: Uint8Array;
  /** How many bytes before them are not in the capture. */
  readonly missing: number;
  /** Whether the direction ends. */
  readonly isEnd: boolean;
  /** Whether both have ended, so that no other piece of the connection comes. */
  readonly isLast: boolean;
}

/** What of one direction has come. */
interface Side {
  readonly from: string;
  readonly to: string;
  /** The sequence number of the next byte; `undefined` until a segment was seen. */
  next: number | undefined;
  /** Segments that came too early, by their sequence numbers. */
  readonly early: Segment[];
  earlyBytes: number;
  /** Bytes before the next ones that the capture does not have. */
  missing: number;
  time: number | undefined;
  hasEnded: boolean;
}

interface Entry {
  readonly connection: Connection;
  readonly sides: readonly [Side, Side];
}

/** So many segments, and bytes of them, of one direction wait for one that is missing. */
const MAX_EARLY = 1_024;
const MAX_EARLY_BYTES = 4_194_304;
/** So many connections are followed or have ended: of more, those that were seen first end. */
const MAX_CONNECTIONS = 16_384;

/**
 * Puts the segments of TCP in order: what was sent twice is taken once, what comes early waits, and what
 * never comes is told as missing.
 */
export class TcpReassembler {
  readonly #entries = new Map<string, Entry>();
  /** Connections that have ended, until a SYN begins others: what is sent again of them is no new one. */
  readonly #ended = new Map<string, Entry>();
  #pieces: Piece[] = [];

  /** Takes a segment; returns the pieces that it completes. */
  push(segment: Segment): Piece[] {
    this.#pieces = [];
    const entry = this.#entryOf(segment);
    const [first, second] = entry.sides;
    const side = first.from === segment.from ? first : second;
    side.time = segment.time;
    if (segment.syn) {
      side.next = add(segment.sequence, 1);
      entry.connection.client ??= segment.ack ? segment.to : segment.from;
    }
    this.#take(entry, side, segment);
    if (segment.rst) this.#endBoth(entry);
    if (hasEnded(entry)) this.#retire(entry);
    return this.#pieces;
  }

  /** Ends all connections, as the capture has ended; what waits for missing bytes comes without them. */
  end(): Piece[] {
    this.#pieces = [];
    for (const entry of [...this.#entries.values()]) this.#endBoth(entry);
    this.#entries.clear();
    this.#ended.clear();
    return this.#pieces;
  }

  #entryOf(segment: Segment): Entry {
    const { from, to } = segment;
    const key = keyOf(from, to);
    const known = this.#entries.get(key) ?? this.#ended.get(key);
    if (known !== undefined) {
      if (!this.#isNew(known, segment)) return known;
      this.#endBoth(known); // The same ports are used again.
      this.#entries.delete(key);
      this.#ended.delete(key);
    }
    const entry = newEntry(segment);
    this.#entries.set(key, entry);
    if (this.#entries.size + this.#ended.size > MAX_CONNECTIONS) this.#forgetOldest();
    return entry;
  }

  /** Forgets the first that has ended; when none has, ends the first. */
  #forgetOldest(): void {
    for (const entries of [this.#ended, this.#entries]) {
      for (const [key, oldest] of entries) {
        this.#endBoth(oldest);
        return void entries.delete(key);
      }
    }
  }

  #retire(entry: Entry): void {
    const key = keyOf(entry.connection.first, entry.connection.second);
    this.#entries.delete(key);
    this.#ended.set(key, entry);
  }

  /** Whether a segment begins another connection than the one with its ends. */
  #isNew(entry: Entry, { syn, ack, from, sequence }: Segment): boolean {
    if (!syn || hasEnded(entry)) return syn;
    const side = entry.sides.find((side) => side.from === from)!;
    return !ack && side.next !== undefined && side.next !== add(sequence, 1);
  }

  #take(entry: Entry, side: Side, segment: Segment): void {
    const sequence = segment.syn ? add(segment.sequence, 1) : segment.sequence;
    side.next ??= sequence;
    if (side.hasEnded || (segment.sent === 0 && !segment.fin)) return;
    side.early.push({ ...segment, sequence });
    side.earlyBytes += segment.payload.length;
    this.#drain(entry, side);
    while (side.early.length > MAX_EARLY || side.earlyBytes > MAX_EARLY_BYTES) {
      this.#jump(entry, side);
    }
  }

  /** Takes what can be taken, in order. */
  #drain(entry: Entry, side: Side): void {
    for (;;) {
      const at = side.early.findIndex(({ sequence }) => difference(sequence, side.next!) <= 0);
      if (at < 0) return;
      const [segment] = side.early.splice(at, 1);
      side.earlyBytes -= segment!.payload.length;
      this.#deliver(entry, side, segment!);
    }
  }

  /** Gives up what is missing before the first of the segments that wait. */
  #jump(entry: Entry, side: Side): void {
    const steps = side.early.map(({ sequence }) => difference(sequence, side.next!));
    const step = Math.min(...steps);
    side.missing += step;
    side.next = add(side.next!, step);
    this.#drain(entry, side);
  }

  #deliver(entry: Entry, side: Side, segment: Segment): void {
    const known = -difference(segment.sequence, side.next!);
    const { payload, sent, fin } = segment;
    if (known < sent) {
      const bytes = payload.subarray(known);
      if (bytes.length > 0) this.#piece(entry, side, bytes, false);
      side.missing += sent - known - bytes.length; // The capture does not keep packets whole.
      side.next = add(side.next!, sent - known);
    }
    if (fin && known <= sent) this.#endSide(entry, side);
  }

  #endBoth(entry: Entry): void {
    for (const side of entry.sides) {
      while (side.early.length > 0) this.#jump(entry, side);
      if (!side.hasEnded) this.#endSide(entry, side);
    }
  }

  #endSide(entry: Entry, side: Side): void {
    side.hasEnded = true;
    side.early.length = 0;
    this.#piece(entry, side, new Uint8Array(), true);
  }

  #piece(entry: Entry, side: Side, bytes: Uint8Array, isEnd: boolean): void {
    const { connection } = entry;
    const { from, to, time, missing } = side;
    const isLast = hasEnded(entry);
    this.#pieces.push({ connection, from, to, time, bytes, missing, isEnd, isLast });
    side.missing = 0;
  }
}

function hasEnded({ sides }: Entry): boolean {
  return sides.every(({ hasEnded }) => hasEnded);
}

function newEntry({ from, to, fromPort, toPort, time }: Segment): Entry {
  const connection = {
    first: from,
    second: to,
    firstPort: fromPort,
    secondPort: toPort,
    client: undefined,
    began: time,
  };
  return { connection, sides: [newSide(from, to), newSide(to, from)] };
}

function newSide(from: string, to: string): Side {
  return {
    from,
    to,
    next: undefined,
    early: [],
    earlyBytes: 0,
    missing: 0,
    time: undefined,
    hasEnded: false,
  };
}

function keyOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** Sequence numbers have 32 bits and begin again at 0. */
function add(sequence: number, count: number): number {
  return (sequence + count) >>> 0;
}

/** How far `a` is behind `b`, which is at most 2^31. */
function difference(a: number, b: number): number {
  return (a - b) | 0;
}
