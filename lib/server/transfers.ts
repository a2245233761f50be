/**
 * The requests about values in parts, in a conversation.
 *
 * @module
 */

import { NO_BYTES } from "../bytes/mod.ts";
import {
  type CafeResponse,
  type DecodedRequest,
  type GetPartsRequest,
  type InvalidCafeRequest,
  type PartRequest,
  type RequestHead,
  requestName,
  type SetPartsRequest,
  type WindowRequest,
} from "../cafe/mod.ts";
import { errorOf, type Peer } from "../handler/mod.ts";
import {
  error,
  type ErrorResponse,
  type GetRequest,
  type Response,
  type SetRequest,
} from "../model/mod.ts";
import type { Outbox } from "./conversation.ts";
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

/** Who has given a value up. */
const BY_CLIENT = "its client has given it up";

/** The values in parts of one connection; an id is that of one value. */
export class Transfers {
  readonly #host: TransferHost;
  readonly #uploads: Uploads;
  readonly #downloads = new Downloads();
  /** Whether nothing more is read: what waits for a part, or for a window, waits for ever. */
  #ended = false;

  /** Makes one without values. */
  constructor(host: TransferHost) {
    this.#host = host;
    this.#uploads = new Uploads(host.peer.services.limits);
  }

  /** How many values come or go. */
  get size(): number {
    return this.#uploads.size + this.#downloads.size;
  }

  /** How many bytes are held. */
  get held(): number {
    return this.#uploads.held + this.#downloads.heldBeside(this.#host.peer.store);
  }

  /** Begins a value that comes: its answer comes behind the last part, unless it is refused. */
  set(request: SetPartsRequest & RequestHead): CafeResponse | undefined {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return refusal;
    try {
      this.#uploads.open(request);
      return undefined;
    } catch (cause) {
      return errorOf(cause, request, this.#host.peer);
    }
  }

  /** Answers with a value, or with its size and lets its parts follow. */
  get(request: GetPartsRequest & RequestHead): CafeResponse {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return refusal;
    const { id, checksum, key, window } = request;
    const { services, database, store, valueOption, maxValueSize } = this.#host.peer;
    // Its value may be longer than a frame.
    const reader = { services, database, store, valueOption, maxValueSize: Infinity, deliver() {} };
    const response = this.#host.perform({ ...request, op: "GET" }, reader);
    if (response.type !== "OK") return response;
    const { value = NO_BYTES, ttl, version } = response;
    if (value.length <= Math.min(window, MAX_PART_SIZE, maxValueSize)) return response;
    this.#downloads.open(request, key, response.lent ? value.slice() : value, window);
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
    if (this.#giveUp(id!)) this.#host.answer(request, refusal ?? cancelled(BY_CLIENT));
  }

  /** Ends the value that a refused request has the id of; returns whether the refusal is to be told of. */
  refuse({ id, ofPart }: Pick<InvalidCafeRequest, "id" | "ofPart">): boolean {
    return id === undefined || this.#giveUp(id) || ofPart !== true;
  }

  /** Adds the next part that is to be sent, if there is one. */
  addPart(outbox: Pick<Outbox, "add">): void {
    if (this.#downloads.size === 0) return;
    const part = this.#downloads.next(Math.min(MAX_PART_SIZE, this.#host.peer.maxValueSize));
    if (part !== undefined) outbox.add(part);
    else if (this.#ended) {
      this.cancel("the client sends nothing more, and no more may be sent to it");
    }
  }

  /** Says that nothing more is read: what is still to come does not, and what goes does as far as it may. */
  endInput(): void {
    this.#ended = true;
    this.#cancel(this.#uploads, "the stream of requests has ended");
  }

  /** Gives all up, with an error for each. */
  cancel(why: string): void {
    this.#cancel(this.#uploads, why);
    this.#cancel(this.#downloads, why);
  }

  /** Gives all up that comes, without a word. */
  close(): void {
    this.#uploads.clear();
  }

  #cancel(values: Uploads | Downloads, why: string): void {
    const { requests } = values;
    values.clear();
    for (const head of requests) this.#host.answer({ ...head, op: "SET" }, cancelled(why));
  }

  /** Why a value does not begin. No answer could tell two values of one id apart: both are ended. */
  #refusal(
    { op, id }: SetPartsRequest & RequestHead | GetPartsRequest & RequestHead,
  ): ErrorResponse | undefined {
    const what = `Cannot carry out ${requestName(op)}`;
    if (this.#giveUp(id!)) {
      return error(
        "BAD_REQUEST",
        `${what}: id ${id} is that of a value in parts, which ends with this`,
      );
    }
    const { maxTransfers } = this.#host.peer.services.limits;
    const size = this.#uploads.size + this.#downloads.size;
    if (size < maxTransfers) return undefined;
    return error(
      "OVERRUN",
      `${what} in parts: ${size} values are on their way, which is the limit (option maxTransfers)`,
    );
  }

  #giveUp(id: number): boolean {
    return this.#uploads.drop(id) || this.#downloads.drop(id);
  }
}

function cancelled(why: string): ErrorResponse {
  return error("CANCELLED", `Cannot complete the request: ${why}`);
}
