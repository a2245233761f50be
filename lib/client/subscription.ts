/**
 * The messages of channels.
 *
 * @module
 */

import type { Reply } from "../cafe/mod.ts";
import { Call, type Outgoing } from "./call.ts";
import { ClosedError, ConnectionError, LimitError } from "./error.ts";
import type { CallOptions, Settings } from "./options.ts";
import { Queue } from "./queue.ts";

/**
 * The messages of one channel, in the order that they were published in, from `subscribe` on.
 *
 * Leaving the loop over it ends it, and so does `await using`. When the connection is lost, the
 * subscription is restored on the next one; messages that were published in between are missed. It ends
 * when the client is closed, and throws after the messages that came when the client gives up, when the
 * server refuses to restore it, or when more than `maxBuffered` messages waited to be taken
 * (`LimitError`).
 *
 * Messages are views that stay unchanged.
 */
export class Subscription implements AsyncIterableIterator<Uint8Array>, AsyncDisposable {
  /** The channel. */
  readonly channel: Uint8Array;
  readonly #maxBuffered: number;
  readonly #leave: () => Promise<void>;
  readonly #messages = new Queue<Uint8Array>();
  readonly #takers = new Queue<PromiseWithResolvers<IteratorResult<Uint8Array, undefined>>>();
  #ended = false;
  #error: unknown = undefined;

  /** Made by `Client.subscribe`. */
  constructor(
    channel: Uint8Array,
    maxBuffered: number,
    leave: (it: Subscription) => Promise<void>,
  ) {
    this.channel = channel;
    this.#maxBuffered = maxBuffered;
    this.#leave = () => leave(this);
  }

