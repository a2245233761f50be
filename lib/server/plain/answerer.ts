/**
 * Answers that a worker gives itself.
 *
 * @module
 */

import { ASK, type Finder, LARGE, MAX_AHEAD, MISS } from "../../store/mod.ts";
import { databaseOf, type Dialect, dialectOf, DIALECTS } from "./permit.ts";
import { PlainCafeGets } from "./plain_cafe.ts";
import { CUT, type PlainGets } from "./plain_get.ts";
import { PlainRespGets } from "./plain_resp.ts";

/** Why a run of answers has ended: */
export const STOP = {
  /** all bytes are answered; */
  END: 0,
  /** what comes next has not come whole; */
  CUT: 1,
  /** what comes next is for the owner of the store; */
  ASK: 2,
  /** there is no room for further answers. */
  FULL: 3,
} as const;

/** What stands around a value takes less than this. */
const AROUND = 64;
/** A run of answers ends behind so many bytes; the last value may go over it. */
const RUN_BYTES = 65_536;
const LARGE_REPLY = RUN_BYTES + LARGE + AROUND;
/** So many large replies may be under way: peers that do not read must not fill the memory. */
const MAX_LARGE = 64;
/** Most replies are small, and are copied to a room of this size. */
const SMALL_REPLY = 1_024;
/** So many rooms of small replies are kept. */
const MAX_SMALL = 1_024;
/** Less is copied by hand faster than by a view and `set`. */
const BY_HAND = 96;
/** One request in so many is told of, at random; as often as the store's thread looks at one. */
const KEY_PERIOD = 256;

/** Memory that answers are written to. */
interface Room {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

function newRoom(size: number): Room {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** Answers on their way to a socket. */
export interface Reply extends Room {
  /** How many bytes they have. */
  readonly size: number;
}

/** Who counts what is answered. */
export interface Tally {
  /** Told before requests are looked at. */
  begin(): void;
  /** Told what of them was answered. */
  end(dialect: Dialect, hits: number, misses: number, bytesIn: number, bytesOut: number): void;
}

/** What an answerer is made of. */
export interface AnswererOptions {
  /** Finds what is in the database of a number. */
  readonly finderOf: (database: number) => Finder;
  /** The longest key that is not refused. */
  readonly maxKeySize: number;
  /** Counts what it answers. */
  readonly tally: Tally;
  /** Told of the keys of some requests, with their database; good until it returns. */
  readonly onKey: (key: Uint8Array, database: number) => void;
  /** A number from 0 to 1. Default `Math.random`. */
  readonly random?: () => number;
}

/** Answers plain GETs from the memory of the store, without asking the thread that owns it. */
export class Answerer {
  /** Where the bytes begin that the last run has not answered. */
  end = 0;
  /** Why it has ended, of {@linkcode STOP}. */
  stop: number = STOP.END;
  readonly #finderOf: AnswererOptions["finderOf"];
  readonly #dialects: Readonly<Record<Dialect, PlainGets>>;
  readonly #tally: Tally;
  readonly #onKey: AnswererOptions["onKey"];
  readonly #random: () => number;
  /** What answers are written to. */
  #room: Room = newRoom(LARGE_REPLY);
  /** How many bytes the answers of the run have, and how many found their key, or did not. */
  #size = 0;
  #hits = 0;
  #misses = 0;
  readonly #largeRooms: Room[] = [];
  readonly #smallRooms: Room[] = [];
  /** How many rooms of large replies there are. */
  #largeCount = 1;
  #untilKey: number;
  /** Requests that are scanned and not answered: where their keys are, how long, where they end, the hashes. */
  readonly #scanned = {
    keysAt: new Int32Array(MAX_AHEAD),
    lengths: new Int32Array(MAX_AHEAD),
    ends: new Int32Array(MAX_AHEAD),
    hashes: new Int32Array(MAX_AHEAD),
  };

  /** Makes one. */
  constructor({ finderOf, maxKeySize, tally, onKey, random = Math.random }: AnswererOptions) {
    this.#finderOf = finderOf;
    this.#dialects = {
      [DIALECTS.RESP2]: new PlainRespGets(2, maxKeySize),
      [DIALECTS.RESP3]: new PlainRespGets(3, maxKeySize),
      [DIALECTS.CAFE]: new PlainCafeGets(maxKeySize),
    };
    this.#tally = tally;
    this.#onKey = onKey;
    this.#random = random;
    this.#untilKey = this.#nextKey();
  }

