/** Conversations about values in parts, with clients that keep to the rules and with such that overrun their window. */

import { AGREED_FLAGS, type AgreedFlag, type Reply, replyCode } from "../../lib/cafe/mod.ts";
import { encodeAll } from "../../lib/codec/mod.ts";
import { concat } from "@std/bytes";
import { Random } from "../random.ts";
import { INCR, type Parts, u64 } from "../server/frames.ts";
import { Wire } from "./agreed.ts";
import { countReplies, makeMixed, MAX_PARTS } from "./cafe.ts";
import { CarefulClient, KEYS, type Sizes } from "./careful_client.ts";
import { checkWindow } from "./protected.ts";
import {
  checkLeft,
  CountingSession,
  feed,
  finish,
  LIMITS,
  makeSizes,
  newQuietServices,
  ONE_WRITE,
  type Outcome,
} from "./talk.ts";

/** One conversation: what is sent depends on what is answered, so a seed tells of it. */
export interface Conversation {
  readonly seed: number;
  readonly flags: readonly AgreedFlag[];
  readonly window: boolean;
  /** Whether the client keeps to the rules. */
  readonly careful: boolean;
  /** Whether its values are longer than the longest part. */
  readonly long: boolean;
}

const SHORT: Sizes = { value: 3_000, part: 1_000, ...LIMITS, maxStreamedSize: 24_576 };

const LONG: Sizes = { value: 600_000, part: 300_000, maxTransfers: 3, maxStreamedSize: 2_000_000 };

/** How many requests a conversation has at the most; one with long values has few. */
const MAX_REQUESTS = 120;
const MAX_LONG_REQUESTS = 10;

/** So many frames are sent at once. */
const MAX_BATCH = 16;

/** A frame that no protocol has. */
const NO_FRAME = new Uint8Array(16);

/** A conversation, with or without any of the flags. */
export function makeConversation(random: Random): Conversation {
  const bits = random.once(2) ? 0 : 1 + random.below(7);
  const careful = random.once(2);
  return {
    seed: random.below(2 ** 32),
    flags: AGREED_FLAGS.filter((_, at) => bits & (1 << at)),
    window: !careful || random.once(2),
    careful,
    long: random.once(100),
  };
}

/** Tries one conversation. Throws when something does not hold. */
export function tryConversation(conversation: Conversation): Outcome {
  return conversation.careful ? tryCareful(conversation) : tryOverrun(conversation);
}

/**
 * Each request is answered once, with what it must be; values are stored and read equal, their parts no more
 * than was allowed; a window is given back when half of it is used and never overrun; what is held is what
 * was sent and not stored; and what is open at the end is said to be given up.
 */
function tryCareful({ seed, flags, window, long }: Conversation): Outcome {
  const random = new Random(seed);
  const sizes = long ? LONG : SHORT;
  const frameSizes = long ? { maxValueSize: 500_000, maxInFlightBytes: 700_000 } : {};
  const { maxStreamedSize, maxTransfers } = sizes;
  const limits = { ...LIMITS, ...frameSizes, maxStreamedSize, maxTransfers };
  const services = newQuietServices(limits, 0);
  const session = new CountingSession(services);
  const wire = new Wire(session, flags, window);
  const wanted = 1 + random.below(long ? MAX_LONG_REQUESTS : MAX_REQUESTS);
  const client = new CarefulClient(random, sizes, wanted, wire.window);
  const replies: Reply[] = [];
  const take = (bytes: Uint8Array) => {
    const come = wire.read(bytes);
    for (const reply of come) client.take(reply);
    replies.push(...come);
  };
  for (let frames = batch(random, client, wire); frames.length > 0;) {
    const bytes = concat(frames);
    const size = 1 + random.below(bytes.length);
    const most = client.mostHeld + bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      take(session.receive(bytes.slice(at, at + size)));
      if (session.heldBytes > most) throw new Error(`${session.heldBytes} of ${most} bytes`);
    }
    client.settle();
    const { leastHeld, mostHeld } = client;
    if (session.heldBytes < leastHeld || session.heldBytes > mostHeld) {
      throw new Error(`${session.heldBytes} bytes are held, not ${leastHeld} to ${mostHeld}`);
    }
    if (client.isLow) throw new Error("the window is not given back");
    frames = batch(random, client, wire);
  }
  if (client.unanswered !== "") throw new Error(`not answered: ${client.unanswered}`);
  const end = wire.read(endIn(random, session));
  checkEnd(client.left, end);
  wire.end();
  checkLeft(services, KEYS.length * sizes.value + ONE_WRITE);
  const kind = `values in parts${window ? ", in a window" : ""}`;
  return { kind, frames: session.carriedOut - 1, ...countReplies(replies) };
}

