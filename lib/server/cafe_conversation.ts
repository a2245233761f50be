/**
 * CAFE in a session.
 *
 * @module
 */

import {
  CafeRequestDecoder,
  type CafeResponse,
  CafeResponseEncoder,
  type DecodedRequest,
  grantMembers,
  type RequestHead,
  requestName,
} from "../cafe/mod.ts";
import { BatchDecoder, type DecodeError } from "../codec/mod.ts";
import {
  journalRefusal,
  memoryRefusal,
  type Message,
  type Peer,
  type RequiredFlag,
  type Services,
  type User,
} from "../handler/mod.ts";
import {
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
import type { MemoryStore } from "../store/mod.ts";
import { type Agreement, agreeOn } from "./agreement.ts";
import { CafeAdmissionDecoder } from "./cafe_admission.ts";
import { figuresOf, measure } from "./cafe_measure.ts";
import { forbiddenBy } from "./cafe_permissions.ts";
import { authRequired, flagRequired, notDurable } from "./cafe_refusals.ts";
import {
  type Conversation,
  type ConversationFigures,
  type Outbox,
  PUSH_OVERHEAD,
  SILENT,
} from "./conversation.ts";
import { logIn, tooManyFailures } from "./login.ts";
import { monitorLine, wordsOf } from "./monitor_line.ts";
import { mayReadAll } from "./plain/gets.ts";
import { DIALECTS, NO_PERMIT, permitFor } from "./plain/permit.ts";
import { Transfers } from "./transfers.ts";

/** The requests that are refused when the memory is used up: those that make an entry, or one longer. */
const NEEDS_MEMORY: ReadonlySet<DecodedRequest["op"]> = new Set([
  "SET",
  "SET_PARTS",
  "INCR",
  "APPEND",
]);

/** The requests that are refused when the journal cannot be written. */
const WRITES: ReadonlySet<DecodedRequest["op"]> = new Set([
  "SET",
  "SET_PARTS",
  "DELETE",
  "INCR",
  "APPEND",
  "TOUCH",
]);

/** A request that is not about parts that are on their way. */
type WholeRequest = Exclude<DecodedRequest, { readonly op: "PART" | "WINDOW" }>;

/** What a handler carries out. */
type HandledRequest = Exclude<WholeRequest, { readonly op: "SET_PARTS" | "GET_PARTS" }>;

/** Requests in, responses out, in order, with the messages of channels between them. */
export class CafeConversation implements Conversation<DecodedRequest, CafeResponse>, Peer {
  readonly protocol = "cafe";
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
  readonly #transfers: Transfers;

  constructor(services: Services, outbox: Outbox) {
    this.services = services;
    this.decoder = new CafeAdmissionDecoder(services.limits);
    this.#transfers = new Transfers({
      peer: this,
      refusal: (request) => this.#refusal(request),
      perform: (request, peer) => this.#carryOut(request, peer),
      answer: (request, response) => this.#answer(request, response),
    });
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

  /** What a worker may answer itself: the plain GETs of who may read all keys, and has agreed on nothing. */
  get permit(): number {
    const busy = this.#agreement !== undefined || this.#transfers.size > 0 || this.subscribed;
    if (busy || !this.#authenticated || !mayReadAll(this.#user)) return NO_PERMIT;
    return permitFor(DIALECTS.CAFE, this.database);
  }

  /** How many bytes are held for values in parts. */
  get held(): number {
    return this.#transfers.held;
  }

  requestsOf(bytes: Uint8Array): DecodedRequest[] {
    const requests: DecodedRequest[] = [];
    new BatchDecoder(new CafeRequestDecoder(this.services.limits)).push(bytes, requests);
    return requests;
  }

  noteGets(): void {
    this.#last = "GET";
  }

  handle(request: DecodedRequest): void {
    if (request.op === "PART") return this.#transfers.take(request);
    if (request.op === "WINDOW") return this.#transfers.allow(request);
    if (request.op === "INVALID" && !this.#transfers.refuse(request)) return;
    this.services.counters.requests++;
    this.services.statistics.cafe.requests++;
    this.#last = requestName(request.op);
    const refusal = this.#refusal(request);
    if (request.op === "HELLO" && refusal === undefined && this.#logsIn(request)) {
      return this.#logIn(request);
    }
    if (refusal !== undefined) {
      this.#transfers.refuse(request);
      return this.#refuse(request, refusal);
    }
    switch (request.op) {
      case "GET_PARTS":
        return this.#answer(request, this.#transfers.get(request));
      case "SET_PARTS": {
        const response = this.#transfers.set(request);
        return response && this.#answer(request, response);
      }
      default:
        this.#answer(request, this.#carryOut(request));
    }
  }

  endBatch(isLast: boolean): void {
    const { credit } = this.decoder;
    if (credit === undefined || !isLast || !credit.low) return;
    const window = credit.used;
    credit.giveBack(window);
    this.outbox.add({ type: "WINDOW", id: undefined, checksum: false, window });
  }

  addPart(): void {
    this.#transfers.addPart(this.outbox);
  }

  agree(offer: Uint8Array): Readonly<Record<string, unknown>> {
    if (this.#agreement !== undefined) {
      const message = "Cannot carry out HELLO: this connection has agreed on its flags already";
      throw new CommandError("BAD_REQUEST", message);
    }
    this.#agreement = agreeOn(offer, this.services);
    const { grant, credit } = this.#agreement;
    this.decoder.credit = credit;
    return grantMembers(grant);
  }

  notStored(request: DecodedRequest, failure: ErrorResponse): CafeResponse {
    this.#countError(failure);
    this.#transfers.refuse(request); // A value that goes in parts was told of by the reply that this replaces.
    return answer(request, { ...failure });
  }

  fail(cause: DecodeError): void {
    this.#transfers.cancel("the connection is closed for an error");
    const known = cause instanceof ProtocolError;
    const response = known ? errorFrom(cause) : error("PROTOCOL", cause.message);
    if (known) response.id = cause.id;
    this.#respond(response);
  }

  goAway(): void {
    this.#transfers.cancel("the server reads no more requests");
    this.outbox.add(goAway());
  }

  endInput(): void {
    this.#transfers.endInput();
  }

  deliver({ channel, payload, checksum }: Message): void {
    const bytes = channel.length + payload.length + PUSH_OVERHEAD;
    this.outbox.addUnasked(push(channel, payload, checksum), bytes);
  }

  close(): void {
    this.#transfers.close();
    this.services.channels.unsubscribeAll(this);
  }

  figures(): ConversationFigures {
    const channels = this.services.channels.countOf(this);
    const flags = channels > 0 ? "P" : "";
    const user = this.#user?.name ?? DEFAULT_USER;
    return { ...SILENT, user, version: 0, channels, flags, command: this.#last.toLowerCase() };
  }

  /** Lets the frames behind a HELLO that has agreed on something, and behind its reply, be protected. */
  #protect(response: CafeResponse): void {
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
    return memoryRefusal(this.services, request.op === "SET_PARTS" ? request.size : 0);
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
      if (outcome === "wrong") return this.#refuse(request, authRequired());
      if (outcome === "tooMany") {
        return this.#refuse(request, error("AUTH_REQUIRED", tooManyFailures(this.services)));
      }
      this.#authenticated = this.decoder.authenticated = true;
      this.#user = outcome.user;
      this.#answer(request, this.#perform(request));
    });
  }

  #refuse(request: WholeRequest, refusal: ErrorResponse): void {
    const figures = figuresOf(this.services, request);
    if (figures !== undefined) figures.rejected++;
    this.#answer(request, refusal);
  }

  #answer(
    request: WholeRequest | RequestHead & { readonly op: "SET" | "WINDOW" },
    response: CafeResponse,
  ): void {
    if (isWanted(request, response)) this.#respond(answer(request, response));
    if (request.op === "HELLO" && request.offer !== undefined) this.#protect(response);
  }

  #carryOut(request: HandledRequest, peer?: Peer): Response {
    if (request.durable) this.outbox.requireSync();
    return this.#perform(request, peer);
  }

  #perform(request: HandledRequest, peer: Peer = this): Response {
    const response = measure(request, peer, this.outbox.wire);
    const { monitors, databases } = this.services;
    if (monitors.size > 0 && request.op !== "INVALID") {
      monitors.tell(monitorLine(databases.now(), 0, this.outbox.wire, wordsOf(request)));
    }
    return response;
  }

  #countError({ code }: ErrorResponse): void {
    const { counters, statistics } = this.services;
    counters.errors++;
    statistics.cafe.countError(code);
  }

  #respond(response: CafeResponse): void {
    if (response.type === "ERR") this.#countError(response);
    this.outbox.add(response);
  }
}

/** Makes a response the one to a request. */
function answer(request: RequestHead, response: CafeResponse): CafeResponse {
  response.id = request.id;
  response.checksum = request.checksum;
  return response;
}

/** A quiet request is answered only with an error, and a GET with a hit. */
function isWanted(
  { op, quiet }: Pick<DecodedRequest, "op" | "quiet">,
  { type }: CafeResponse,
): boolean {
  return !quiet || type === "ERR" || type === "PARTS" ||
    ((op === "GET" || op === "GET_PARTS") && type === "OK");
}
