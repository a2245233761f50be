/** Feeds a session with a made-up stream, and looks at what it holds meanwhile. */

import type { Services } from "../../lib/handler/mod.ts";
import { type Incoming, type Limits, newServices, Session } from "../../lib/server/mod.ts";
import { Databases } from "../../lib/store/mod.ts";
import { concat } from "@std/bytes";
import type { Random } from "../random.ts";

/** What all streams have. */
export interface AnyStream {
  readonly bytes: Uint8Array;
  /** The sizes of its chunks, gone through again and again. */
  readonly sizes: readonly number[];
}

/** What became of a stream. */
export interface Outcome {
  /** What it was: a protocol, and how its frames are protected. */
  readonly kind: string;
  /** How many frames the session has read: those behind an end of the stream are not among them. */
  readonly frames: number;
  /** How many replies were none of an error. */
  readonly done: number;
  /** How many replies were errors. */
  readonly errors: number;
}

/** The limits of the sessions. */
export const LIMITS = {
  maxKeySize: 64,
  maxValueSize: 4_096,
  maxStreamedSize: 8_192,
  maxTransfers: 4,
  maxInFlight: 40,
  maxInFlightBytes: 16_384,
  maxBulkSize: 4_096,
  maxTransactionSize: 65_536,
  maxSubscriptions: 3,
};

/** So many bytes may all entries take; the last write may go over it. */
const MAX_MEMORY = 262_144;

/** What one write adds at the most: a value, twice while it grows, and part of the index. */
export const ONE_WRITE = 16_384;

const SECRET = new TextEncoder().encode("correct horse battery staple");

/** What the sessions and their clients know. */
export const protection = { secret: SECRET };

/** The sizes of the chunks of one stream of `length` bytes: bytes, lines, or what a read brings; not too many. */
export function makeSizes(random: Random, length: number): number[] {
  const most = Math.max(random.of([4, 40, 400, 4_000]), length >> 6);
  return Array.from({ length: 1 + random.below(5) }, () => 1 + random.below(most));
}

/** How many frames one stream has: few, or so many that what comes first matters long after. */
export function makeLength(random: Random): number {
  return 1 + random.below(random.once(2) ? 24 : 400);
}

/** A session that counts what it carries out, also when a request sets the server's own counters to 0. */
export class CountingSession extends Session {
  carriedOut = 0;

  override handle(requests: Incoming[], from = 0, most?: number): number {
    const { ended } = this;
    const to = super.handle(requests, from, most);
    if (!ended) this.carriedOut += to - from;
    return to;
  }
}

/** Services that nothing but the input of their sessions tells what to do: no time goes by, no order is random. */
export function newQuietServices(limits: Limits = LIMITS, maxMemory = MAX_MEMORY): Services {
  const now = () => 1_000_000;
  const databases = new Databases({ now, seed: [1, 2] });
  return newServices({ limits, maxMemory, databases, protection, now });
}

/** A session with such services. */
export function newSession(): Session {
  return new Session(newQuietServices());
}

/** All that a session sends for a whole stream that comes in chunks of these sizes. */
export function talk(
  bytes: Uint8Array,
  sizes: readonly number[],
  session: Session = newSession(),
): Uint8Array {
  return concat([feed(session, { bytes, sizes }, Infinity), finish(session)]);
}

/**
 * What a session sends before the stream ends. It never holds more than a request may have, and behind what
 * ended the conversation the rest of the chunk.
 */
export function feed(
  session: Session,
  { bytes, sizes }: AnyStream,
  maxRequest: number,
): Uint8Array {
  const maxHeld = maxRequest + Math.max(...sizes);
  const sent: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    sent.push(session.receive(bytes.slice(at, at + size)));
    at += size;
    if (session.heldBytes > maxHeld) throw new Error(`${session.heldBytes} bytes are held`);
  }
  return concat(sent);
}

/** What a session sends when the stream has ended. */
export function finish(session: Session): Uint8Array {
  const sent = session.end();
  session.close();
  return sent;
}

/** What closed sessions leave: entries within the limits, and nothing else. Throws when that is not so. */
export function checkLeft(
  { databases, channels, clients, monitors }: Services,
  maxStored = MAX_MEMORY + ONE_WRITE,
): void {
  const stored = databases.total((store) => store.bytes);
  if (stored > maxStored) throw new Error(`${stored} bytes of entries`);
  const { loans } = databases;
  const counts = [channels.size, channels.patternCount, clients.size, monitors.size];
  const left = [...counts, loans.outstanding];
  if (left.some((count) => count > 0)) throw new Error(`a closed session leaves ${left}`);
}
