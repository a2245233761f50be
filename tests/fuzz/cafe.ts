/** Streams of CAFE to try a session with, and what must hold for each of them. */

import { concat, equals } from "@std/bytes";
import type { Random } from "../random.ts";
import { DURABLE, frame, parseReplies, type Parts, type Reply, wordOf } from "../server/frames.ts";
import {
  type AnyStream,
  checkLeft,
  CountingSession,
  feed,
  finish,
  makeLength,
  makeSizes,
  newQuietServices,
  type Outcome,
  talk,
} from "./talk.ts";

const QUIET = 0x0100;

/** One input: the bytes, and where they are cut. */
export interface Stream extends AnyStream {
  /** The frames that it is made of, when nothing in it is wrong. */
  readonly frames: readonly Parts[] | undefined;
}

/** The longest frame that the limits allow: header, extensions, key, value, nonce, tag, checksum, signature. */
export const MAX_FRAME = 12 + 20 + 64 + 4_096 + 28 + 4 + 32;

/** So much is replied to a request, with the message that it publishes: STATS and SCAN have long replies. */
const MAX_REPLY = 8_192;

/** A stream: of random bytes, of frames, or of frames with something changed. */
export function makeStream(random: Random): Stream {
  const [bytes, frames] = makeBytes(random);
  return { bytes, frames, sizes: makeSizes(random, bytes.length) };
}

function makeBytes(random: Random): [bytes: Uint8Array, frames: Parts[] | undefined] {
  if (random.once(16)) return [begun(random.bytes(random.below(200))), undefined];
  const frames = Array.from({ length: makeLength(random) }, (_, id) => makeFrame(random, id));
  const bytes = concat(frames.map(frame));
  return random.once(2) ? [bytes, frames] : [begun(mutated(random, bytes.subarray(1))), undefined];
}

/** Behind the first byte of CAFE: with another one it would be RESP, which resp.ts tries. */
function begun(bytes: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(0xca), bytes]);
}

/** Keys and channels: few, so that requests meet. */
const NAMES = ["", "a", "b", "ab", "n", "\0", "channel"];

function makeFrame(random: Random, id: number): Parts {
  const key = random.of(NAMES);
  const flags = (random.once(4) ? QUIET : 0) | (random.once(8) ? DURABLE : 0);
  const parts = { id, flags, checksum: random.once(4), key };
  const entryVersion = random.once(4) ? random.below(6) : undefined;
  const ttl = random.once(4) ? 1 + random.below(1_000) : undefined;
  const value = random.once(3) ? String(random.below(100)) : random.bytes(random.below(64));
  switch (1 + random.below(15)) {
    case 1:
      return { ...parts, opcode: 1, entryVersion };
    case 2:
      return { ...parts, opcode: 2, value, ttl, entryVersion };
    case 3:
      return { ...parts, opcode: 3, entryVersion };
    case 4:
      return { ...parts, opcode: 4, key: "", value };
    case 5:
      return { ...parts, opcode: 5, value };
    case 6:
      return { ...parts, opcode: 6, value: random.once(2) ? "" : random.bytes(8) };
    case 8:
      return { ...parts, opcode: 8, ttl };
    case 9:
      return { ...parts, opcode: 9, value: random.once(2) ? "" : random.bytes(8) };
    case 10:
      return { ...parts, opcode: 10, key: random.of(["", "store", "nothing"]) };
    case 11:
    case 12:
      return { ...parts, opcode: 11 + random.below(2) };
    case 13:
      return { ...parts, opcode: 13, value };
    case 14:
      return { ...parts, opcode: 14, key: random.of(["", "", "a"]) };
    case 15: // Not understood, and skipped.
      return { ...parts, opcode: random.below(256), version: random.below(4), ttl, value };
    default:
      return { ...parts, opcode: 7, value };
  }
}

/** Bytes with one to four changes: some set, flipped, added, taken away, or the end cut off. */
export function mutated(random: Random, bytes: Uint8Array): Uint8Array {
  let changed = bytes.slice();
  for (let times = 1 + random.below(4); times > 0 && changed.length > 0; times--) {
    const at = random.below(changed.length);
    switch (random.below(5)) {
      case 0:
        changed[at] = random.below(256);
        break;
      case 1:
        changed[at]! ^= 1 << random.below(8);
        break;
      case 2:
        changed = concat([
          changed.subarray(0, at),
          random.bytes(1 + random.below(8)),
          changed.subarray(at),
        ]);
        break;
      case 3:
        changed = concat([changed.subarray(0, at), changed.subarray(at + 1 + random.below(8))]);
        break;
      default:
        changed = changed.slice(0, at);
    }
  }
  return changed;
}

/**
 * Tries one stream: no exception, whole frames out, no more held than a frame, the same however it is cut,
 * and for a stream in which nothing is wrong one reply a request, in order. Throws when that is not so.
 */
export function tryStream({ bytes, frames, sizes }: Stream): Outcome {
  const services = newQuietServices();
  const session = new CountingSession(services);
  const sent = concat([feed(session, { bytes, sizes }, MAX_FRAME), finish(session)]);
  const replies = parseReplies(sent);
  const read = session.carriedOut;
  checkCut(bytes, sizes, sent);
  checkLeft(services);
  if (sent.length > (read + 1) * MAX_REPLY) throw new Error(`${sent.length} bytes of replies`);
  if (replies.some((reply) => wordOf(reply) === "ERR INTERNAL")) {
    throw new Error("an INTERNAL error");
  }
  if (frames !== undefined) checkReplies(frames, replies);
  return { kind: "CAFE", frames: read, ...countReplies(replies) };
}

/** How many replies are errors, and how many are not. */
export function countReplies(
  replies: readonly { readonly type: string }[],
): Pick<Outcome, "done" | "errors"> {
  const errors = replies.filter(({ type }) => type === "ERR").length;
  const pushed = replies.filter(({ type }) => type === "PUSH").length;
  return { done: replies.length - errors - pushed, errors };
}

/** A session is to send the same when the whole stream comes at once. */
function checkCut(bytes: Uint8Array, sizes: readonly number[], sent: Uint8Array): void {
  const whole = talk(bytes, [bytes.length]);
  if (equals(sent, whole)) return;
  const [cut, uncut] = [sent, whole].map((all) => parseReplies(all).map(lineOf).join("\n"));
  if (cut !== uncut) throw new Error(`cut in ${sizes}:\n${cut}\nwhole:\n${uncut}`);
}

/**
 * A reply as text. The error for a wrong magic comes at the first byte that shows it, and tells what has
 * come by then: that part of it is left out.
 */
export function lineOf({ type, flags, id, ttl, version, key, value }: Reply): string {
  const text = new TextDecoder().decode(value);
  const shown = /^(.* expected the magic ca fe, found) /.exec(text)?.[1] ?? value.toHex();
  return [type, flags, id, ttl, version, key.toHex(), shown].join(" ");
}

function checkReplies(frames: readonly Parts[], replies: readonly Reply[]): void {
  const answered = replies.filter(({ type }) => type !== "PUSH");
  for (const { id, flags, opcode } of frames) {
    const quiet = (flags ?? 0) & QUIET;
    const isNext = answered[0]?.id === id;
    if (!isNext && !quiet) throw new Error(`request ${id} has no reply, or not in order`);
    if (!isNext) continue;
    const { type } = answered.shift()!;
    if (quiet && type !== "ERR" && !(opcode === 1 && type === "OK")) {
      throw new Error(`the quiet request ${id} was answered with ${type}`);
    }
  }
  if (answered.length > 0) throw new Error(`${answered.length} replies to nothing`);
}
