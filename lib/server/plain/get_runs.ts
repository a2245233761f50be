/**
 * Plain GETs that come together.
 *
 * @module
 */

import type { Input } from "../../bytes/mod.ts";
import type { Services } from "../../handler/mod.ts";
import type { Conversation, Incoming, Outbox } from "../conversation.ts";
import { Answerer, STOP, type Tally } from "./answerer.ts";
import { countGets, figuresOfGets, isWatched } from "./gets.ts";
import { DIALECTS, NO_PERMIT } from "./permit.ts";
import { PlainCafeGets } from "./plain_cafe.ts";
import type { PlainGets } from "./plain_get.ts";
import { PlainRespGets } from "./plain_resp.ts";

/** Fewer GETs are decoded one by one. */
const MIN_RUN = 4;
/** A run has no more; the next one follows it. */
const MAX_RUN = 256;
/** How long a run is at least: the shortest GET is a frame with a key of one byte. */
export const SHORTEST_RUN: number = MIN_RUN * 13;

/** Plain GETs that stand together in the bytes of a connection. */
export class GetRun {
  /** The bytes; they stay unchanged. */
  readonly bytes: Uint8Array;
  /** How many GETs there were at first: some may be answered. */
  readonly count: number;

  /** Takes the bytes of whole GETs. */
  constructor(bytes: Uint8Array, count: number) {
    this.bytes = bytes;
    this.count = count;
  }
}

/** The answers to a run of GETs, encoded. */
export interface AnswersReply {
  /** Which reply it is. */
  readonly type: "answers";
  /** The answers, one behind the other. */
  readonly bytes: Uint8Array;
}

const RUNS = new WeakMap<Services, GetRuns>();

/**
 * Takes plain GETs that come together as one request, and answers it without a request, an entry and a response
 * for each of them. They are carried out one by one where somebody is to see each.
 */
export class GetRuns {
  readonly #services: Services;
  readonly #scanners: Readonly<Record<"resp" | "cafe", PlainGets>>;
  readonly #answerer: Answerer;

  private constructor(services: Services) {
    const { databases, limits: { maxKeySize }, statistics } = services;
    this.#services = services;
    this.#scanners = {
      resp: new PlainRespGets(2, maxKeySize),
      cafe: new PlainCafeGets(maxKeySize),
    };
    this.#answerer = new Answerer({
      finderOf: (database) => databases.at(database).finder,
      maxKeySize,
      tally: tallyOf(services),
      onKey: (key, database) => statistics.hotKeys.look({ key }, database),
    });
  }

  /** That of a server: its connections share it. */
  static of(services: Services): GetRuns {
    let runs = RUNS.get(services);
    if (runs === undefined) RUNS.set(services, runs = new GetRuns(services));
    return runs;
  }

  /** Takes the GETs that come next, when there are some and the conversation may be answered so by now. */
  take(input: Input, conversation: Conversation): GetRun | undefined {
    const { bytes, start, end } = input;
    const gets = this.#scanners[conversation.protocol];
    let next = gets.scan(bytes, start, end);
    if (next < 0 || conversation.permit === NO_PERMIT || isWatched(this.#services)) {
      return undefined;
    }
    let count = 1;
    for (let to = next; count < MAX_RUN; count++, next = to) {
      to = gets.scan(bytes, next, end);
      if (to < 0) break;
    }
    return count < MIN_RUN ? undefined : new GetRun(input.take(next - start), count);
  }

  /**
   * Answers what can be answered of a run; returns what is left of it, if anything is: a run when there was no room
   * for its answers, and else requests that are no views of its bytes. One of more than `most` GETs is carried out
   * one by one.
   */
  answer(
    { bytes, count }: GetRun,
    conversation: Conversation,
    outbox: Outbox,
    most: number,
  ): readonly Incoming[] | undefined {
    const answerer = this.#answerer;
    // A request before them may have changed it.
    const mayNot = count > most || isWatched(this.#services);
    const permit = mayNot ? NO_PERMIT : conversation.permit;
    if (permit === NO_PERMIT) return conversation.requestsOf(bytes.slice());
    const reply = answerer.answer(bytes, 0, bytes.length, permit);
    const { end, stop } = answerer;
    if (reply !== undefined) {
      outbox.add({ type: "answers", bytes: reply.bytes.slice(0, reply.size) });
      answerer.giveBack(reply);
      conversation.noteGets();
    }
    if (end === bytes.length) return undefined;
    return stop === STOP.FULL
      ? [new GetRun(bytes.subarray(end), count)]
      : conversation.requestsOf(bytes.slice(end));
  }
}

/** Counts them as they are counted one by one: their calls have a share of the time of the batch. */
function tallyOf(services: Services): Tally {
  return {
    begin() {},
    end(dialect, hits, misses) {
      const protocol = dialect === DIALECTS.CAFE ? "cafe" : "resp";
      countGets(services, protocol, hits, misses);
      services.statistics.count(figuresOfGets(services, protocol), hits + misses);
    },
  };
}
