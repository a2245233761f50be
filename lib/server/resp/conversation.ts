/**
 * RESP in a session.
 *
 * @module
 */

import { BatchDecoder, type DecodeError } from "../../codec/mod.ts";
import {
  errorOf,
  handle,
  type Message,
  type Monitor,
  type Peer,
  type Services,
  type User,
} from "../../handler/mod.ts";
import type { ErrorResponse, Request, Response } from "../../model/mod.ts";
import {
  errorText,
  type KnownCommand,
  type RespCall,
  RespCallDecoder,
  respError,
  type RespParsedCall,
  RespReplyEncoder,
  respSimple,
  type RespVersion,
  respVersionStart,
} from "../../resp/mod.ts";
import { LARGE, type MemoryStore } from "../../store/mod.ts";
import {
  type Conversation,
  type ConversationFigures,
  type Outbox,
  type Outgoing,
  PUSH_OVERHEAD,
} from "../conversation.ts";
import { GET, mayReadAll } from "../plain/gets.ts";
import { DIALECTS, NO_PERMIT, permitFor } from "../plain/permit.ts";
import { isLocal } from "../wire.ts";
import { figuresOf } from "./figures.ts";
import { handleOfConnection, isOfConnection } from "./handlers.ts";
import { errorKind, isError, measure } from "./measure.ts";
import { show } from "./monitor.ts";
import { refusalOf } from "./refusals.ts";
import { afterRequest, isWanted, type ReplyMode } from "./reply_mode.ts";
import { messageOf } from "./subscriptions.ts";
import { traitsOf } from "./traits.ts";
import { execRefused, type Transaction } from "./transaction.ts";

const QUEUED = respSimple("QUEUED");

/**
 * Requests of a Redis client in, replies out, in order, with the messages of channels between them.
 *
 * Its fields are the state that the handlers of requests about the connection change; they are small, for
 * a server has many connections.
 */
export class RespConversation implements Conversation<RespCall, Outgoing>, Peer, Monitor {
  /** What it speaks. */
  readonly protocol = "resp";
  /** What reads its requests. */
  readonly decoder: RespCallDecoder;
  /** What writes its replies. */
  readonly encoder: RespReplyEncoder = new RespReplyEncoder();
  /** What it shares with all connections. */
  readonly services: Services;
  /** The option that sets the longest value. */
  readonly valueOption = "maxBulkSize";
  /** Where its replies go. */
  readonly outbox: Outbox;
  /** The number of the database that its requests are about. */
  database = 0;
  /** The transaction that it has begun, or the keys that it watches. */
  transaction: Transaction | undefined = undefined;
  /** The version of RESP. The encoder changes to it when it comes to the reply that says so. */
  version: RespVersion = 2;
  /** Which replies the client wants. */
  replies: ReplyMode = "on";
  /** Whether it is subscribed to anything. Each request asks: to look among all subscribers takes longer. */
  listens = false;
  /** The name that the client gave itself, or empty. */
  name = "";
  /** The name of the client's library, or empty. */
  library = "";
  /** The version of the client's library, or empty. */
  libraryVersion = "";
  /** Whether the connection is not to be closed for want of memory. */
  protected = false;
  /** Whether its requests leave no trace in when keys were last used. */
  untouching = false;
  /** The command of its last request. */
  lastCommand: KnownCommand | undefined = undefined;
  /** Who it is; `undefined` when nobody has logged in, or when the server has no users. */
  user: User | undefined = undefined;
  /** How many of its logins have failed. */
  failures = 0;
  #authenticated = false;

  /** Begins a conversation. */
  constructor(services: Services, outbox: Outbox) {
    this.services = services;
    this.decoder = new RespCallDecoder(services.limits);
    this.outbox = outbox;
    this.#begin();
  }

  /** The database that its requests are about. */
  get store(): MemoryStore {
    return this.services.databases.at(this.database);
  }

  /** The longest value that it may make or be sent, in bytes. */
  get maxValueSize(): number {
    return this.services.limits.maxBulkSize;
  }

