/**
 * CAFE in a session.
 *
 * @module
 */

import { CafeResponseEncoder, type DecodedRequest, grantMembers } from "../cafe/mod.ts";
import type { DecodeError } from "../codec/mod.ts";
import {
  handle,
  journalRefusal,
  memoryRefusal,
  type Message,
  type Peer,
  type RequiredFlag,
  type Services,
  type User,
} from "../handler/mod.ts";
import {
  type BasicOp,
  CommandError,
  DEFAULT_USER,
  error,
  errorFrom,
  type ErrorResponse,
  goAway,
  type HelloRequest,
  ProtocolError,
  push,
  type Response,
} from "../model/mod.ts";
import { ALL_COMMANDS } from "../resp/mod.ts";
import type { MemoryStore } from "../store/mod.ts";
import { type Agreement, agreeOn } from "./agreement.ts";
import { CafeAdmissionDecoder } from "./cafe_admission.ts";
import {
  type Conversation,
  type ConversationFigures,
  type Outbox,
  PUSH_OVERHEAD,
  SILENT,
} from "./conversation.ts";
import { logIn, tooManyFailures } from "./login.ts";
import { monitorLine } from "./monitor_line.ts";

/** The requests that are refused when the memory is used up: those that make an entry, or one longer. */
const NEEDS_MEMORY: ReadonlySet<DecodedRequest["op"]> = new Set(["SET", "INCR", "APPEND"]);

/** The requests that are refused when the journal cannot be written. */
const WRITES: ReadonlySet<DecodedRequest["op"]> = new Set([
  "SET",
  "DELETE",
  "INCR",
  "APPEND",
  "TOUCH",
]);

/** Requests in, responses out, in order, with the messages of channels between them. */
export class CafeConversation implements Conversation<DecodedRequest, Response>, Peer {
  readonly decoder: CafeAdmissionDecoder;
  readonly encoder: CafeResponseEncoder = new CafeResponseEncoder();
  readonly services: Services;
  /** CAFE knows one database. */
  readonly database = 0;
  readonly valueOption = "maxValueSize";
  readonly outbox: Outbox;
  /** How many logins have failed. */
  failures = 0;
  #authenticated: boolean;
  /** Who it is; `undefined` when nobody has logged in, or when the server has no users. */
  #user: User | undefined;
  /** What was agreed on with HELLO. */
  #agreement: Agreement | undefined = undefined;
  /** The name of its last request. */
  #last = "";

  constructor(services: Services, outbox: Outbox) {
    this.services = services;
    this.decoder = new CafeAdmissionDecoder(services.limits);
    this.outbox = outbox;
    const { users, settings } = services;
    this.#user = users?.everybody;
    this.#authenticated = users === undefined ? settings.password === "" : this.#user !== undefined;
    this.decoder.authenticated = this.#authenticated;
  }

  get store(): MemoryStore {
    return this.services.databases.at(0);
  }

  get maxValueSize(): number {
    return this.services.limits.maxValueSize;
  }

  get authRequired(): boolean {
    const { users, settings } = this.services;
    return !this.#authenticated && (users !== undefined || settings.password !== "");
  }

  get subscribed(): boolean {
    return this.services.channels.countOf(this) > 0;
  }

  handle(request: DecodedRequest): void {
    this.services.counters.requests++;
    this.#last = request.op;
    const refusal = this.#refusal(request);
    if (request.op === "HELLO" && refusal === undefined && this.#logsIn(request)) {
      return this.#logIn(request);
    }
    this.#answer(request, refusal ?? this.#carryOut(request));
  }