  /**
   * Answers as many of the requests that stand in bytes as it can; `end` and `stop` tell how far it came.
   *
   * @returns The answers, which are to be given back when they are sent; nothing when there are none.
   */
  answer(bytes: Uint8Array, from: number, to: number, permit: number): Reply | undefined {
    this.#tally.begin();
    const dialect = dialectOf(permit);
    const database = databaseOf(permit);
    const gets = this.#dialects[dialect];
    const finder = this.#finderOf(database);
    this.end = from;
    this.stop = STOP.END;
    this.#size = this.#hits = this.#misses = 0;
    while (this.end < to && this.stop === STOP.END) {
      // What several requests look for is looked at before the first one is answered.
      const count = this.#scan(gets, finder, bytes, this.end, to);
      if (count > 1) finder.lookAhead(this.#scanned.hashes, count);
      this.#answerScanned(count, gets, finder, bytes, database);
    }
    if (this.#size === 0) return undefined;
    this.#tally.end(dialect, this.#hits, this.#misses, this.end - from, this.#size);
    return this.#takeReply();
  }

  /** Takes back the room of answers that are sent, or never will be. */
  giveBack(room: Room): void {
    if (room.bytes.length > SMALL_REPLY) this.#largeRooms.push(room);
    else if (this.#smallRooms.length < MAX_SMALL) this.#smallRooms.push(room);
  }

  /** Scans as many requests as are looked up together; returns how many, and notes why there are no more. */
  #scan(gets: PlainGets, finder: Finder, bytes: Uint8Array, from: number, to: number): number {
    const { keysAt, lengths, ends, hashes } = this.#scanned;
    finder.readSeed();
    let count = 0;
    for (let next = from; next < to && count < MAX_AHEAD; count++) {
      next = gets.scan(bytes, next, to);
      if (next < 0) {
        this.stop = next === CUT ? STOP.CUT : STOP.ASK;
        break;
      }
      const { keyAt, keyLength } = gets;
      keysAt[count] = keyAt;
      lengths[count] = keyLength;
      ends[count] = next;
      hashes[count] = finder.hashOf(bytes, keyAt, keyLength);
    }
    return count;
  }

  /** Answers requests that are scanned, until it cannot answer one. */
  #answerScanned(
    count: number,
    gets: PlainGets,
    finder: Finder,
    bytes: Uint8Array,
    database: number,
  ): void {
    const { keysAt, lengths, ends, hashes } = this.#scanned;
    const { bytes: out, view } = this.#room;
    // With no other room for large replies, this one stays: small ones are copied.
    const most = this.#hasSpare ? Infinity : SMALL_REPLY;
    for (let i = 0; i < count; i++) {
      const [at, size] = [this.end, this.#size];
      if (size >= RUN_BYTES) return void (this.stop = STOP.FULL);
      const [keyAt, keyLength] = [keysAt[i]!, lengths[i]!];
      const valueAt = size + gets.headSize(bytes, at);
      const length = finder.findHashed(hashes[i]!, bytes, keyAt, keyLength, view, valueAt);
      const isMiss = length === MISS;
      const isOwners = length === ASK ||
        !isMiss && gets.tellsExpiry && finder.expiresAt !== Infinity;
      if (isOwners) return void (this.stop = STOP.ASK);
      const end = isMiss ? gets.miss(bytes, at, out, size) : gets.hit(bytes, at, out, size, length);
      if (end > most) return void (this.stop = STOP.ASK);
      if (isMiss) this.#misses++;
      else {
        finder.use();
        this.#hits++;
      }
      if (--this.#untilKey === 0) this.#tellKey(bytes.subarray(keyAt, keyAt + keyLength), database);
      this.#size = end;
      this.end = ends[i]!;
    }
  }

  /** Whether there is another room for large replies, or may be. */
  get #hasSpare(): boolean {
    return this.#largeRooms.length > 0 || this.#largeCount <= MAX_LARGE;
  }

  /** The answers in the room, which another one takes the place of, or a copy. */
  #takeReply(): Reply {
    const [room, size] = [this.#room, this.#size];
    if (size > SMALL_REPLY) {
      this.#room = this.#largeRooms.pop() ?? this.#newLargeRoom();
      return { ...room, size };
    }
    const { bytes, view } = this.#smallRooms.pop() ?? newRoom(SMALL_REPLY);
    if (size > BY_HAND) bytes.set(room.bytes.subarray(0, size));
    else for (let i = 0; i < size; i++) bytes[i] = room.bytes[i]!;
    return { bytes, view, size };
  }

  #newLargeRoom(): Room {
    this.#largeCount++;
    return newRoom(LARGE_REPLY);
  }

  #tellKey(key: Uint8Array, database: number): void {
    this.#onKey(key, database);
    this.#untilKey = this.#nextKey();
  }

  #nextKey(): number {
    return 1 + Math.floor(this.#random() * (2 * KEY_PERIOD - 1));
  }
}
