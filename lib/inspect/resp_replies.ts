/**
 * Which reply of RESP answers which request: most get one, some several or none, and messages answer none.
 *
 * @module
 */

import type { RespCommand } from "../resp/mod.ts";
import type { Exchange, PendingRequest, Waiting } from "./exchange.ts";

/** What of a reply tells whose it is. */
export interface ReplyHead {
  /** Its type: `array`, `push`, `error` or another. */
  readonly type: string;
  /** Its text, or that of its first item. */
  readonly word: string;
  /** Its third item, when that is an integer: how many subscriptions there are after a confirmation. */
  readonly count: number | undefined;
}

/** Commands that get a confirmation for each channel, which has their name. */
const FOR_EACH = /^([ps]?)(un)?subscribe$/i;
/** What comes to a subscriber without a request. */
const MESSAGE = /^[ps]?message$/;
/** Cortado may refuse one channel of several; Redis refuses all of them with one error. */
const ONE_REFUSED = /^ERR Cannot subscribe/;

/** Channels, patterns and channels of a shard, which are counted by themselves. */
type Kind = "" | "p" | "s";

const NOTHING: Readonly<Record<Kind, number>> = { "": 0, p: 0, s: 0 };

/** Matches the replies of one connection. */
export class RespReplies {
  readonly #exchange: Exchange;
  /** How many subscriptions of each kind there are, as far as confirmations were seen. */
  #subscribed: Readonly<Record<Kind, number>> = NOTHING;
  /** Whether confirmations come as arrays, as in RESP2: then messages do too. */
  #hasArrays = false;
  /** CLIENT REPLY OFF, and SKIP, which is about the request behind it. */
  #isOff = false;
  #skipsNext = false;

  /** Makes it for the connection of an exchange. */
  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Says that a request was sent; it waits for its replies, if it gets any. */
  sent(args: RespCommand, request: Pick<PendingRequest, "number" | "name" | "title">): void {
    const quiet = this.#isMuted(args);
    const isForEach = FOR_EACH.test(request.name);
    if (quiet && !isForEach) return; // Confirmations come also to who wants no replies.
    const replies = isForEach ? args.length - 1 : 1;
    this.#exchange.sent({ ...request, id: undefined, quiet, replies });
  }

  /** The request that a reply answers. */
  answered(reply: ReplyHead): PendingRequest | undefined {
    const { type, word } = reply;
    const isList = type === "array" || type === "push";
    const kind = isList ? FOR_EACH.exec(word)?.[1] as Kind | undefined : undefined;
    if (kind === undefined && (type === "push" || this.#isMessage(reply))) return undefined;
    const name = kind === undefined ? "" : word.toUpperCase();
    const first = this.#firstFor(name, word);
    const isConfirmation = kind !== undefined && (first?.request.name ?? name) === name;
    if (isConfirmation) this.#confirmed(kind, reply);
    else if (type === "push") return undefined;
    if (first?.request.name === "RESET" && word === "RESET") this.#subscribed = NOTHING;
    const isOneOfSeveral = isConfirmation || ONE_REFUSED.test(word);
    return this.#exchange.answered(undefined, !isOneOfSeveral || this.#isLast(first, kind));
  }

  /** Whether a request gets no reply. CLIENT REPLY changes that for those behind it. */
  #isMuted(args: RespCommand): boolean {
    const [name, sub, mode] = args.slice(0, 3).map((arg) => latin1(arg).toUpperCase());
    const wanted = name === "CLIENT" && sub === "REPLY" && args.length === 3 ? mode : undefined;
    const isSkipped = this.#skipsNext && wanted !== "ON";
    this.#skipsNext = wanted === "SKIP";
    if (wanted === "OFF") this.#isOff = true;
    if (wanted === "ON" || name === "RESET") this.#isOff = false;
    return this.#isOff || isSkipped || this.#skipsNext;
  }

  #isMessage({ type, word }: ReplyHead): boolean {
    const isSubscribed = Object.values(this.#subscribed).some((count) => count > 0);
    return type === "array" && this.#hasArrays && isSubscribed && MESSAGE.test(word);
  }

  /** The request whose turn it is, when those have ended that a reply with this name cannot belong to. */
  #firstFor(name: string, word: string): Waiting | undefined {
    for (;;) {
      const { first } = this.#exchange;
      if (first === undefined || !FOR_EACH.test(first.request.name)) return first;
      const isOver = first.got > 0 || first.request.quiet;
      if (!isOver || first.request.name === name || ONE_REFUSED.test(word)) return first;
      this.#exchange.giveUp();
    }
  }

  /** Takes the count of a confirmation: of channels and patterns together, or of channels of shards. */
  #confirmed(kind: Kind, { type, count = 0 }: ReplyHead): void {
    const { "": channels, p: patterns } = this.#subscribed;
    const others = kind === "s" ? 0 : kind === "p" ? channels : patterns;
    this.#subscribed = { ...this.#subscribed, [kind]: Math.max(0, count - others) };
    this.#hasArrays = type === "array";
  }

  /** Whether a request has one reply for each channel; without channels, for each that there was. */
  #isLast(first: Waiting | undefined, kind: Kind | undefined): boolean {
    if (first === undefined) return true;
    const { request: { replies }, got } = first;
    return replies > 0 ? got + 1 >= replies : kind === undefined || this.#subscribed[kind] === 0;
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64));
}
