/**
 * RESP in a session.
 *
 * @module
 */

import type { DecodeError } from "../../codec/mod.ts";
import {
  areRight,
  errorOf,
  handle,
  type Message,
  type Monitor,
  type Peer,
  type Services,
} from "../../handler/mod.ts";
import type { Credentials, Request, Response } from "../../model/mod.ts";
import {
  type Command,
  type CommandFlag,
  type RespCall,
  RespCallDecoder,
  respError,
  RespReplyEncoder,
  respSimple,
  type RespVersion,
  respVersionStart,
} from "../../resp/mod.ts";
import type { MemoryStore } from "../../store/mod.ts";
import type { Conversation, ConversationFigures, Outbox, Outgoing } from "../conversation.ts";
import { monitorLine } from "../monitor_line.ts";
import { isLocal } from "../wire.ts";
import { handleOfConnection, isOfConnection } from "./handlers.ts";
import { errorKind, isError, measured } from "./measure.ts";
import { redacted } from "./redact.ts";
import { debugRefusal, resourceRefusal } from "./refusals.ts";
import { afterRequest, isWanted, type ReplyMode } from "./reply_mode.ts";
import { messageOf, SUBSCRIBED_COMMANDS } from "./subscriptions.ts";
import { execRefused, type Transaction } from "./transaction.ts";

/** A message that waits to be sent holds this much more than its bytes: its objects and its header. */
const PUSH_OVERHEAD = 320;

/** Commands with one of these flags are not shown by MONITOR. */
const HIDDEN: readonly CommandFlag[] = ["admin", "skip_monitor"];

const QUEUED = respSimple("QUEUED");

/**
 * Requests of a Redis client in, replies out, in order, with the messages of channels between them.
 *
 * Its fields are the state that the handlers of requests about the connection change; they are small, for
 * a server has many connections.
 */
export class RespConversation implements Conversation<RespCall, Outgoing>, Peer, Monitor {
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
  #last: Command | undefined = undefined;
  #authenticated = false;

  /** Begins a conversation. */
  constructor(services: Services, outbox: Outbox) {
    this.services = services;
    this.decoder = new RespCallDecoder(services.limits);
    this.outbox = outbox;
    this.#authenticate(services.settings.password === "");
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

  /** Whether a password is wanted and it has not given one. */
  get authRequired(): boolean {
    return !this.#authenticated && this.services.settings.password !== "";
  }

  /** The address of the peer. */
  get address(): string {
    return this.outbox.wire.address;
  }

  /** Whether the peer is on this machine. */
  get isLocal(): boolean {
    return isLocal(this.outbox.wire);
  }

  /** Carries out one request, or says why not. */
  handle(call: RespCall): void {
    this.services.counters.requests++;
    this.#last = call.command;
    const refusal = this.#refusal(call);
    if (refusal !== undefined) {
      this.#refuse(call, refusal);
    } else if (this.transaction?.takes(call.command!)) {
      this.transaction.queue(call);
      this.reply(QUEUED);
    } else this.carryOut(call);
    if (this.replies !== "on") this.replies = afterRequest(this.replies);
  }

  /** Carries out a request, replies, and lets those see it who watch all requests. */
  carryOut(call: RespCall): void {
    const reply = measured(this, call);
    if (reply !== undefined) this.reply(reply);
    if (this.services.monitors.size > 0) this.#show(call);
  }

  /** What a request answers, or nothing when it has answered already. It is not counted. */
  perform(call: RespCall): Outgoing | undefined {
    const { request } = call;
    try {
      if (isOfConnection(request)) return handleOfConnection(request, this, call);
      const response = this.untouching ? this.#untouched(request) : handle(request, this);
      const { reply } = call.command!;
      return reply === undefined || response.type === "ERR" ? response : reply(response, request);
    } catch (cause) {
      return errorOf(cause, request, this);
    }
  }

  /** Adds a reply, if the client wants it. A push is none: it is wanted always. */
  reply(reply: Outgoing): void {
    if (isError(reply)) {
      this.services.counters.errors++;
      this.services.statistics.countError(errorKind(reply));
    }
    if (isWanted(this.replies) || reply.type === "push") this.outbox.add(reply);
  }

  /** Looks at credentials; whether they are right. */
  logIn(credentials: Credentials): boolean {
    const right = areRight(credentials, this.services.settings.password);
    if (right) this.#authenticate(true);
    return right;
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
    this.#authenticate(this.services.settings.password === "");
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
    const { name, library, libraryVersion, database, version, transaction } = this;
    const { channels } = this.services;
    return {
      ...{ name, library, libraryVersion, database, version },
      flags: this.#flags(),
      channels: channels.channelCountOf(this),
      patterns: channels.patternCountOf(this),
      queued: transaction?.begun ? transaction.size : -1,
      queuedBytes: transaction?.bytes ?? 0,
      command: this.#last?.name ?? "",
    };
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
    const response = handle(request, this);
    databases.touching = true;
    return response;
  }

  #handle(request: Request): Response {
    if (!this.untouching) return handle(request, this);
    const { databases } = this.services;
    databases.touching = false;
    const response = handle(request, this); // Never throws.
    databases.touching = true;
    return response;
  }

