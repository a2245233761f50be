/**
 * MULTI, EXEC and WATCH.
 *
 * @module
 */

import type { Services } from "../../handler/mod.ts";
import type { TransactionRequest } from "../../model/mod.ts";
import {
  type Command,
  type CommandFlag,
  RESP_NULL_ARRAY,
  RESP_OK,
  respArrayStart,
  type RespCall,
  respError,
  type RespNull,
  type RespText,
} from "../../resp/mod.ts";
import type { RespConversation } from "./conversation.ts";
import type { ConnectionHandlers } from "./handlers.ts";
import { WatchedKeys } from "./watched_keys.ts";

/** A queued request holds this much more than its arguments: its objects. */
const CALL_OVERHEAD = 256;

/** Carried out at once, also in a transaction. */
const NOT_QUEUED: readonly string[] = ["exec", "discard", "multi", "watch", "quit", "reset"];

/** What a connection has said of a transaction: what to queue, and which keys are watched. */
export class Transaction {
  /** The keys that EXEC depends on. */
  readonly watched: WatchedKeys;
  #begun = false;
  #refused = false;
  #executing = false;
  #bytes = 0;
  readonly #calls: RespCall[] = [];

  /** Has nothing queued, and watches nothing. */
  constructor(services: Services) {
    this.watched = new WatchedKeys(services);
  }

  /** Whether MULTI was said. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether a request was refused since: EXEC carries out nothing. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Whether EXEC is carrying out what was queued. */
  get executing(): boolean {
    return this.#executing;
  }

  /** How many requests are queued. */
  get size(): number {
    return this.#calls.length;
  }

  /** About how many bytes the queued requests hold. Like Redis, nothing but memory limits them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins: requests are queued from now on. */
  begin(): void {
    this.#begun = true;
  }

  /** Notes that a request was refused: it is not queued, and what is queued is not carried out. */
  refuse(): void {
    if (this.#begun) this.#refused = true;
  }

  /** Whether a command is queued instead of carried out. */
  takes({ name }: Command): boolean {
    return this.#begun && !NOT_QUEUED.includes(name);
  }

  /** Adds a request to those that EXEC carries out, if it does. */
  queue(call: RespCall): void {
    if (this.#refused) return;
    this.#calls.push(call);
    this.#bytes += call.args.reduce((sum, { length }) => sum + length, CALL_OVERHEAD);
  }

  /** Whether a command with a flag is queued. */
  holds(flag: CommandFlag): boolean {
    return this.#calls.some(({ command }) => command!.flags.includes(flag));
  }

  /** The queued requests, which are carried out from now on. */
  execute(): readonly RespCall[] {
    this.#executing = true;
    this.watched.clear();
    return this.#calls;
  }
}

/** What is replied when EXEC itself is refused: the transaction is over. */
export function execRefused(text: string): string {
  return `EXECABORT Transaction discarded because of: ${text.replace(/^ERR /, "")}`;
}

/** The handlers of transactions. */
export const TRANSACTION_HANDLERS: ConnectionHandlers<TransactionRequest> = {
  MULTI(_, conversation) {
    const transaction = conversation.transaction ??= new Transaction(conversation.services);
    if (transaction.begun) return respError("ERR MULTI calls can not be nested");
    transaction.begin();
    return RESP_OK;
  },
  EXEC(_, conversation) {
    const { transaction } = conversation;
    if (!transaction?.begun) return respError("ERR EXEC without MULTI");
    const stopped = reasonToStop(transaction);
    if (stopped === undefined) executeAll(transaction, conversation);
    conversation.endTransaction();
    return stopped;
  },
  DISCARD(_, conversation) {
    if (!conversation.transaction?.begun) return respError("ERR DISCARD without MULTI");
    conversation.endTransaction();
    return RESP_OK;
  },
  WATCH({ keys }, conversation) {
    const { database, services } = conversation;
    const transaction = conversation.transaction ??= new Transaction(services);
    if (transaction.begun) return respError("ERR WATCH inside MULTI is not allowed");
    for (const key of keys) transaction.watched.add(database, key);
    return RESP_OK;
  },
  UNWATCH(_, { transaction }) {
    transaction?.watched.clear();
    return RESP_OK;
  },
};

/** What EXEC replies when it carries out nothing. */
function reasonToStop({ refused, watched }: Transaction): RespText | RespNull | undefined {
  if (refused) return respError("EXECABORT Transaction discarded because of previous errors.");
  return watched.haveChanged() ? RESP_NULL_ARRAY : undefined;
}

/**
 * The head of an array, then each request's replies. Like Redis, it counts requests: a SUBSCRIBE to several
 * channels confirms each, and a message that the connection publishes to itself comes in between.
 */
function executeAll(transaction: Transaction, conversation: RespConversation): void {
  conversation.reply(respArrayStart(transaction.size));
  for (const call of transaction.execute()) conversation.carryOut(call);
}
