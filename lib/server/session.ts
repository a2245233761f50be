/**
 * One conversation, without a socket.
 *
 * @module
 */

import { NO_BYTES, type WriteBuffer } from "../bytes/mod.ts";
import { BatchDecoder, DecodeError, encodeAll, type Encoder } from "../codec/mod.ts";
import { type Client, type ClientFigures, notStored, type Services } from "../handler/mod.ts";
import type { ErrorResponse } from "../model/mod.ts";
import type { JournalFailure, Loans } from "../store/mod.ts";
import { CafeConversation } from "./cafe_conversation.ts";
import {
  CAFE_FIRST,
  type Conversation,
  type Incoming,
  type Outbox,
  type Outgoing,
  SILENT,
  type StatefulDecoder,
} from "./conversation.ts";
import { FirstByteDecoder } from "./first_byte_decoder.ts";
import { RespConversation } from "./resp/conversation.ts";
import type { Wait } from "./wait.ts";
import { NO_WIRE, type Wire } from "./wire.ts";
import { concat } from "@std/bytes";

/**
 * Replies hold their values until they are sent, also those that were replaced meanwhile: when so many
 * bytes are held, the connection sends them before it goes on with its requests.
 */
export const MAX_HELD = 1_048_576;

/**
 * Requests in, responses out, in order, with the messages of channels between them. The first byte that
 * comes decides the protocol: 0xCA is CAFE, anything else RESP.
 *
 * A {@linkcode Connection} puts streams around it; tests, fuzzers and benchmarks call
 * {@linkcode Session.receive} and {@linkcode Session.end}, bytes in and bytes out, which wait for nothing.
 *
 * @example
 * ```ts
 * import { newServices, Session } from "@cortado/cortado/server";
 * import { assertEquals } from "@std/assert";
 *
 * const services = newServices();
 * const ping = Uint8Array.fromHex("cafe01040000000000000000");
 * assertEquals(new Session(services).receive(ping).toHex(), "cafe01800000000000000004" + "504f4e47");
 * const resp = new Session(services).receive(new TextEncoder().encode("PING\r\n"));
 * assertEquals(new TextDecoder().decode(resp), "+PONG\r\n");
 * ```
 */
export class Session implements Outbox, Client {
  /** The number of the connection. */
  readonly id: number;
  /** The connection around it. */
  readonly wire: Wire;
  /** What reads the requests of this conversation. */
  readonly decoder: StatefulDecoder<Incoming>;
  /** What writes its replies. */
  readonly encoder: Encoder<Outgoing>;
  readonly #services: Services;
  readonly #input: FirstByteDecoder;
  #conversation: Conversation | undefined = undefined;
  /** For `receive`: a connection decodes in its stream. */
  #batches: BatchDecoder<Incoming> | undefined = undefined;
  #output: Outgoing[] = [];
  /** How many bytes the values in the output hold. */
  #held = 0;
  #failed = false;
  #ended = false;
  /** How many bytes of the stream were decoded when the last batch was done. */
  #done = 0;
  /** The requests whose replies wait for the journal, and where each one's begin and end in the output. */
  readonly #unsettled: Incoming[] = [];
  readonly #places: number[] = [];
  /** Whether what they wait for is to be on stable storage. */
  #durable = false;
  #wait: Wait | undefined = undefined;

  /** Begins a conversation, and enters it among the clients until it is closed. */
  constructor(services: Services, wire: Wire = NO_WIRE) {
    this.#services = services;
    this.wire = wire;
    this.decoder = this.#input = new FirstByteDecoder((first) => this.#begin(first).decoder);
    this.id = services.clients.newId();
    services.clients.add(this);
    const { loans } = services.databases;
    this.encoder = {
      encode: (reply: Outgoing, out: WriteBuffer) => {
        this.#conversation!.encoder.encode(reply, out);
        if (loans.outstanding > 0) settle(reply, loans);
      },
    };
  }

  /** Whether responses wait to be taken. */
  get hasOutput(): boolean {
    return this.#output.length > 0;
  }

  /** Whether replies must not be sent before {@linkcode Session.settling} has resolved. */
  get unsettled(): boolean {
    return this.#unsettled.length > 0;
  }

  /** What is to be over before {@linkcode Session.handle} is called again, which then gives the reply. */
  get paused(): Wait | undefined {
    return this.#wait;
  }

  /** Whether a request waits for something before it is answered. */
  get blocked(): boolean {
    return this.#wait !== undefined;
  }

  /** Whether the conversation waits for messages of channels, and need not send requests. */
  get subscribed(): boolean {
    return this.#conversation?.subscribed ?? false;
  }

