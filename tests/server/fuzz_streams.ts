/**
 * Streams of bytes to try a session with, and what must hold for each of them. The test of the session
 * tries a few thousand; `tests/fuzz.ts` tries for as long as it is told.
 */

import type { Services } from "../../lib/handler/mod.ts";
import { newServices, Session } from "../../lib/server/mod.ts";
import { Databases } from "../../lib/store/mod.ts";
import { concat } from "@std/bytes";
import type { Random } from "../random.ts";
import { DURABLE, frame, parseReplies, type Parts, type Reply } from "./frames.ts";

const QUIET = 0x0100;

/** One input: the bytes, and where they are cut. */
export interface Stream {
  readonly bytes: Uint8Array;
  /** The frames that it is made of, when nothing in it is wrong. */
  readonly frames: readonly Parts[] | undefined;
  /** The sizes of its chunks, gone through again and again. */
  readonly sizes: readonly number[];
}

/** A stream: of random bytes, of frames, or of frames with something changed. */
export function makeStream(random: Random): Stream {
  const sizes = Array.from({ length: 1 + random.below(5) }, () => 1 + random.below(40));
  if (random.once(8)) {
    return { bytes: begun(random.bytes(random.below(200))), frames: undefined, sizes };
  }
  const frames = Array.from({ length: 1 + random.below(24) }, (_, id) => makeFrame(random, id));
  const bytes = concat(frames.map(frame));
  if (random.once(2)) return { bytes, frames, sizes };
  return { bytes: begun(mutated(random, bytes.subarray(1))), frames: undefined, sizes };
}

/** Behind the first byte of CAFE: with another one it would be RESP, which fuzz_resp.ts tries. */
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

/** Services that nothing but the input of their sessions tells what to do: no time goes by, no order is random. */
export function newQuietServices(): Services {
  const now = () => 1_000_000;
  return newServices({
    limits: { maxKeySize: 64, maxValueSize: 4_096, maxBulkSize: 4_096, maxSubscriptions: 3 },
    databases: new Databases({ now, seed: [1, 2] }),
    now,
  });
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
  const sent: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    sent.push(session.receive(bytes.slice(at, at + size)));
    at += size;
  }
  sent.push(session.end());
  session.close();
  return concat(sent);
}

/**
 * Tries one stream: no exception, whole frames out, the same however it is cut, and for a stream in which
 * nothing is wrong one reply a request, in order. Throws when that is not so.
 */
export function tryStream({ bytes, frames, sizes }: Stream): Reply[] {
  const replies = parseReplies(talk(bytes, [bytes.length]));
  const whole = replies.map(lineOf).join("\n");
  const pieces = parseReplies(talk(bytes, sizes)).map(lineOf).join("\n");
  if (whole !== pieces) throw new Error(`cut in ${sizes}:\n${pieces}\nwhole:\n${whole}`);
  if (replies.some(({ key }) => new TextDecoder().decode(key) === "INTERNAL")) {
    throw new Error("an INTERNAL error");
  }
  if (frames !== undefined) checkReplies(frames, replies);
  return replies;
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
