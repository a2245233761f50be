/**
 * One conversation, without a socket.
 *
 * @module
 */

import { CafeRequestDecoder, CafeResponseEncoder } from "../cafe/mod.ts";
import { BatchDecoder, DecodeError, encodeAll } from "../codec/mod.ts";
import { handle, type Services, type Subscriber } from "../handler/mod.ts";
import {
  error,
  errorFrom,
  goAway,
  ProtocolError,
  push,
  type Request,
  type Response,
} from "../model/mod.ts";

/** A message that waits to be sent holds this much more than its bytes: its objects and its header. */
const PUSH_OVERHEAD = 320;

/**
 * Requests in, responses out, in order, with the messages of channels between them.
 *
 * A {@linkcode Connection} puts streams around it; tests, fuzzers and benchmarks call
 * {@linkcode Session.receive} and {@linkcode Session.end}, bytes in and bytes out.
 *
 * @example
 * ```ts
 * import { newServices, Session } from "@cortado/cortado/server";
 * import { assertEquals } from "@std/assert";
 *
 * const session = new Session(newServices());
 * const ping = Uint8Array.fromHex("cafe01040000000000000000");
 * assertEquals(session.receive(ping).toHex(), "cafe01800000000000000004" + "504f4e47");
 * ```
 */
export class Session implements Subscriber {
  /** What reads the requests of this conversation. */
  readonly decoder: CafeRequestDecoder;
  /** What writes its responses. */
  readonly encoder: CafeResponseEncoder = new CafeResponseEncoder();
  /** Called when a channel's message waits in the output, with about how many bytes that holds. */
  onPush: (bytes: number) => void = () => {};
  readonly #services: Services;
  /** For `receive`: a connection decodes in its stream. */
  #batches: BatchDecoder<Request> | undefined = undefined;
  #output: Response[] = [];
  #failed = false;

  /** Begins a conversation. */
  constructor(services: Services) {
    this.#services = services;
    this.decoder = new CafeRequestDecoder(services.limits);
  }

  /** Whether responses wait to be taken. */
  get hasOutput(): boolean {
    return this.#output.length > 0;
  }

  /** Whether the conversation is subscribed to any channel. */
  get subscribed(): boolean {
    return this.#services.channels.countOf(this) > 0;
  }

  /** Carries out requests, in order; their responses go to the output. */
  handle(requests: readonly Request[]): void {
    for (const request of requests) {
      this.#services.counters.requests++;
      const response = handle(request, this.#services, this);
      if (!isWanted(request, response)) continue;
      response.id = request.id;
      response.checksum = request.checksum;
      this.#respond(response);
    }
  }

  /** Answers what made the stream of requests corrupt, or cut it. Nothing is read or sent after it. */
  fail(cause: DecodeError): void {
    this.#failed = true;
    this.close(); // No message follows the last response.
    const known = cause instanceof ProtocolError;
    const response = known ? errorFrom(cause) : error("PROTOCOL", cause.message);
    if (known) response.id = cause.id;
    this.#respond(response);
  }

  /** Says that nothing more is read. It is the last response: no message of a channel comes after it. */
  goAway(): void {
    this.close(); // No message follows the last response.
    this.#output.push(goAway());
  }

  /** Gives the conversation a channel's message: it goes to the output. */
  deliver(channel: Uint8Array, message: Uint8Array, checksum: boolean): void {
    this.#output.push(push(channel, message, checksum));
    this.onPush(channel.length + message.length + PUSH_OVERHEAD);
  }

  /** All responses that wait, in order; the output is empty then. */
  takeOutput(): Response[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#services.channels.unsubscribeAll(this);
  }

  /** Bytes in, bytes out: the next chunk of the stream, and all that is to be sent by now. */
  receive(chunk: Uint8Array): Uint8Array {
    return this.#step((batches, requests) => batches.push(chunk, requests));
  }

  /** Bytes out at the end of the stream: an error when it ended inside a request. */
  end(): Uint8Array {
    return this.#step((batches, requests) => batches.end(requests));
  }

  #step(step: (batches: BatchDecoder<Request>, requests: Request[]) => void): Uint8Array {
    const requests: Request[] = [];
    let failure: DecodeError | undefined;
    if (!this.#failed) {
      try {
        step(this.#batches ??= new BatchDecoder(this.decoder), requests);
      } catch (cause) {
        if (!(cause instanceof DecodeError)) throw cause;
        failure = cause;
      }
    }
    this.handle(requests);
    if (failure !== undefined) this.fail(failure);
    return encodeAll(this.encoder, this.takeOutput());
  }

  #respond(response: Response): void {
    if (response.type === "ERR") this.#services.counters.errors++;
    this.#output.push(response);
  }
}

/** A quiet request is answered only with an error, and a GET with a hit. */
function isWanted(request: Request, response: Response): boolean {
  return !request.quiet || response.type === "ERR" ||
    (request.op === "GET" && response.type === "OK");
}