/** The next frames, as many as the client may send. */
function batch(random: Random, client: CarefulClient, wire: Wire): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let left = 1 + random.below(MAX_BATCH); left > 0 && client.maySend; left--) {
    const parts = client.next();
    if (parts === undefined) break;
    const bytes = wire.seal(parts);
    client.spend(parts, bytes.length);
    frames.push(bytes);
  }
  return frames;
}

/** What is sent behind the end of the stream, a shutdown, or what is no frame. */
function endIn(random: Random, session: CountingSession): Uint8Array {
  const ends = [
    () => new Uint8Array(),
    () => session.receive(NO_FRAME),
    () => {
      session.goAway();
      return encodeAll(session.encoder, session.takeOutput());
    },
  ];
  return concat([random.of(ends)(), finish(session)]);
}

/** Each value that was open is given up, before anything else is said. */
function checkEnd(left: readonly number[], end: readonly Reply[]): void {
  const given = end.slice(0, left.length).map((reply) =>
    `${reply.type === "ERR" && replyCode(reply)} ${reply.id}`
  );
  const expected = left.map((id) => `CANCELLED ${id}`);
  if (given.toSorted().join() !== expected.toSorted().join()) {
    throw new Error(`at the end there was ${given}, and not ${expected}`);
  }
  const words = end.slice(left.length).map(({ type }) => type);
  if (words.length > 1 || words.some((type) => type !== "ERR" && type !== "GOAWAY")) {
    throw new Error(`at the end there was ${words}`);
  }
}

const COUNTER = "counter";
const FIRST_COUNT = 2_000_000;

/**
 * No more is carried out than a window has room for, what is refused is not carried out, and behind it all a
 * request is carried out again.
 */
function tryOverrun({ seed, flags }: Conversation): Outcome {
  const random = new Random(seed);
  const services = newQuietServices();
  const session = new CountingSession(services);
  const wire = new Wire(session, flags, true);
  const frames = makeMixed(random).flatMap((one, at): Parts[] =>
    random.once(3) ? [one, { opcode: INCR, key: COUNTER, id: FIRST_COUNT + at }] : [one]
  );
  const bytes = concat(frames.map((parts) => wire.seal(parts)));
  const replies = wire.read(
    feed(session, { bytes, sizes: makeSizes(random, bytes.length) }, MAX_PARTS),
  );
  checkWindow(wire.window!, frames, replies);
  const counted = replies.filter(({ type, id = 0 }) => type === "OK" && id >= FIRST_COUNT).length;
  const last = wire.seal({ opcode: INCR, key: COUNTER, value: u64(0), id: 1 });
  const answer = wire.read(session.receive(last)).find(({ type }) => type === "OK");
  const count = answer && new DataView(answer.value.slice().buffer).getBigInt64(0);
  if (count !== BigInt(counted)) throw new Error(`${counted} were answered, ${count} carried out`);
  wire.read(finish(session));
  wire.end();
  checkLeft(services);
  const kind = "values in parts, over a window";
  return { kind, frames: session.carriedOut - 1, ...countReplies(replies) };
}