  /** The protocol; `undefined` until a byte has come. */
  get protocol(): "CAFE" | "RESP" | undefined {
    if (this.#conversation === undefined) return undefined;
    return this.#conversation instanceof CafeConversation ? "CAFE" : "RESP";
  }

  /** Whether the conversation has ended itself: nothing more is carried out. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether a password is wanted that has not been given. */
  get authRequired(): boolean {
    if (this.#conversation !== undefined) return this.#conversation.authRequired;
    const { users, settings } = this.#services;
    return users === undefined ? settings.password !== "" : users.everybody === undefined;
  }

  /** Where the stream of requests was when all that had come whole were carried out. */
  get requestStart(): number {
    return this.#done;
  }

  /** How many bytes have come since then: requests that are carried out now, or a part of one. */
  get requestBytes(): number {
    return this.#input.offset + this.#input.waiting - this.#done;
  }

  /** How many bytes the values in the output hold. */
  get replyBytes(): number {
    return this.#held;
  }

  /** How many bytes of requests and replies are held. */
  get heldBytes(): number {
    return this.requestBytes + this.#held + (this.#conversation?.held ?? 0);
  }

  /** The connection, as others see it. */
  get client(): Client {
    return this;
  }

  /** What is told of the connection now. */
  figures(): ClientFigures {
    const { wire } = this;
    const { address, localAddress, connectedAt, lastActive, outputBytes, writing } = wire;
    const figures = this.#conversation?.figures() ?? SILENT;
    const inputBytes = this.requestBytes;
    return {
      ...figures,
      ...{ address, localAddress, connectedAt, lastActive, outputBytes, writing },
      flags: figures.flags + (this.blocked ? "b" : "") + (this.#ended ? "c" : "") +
        (wire.isUnix ? "U" : ""),
      inputBytes,
      inputRoom: Math.max(0, wire.readBlock - inputBytes),
      outputs: this.#output.length,
    };
  }

  /** Ends the connection at once: nothing more is carried out or sent. */
  kill(): void {
    this.finish();
    this.wire.kill();
  }

  /**
   * Carries out requests, in order; their responses go to the output. It stops after `most` requests, and
   * when the values in the output have {@linkcode MAX_HELD} bytes or more, and behind a request that waits.
   *
   * @param from The index of the first request.
   * @returns The index of the first request that is not carried out yet.
   */
  handle(requests: readonly Incoming[], from = 0, most: number = requests.length): number {
    const conversation = this.#conversation;
    this.#endWait();
    if (conversation === undefined || this.#ended) return requests.length;
    const end = Math.min(requests.length, from + most);
    let at = from;
    conversation.beginBatch?.();
    while (at < end && !this.#ended && this.#wait === undefined) {
      this.#carryOut(conversation, requests[at++]!);
      if (this.#held >= MAX_HELD || this.#wait !== undefined) break;
    }
    const isLast = at === requests.length;
    if (isLast) this.#done = this.#input.offset;
    conversation.endBatch?.(isLast && this.#wait === undefined);
    return at;
  }

  /** Resolves when the journal has what the replies tell, or to why it has not: then call `settled`. */
  settling(): Promise<JournalFailure | undefined> {
    const durable = this.#durable;
    this.#durable = false;
    return this.#services.journal?.settle(durable) ?? Promise.resolve(undefined);
  }

  /** Lets the replies be sent; those whose effects the journal could not take are errors then. */
  settled(failure: JournalFailure | undefined): void {
    const requests = this.#unsettled;
    for (let at = requests.length; failure !== undefined && at-- > 0;) {
      const [from, to] = [this.#places[2 * at]!, this.#places[2 * at + 1]!];
      this.#takeBack(requests[at]!, from, to, notStored(failure));
    }
    this.#unsettled.length = this.#places.length = 0;
  }

  /**
   * Answers what made the stream of requests corrupt, or cut it. Nothing is read or sent after it. Who has
   * said nothing yet is taken for a Redis client.
   */
  fail(cause: DecodeError): void {
    this.#failed = true;
    if (!this.#ended) (this.#conversation ?? this.#begin(0)).fail(cause);
    this.close(); // No message follows the last response.
  }

  /** Says that the stream of requests has ended, behind the last one. */
  endInput(): void {
    if (!this.#ended) this.#conversation?.endInput?.();
    this.close();
  }

  /** Says that nothing more is read. It is the last response: no message of a channel comes after it. */
  goAway(): void {
    if (!this.#ended) this.#conversation?.goAway();
    this.close(); // No message follows the last response.
  }

  /** Adds a reply to the output. */
  add(reply: Outgoing): void {
    this.#output.push(reply);
    this.#held += heldBy(reply);
  }

  /** Adds something to the output that is sent unasked, which holds about so many bytes. */
  addUnasked(reply: Outgoing, bytes: number): void {
    this.#output.push(reply);
    this.wire.onPush(bytes);
  }

  /** Lets the replies of this batch wait for stable storage. */
  requireSync(): void {
    this.#durable = true;
  }

  /** Lets no further request be carried out before a wait is over. */
  pause(wait: Wait): void {
    this.#wait = wait;
  }

  /** Ends the conversation: no further request is carried out. */
  finish(): void {
    this.#ended = true;
    this.close();
  }

  /** Adds the next part of a value that is sent in parts, when nothing else is to be sent first. */
  addPart(): void {
    if (this.#output.length === 0) this.#conversation?.addPart?.();
  }

  /** All responses that wait, in order; the output is empty then. */
  takeOutput(): Outgoing[] {
    const output = this.#output;
    this.#output = [];
    this.#held = 0;
    return output;
  }

  /** Leaves the clients, and ends all subscriptions. */
  close(): void {
    this.#services.clients.delete(this);
    this.#conversation?.close();
  }

  /** Bytes in, bytes out: the next chunk of the stream, and all that is to be sent by now. */
  receive(chunk: Uint8Array): Uint8Array {
    const sent = [this.#step((batches, requests) => batches.push(chunk, requests))];
    for (let before = -1; this.decoder.held && this.#input.offset > before;) {
      before = this.#input.offset;
      sent.push(this.#step((batches, requests) => batches.push(NO_BYTES, requests)));
    }
    return concat(sent);
  }

  /** Bytes out at the end of the stream: an error when it ended inside a request. */
  end(): Uint8Array {
    return this.#step((batches, requests) => batches.end(requests), true);
  }

  /** The conversation in the protocol that a first byte decides. */
  #begin(first: number): Conversation {
    // A conversation gets only what its own decoder has emitted, and its encoder what it has added itself.
    return this.#conversation = first === CAFE_FIRST
      ? new CafeConversation(this.#services, this)
      : new RespConversation(this.#services, this);
  }

  #endWait(): void {
    const wait = this.#wait;
    this.#wait = undefined;
    if (!this.#ended) wait?.over();
  }

  #carryOut(conversation: Conversation, request: Incoming): void {
    const { journal } = this.#services;
    if (journal === undefined) return conversation.handle(request);
    const [added, from] = [journal.added, this.#output.length];
    try {
      conversation.handle(request);
    } finally {
      if (journal.added !== added || this.#durable) {
        journal.endGroup();
        this.#unsettled.push(request);
        this.#places.push(from, this.#output.length);
      }
    }
  }

  /** Puts an error in the place of the replies to a request; what is none among them stays. */
  #takeBack(request: Incoming, from: number, to: number, failure: ErrorResponse): void {
    const others = this.#output.slice(from, to).filter(isNoReply);
    const reply = this.#conversation!.notStored(request, failure, to - from > others.length);
    this.#output.splice(from, to - from, ...reply === undefined ? [] : [reply], ...others);
  }

  #step(
    step: (batches: BatchDecoder<Incoming>, requests: Incoming[]) => void,
    isEnd = false,
  ): Uint8Array {
    const requests: Incoming[] = [];
    let failure: DecodeError | undefined;
    if (!this.#failed) {
      try {
        step(this.#batches ??= new BatchDecoder(this.decoder), requests);
      } catch (cause) {
        if (!(cause instanceof DecodeError)) throw cause;
        failure = cause;
      }
    }
    // What waits for its wait to be over may wait once more then.
    for (let at = 0; at < requests.length || this.blocked;) at = this.handle(requests, at);
    this.settled(undefined); // Nobody waits for a journal here.
    if (failure !== undefined) this.fail(failure);
    else if (isEnd && !this.#failed) this.endInput();
    const sent = [encodeAll(this.encoder, this.takeOutput())];
    for (this.addPart(); this.hasOutput; this.addPart()) {
      sent.push(encodeAll(this.encoder, this.takeOutput()));
    }
    return concat(sent);
  }
}

/** Whether it is a message of a channel, or what changes the version of RESP, which has changed already. */
function isNoReply({ type }: Outgoing): boolean {
  return type === "PUSH" || type === "push" || type === "versionStart";
}

/** Gives back what a reply has of the store: it is encoded. */
function settle(reply: Outgoing, loans: Loans): void {
  if (reply.type === "OK") return loans.settle(reply);
  if (reply.type !== "LIST") return;
  for (const item of reply.items) settle(item, loans);
}

/** How many bytes of values a reply holds. */
function heldBy(reply: Outgoing): number {
  if (reply.type === "OK") return reply.value?.length ?? 0;
  if (reply.type === "PART") return reply.value.length;
  if (reply.type !== "LIST") return 0;
  let bytes = 0;
  for (const item of reply.items) bytes += heldBy(item);
  return bytes;
}
