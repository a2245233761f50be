/**
 * CAFE in a session.
 *
 * @module
 */

import { CafeResponseEncoder, type DecodedRequest } from "../cafe/mod.ts";
import type { DecodeError } from "../codec/mod.ts";
import {
  credentialsMatch,
  handle,
  journalRefusal,
  memoryRefusal,
  type Message,
  type Peer,
  type Services,
} from "../handler/mod.ts";
import {
  error,
  errorFrom,
  type ErrorResponse,
  goAway,
  ProtocolError,
  push,
  type Response,
} from "../model/mod.ts";
import type { MemoryStore } from "../store/mod.ts";
import { CafeAdmissionDecoder } from "./cafe_admission.ts";
import {
  type Conversation,
  type ConversationFigures,
  type Outbox,
  PUSH_OVERHEAD,
  SILENT,
} from "./conversation.ts";
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
  readonly #outbox: Outbox;
  #authenticated: boolean;
  /** The name of its last request. */
  #last = "";

  constructor(services: Services, outbox: Outbox) {
    this.services = services;
    this.decoder = new CafeAdmissionDecoder(services.limits);
    this.#outbox = outbox;
    this.#authenticated = services.settings.password === "";
    this.decoder.authenticated = this.#authenticated;
  }

  get store(): MemoryStore {
    return this.services.databases.at(0);
  }

  get maxValueSize(): number {
    return this.services.limits.maxValueSize;
  }

  get authRequired(): boolean {
    return !this.#authenticated && this.services.settings.password !== "";
  }

  get subscribed(): boolean {
    return this.services.channels.countOf(this) > 0;
  }

  handle(request: DecodedRequest): void {
    this.services.counters.requests++;
    this.#last = request.op;
    const response = this.#refusal(request) ?? this.#carryOut(request);
    if (isWanted(request, response)) this.#respond(answer(request, response));
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
    this.#outbox.add(goAway());
  }

  deliver({ channel, payload, checksum }: Message): void {
    const bytes = channel.length + payload.length + PUSH_OVERHEAD;
    this.#outbox.addUnasked(push(channel, payload, checksum), bytes);
  }

  close(): void {
    this.services.channels.unsubscribeAll(this);
  }

  figures(): ConversationFigures {
    const channels = this.services.channels.countOf(this);
    const flags = channels > 0 ? "P" : "";
    return { ...SILENT, version: 0, channels, flags, command: this.#last.toLowerCase() };
  }

  /** Why a request is not carried out; nothing when it is. */
  #refusal(request: DecodedRequest): ErrorResponse | undefined {
    const { journal } = this.services;
    // Before the password: a HELLO must not let in either.
    if (request.durable && journal === undefined) return notDurable(request);
    if (!this.#admits(request)) return authRequired();
    if (journal?.failure && WRITES.has(request.op)) return journalRefusal(journal.failure);
    if (this.services.settings.maxMemory === 0 || !NEEDS_MEMORY.has(request.op)) return undefined;
    return memoryRefusal(this.services);
  }

  /** Whether a client may send a request: a HELLO that has the password, or what comes after one. */
  #admits(request: DecodedRequest): boolean {
    const { password } = this.services.settings;
    this.decoder.authenticated ||= password === ""; // It was taken away meanwhile.
    if (password === "" || (this.#authenticated && request.op !== "HELLO")) return true;
    if (request.op !== "HELLO") return false;
    const without = request.user.length + request.password.length === 0;
    if (without) return this.#authenticated;
    const right = credentialsMatch(request, password);
    this.#authenticated ||= right;
    this.decoder.authenticated = this.#authenticated;
    return right;
  }

  #carryOut(request: DecodedRequest): Response {
    if (request.durable) this.#outbox.requireSync();
    const response = handle(request, this);
    const { monitors, databases } = this.services;
    if (monitors.size > 0 && request.op !== "INVALID") {
      monitors.tell(monitorLine(databases.now(), 0, this.#outbox.wire, wordsOf(request)));
    }
    return response;
  }

  #respond(response: Response): void {
    if (response.type === "ERR") this.services.counters.errors++;
    this.#outbox.add(response);
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

/** Nothing is told to be on stable storage that is not. */
function notDurable({ op }: DecodedRequest): ErrorResponse {
  const message = `Cannot carry out ${op} durably: the server keeps nothing on disk (option data)`;
  return error("NOT_DURABLE", message);
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
