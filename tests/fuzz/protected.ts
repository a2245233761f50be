/** Streams of protected frames to try a session with, and what must hold for each of them. */

import {
  AGREED_FLAGS,
  type AgreedFlag,
  type Reply,
  replyCode,
  replyWindow,
  type Window,
} from "../../lib/cafe/mod.ts";
import { concat } from "@std/bytes";
import type { Random } from "../random.ts";
import { frame, PART, type Parts, WINDOW } from "../server/frames.ts";
import { Wire } from "./agreed.ts";
import { checkParts, countReplies, makeStream, MAX_FRAME, MAX_PARTS, mutated } from "./cafe.ts";
import {
  type AnyStream,
  checkLeft,
  CountingSession,
  feed,
  finish,
  newQuietServices,
  type Outcome,
} from "./talk.ts";

const QUIET = 0x0100;

/**
 * One input. Which bytes it is depends on the nonce of the server, so the changes are a function of them, and
 * `bytes` are the frames in plain, to tell of them.
 */
export interface ProtectedStream extends AnyStream {
  /** What is agreed on first. */
  readonly flags: readonly AgreedFlag[];
  /** Whether a window is agreed on; the client does not keep to it. */
  readonly window: boolean;
  /** What is sent behind that. */
  readonly frames: readonly Parts[];
  /** Whether values go in parts. */
  readonly mixed: boolean;
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
  const window = random.once(3);
  const { mixed, sizes } = stream;
  const frames = stream.frames.map((parts) => long(random, parts));
  return { flags, window, frames, mixed, bytes: concat(frames.map(frame)), change, sizes };
}

/** Some values are such that they are compressed. */
function long(random: Random, parts: Parts): Parts {
  const takesAny = !parts.flags && [2, 4, 7].includes(parts.opcode);
  return takesAny && random.once(3) ? { ...parts, value: "x".repeat(random.below(3_000)) } : parts;
}

/**
 * Tries one stream: no exception, replies that can be read, one for each request when nothing is wrong; no
 * more carried out than a window allows; and with SIGNED or ENCRYPTED no request is carried out from the
 * first byte on that was changed. Throws when that is not so.
 */
export function tryProtectedStream(stream: ProtectedStream): Outcome {
  const { flags, window, frames, mixed, change, sizes } = stream;
  const shared = newQuietServices();
  const session = new CountingSession(shared);
  const wire = new Wire(session, flags, window);
  const sealed = frames.map((parts) => wire.seal(parts));
  const whole = concat(sealed);
  const bytes = change === undefined ? whole : change(whole);
  const sent = feed(session, { bytes, sizes }, mixed ? MAX_PARTS : MAX_FRAME);
  const replies = wire.read(concat([sent, finish(session)]));
  wire.end();
  checkLeft(shared);
  if (replies.some((reply) => reply.type === "ERR" && replyCode(reply) === "INTERNAL")) {
    throw new Error("an INTERNAL error");
  }
  if (bytes === whole) {
    if (mixed) checkParts(replies);
    else checkAnswers(frames, replies);
    if (wire.window !== undefined) checkWindow(wire.window, frames, replies);
  }
  const intact = framesBefore(sealed, firstDifference(whole, bytes));
  const carriedOut = session.carriedOut - 1; // The first one was the HELLO.
  // A frame of another version is skipped: what is in it, and whether it was changed, does not matter.
  const isGuarded = flags.includes("SIGNED");
  if (isGuarded && carriedOut > intact) {
    throw new Error(`${carriedOut} requests were carried out, and ${intact} frames were intact`);
  }
  return { kind: `CAFE ${flags.join(", ")}`, frames: carriedOut, ...countReplies(replies) };
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
  const answered = replies.filter(({ type }) => type !== "PUSH" && type !== "WINDOW")
    .map(({ id }) => id);
  for (const { id, flags = 0 } of frames) {
    if (answered[0] === id) answered.shift();
    else if (!(flags & QUIET)) throw new Error(`request ${id} has no reply, or not in order`);
  }
  if (answered.length > 0) throw new Error(`${answered.length} replies to nothing`);
}

/**
 * All requests but those that were refused had room in the window, or in what was given back of it; and that
 * is never more than the window, but for the bytes of the frame that is the last to be taken.
 */
export function checkWindow(
  { requests, bytes }: Window,
  frames: readonly Parts[],
  replies: readonly Reply[],
): void {
  const sent = frames.filter(({ opcode }) => opcode !== PART && opcode !== WINDOW).length;
  const refused =
    replies.filter((reply) => reply.type === "ERR" && replyCode(reply) === "OVERRUN").length;
  const given = replies.filter(({ type }) => type === "WINDOW").map(replyWindow);
  const over = given.find((one) => one.requests > requests || one.bytes >= bytes + MAX_FRAME);
  if (over !== undefined) throw new Error(`${over.requests} and ${over.bytes} were in flight`);
  const back = given.reduce((sum, one) => sum + one.requests, 0);
  if (sent - refused > requests + back) {
    throw new Error(`${sent - refused} requests of ${requests} and ${back} given back`);
  }
}
