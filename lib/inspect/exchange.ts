/**
 * Which response answers which request.
 *
 * @module
 */

import type { Answered } from "./item.ts";
import { RespReplies } from "./resp_replies.ts";

/** A request that waits for its response. */
export interface PendingRequest {
  /** Its number. */
  readonly number: number;
  /** Its name: an opcode or a command. */
  readonly name: string;
  /** It in a few words. */
  readonly title: string;
  /** Its id. */
  readonly id: number | undefined;
  /** Whether it may get no response. */
  readonly quiet: boolean;
  /** How many responses it gets; 0 when that depends on what was before. */
  readonly replies: number;
}

/** So many requests may wait by default: of more, the oldest are forgotten. */
const MAX_PENDING = 65_536;

/** A request, and what came to it. */
export interface Waiting {
  /** The request. */
  readonly request: PendingRequest;
  /** When it was sent, in milliseconds since 1970; `undefined` when that is not known. */
  readonly time: number | undefined;
  /** How many responses it has got. */
  readonly got: number;
}

/** The same, while it is counted. */
interface Counted extends Waiting {
  got: number;
}

/** Numbers from 1 on. */
export class Counter {
  #last = 0;

  /** The next number. */
  next(): number {
    return ++this.#last;
  }
}

/** Both directions of one connection: numbers its frames, and matches responses with requests. */
export class Exchange {
  /** When the bytes came that are read now, in milliseconds since 1970; `undefined` when that is not known. */
  time: number | undefined = undefined;
  /** How many replies requests of RESP get. */
  readonly resp: RespReplies = new RespReplies(this);
  readonly #numbers: Counter;
  readonly #maxPending: number;
  readonly #byId = new Map<number, Counted>();
  /** Those without an id, in their order; those before `#first` have their responses. */
  #inOrder: Counted[] = [];
  #first = 0;
  /** How many responses come to requests that are forgotten, before those to the others. */
  #forgotten = 0;

  /** Makes the exchange of one connection; frames of several may be numbered together. */
  constructor(numbers: Counter = new Counter(), maxPending = MAX_PENDING) {
    this.#numbers = numbers;
    this.#maxPending = maxPending;
  }

  /** The number of the next frame. */
  nextNumber(): number {
    return this.#numbers.next();
  }

  /** Says that a request was sent. */
  sent(request: PendingRequest): void {
    const waiting = { request, time: this.time, got: 0 };
    if (request.id === undefined) {
      this.#inOrder.push(waiting);
      if (this.#inOrder.length - this.#first > this.#maxPending) {
        const { request: { replies }, got } = this.#shift();
        this.#forgotten += Math.max(1, replies - got);
      }
      return;
    }
    this.#byId.delete(request.id); // The order of a map is that in which keys were added.
    this.#byId.set(request.id, waiting);
    if (this.#byId.size <= this.#maxPending) return;
    for (const oldest of this.#byId.keys()) return void this.#byId.delete(oldest);
  }

  /**
   * The request that a response answers.
   *
   * @param id The response's id.
   * @param isLast Whether no further response to the same request follows.
   * @param canBeQuiet Whether it may answer this quiet request: other ones have got none.
   */
  answered(
    id: number | undefined,
    isLast = true,
    canBeQuiet: (request: PendingRequest) => boolean = () => true,
  ): PendingRequest | undefined {
    if (id !== undefined) {
      const waiting = this.#byId.get(id);
      this.#last = waiting;
      if (waiting !== undefined && isLast) this.#byId.delete(id);
      return waiting?.request;
    }
    if (this.#forgotten > 0) {
      if (isLast) this.#forgotten--;
      this.#last = undefined;
      return undefined;
    }
    let waiting = this.#inOrder[this.#first];
    while (waiting?.request.quiet && !canBeQuiet(waiting.request)) {
      this.#shift();
      waiting = this.#inOrder[this.#first];
    }
    this.#last = waiting;
    if (waiting !== undefined) waiting.got++;
    if (waiting !== undefined && isLast) this.#shift();
    return waiting?.request;
  }

  /** The request without an id whose turn it is; `undefined` when none waits, or it is forgotten. */
  get first(): Waiting | undefined {
    return this.#forgotten > 0 ? undefined : this.#inOrder[this.#first];
  }

  /** Says that the request whose turn it is gets no further response. */
  giveUp(): void {
    this.#shift();
  }

  /** Takes the first of those in order: to shift the array would move all others each time. */
  #shift(): Counted {
    const waiting = this.#inOrder[this.#first++]!;
    if (2 * this.#first > this.#inOrder.length) {
      this.#inOrder = this.#inOrder.slice(this.#first);
      this.#first = 0;
    }
    return waiting;
  }

  #last: Waiting | undefined = undefined;

  /** The request that was found by the last call of `answered`, as it is told. */
  get lastAnswered(): Answered | undefined {
    if (this.#last === undefined) return undefined;
    const { request: { number, title }, time } = this.#last;
    const milliseconds = time === undefined || this.time === undefined
      ? undefined
      : this.time - time;
    return { number, title, milliseconds };
  }
}
