/**
 * One conversation, without a socket.
 *
 * @module
 */

import { NO_BYTES, type WriteBuffer } from "../bytes/mod.ts";
import { BatchDecoder, DecodeError, encodeAll, type Encoder } from "../codec/mod.ts";
import { type Client, type ClientFigures, notStored, type Services } from "../handler/mod.ts";
import type { JournalFailure } from "../store/mod.ts";
import { CafeConversation } from "./cafe_conversation.ts";
import { clientFigures } from "./client_figures.ts";
import {
  CAFE_FIRST,
  type Conversation,
  type Incoming,
  type Outbox,
  type Outgoing,
  type StatefulDecoder,
} from "./conversation.ts";
import { FirstByteDecoder } from "./first_byte_decoder.ts";
import { GetRun, GetRuns } from "./plain/get_runs.ts";
import { NO_PERMIT } from "./plain/permit.ts";
import { RespConversation } from "./resp/conversation.ts";
import { admitReaders } from "./readers.ts";
import { heldBy, requestOf, settle } from "./replies.ts";
import { Unsettled } from "./unsettled.ts";
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
  /** How many requests were carried out, or refused. */
  handled = 0;
  readonly #services: Services;
  readonly #input: FirstByteDecoder;
  readonly #runs: GetRuns;
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
  /** The requests whose replies wait for the journal. */
  readonly #unsettled = new Unsettled();
  /** Whether what they wait for is to be on stable storage. */
  #durable = false;
  #wait: Wait | undefined = undefined;

  /** Begins a conversation, and enters it among the clients until it is closed. */
  constructor(services: Services, wire: Wire = NO_WIRE) {
    this.#services = services;
    this.wire = wire;
    this.#runs = GetRuns.of(services);
    this.decoder = this.#input = new FirstByteDecoder(
      (first) => this.#begin(first).decoder,
      (input) => this.#runs.take(input, this.#conversation!),
    );
    this.id = services.clients.newId();
    services.clients.add(this);
    const { loans } = services.databases;
    this.encoder = {
      encode: (reply: Outgoing, out: WriteBuffer) => {
        if (reply.type === "answers") return out.bytes(reply.bytes);
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
    return this.#unsettled.size > 0;
  }

  /** What is to be over before {@linkcode Session.handle} is called again, which then gives the reply. */
  get paused(): Wait | undefined {
    return this.#wait;
  }

  /** What it speaks; `undefined` while nothing has come. */
  get protocol(): Client["protocol"] {
    return this.#conversation?.protocol;
  }

  /** Whether a request waits for something before it is answered. */
  get blocked(): boolean {
    return this.#wait !== undefined;
  }

  /** Whether the conversation waits for messages of channels, and need not send requests. */
  get subscribed(): boolean {
    return this.#conversation?.subscribed ?? false;
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

  /** What a worker may answer itself of what is read next. */
  get permit(): number {
    if (this.#services.databases.sections === undefined) return NO_PERMIT;
    const busy = this.#ended || this.blocked || this.unsettled || this.hasOutput;
    if (busy || this.#input.waiting > 0 || this.#input.state !== "Idle") return NO_PERMIT;
    return this.#conversation?.permit ?? NO_PERMIT;
  }

  /** The connection, as others see it. */
  get client(): Client {
    return this;
  }

  /** What is told of the connection now. */
  figures(): ClientFigures {
    const { blocked, requestBytes: inputBytes } = this;
    const state = { blocked, ended: this.#ended, inputBytes, outputs: this.#output.length };
    return clientFigures(this.#conversation, this.wire, state);
  }

  /** Ends the connection at once: nothing more is carried out or sent. */
  kill(): void {
    this.finish();
    this.wire.kill();
  }

  /**
   * Carries out requests, in order; their responses go to the output. It stops after `most` requests, and
   * when the values in the output have {@linkcode MAX_HELD} bytes or more, and behind a request that waits.
   * What cannot be carried out together is put into the place of its run.
   *
   * @param from The index of the first request.
   * @returns The index of the first request that is not carried out yet.
   */
  handle(requests: Incoming[], from = 0, most: number = Infinity): number {
    const conversation = this.#conversation;
    const { statistics } = this.#services;
    this.#endWait();
    if (conversation === undefined || this.#ended) return requests.length;
    const end = this.handled + most;
    let at = from;
    statistics.beginBatch();
    while (at < requests.length && this.handled < end && !this.#ended && !this.blocked) {
      const request = requests[at]!;
      const isRun = request instanceof GetRun;
      if (isRun && at > from && this.handled + request.count > end) break;
      const left = isRun
        ? this.#runs.answer(request, conversation, this, end - this.handled)
        : this.#carryOut(conversation, request);
      if (left === undefined) {
        this.#input.done(!isRun && (conversation.keeps?.(request) ?? true));
        this.handled += isRun ? request.count : 1;
        at++;
      } else {
        this.#input.replaced(left);
        requests.splice(at, 1, ...left);
      }
      if (this.#held >= MAX_HELD) break;
    }
    const isLast = at === requests.length;
    if (isLast) this.#done = this.#input.offset;
    statistics.endBatch();
    if (!conversation.authRequired) {
      statistics.hotKeys.pass(requests, [from, at], requestOf, conversation.database);
    }
    conversation.endBatch?.(isLast && this.#wait === undefined);
    admitReaders(this.#services);
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
    if (failure === undefined) return this.#unsettled.clear();
    const refuse = (request: Incoming, replied: boolean) =>
      this.#conversation!.notStored(request, notStored(failure), replied);
    this.#unsettled.takeBack(this.#output, refuse);
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
    admitReaders(this.#services);
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
    if (conversation.isCompound?.(request) !== true) return this.#perform(conversation, request);
    this.#services.databases.together(() => this.#perform(conversation, request));
  }

  #perform(conversation: Conversation, request: Incoming): void {
    const { journal } = this.#services;
    if (journal === undefined) return conversation.handle(request);
    const [added, from] = [journal.added, this.#output.length];
    try {
      conversation.handle(request);
    } finally {
      if (journal.added !== added || this.#durable) {
        journal.endGroup();
        this.#unsettled.add(request, from, this.#output.length);
      }
    }
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
