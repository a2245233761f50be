/** Streams of CAFE to try a session with, and what must hold for each of them. */

import { concat, equals } from "@std/bytes";
import type { Random } from "../random.ts";
import {
  DURABLE,
  frame,
  MORE,
  parseReplies,
  PART,
  type Parts,
  type Reply,
  u32,
  u64,
  WINDOW,
  wordOf,
} from "../server/frames.ts";
import {
  type AnyStream,
  checkLeft,
  CountingSession,
  feed,
  finish,
  LIMITS,
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
  /** Whether values go in parts: how it is cut then decides what comes between them. */
  readonly mixed: boolean;
}

/** The longest frame that the limits allow: header, extensions, key, value, nonce, tag, checksum, signature. */
export const MAX_FRAME = 12 + 20 + 64 + 4_096 + 28 + 4 + 32;

/** What a value in parts takes besides its bytes at the most: its key, and objects. */
export const PART_OVERHEAD = 1_024;

/** What values in parts may hold besides: those that come, and of those that go what was removed. */
export const MAX_PARTS = MAX_FRAME + LIMITS.maxStreamedSize +
  LIMITS.maxTransfers * (4_096 + PART_OVERHEAD);

/** So much is replied to a request, with the message that it publishes: STATS and SCAN have long replies. */
const MAX_REPLY = 8_192;

/** A stream: of random bytes, of frames, or of frames with something changed. */
export function makeStream(random: Random): Stream {
  if (random.once(4)) {
    const frames = makeMixed(random);
    const bytes = concat(frames.map(frame));
    const sizes = makeSizes(random, bytes.length);
    if (!random.once(4)) return { bytes, frames, mixed: true, sizes };
    return {
      bytes: begun(mutated(random, bytes.subarray(1))),
      frames: undefined,
      mixed: true,
      sizes,
    };
  }
  const [bytes, frames] = makeBytes(random);
  return { bytes, frames, mixed: false, sizes: makeSizes(random, bytes.length) };
}

function makeBytes(random: Random): [bytes: Uint8Array, frames: Parts[] | undefined] {
  if (random.once(16)) return [begun(random.bytes(random.below(200))), undefined];
  const frames = makeFrames(random);
  const bytes = concat(frames.map(frame));
  return random.once(2) ? [bytes, frames] : [begun(mutated(random, bytes.subarray(1))), undefined];
}

function makeFrames(random: Random): Parts[] {
  return Array.from({ length: makeLength(random) }, (_, id) => makeFrame(random, id));
}

/** Behind the first byte of CAFE: with another one it would be RESP, which resp.ts tries. */
function begun(bytes: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(0xca), bytes]);
}

/** Requests of all kinds, and values in parts: what belongs to one value has others between it. */
export function makeMixed(random: Random): Parts[] {
  const waiting: Parts[][] = [];
  return makeFrames(random).flatMap((one) => {
    if (random.once(4)) waiting.push(makeParts(random));
    if (waiting.length === 0 || random.once(2)) return [one];
    const at = random.below(waiting.length);
    const next = waiting[at]!.shift()!;
    if (waiting[at]!.length === 0) waiting.splice(at, 1);
    return [next];
  });
}

/** The ids of values in parts: few, so that they meet; now and then it is that of any other request. */
const FIRST_ID = 1_000_000;
const IDS = 12;