  agree(offer: Uint8Array): Readonly<Record<string, unknown>> {
    if (this.#agreement !== undefined) {
      const message = "Cannot carry out HELLO: this connection has agreed on its flags already";
      throw new CommandError("BAD_REQUEST", message);
    }
    this.#agreement = agreeOn(offer, this.services.settings);
    return grantMembers(this.#agreement.grant);
  }

  notStored(request: DecodedRequest, failure: ErrorResponse): Response {
    this.services.counters.errors++;
    return answer(request, { ...failure });
  }

  fail(cause: DecodeError): void {
    const known = cause instanceof ProtocolError;
    const response = known ? errorFrom(cause) : error("PROTOCOL", cause.message);
    if (known) response.id = cause.id;
    this.#respond(response);
  }

  goAway(): void {
    this.outbox.add(goAway());
  }

  deliver({ channel, payload, checksum }: Message): void {
    const bytes = channel.length + payload.length + PUSH_OVERHEAD;
    this.outbox.addUnasked(push(channel, payload, checksum), bytes);
  }

  close(): void {
    this.services.channels.unsubscribeAll(this);
  }

  figures(): ConversationFigures {
    const channels = this.services.channels.countOf(this);
    const flags = channels > 0 ? "P" : "";
    const user = this.#user?.name ?? DEFAULT_USER;
    return { ...SILENT, user, version: 0, channels, flags, command: this.#last.toLowerCase() };
  }

  /** Lets the frames behind a HELLO that has agreed on something, and behind its reply, be protected. */
  #protect(response: Response): void {
    const agreed = response.type === "ERR" ? undefined : this.#agreement;
    if (agreed !== undefined) this.encoder.protectAfter(response, agreed.sealer);
    this.decoder.release(agreed?.opener);
  }

  /** Why a request is not carried out; nothing when it is. */
  #refusal(request: DecodedRequest): ErrorResponse | undefined {
    const { journal } = this.services;
    // Before the password: a HELLO must not let in either.
    if (request.durable && journal === undefined) return notDurable(request);
    if (!this.#admits(request)) return authRequired();
    if (this.services.settings.required.length > 0 && request.op !== "INVALID") {
      const missing = this.#missing(request);
      if (missing.length > 0) return flagRequired(request, missing);
    }
    const forbidden = this.#user && forbiddenBy(this.#user, request);
    if (forbidden !== undefined) return error("FORBIDDEN", forbidden);
    if (journal?.failure && WRITES.has(request.op)) return journalRefusal(journal.failure);
    if (this.services.settings.maxMemory === 0 || !NEEDS_MEMORY.has(request.op)) return undefined;
    return memoryRefusal(this.services);
  }

  /** What a request is required to have and has not. A HELLO comes before anything is agreed on. */
  #missing({ op, checksum }: DecodedRequest): readonly RequiredFlag[] {
    return this.services.settings.required.filter((name) => {
      if (name === "CHECKSUM") return !checksum;
      return op !== "HELLO" && this.#agreement?.grant.flags.includes(name) !== true;
    });
  }

  /** Whether a client may send a request: a HELLO that has credentials, or what comes after a right one. */
  #admits(request: DecodedRequest): boolean {
    const { users, settings } = this.services;
    if (this.#authenticated) return true;
    if (users === undefined && settings.password === "") {
      this.decoder.authenticated = true; // The password was taken away meanwhile.
      return true;
    }
    // Who is not let in yet may agree on how to send the password.
    return request.op === "HELLO" && (this.#logsIn(request) || request.offer !== undefined);
  }

  /** Whether credentials are to be looked at. */
  #logsIn({ user, password }: HelloRequest): boolean {
    const { users, settings } = this.services;
    return user.length + password.length > 0 && (users !== undefined || settings.password !== "");
  }