  #show(call: RespCall): void {
    if (call.command!.flags.some((flag) => HIDDEN.includes(flag))) return;
    const { databases, monitors } = this.services;
    const { wire } = this.outbox;
    monitors.tell(monitorLine(databases.now(), this.database, wire, redacted(call)));
  }

  #authenticate(authenticated: boolean): void {
    this.#authenticated = authenticated;
    this.decoder.authenticated = authenticated;
  }

  #flags(): string {
    return (this.monitoring ? "O" : "") +
      (this.listens ? "P" : "") +
      (this.transaction?.begun ? "x" : "") +
      (this.transaction?.watched.haveChanged() ? "d" : "") +
      (this.protected ? "e" : "") +
      (this.untouching ? "T" : "");
  }

  /** Why a request is not carried out, in the order in which Redis looks; nothing when it is. */
  #refusal({ command, request, rejected }: RespCall): string | undefined {
    if (rejected) return request.op === "INVALID" ? `ERR ${request.message}` : undefined;
    const refusal = debugRefusal(this, command!);
    if (refusal !== undefined) return refusal;
    if (!this.#authenticated && !command!.flags.includes("no_auth")) {
      if (this.authRequired) return "NOAUTH Authentication required.";
      this.decoder.authenticated = true; // The password was taken away meanwhile.
    }
    if (this.transaction?.begun && command!.flags.includes("no_multi")) {
      return "ERR Command not allowed inside a transaction";
    }
    return resourceRefusal(this, command!) ?? this.#subscribedRefusal(command!) ??
      this.#monitoringRefusal(command!);
  }

  /** A request that is refused spoils a transaction; a refused EXEC ends it. */
  #refuse(call: RespCall, refusal: string): void {
    const { command } = call;
    const isExec = command?.name === "exec";
    if (command !== undefined) {
      this.services.statistics.of(command.name, command.flags).rejected++;
    }
    if (isExec) this.endTransaction();
    else this.transaction?.refuse();
    this.reply(respError(isExec ? execRefused(refusal) : refusal));
    // Who watches has seen MULTI, and is to see its end.
    if (isExec && this.services.monitors.size > 0) this.#show(call);
  }

  /** In RESP2 a client that is subscribed could not tell replies from messages. */
  #subscribedRefusal({ name }: Command): string | undefined {
    if (!this.onlyListens) return undefined;
    if (SUBSCRIBED_COMMANDS.includes(name)) return undefined;
    return `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / ` +
      "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context";
  }

  /** Redis takes a client that monitors for a replica. */
  #monitoringRefusal({ name, flags }: Command): string | undefined {
    if (!this.monitoring) return undefined;
    const uses = flags.includes("readonly") || flags.includes("write") || name === "publish";
    return uses ? "ERR Replica can't interact with the keyspace" : undefined;
  }
}
