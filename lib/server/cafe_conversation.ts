/**
 * CAFE in a session.
 *
 * @module
 */

import {
  type CafeResponse,
  CafeResponseEncoder,
  type DecodedRequest,
  type GetPartsRequest,
  grantMembers,
  type InvalidCafeRequest,
  type PartRequest,
  type RequestHead,
  type SetPartsRequest,
  type WindowRequest,
} from "../cafe/mod.ts";
import { NO_BYTES } from "../bytes/mod.ts";
import type { DecodeError } from "../codec/mod.ts";
import {
  errorOf,
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
  type SetRequest,
} from "../model/mod.ts";
import type { MemoryStore } from "../store/mod.ts";
import { type Agreement, agreeOn } from "./agreement.ts";
import { CafeAdmissionDecoder } from "./cafe_admission.ts";
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
import { Downloads, MAX_PART_SIZE, Uploads } from "./parts.ts";

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
  readonly #uploads: Uploads;
  readonly #downloads = new Downloads();

  constructor(services: Services, outbox: Outbox) {
    this.services = services;
    this.decoder = new CafeAdmissionDecoder(services.limits);
    this.#uploads = new Uploads(services.limits);
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

  /** How many bytes are held for values in parts. */
  get held(): number {
    return this.#uploads.held + this.#downloads.heldBeside(this.store);
  }

  handle(request: DecodedRequest): void {
    if (request.op === "PART") return this.#takePart(request);
    if (request.op === "WINDOW") return this.#takeWindow(request);
    if (request.op === "INVALID" && !this.#isAnswered(request)) return;
    this.services.counters.requests++;
    this.#last = request.op;
    const refusal = this.#refusal(request);
    if (request.op === "HELLO" && refusal === undefined && this.#logsIn(request)) {
      return this.#logIn(request);
    }
    const response = refusal ?? this.#carryOut(request);
    if (response !== undefined) this.#answer(request, response);
  }

  endBatch(isLast: boolean): void {
    const { credit } = this.decoder;
    if (credit === undefined || !isLast || !credit.low) return;
    const window = credit.used;
    credit.giveBack(window);
    this.outbox.add({ type: "WINDOW", id: undefined, checksum: false, window });
  }

  addPart(): void {
    if (this.#downloads.size === 0) return;
    const part = this.#downloads.next(Math.min(MAX_PART_SIZE, this.maxValueSize));
    if (part !== undefined) this.outbox.add(part);
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
    this.services.counters.errors++;
    return answer(request, { ...failure });
  }

  fail(cause: DecodeError): void {
    this.#downloads.clear(); // Nothing follows the error.
    const known = cause instanceof ProtocolError;
    const response = known ? errorFrom(cause) : error("PROTOCOL", cause.message);
    if (known) response.id = cause.id;
    this.#respond(response);
  }

  goAway(): void {
    this.#downloads.clear();
    this.outbox.add(goAway());
  }

  deliver({ channel, payload, checksum }: Message): void {
    const bytes = channel.length + payload.length + PUSH_OVERHEAD;
    this.outbox.addUnasked(push(channel, payload, checksum), bytes);
  }

  close(): void {
    this.#uploads.clear();
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

  #answer(
    request: WholeRequest | RequestHead & { readonly op: "SET" },
    response: CafeResponse,
  ): void {
    if (isWanted(request, response)) this.#respond(answer(request, response));
    if (request.op === "HELLO" && request.offer !== undefined) this.#protect(response);
  }

  /** The answer to a request; nothing when it comes later. */
  #carryOut(request: WholeRequest): CafeResponse | undefined {
    // What stands for a value that comes does so behind its last part.
    if (request.op === "SET_PARTS") return this.#expectParts(request);
    if (request.durable) this.outbox.requireSync();
    return request.op === "GET_PARTS" ? this.#getParts(request) : this.#perform(request);
  }

  /** Ends the value in parts that a refused request has the id of. A part of none is not answered. */
  #isAnswered({ id, ofPart }: InvalidCafeRequest): boolean {
    if (id === undefined) return true;
    const isOpen = this.#uploads.drop(id) || this.#downloads.drop(id);
    return isOpen || ofPart !== true;
  }

  #expectParts(request: SetPartsRequest & RequestHead): CafeResponse | undefined {
    try {
      this.#uploads.open(request);
      return undefined;
    } catch (cause) {
      return errorOf(cause, request, this);
    }
  }

  #takePart(part: PartRequest & RequestHead): void {
    const head = this.#uploads.requestOf(part.id!);
    if (head === undefined) return; // It was refused, and this part sent before that was known.
    const upload = { ...head, op: "SET" } as const;
    const refusal = this.#refusal(part);
    if (refusal !== undefined) {
      this.#uploads.drop(part.id!);
      return this.#answer(upload, refusal);
    }
    try {
      const request = this.#uploads.add(part);
      if (request !== undefined) {
        this.#answer(request, this.#refusal(request) ?? this.#set(request));
      }
    } catch (cause) {
      this.#answer(upload, errorOf(cause, upload, this));
    }
  }

  #set(request: SetRequest & RequestHead): CafeResponse {
    if (request.durable) this.outbox.requireSync();
    return this.#perform(request);
  }

  #getParts(request: GetPartsRequest & RequestHead): CafeResponse {
    const { id, key, window } = request;
    const { services, database, store, valueOption } = this;
    const peer: Peer = {
      services,
      database,
      store,
      valueOption,
      maxValueSize: Infinity,
      deliver() {},
    };
    const response = this.#perform({ ...request, op: "GET" }, peer);
    if (response.type !== "OK") return response;
    const { value = NO_BYTES, ttl, version } = response;
    if (value.length <= Math.min(window, MAX_PART_SIZE, this.maxValueSize)) return response;
    this.#downloads.drop(id!);
    this.#downloads.open(id!, request.checksum, key, response.lent ? value.slice() : value, window);
    services.databases.loans.settle(response);
    return { type: "PARTS", id, checksum: false, size: value.length, ttl, version };
  }

  #takeWindow(request: WindowRequest & RequestHead): void {
    const { id, checksum, bytes } = request;
    const refusal = this.#refusal(request);
    if (bytes > 0 && refusal === undefined) return this.#downloads.allow(id!, bytes);
    const head = this.#uploads.requestOf(id!) ?? { id, checksum };
    if (!this.#uploads.drop(id!) && !this.#downloads.drop(id!)) return;
    const cancelled = error("CANCELLED", "Cannot complete the request: its client has given it up");
    this.#respond({ ...refusal ?? cancelled, id: head.id, checksum: head.checksum });
  }

  #perform(request: HandledRequest, peer: Peer = this): Response {
    const response = handle(request, peer);
    const { monitors, databases } = this.services;
    if (monitors.size > 0 && request.op !== "INVALID") {
      monitors.tell(monitorLine(databases.now(), 0, this.outbox.wire, wordsOf(request)));
    }
    return response;
  }

  #respond(response: CafeResponse): void {
    if (response.type === "ERR") this.services.counters.errors++;
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
