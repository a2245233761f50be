/**
 * Publish and subscribe.
 *
 * @module
 */

import { nameOf } from "../store/mod.ts";

/** Who gets the messages of channels. */
export interface Subscriber {
  /** Gives a message to the subscriber. Must not throw, and must not wait. */
  deliver(channel: Uint8Array, message: Uint8Array, checksum: boolean): void;
}

/** How one subscriber wants the messages of one channel. */
interface Subscription {
  /** Whether each message carries a checksum, because the request for them did. */
  readonly checksum: boolean;
}

/**
 * Who is subscribed to which channel.
 *
 * @example
 * ```ts
 * import { Channels } from "@cortado/cortado/handler";
 * import { assertEquals } from "@std/assert";
 *
 * const channels = new Channels();
 * const news = new TextEncoder().encode("news");
 * const got: Uint8Array[] = [];
 * channels.subscribe({ deliver: (_, message) => void got.push(message) }, news, false);
 * assertEquals(channels.publish(news, Uint8Array.of(7)), 1);
 * assertEquals(got, [Uint8Array.of(7)]);
 * ```
 */
export class Channels {
  readonly #byName = new Map<string, Map<Subscriber, Subscription>>();
  /** The channels of each subscriber, so that it can leave all of them at once. */
  readonly #names = new Map<Subscriber, Set<string>>();

  /** How many channels have subscribers. */
  get size(): number {
    return this.#byName.size;
  }

  /** How many channels a subscriber is subscribed to. */
  countOf(subscriber: Subscriber): number {
    return this.#names.get(subscriber)?.size ?? 0;
  }

  /** Whether a subscriber is subscribed to a channel. */
  has(subscriber: Subscriber, channel: Uint8Array): boolean {
    return this.#names.get(subscriber)?.has(nameOf(channel)) ?? false;
  }

  /** Adds a subscriber to a channel; once more changes only how it wants its messages. */
  subscribe(subscriber: Subscriber, channel: Uint8Array, checksum: boolean): void {
    const name = nameOf(channel);
    entryOf(this.#byName, name, () => new Map()).set(subscriber, { checksum });
    entryOf(this.#names, subscriber, () => new Set<string>()).add(name);
  }

  /** Removes a subscriber from a channel; nothing happens when it was not there. */
  unsubscribe(subscriber: Subscriber, channel: Uint8Array): void {
    this.#leave(subscriber, nameOf(channel));
  }

  /** Removes a subscriber from all its channels. */
  unsubscribeAll(subscriber: Subscriber): void {
    for (const name of this.#names.get(subscriber) ?? []) this.#leave(subscriber, name);
  }

  /**
   * Gives a message to all subscribers of a channel; returns how many there were. The bytes are copied
   * once, for all of them.
   */
  publish(channel: Uint8Array, message: Uint8Array): number {
    const subscribers = this.#byName.get(nameOf(channel));
    if (subscribers === undefined) return 0;
    const kept = { channel: channel.slice(), message: message.slice() };
    const { size } = subscribers;
    for (const [subscriber, { checksum }] of subscribers) {
      subscriber.deliver(kept.channel, kept.message, checksum);
    }
    return size;
  }

  #leave(subscriber: Subscriber, name: string): void {
    const subscribers = this.#byName.get(name);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) this.#byName.delete(name);
    const names = this.#names.get(subscriber);
    names?.delete(name);
    if (names?.size === 0) this.#names.delete(subscriber);
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
