/** Streams of protected frames to try a session with, and what must hold for each of them. */

import { WriteBuffer } from "../../lib/bytes/mod.ts";
import {
  AGREED_FLAGS,
  type AgreedFlag,
  CafeReplyDecoder,
  CafeRequestEncoder,
  deriveKeys,
  encodeOffer,
  Opener,
  readGrant,
  type Reply,
  replyCode,
  replyText,
  Sealer,
  type SessionKeys,
} from "../../lib/cafe/mod.ts";
import { BatchDecoder, encodeAll } from "../../lib/codec/mod.ts";
import type { Session } from "../../lib/server/mod.ts";
import { concat } from "@std/bytes";
import type { Random } from "../random.ts";
import { frame, type Parts } from "../server/frames.ts";
import { countReplies, makeStream, MAX_FRAME, mutated } from "./cafe.ts";
import {
  type AnyStream,
  checkLeft,
  CountingSession,
  feed,
  finish,
  newQuietServices,
  type Outcome,
  protection,
} from "./talk.ts";

const NONE = new Uint8Array();
const QUIET = 0x0100;

/**
 * One input. Which bytes it is depends on the nonce of the server, so the changes are a function of them, and
 * `bytes` are the frames in plain, to tell of them.
 */
export interface ProtectedStream extends AnyStream {
  /** What is agreed on first. */
  readonly flags: readonly AgreedFlag[];
  /** What is sent behind that. */
  readonly frames: readonly Parts[];
  /** Changes the bytes of the protected frames; without it nothing is wrong with them. */
  readonly change: ((bytes: Uint8Array) => Uint8Array) | undefined;
}

/** A stream of frames that are protected in one way, some with something changed. */
export function makeProtectedStream(random: Random): ProtectedStream {
  let stream = makeStream(random);
  while (stream.frames === undefined) stream = makeStream(random);
  const bits = 1 + random.below(7);
  const flags = AGREED_FLAGS.filter((_, at) => bits & (1 << at));
  const change = random.once(2) ? undefined : (bytes: Uint8Array) => mutated(random, bytes);
  const frames = stream.frames.map((parts) => long(random, parts));
  return { flags, frames, bytes: concat(frames.map(frame)), change, sizes: stream.sizes };
}

/** Some values are such that they are compressed. */
function long(random: Random, parts: Parts): Parts {
  const takesAny = parts.opcode === 2 || parts.opcode === 4 || parts.opcode === 7;
  return takesAny && random.once(3) ? { ...parts, value: "x".repeat(random.below(3_000)) } : parts;
}

/**
 * Tries one stream: no exception, replies that can be read, one for each request when nothing is wrong; and
 * with SIGNED or ENCRYPTED no request is carried out from the first byte on that was changed. Throws when
 * that is not so.
 */
export function tryProtectedStream({ flags, frames, change, sizes }: ProtectedStream): Outcome {
  const shared = newQuietServices();
  const session = new CountingSession(shared);
  const keys = agree(session, flags);
  const sealed = seal(flags, keys, frames);
  const whole = concat(sealed);
  const bytes = change === undefined ? whole : change(whole);
  const sent = concat([feed(session, { bytes, sizes }, MAX_FRAME), finish(session)]);
  const replies = decoded(sent, flags, keys);
  checkLeft(shared);
  if (replies.some((reply) => reply.type === "ERR" && replyCode(reply) === "INTERNAL")) {
    throw new Error("an INTERNAL error");
  }
  if (bytes === whole) checkAnswers(frames, replies);
  const intact = framesBefore(sealed, firstDifference(whole, bytes));
  const carriedOut = session.carriedOut - 1; // The first one was the HELLO.
  // A frame of another version is skipped: what is in it, and whether it was changed, does not matter.
  const isGuarded = flags.includes("SIGNED");
  if (isGuarded && carriedOut > intact) {
    throw new Error(`${carriedOut} requests were carried out, and ${intact} frames were intact`);
  }
  return { kind: `CAFE ${flags.join(", ")}`, frames: carriedOut, ...countReplies(replies) };
}

/** Agrees on flags; the keys that follow. */
function agree(session: Session, flags: readonly AgreedFlag[]): SessionKeys {
  const offer = encodeOffer({ flags, nonce: new Uint8Array(32) });
  const head = { id: undefined, quiet: false, checksum: false, durable: false };
  const hello = { op: "HELLO", user: NONE, password: NONE, offer, ...head } as const;
  const replies: Reply[] = [];
  const answer = session.receive(encodeAll(new CafeRequestEncoder(), [hello]));
  new BatchDecoder(new CafeReplyDecoder()).push(answer, replies);
  const grant = readGrant(JSON.parse(replyText(replies[0]!)));
  if (grant.flags.length !== flags.length) throw new Error("not all flags are granted");
  return deriveKeys(protection.secret, offer, grant.nonce ?? NONE, flags);
}

function seal(
  flags: readonly AgreedFlag[],
  keys: SessionKeys,
  frames: readonly Parts[],
): Uint8Array[] {
  const sealer = new Sealer(flags, keys.client);
  const out = new WriteBuffer();
  return frames.map((parts) => {
    sealer.seal((plain) => plain.bytes(frame(parts)), out);
    return concat(out.drain());
  });
}

function decoded(bytes: Uint8Array, flags: readonly AgreedFlag[], keys: SessionKeys): Reply[] {
  const decoder = new CafeReplyDecoder();
  decoder.release(new Opener(flags, keys.server));
  const replies: Reply[] = [];
  const batches = new BatchDecoder(decoder);
  batches.push(bytes, replies);
  batches.end(replies);
  return replies;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return length;
}

/** How many frames end at a place or before it. */
function framesBefore(frames: readonly Uint8Array[], place: number): number {
  let end = 0;
  return frames.filter((bytes) => (end += bytes.length) <= place).length;
}

function checkAnswers(frames: readonly Parts[], replies: readonly Reply[]): void {
  const answered = replies.filter(({ type }) => type !== "PUSH").map(({ id }) => id);
  for (const { id, flags = 0 } of frames) {
    if (answered[0] === id) answered.shift();
    else if (!(flags & QUIET)) throw new Error(`request ${id} has no reply, or not in order`);
  }
  if (answered.length > 0) throw new Error(`${answered.length} replies to nothing`);
}