  /** Whether it waits for messages of channels, or for the requests of others. */
  get subscribed(): boolean {
    return this.listens || this.monitoring;
  }

  /** Whether it is in the context in which RESP2 allows few commands. */
  get onlyListens(): boolean {
    return this.version === 2 && this.listens;
  }

  /** Whether it has asked for all requests. */
  get monitoring(): boolean {
    const { monitors } = this.services;
    return monitors.size > 0 && monitors.has(this);
  }

  /** Whether it has given a password that was right, or none was wanted when it began. */
  get authenticated(): boolean {
    return this.#authenticated;
  }

  /** Whether a password is wanted and it has not given one. */
  get authRequired(): boolean {
    const { users, settings } = this.services;
    return !this.#authenticated && (users !== undefined || settings.password !== "");
  }

  /** How many bytes its transaction holds. */
  get held(): number {
    return this.transaction?.bytes ?? 0;
  }

  /** What a worker may answer itself: the plain GETs of who may read all keys, and waits for replies only. */
  get permit(): number {
    const { user, version, replies, transaction } = this;
    const busy = transaction !== undefined || replies !== "on" || this.untouching ||
      this.subscribed;
    if (busy || !this.#authenticated || !mayReadAll(user)) return NO_PERMIT;
    return permitFor(version === 3 ? DIALECTS.RESP3 : DIALECTS.RESP2, this.database);
  }

  /** The address of the peer. */
  get address(): string {
    return this.outbox.wire.address;
  }

  /** Whether the peer is on this machine. */
  get isLocal(): boolean {
    return isLocal(this.outbox.wire);
  }

  /** Whether a request changes several entries together. */
  isCompound({ command }: RespCall): boolean {
    return command !== undefined && traitsOf(command).isCompound;
  }

  /** The requests that some bytes are. */
  requestsOf(bytes: Uint8Array): RespCall[] {
    const calls: RespCall[] = [];
    new BatchDecoder(new RespCallDecoder(this.services.limits)).push(bytes, calls);
    return calls;
  }

  /**
   * Whether somebody may look at the arguments from now on. Nobody does after a GET, and a SET of a value that
   * is not large: there are copies in the store and in all that is told of it. A transaction keeps them, and
   * the journal a large value. Nothing else was looked into.
   */
  keeps(call: RespCall): boolean {
    if (call.rejected || this.transaction !== undefined) return true;
    const { request } = call;
    return !(request.op === "GET" || (request.op === "SET" && request.value.length < LARGE));
  }

  /** Told that plain GETs of it were answered. */
  noteGets(): void {
    this.lastCommand = GET;
  }

  /** Carries out one request, or says why not. */
  handle(call: RespCall): void {
    this.lastCommand = call.command;
    if (call.rejected) this.#refuse(call, `ERR ${call.message}`);
    else this.#admit(call);
    if (this.replies !== "on") this.replies = afterRequest(this.replies);
    this.services.counters.requests++; // As with Redis, INFO does not count itself; CONFIG RESETSTAT does.
    this.services.statistics.resp.requests++;
  }

  /** Carries out a request, replies, and lets those see it who watch all requests. */
  carryOut(call: RespParsedCall): void {
    measure(this, call);
    if (this.services.monitors.size > 0) show(this, call);
  }

  /** What a request answers, or nothing when it has answered already. It is not counted. */
  perform(call: RespParsedCall): Outgoing | undefined {
    const { request, command } = call;
    try {
      if (isOfConnection(request)) return handleOfConnection(request, this, call);
      const response = this.untouching ? this.#untouched(request) : handle(request, this);
      if (command.reply === undefined || response.type === "ERR") return response;
      return command.reply(response, request);
    } catch (cause) {
      return errorOf(cause, request, this);
    }
  }

  /**
   * Adds a reply, if the client wants it; whether it says that the request failed. A push is no reply: it is
   * wanted always.
   */
  reply(reply: Outgoing): boolean {
    const failed = isError(reply);
    if (failed) {
      this.services.counters.errors++;
      this.services.statistics.resp.countError(errorKind(reply));
    }
    if (isWanted(this.replies) || reply.type === "push") this.outbox.add(reply);
    return failed;
  }

  /** Lets it in, as a user where the server has users. */
  enter(user: User | undefined): void {
    this.user = user;
    this.#authenticate(true);
  }

  /** Changes the version of RESP for the replies that follow: some may wait that are in the other one. */
  speak(version: RespVersion): void {
    this.version = version;
    this.outbox.add(respVersionStart(version));
  }

  /** Makes it what it was when it began. */
  reset(): void {
    this.leave();
    this.database = 0;
    this.speak(2);
    this.name = "";
    if (this.replies !== "skip") this.replies = "on";
    this.#begin();
  }

  /** Gives up its transaction, its subscriptions, and what it watches. */
  leave(): void {
    this.services.channels.unsubscribeAll(this);
    this.listens = false;
    this.services.monitors.delete(this);
    this.endTransaction();
  }

  /** Forgets what is queued, and which keys are watched. */
  endTransaction(): void {
    this.transaction?.watched.clear();
    this.transaction = undefined;
  }

  /** Tells of itself. */
  figures(): ConversationFigures {
    return figuresOf(this);
  }

  /** Tells it of a request of any connection. */
  observe(line: string): void {
    if (isWanted(this.replies)) {
      this.outbox.addUnasked(respSimple(line), line.length + PUSH_OVERHEAD);
    }
  }

  /** A stream that ends inside a request ends without a reply, as with Redis. */
  fail(cause: DecodeError): void {
    if (cause.code !== "CUT") this.reply(respError(`ERR ${cause.message}`));
  }

  /** Counts and tells that what a request has done could not be stored, if a reply was wanted. */
  notStored(_: RespCall, failure: ErrorResponse, replied: boolean): Outgoing | undefined {
    if (!replied) return undefined;
    const reply = respError(errorText(failure));
    this.services.counters.errors++;
    this.services.statistics.resp.countError(errorKind(reply));
    return reply;
  }

  /** RESP has no word for it: the connection ends after its replies. */
  goAway(): void {}

  /** Gives it a message of a channel. */
  deliver(message: Message): void {
    const bytes = message.channel.length + message.payload.length + PUSH_OVERHEAD;
    this.outbox.addUnasked(messageOf(message), bytes);
  }

  /** Gives up what it holds of the server. */
  close(): void {
    this.leave();
  }

  #untouched(request: Request): Response {
    const { databases } = this.services;
    databases.touching = false;
    try {
      return handle(request, this);
    } finally {
      databases.touching = true;
    }
  }

  /** Makes it who it is without having logged in. */
  #begin(): void {
    const { users, settings } = this.services;
    this.user = users?.everybody;
    this.#authenticate(users === undefined ? settings.password === "" : this.user !== undefined);
  }

  #authenticate(authenticated: boolean): void {
    this.#authenticated = authenticated;
    this.decoder.authenticated = authenticated;
  }

  #admit(call: RespParsedCall): void {
    const refusal = refusalOf(this, call);
    if (refusal !== undefined) {
      this.#refuse(call, refusal);
    } else if (this.transaction?.takes(call.command)) {
      this.transaction.queue(call);
      this.reply(QUEUED);
    } else this.carryOut(call);
  }

  /** A request that is refused spoils a transaction; a refused EXEC ends it. */
  #refuse(call: RespCall, refusal: string): void {
    const { command } = call;
    const isExec = command?.name === "exec";
    if (command !== undefined) this.services.statistics.resp.of(command).rejected++;
    if (isExec) this.endTransaction();
    else this.transaction?.refuse();
    this.reply(respError(isExec ? execRefused(refusal) : refusal));
    // Who watches has seen MULTI, and is to see its end.
    if (isExec && this.services.monitors.size > 0) show(this, call);
  }
}
