/**
 * The requests about values in parts, in a conversation.
 *
 * @module
 */

import { NO_BYTES } from "../bytes/mod.ts";
import type {
  CafeResponse,
  DecodedRequest,
  GetPartsRequest,
  InvalidCafeRequest,
  PartRequest,
  PartResponse,
  RequestHead,
  SetPartsRequest,
  WindowRequest,
} from "../cafe/mod.ts";
import { errorOf, type Peer } from "../handler/mod.ts";
import {
  error,
  type ErrorResponse,
  type GetRequest,
  type Response,
  type SetRequest,
} from "../model/mod.ts";
import { Downloads, MAX_PART_SIZE, Uploads } from "./parts.ts";

/** What a conversation does for the values in parts of its client. */
export interface TransferHost {
  /** Its client. */
  readonly peer: Peer;
  /** Why a request is not carried out; nothing when it is. */
  refusal(request: DecodedRequest): ErrorResponse | undefined;
  /** Carries a request out, for another peer too. */
  perform(request: (GetRequest | SetRequest) & RequestHead, peer: Peer): Response;
  /** Replies to a request, if it is wanted. */
  answer(request: RequestHead & { readonly op: "SET" | "WINDOW" }, response: CafeResponse): void;
}

/** The values in parts of one connection; an id is that of one value. */
export class Transfers {
  readonly #host: TransferHost;
  readonly #uploads: Uploads;
  readonly #downloads = new Downloads();

  /** Makes one without values. */
  constructor(host: TransferHost) {
    this.#host = host;
    this.#uploads = new Uploads(host.peer.services.limits);
  }

  /** How many bytes are held. */
  get held(): number {
    return this.#uploads.held + this.#downloads.heldBeside(this.#host.peer.store);
  }

  /** Begins a value that comes: its answer comes behind the last part, unless it is refused. */
  set(request: SetPartsRequest & RequestHead): CafeResponse | undefined {
    if (this.#giveUp(request.id!)) return idInUse(request);
    try {
      this.#uploads.open(request);
      return undefined;
    } catch (cause) {
      return errorOf(cause, request, this.#host.peer);
    }
  }

  /** Answers with a value, or with its size and lets its parts follow. */
  get(request: GetPartsRequest & RequestHead): CafeResponse {
    const { id, checksum, key, window } = request;
    if (this.#giveUp(id!)) return idInUse(request);
    const { services, database, store, valueOption, maxValueSize } = this.#host.peer;
    // Its value may be longer than a frame.
    const reader = { services, database, store, valueOption, maxValueSize: Infinity, deliver() {} };
    const response = this.#host.perform({ ...request, op: "GET" }, reader);
    if (response.type !== "OK") return response;
    const { value = NO_BYTES, ttl, version } = response;
    if (value.length <= Math.min(window, MAX_PART_SIZE, maxValueSize)) return response;
    this.#downloads.open(id!, checksum, key, response.lent ? value.slice() : value, window);
    services.databases.loans.settle(response);
    return { type: "PARTS", id, checksum, size: value.length, ttl, version };
  }

  /** Takes a part, and carries the request out when it is the last one. */
  take(part: PartRequest & RequestHead): void {
    const head = this.#uploads.requestOf(part.id!);
    if (head === undefined) return; // It was refused, and this part sent before that was known.
    const request = { ...head, op: "SET" } as const;
    const refusal = this.#host.refusal(part);
    if (refusal !== undefined) this.#giveUp(part.id!);
    const answer = refusal ?? this.#add(part);
    if (answer !== undefined) this.#host.answer(request, answer);
  }

  #add(part: PartRequest & RequestHead): Response | undefined {
    const { refusal, perform, peer } = this.#host;
    try {
      const request = this.#uploads.add(part);
      return request && (refusal(request) ?? perform(request, peer));
    } catch (cause) {
      return errorOf(cause, { op: "SET" }, peer);
    }
  }

  /** Allows more parts of a value, or gives one up. */
  allow(request: WindowRequest & RequestHead): void {
    const { id, bytes } = request;
    const refusal = this.#host.refusal(request);
    if (bytes > 0 && refusal === undefined) return this.#downloads.allow(id!, bytes);
    if (this.#giveUp(id!)) this.#host.answer(request, refusal ?? cancelled());
  }

  /** Ends the value that a refused request has the id of; returns whether the refusal is to be told of. */
  refuse({ id, ofPart }: Pick<InvalidCafeRequest, "id" | "ofPart">): boolean {
    return id === undefined || this.#giveUp(id) || ofPart !== true;
  }

  /** The next part that is to be sent; `undefined` when there is none. */
  next(): PartResponse | undefined {
    if (this.#downloads.size === 0) return undefined;
    return this.#downloads.next(Math.min(MAX_PART_SIZE, this.#host.peer.maxValueSize));
  }

  /** Takes no more parts. */
  close(): void {
    this.#uploads.clear();
  }

  /** Sends no more parts. */
  stop(): void {
    this.#downloads.clear();
  }

  #giveUp(id: number): boolean {
    return this.#uploads.drop(id) || this.#downloads.drop(id);
  }
}

/** No answer could tell two values apart: both are ended. */
function idInUse(
  { op, id }: { readonly op: string; readonly id: number | undefined },
): ErrorResponse {
  const message = `Cannot carry out ${op.slice(0, 3)}: id ${id} is that of a value in parts`;
  return error("BAD_REQUEST", message);
}

function cancelled(): ErrorResponse {
  return error("CANCELLED", "Cannot complete the request: its client has given it up");
}