  /** Takes the next message; waits for it when there is none. */
  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve({ value: message, done: false });
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    const taker = Promise.withResolvers<IteratorResult<Uint8Array, undefined>>();
    this.#takers.push(taker);
    return taker.promise;
  }

  /** Ends the subscription; what a `break` calls. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.unsubscribe();
    return { value: undefined, done: true };
  }

  /**
   * Ends the subscription and drops the messages that wait. Resolves when the server knows, or when the
   * connection is gone.
   *
   * @throws {ServerError} When the server refuses.
   * @throws {TimeoutError} When the server does not answer within the client's `timeout`. It is told all
   *   the same, as soon as that can be done.
   */
  async unsubscribe(): Promise<void> {
    this.#messages.clear();
    this.#error = undefined;
    this.end();
    await this.#leave();
  }

  /** The subscription itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the subscription. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }

  /** Takes a message that came. For the client. */
  deliver(message: Uint8Array): void {
    if (this.#ended) return;
    const taker = this.#takers.shift();
    if (taker !== undefined) taker.resolve({ value: message, done: false });
    else if (this.#messages.length < this.#maxBuffered) this.#messages.push(message);
    else this.#overflow();
  }

  /** Ends it, with an error after the messages that wait when there is one. For the client. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const taker of this.#takers.takeAll()) {
      if (error === undefined) taker.resolve({ value: undefined, done: true });
      else taker.reject(error);
    }
  }

  #overflow(): void {
    const message =
      `Cannot keep a message: ${this.#maxBuffered} of the subscription wait to be taken (option maxBuffered)`;
    this.end(new LimitError(message));
    this.#leave().catch(() => {}); // The subscription has failed already, with the error that counts.
  }
}

/** A channel that the server sends messages of, and who they are for. */
class Topic {
  readonly name: string;
  readonly channel: Uint8Array;
  readonly checksum: boolean;
  readonly subscriptions = new Set<Subscription>();
  /** Whether the server has answered the SUBSCRIBE, on this connection or the one before. */
  confirmed = false;
  /** The answer to the SUBSCRIBE that was sent last. */
  established: Promise<unknown> = Promise.resolve();

  constructor(name: string, channel: Uint8Array, checksum: boolean) {
    this.name = name;
    this.channel = channel;
    this.checksum = checksum;
  }

  request(op: "SUBSCRIBE" | "UNSUBSCRIBE"): Outgoing {
    const { channel, checksum } = this;
    return { op, channel, id: undefined, quiet: false, checksum, durable: false };
  }

  end(error?: unknown): void {
    for (const subscription of this.subscriptions) subscription.end(error);
    this.subscriptions.clear();
  }
}

/** All subscriptions of a client. Those of one channel share one subscription on the wire. */
export class Subscriptions {
  readonly #topics = new Map<string, Topic>();
  readonly #settings: Settings;
  readonly #send: (call: Call) => Promise<unknown>;

  /** Makes it without subscriptions; `send` sends a call to the server. */
  constructor(settings: Settings, send: (call: Call) => Promise<unknown>) {
    this.#settings = settings;
    this.#send = send;
  }

  /** Whether there is a subscription that a lost connection is to be replaced for. */
  get needsConnection(): boolean {
    return this.#topics.size > 0;
  }

  /** Subscribes; resolves when the server has answered, at once when another subscription has asked. */
  async subscribe(channel: Uint8Array, options: CallOptions): Promise<Subscription> {
    const { checksum = this.#settings.checksum } = options;
    const name = channel.toHex();
    const topic = this.#topics.get(name) ?? new Topic(name, channel.slice(), checksum);
    // Many may wait for one SUBSCRIBE, each for as long as it wants: a call of its own that is not sent.
    const waiting = new Call(topic.request("SUBSCRIBE"), options, this.#settings.timeout);
    if (!this.#topics.has(name)) this.#start(topic);
    const subscription = this.#join(topic);
    try {
      await waitAs(waiting, topic.established);
      return subscription;
    } catch (error) {
      subscription.unsubscribe().catch(() => {}); // `error` is the one that counts.
      throw error;
    }
  }

  /**
   * Gives a message to all subscriptions of its channel; one that came too late is dropped.
   *
   * @throws {Error} When it has no checksum although the SUBSCRIBE had one.
   */
  onPush({ key, value, checksum }: Reply): void {
    const topic = this.#topics.get(key.toHex());
    if (topic?.checksum && !checksum) {
      // Before the answer it may be of the subscription before, which had none.
      if (!topic.confirmed) return;
      throw new Error("Cannot take PUSH: it has no checksum, and the SUBSCRIBE had one");
    }
    for (const subscription of topic?.subscriptions ?? []) subscription.deliver(value);
  }

  /**
   * A new connection has no subscriptions: nothing is to be ended on it, and none to be made that nobody
   * waits for any longer. Settles such a call, and returns whether it was one.
   */
  settleMoot(call: Call): boolean {
    const { request } = call;
    const moot = request.op === "UNSUBSCRIBE" ||
      (request.op === "SUBSCRIBE" && !this.#topics.has(request.channel.toHex()));
    if (moot) call.settleWritten();
    return moot;
  }

  /** The calls that restore the subscriptions on a new connection. */
  onConnect(): Call[] {
    // A SUBSCRIBE that was not answered is sent again like any other call.
    const restored = this.#topics.values().filter((topic) => topic.confirmed);
    return [...restored].map((topic) => this.#establish(topic));
  }

  /** Ends all subscriptions. */
  onClose(error: Error | undefined): void {
    for (const topic of this.#topics.values()) topic.end(error);
    this.#topics.clear();
  }

  #start(topic: Topic): void {
    this.#topics.set(topic.name, topic);
    void this.#send(this.#establish(topic));
  }

  #join(topic: Topic): Subscription {
    const { maxBuffered } = this.#settings;
    const leave = (it: Subscription) => this.#leave(topic, it);
    const subscription = new Subscription(topic.channel, maxBuffered, leave);
    topic.subscriptions.add(subscription);
    return subscription;
  }

  /** A call that subscribes on the wire, and what is done with its answer. */
  #establish(topic: Topic): Call {
    const call = new Call(topic.request("SUBSCRIBE"), {}, 0);
    const wasConfirmed = topic.confirmed;
    topic.confirmed = false;
    topic.established = call.answer;
    call.answer.then(
      () => topic.confirmed = true,
      (error) => {
        // The next connection restores it, or closing the client ends it.
        if (wasConfirmed && error instanceof ConnectionError) topic.confirmed = true;
        else this.#fail(topic, error);
      },
    );
    return call;
  }

  #fail(topic: Topic, error: unknown): void {
    topic.end(error);
    if (this.#topics.get(topic.name) === topic) this.#topics.delete(topic.name);
  }

  async #leave(topic: Topic, subscription: Subscription): Promise<void> {
    if (!topic.subscriptions.delete(subscription) || topic.subscriptions.size > 0) return;
    this.#topics.delete(topic.name);
    const request = topic.request("UNSUBSCRIBE");
    try {
      // The wait has an end, the request has none: without it the server would go on sending messages.
      const sent = this.#send(new Call(request, {}, 0));
      await waitAs(new Call(request, {}, this.#settings.timeout), sent);
    } catch (error) {
      // Without its connection the server sends nothing.
      if (!(error instanceof ConnectionError || error instanceof ClosedError)) throw error;
    }
  }
}

/** Waits for the answer to another call, for as long as the options of `waiting` say. */
function waitAs(waiting: Call, answer: Promise<unknown>): Promise<unknown> {
  answer.then(() => waiting.settleWritten(), (error) => waiting.fail(error));
  return waiting.answer;
}
