/**
 * MULTI, EXEC and WATCH.
 *
 * @module
 */

import type { Services } from "../../handler/mod.ts";
import type { TransactionRequest } from "../../model/mod.ts";
import {
  type KnownCommand,
  RESP_NULL_ARRAY,
  RESP_OK,
  respArrayStart,
  respError,
  type RespNull,
  type RespParsedCall,
  type RespText,
} from "../../resp/mod.ts";
import type { RespConversation } from "./conversation.ts";
import type { ConnectionHandlers } from "./handlers.ts";
import { keptCall, sizeOf } from "./queued_call.ts";
import { traitsOf } from "./traits.ts";
import { sizeOfKeys, WatchedKeys } from "./watched_keys.ts";

/** What a connection has said of a transaction: what to queue, and which keys are watched. */
export class Transaction {
  /** The keys that EXEC depends on. */
  readonly watched: WatchedKeys;
  #begun = false;
  #refused = false;
  #executing = false;
  #queuedBytes = 0;
  #needsMemory = false;
  #writes = false;
  readonly #calls: RespParsedCall[] = [];

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

  /** About how many bytes it holds: queued requests and watched keys. */
  get bytes(): number {
    return this.#queuedBytes + this.watched.bytes;
  }

  /** Whether a command that may need memory is queued. */
  get needsMemory(): boolean {
    return this.#needsMemory;
  }

  /** Whether a command that writes is queued. */
  get writes(): boolean {
    return this.#writes;
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
  takes(command: KnownCommand): boolean {
    return this.#begun && traitsOf(command).isQueued;
  }

  /** Adds a request to those that EXEC carries out, if it does. */
  queue(call: RespParsedCall): void {
    if (this.#refused) return;
    const { needsMemory, writes } = traitsOf(call.command);
    this.#calls.push(keptCall(call));
    this.#queuedBytes += sizeOf(call.args);
    this.#needsMemory ||= needsMemory;
    this.#writes ||= writes;
  }

  /** The queued requests, which are carried out from now on. */
  execute(): readonly RespParsedCall[] {
    this.#executing = true;
    this.watched.clear();
    return this.#calls;
  }
}

/** Why a transaction of so many bytes is refused; nothing when it is not. */
export function transactionTooLarge(bytes: number, { limits }: Services): string | undefined {
  const limit = limits.maxTransactionSize;
  if (bytes <= limit) return undefined;
  return `ERR transaction of ${bytes} bytes exceeds the limit ${limit} (option maxTransactionSize)`;
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
    const tooLarge = transactionTooLarge(transaction.bytes + sizeOfKeys(keys), services);
    if (tooLarge !== undefined) return respError(tooLarge);
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