/** What belongs to one value in parts, most of it as it should be. */
function makeParts(random: Random): Parts[] {
  const id = random.once(16) ? random.below(400) : FIRST_ID + random.below(IDS);
  const checksum = random.once(8);
  const part = (value: Uint8Array, more: number) => ({
    id,
    checksum,
    opcode: PART,
    flags: more,
    value,
  });
  const allow = () => ({ id, checksum, opcode: WINDOW, value: window(random) });
  const request = (opcode: number, value: Uint8Array) => ({
    ...{ id, checksum, opcode, value },
    key: random.of(NAMES),
    flags: MORE | (random.once(4) ? QUIET : 0) | (random.once(16) ? DURABLE : 0),
    entryVersion: random.once(6) ? random.below(6) : undefined,
  });
  if (random.once(16)) { // More than may be open at once.
    const many = random.once(2) ? request(1, u32(0)) : request(2, u64(9));
    return Array.from({ length: IDS }, (_, at) => ({ ...many, id: FIRST_ID + at }));
  }
  switch (random.below(4)) {
    case 0: {
      const value = random.bytes(random.below(300));
      const [from, to] = [random.below(value.length + 1), random.below(value.length + 1)];
      const announced = value.length + (random.once(8) ? random.below(9) : 0);
      const ttl = random.once(6) ? random.below(1_000) : undefined;
      return [
        { ...request(2, u64(random.once(32) ? 2 ** random.below(63) : announced)), ttl },
        part(value.subarray(0, Math.min(from, to)), MORE),
        part(value.subarray(Math.min(from, to), Math.max(from, to)), MORE),
        ...random.once(12) ? [allow()] : [],
        part(value.subarray(Math.max(from, to)), 0),
      ];
    }
    case 1:
      return [
        request(1, window(random)),
        ...Array.from({ length: random.below(4) }, allow),
      ];
    case 2:
      return [part(random.bytes(random.below(64)), random.once(2) ? MORE : 0)];
    default:
      return [allow()];
  }
}

function window(random: Random): Uint8Array {
  return u32(random.of([0, 1, 50, 5_000, 0xffff_ffff]));
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
      return {
        ...parts,
        opcode: random.of([0, 17 + random.below(239)]),
        version: random.below(4),
        ttl,
        value,
      };
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
export function tryStream({ bytes, frames, mixed, sizes }: Stream): Outcome {
  const services = newQuietServices();
  const session = new CountingSession(services);
  const sent = concat([
    feed(session, { bytes, sizes }, mixed ? MAX_PARTS : MAX_FRAME),
    finish(session),
  ]);
  const replies = parseReplies(sent);
  const read = session.carriedOut;
  if (!mixed) checkCut(bytes, sizes, sent);
  else if (frames !== undefined) checkParts(replies.map(inParts));
  checkLeft(services);
  if (sent.length > (read + 1) * MAX_REPLY) throw new Error(`${sent.length} bytes of replies`);
  if (replies.some((reply) => wordOf(reply) === "ERR INTERNAL")) {
    throw new Error("an INTERNAL error");
  }
  if (!mixed && frames !== undefined) checkReplies(frames, replies);
  return { kind: "CAFE", frames: read, ...countReplies(replies) };
}

/** What is looked at of a reply about a value in parts. */
interface PartReply {
  readonly type: string;
  readonly id: number | undefined;
  readonly more: boolean;
  readonly value: Uint8Array;
}

function inParts({ type, id, flags, value }: Reply): PartReply {
  return { type, id, value, more: (flags & MORE) !== 0 };
}

/**
 * Parts come of values that are open, up to their size, and the last one says so; no more values are open
 * than may be. An id that may be that of another request says nothing of them.
 */
export function checkParts(replies: readonly PartReply[]): void {
  const left = new Map<number, number>();
  for (const { type, more, id = 0, value } of replies) {
    if (id < FIRST_ID) continue;
    if (type === "OK" && more) left.set(id, new DataView(value.slice().buffer).getUint32(4));
    else if (type === "ERR") left.delete(id);
    else if (type === "PART") {
      const rest = (left.get(id) ?? -1) - value.length;
      if (rest < 0 || more !== rest > 0) throw new Error(`a part of ${id}, and ${rest} bytes left`);
      if (rest > 0) left.set(id, rest);
      else left.delete(id);
    }
    if (left.size > LIMITS.maxTransfers) throw new Error(`${left.size} values go at once`);
  }
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