  /** Answers when the credentials have been looked at. */
  #logIn(request: DecodedRequest & HelloRequest): void {
    if (request.durable) this.outbox.requireSync();
    logIn(this, request, (outcome) => {
      if (outcome === "wrong") return this.#answer(request, authRequired());
      if (outcome === "tooMany") {
        return this.#answer(request, error("AUTH_REQUIRED", tooManyFailures(this.services)));
      }
      this.#authenticated = this.decoder.authenticated = true;
      this.#user = outcome.user;
      this.#answer(request, this.#perform(request));
    });
  }

  #answer(request: DecodedRequest, response: Response): void {
    if (isWanted(request, response)) this.#respond(answer(request, response));
    if (request.op === "HELLO" && request.offer !== undefined) this.#protect(response);
  }

  #carryOut(request: DecodedRequest): Response {
    if (request.durable) this.outbox.requireSync();
    return this.#perform(request);
  }

  #perform(request: DecodedRequest): Response {
    const response = handle(request, this);
    const { monitors, databases } = this.services;
    if (monitors.size > 0 && request.op !== "INVALID") {
      monitors.tell(monitorLine(databases.now(), 0, this.outbox.wire, wordsOf(request)));
    }
    return response;
  }

  #respond(response: Response): void {
    if (response.type === "ERR") this.services.counters.errors++;
    this.outbox.add(response);
  }
}

/** Makes a response the one to a request. */
function answer(request: DecodedRequest, response: Response): Response {
  response.id = request.id;
  response.checksum = request.checksum;
  return response;
}

function authRequired(): ErrorResponse {
  return error("AUTH_REQUIRED", "Cannot carry out the request: send HELLO with the password first");
}

function flagRequired({ op }: DecodedRequest, missing: readonly RequiredFlag[]): ErrorResponse {
  const message =
    `Cannot carry out ${op}: the server wants ${missing.join(", ")} on every request` +
    " (option required)";
  return error("FLAG_REQUIRED", message);
}

/** Nothing is told to be on stable storage that is not. */
function notDurable({ op }: DecodedRequest): ErrorResponse {
  const message = `Cannot carry out ${op} durably: the server keeps nothing on disk (option data)`;
  return error("NOT_DURABLE", message);
}

/** The commands of Redis that requests are equal to: permissions name those. */
const EQUALS: Readonly<Record<Exclude<BasicOp, "HELLO">, string>> = {
  GET: "get",
  SET: "set",
  DELETE: "del",
  PING: "ping",
  INCR: "incrby",
  APPEND: "append",
  TOUCH: "pexpire",
  SCAN: "scan",
  STATS: "info",
  SUBSCRIBE: "subscribe",
  UNSUBSCRIBE: "unsubscribe",
  PUBLISH: "publish",
  COMPACT: "bgrewriteaof",
};

const INDEX_OF = new Map<string, number>(
  Object.entries(EQUALS).map(([op, name]) => [
    op,
    ALL_COMMANDS.find((command) => command.name === name)!.index,
  ]),
);

/** Why a user may not send a request; nothing when it is allowed. */
function forbiddenBy(user: User, request: DecodedRequest): string | undefined {
  const index = INDEX_OF.get(request.op);
  if (index === undefined) return undefined; // HELLO, and what is not carried out anyway.
  const what = `Cannot carry out ${request.op}: user ${user.name} may not`;
  if (!user.mayRun(index)) return `${what} send it`;
  if ("key" in request && !user.mayUseKey(request.key)) return `${what} use this key`;
  if ("prefix" in request && !user.mayUseKey(request.prefix)) return `${what} list these keys`;
  if (request.op === "UNSUBSCRIBE" || !("channel" in request)) return undefined;
  return user.mayUseChannel(request.channel) ? undefined : `${what} use this channel`;
}

const UTF8 = new TextEncoder();

/** A request as MONITOR shows it: its name, then the fields that are bytes, without a password. */
function wordsOf(request: DecodedRequest): Uint8Array[] {
  const name = UTF8.encode(request.op);
  if (request.op === "HELLO") return [name];
  const fields = Object.values(request).filter((value) => value instanceof Uint8Array);
  return [name, ...fields.filter(({ length }) => length > 0)];
}

/** A quiet request is answered only with an error, and a GET with a hit. */
function isWanted(request: DecodedRequest, response: Response): boolean {
  return !request.quiet || response.type === "ERR" ||
    (request.op === "GET" && response.type === "OK");
}
