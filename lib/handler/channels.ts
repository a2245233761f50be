/**
 * Publish and subscribe.
 *
 * @module
 */

import { globMatches } from "../model/mod.ts";
import { type Subscription, type Topic, Topics } from "./topics.ts";

/** A message of a channel, as a subscriber gets it. */
export interface Message {
  /** The channel. */
  readonly channel: Uint8Array;
  /** What was published; it never changes. */
  readonly payload: Uint8Array;
  /** The pattern that the channel matched, when the subscription is one to a pattern. */
  readonly pattern: Uint8Array | undefined;
  /** Whether the message carries a checksum, because the subscription asked for one. */
  readonly checksum: boolean;
}

/** Who gets the messages of channels. */
export interface Subscriber {
  /** Gives a message to the subscriber. Must not throw, and must not wait. */
  deliver(message: Message): void;
}

/**
 * Who is subscribed to which channel, and to which patterns of channels.
 *
 * @example
 * ```ts
 * import { Channels } from "@cortado/cortado/handler";
 * import { assertEquals } from "@std/assert";
 *
 * const channels = new Channels();
 * const news = new TextEncoder().encode("news");
 * const got: Uint8Array[] = [];
 * channels.subscribe({ deliver: ({ payload }) => void got.push(payload) }, news, false);
 * assertEquals(channels.publish(news, Uint8Array.of(7)), 1);
 * assertEquals(got, [Uint8Array.of(7)]);
 * ```
 */
export class Channels {
  readonly #channels = new Topics();
  readonly #patterns = new Topics();

  /** How many channels have subscribers. */
  get size(): number {
    return this.#channels.size;
  }

  /** How many patterns have subscribers. */
  get patternCount(): number {
    return this.#patterns.size;
  }

  /** How many channels and patterns a subscriber is subscribed to. */
  countOf(subscriber: Subscriber): number {
    return this.channelCountOf(subscriber) + this.patternCountOf(subscriber);
  }

  /** How many channels a subscriber is subscribed to. */
  channelCountOf(subscriber: Subscriber): number {
    return this.#channels.countOf(subscriber);
  }

  /** How many patterns a subscriber is subscribed to. */
  patternCountOf(subscriber: Subscriber): number {
    return this.#patterns.countOf(subscriber);
  }

  /** The channels that a subscriber is subscribed to. */
  channelsOf(subscriber: Subscriber): Uint8Array[] {
    return this.#channels.namesOf(subscriber);
  }

  /** The patterns that a subscriber is subscribed to. */
  patternsOf(subscriber: Subscriber): Uint8Array[] {
    return this.#patterns.namesOf(subscriber);
  }

  /** How many subscribers a channel has, without those of patterns. */
  subscribersOf(channel: Uint8Array): number {
    return this.#channels.find(channel)?.subscribers.size ?? 0;
  }

  /** The channels that have subscribers and match a pattern; all when there is none. */
  names(pattern?: Uint8Array): Uint8Array[] {
    const names = Array.from(this.#channels.all(), ({ name }) => name);
    return pattern === undefined ? names : names.filter((name) => globMatches(pattern, name));
  }

  /** Whether a subscriber is subscribed to a channel. */
  has(subscriber: Subscriber, channel: Uint8Array): boolean {
    return this.#channels.has(subscriber, channel);
  }

  /** Whether a subscriber is subscribed to a pattern. */
  hasPattern(subscriber: Subscriber, pattern: Uint8Array): boolean {
    return this.#patterns.has(subscriber, pattern);
  }

  /** Adds a subscriber to a channel; once more changes only how it wants its messages. */
  subscribe(subscriber: Subscriber, channel: Uint8Array, checksum: boolean): void {
    this.#channels.join(subscriber, channel, { checksum });
  }

  /** Adds a subscriber to all channels that match a pattern, as `globMatches` of the model says. */
  subscribePattern(subscriber: Subscriber, pattern: Uint8Array): void {
    this.#patterns.join(subscriber, pattern, NO_CHECKSUM);
  }

  /** Removes a subscriber from a channel; nothing happens when it was not there. */
  unsubscribe(subscriber: Subscriber, channel: Uint8Array): void {
    this.#channels.leave(subscriber, channel);
  }

  /** Removes a subscriber from a pattern; nothing happens when it was not there. */
  unsubscribePattern(subscriber: Subscriber, pattern: Uint8Array): void {
    this.#patterns.leave(subscriber, pattern);
  }

  /** Removes a subscriber from all its channels and patterns. */
  unsubscribeAll(subscriber: Subscriber): void {
    this.#channels.leaveAll(subscriber);
    this.#patterns.leaveAll(subscriber);
  }

  /**
   * Gives a message to all subscribers of a channel, then for each pattern that it matches to those of the
   * pattern; returns how many times it was given. The bytes are copied once, for all of them.
   */
  publish(channel: Uint8Array, message: Uint8Array): number {
    const topics = this.#receivers(channel);
    if (topics.length === 0) return 0;
    const kept = { channel: channel.slice(), payload: message.slice() };
    let count = 0;
    for (const { topic, pattern } of topics) {
      count += topic.subscribers.size;
      for (const [subscriber, { checksum }] of topic.subscribers) {
        subscriber.deliver({ ...kept, pattern, checksum });
      }
    }
    return count;
  }

  /** The topics that a message of a channel goes to; a subscriber may leave them as it is delivered. */
  #receivers(channel: Uint8Array): Receivers[] {
    const receivers: Receivers[] = [];
    const topic = this.#channels.find(channel);
    if (topic !== undefined) receivers.push({ topic, pattern: undefined });
    for (const topic of this.#patterns.all()) {
      if (globMatches(topic.name, channel)) receivers.push({ topic, pattern: topic.name });
    }
    return receivers;
  }
}

/** A topic, and the pattern that its messages name. */
interface Receivers {
  readonly topic: Topic;
  readonly pattern: Uint8Array | undefined;
}

/** Only CAFE has checksums, and it has no patterns. */
const NO_CHECKSUM: Subscription = { checksum: false };
