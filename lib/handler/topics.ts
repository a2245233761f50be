/**
 * Who listens to what.
 *
 * @module
 */

import { nameOf } from "../store/mod.ts";
import type { Subscriber } from "./channels.ts";

/** How one subscriber wants the messages of one topic. */
export interface Subscription {
  /** Whether each message carries a checksum, because the request for them did. */
  readonly checksum: boolean;
}

/** What is listened to: a channel, or a pattern of channels. */
export interface Topic {
  /** Its name, a copy. */
  readonly name: Uint8Array;
  /** Who listens, in the order in which they came. */
  readonly subscribers: Map<Subscriber, Subscription>;
}

/** Topics by name, and by subscriber so that one can leave all of its topics at once. */
export class Topics {
  readonly #byName = new Map<string, Topic>();
  readonly #bySubscriber = new Map<Subscriber, Set<Topic>>();

  /** How many topics have subscribers. */
  get size(): number {
    return this.#byName.size;
  }

  /** The topics that have subscribers, in the order in which they got the first. */
  all(): Iterable<Topic> {
    return this.#byName.values();
  }

  /** The topic of a name; none when nobody listens to it. */
  find(name: Uint8Array): Topic | undefined {
    return this.#byName.get(nameOf(name));
  }

  /** How many topics a subscriber listens to. */
  countOf(subscriber: Subscriber): number {
    return this.#bySubscriber.get(subscriber)?.size ?? 0;
  }

  /** The names that a subscriber listens to, in the order in which it came to them. */
  namesOf(subscriber: Subscriber): Uint8Array[] {
    return Array.from(this.#bySubscriber.get(subscriber) ?? [], ({ name }) => name);
  }

  /** Whether a subscriber listens to a name. */
  has(subscriber: Subscriber, name: Uint8Array): boolean {
    return this.find(name)?.subscribers.has(subscriber) ?? false;
  }

  /** Adds a subscriber; once more changes only how it wants its messages. */
  join(subscriber: Subscriber, name: Uint8Array, subscription: Subscription): void {
    const topic = entryOf(this.#byName, nameOf(name), () => ({
      name: name.slice(),
      subscribers: new Map(),
    }));
    topic.subscribers.set(subscriber, subscription);
    entryOf(this.#bySubscriber, subscriber, () => new Set<Topic>()).add(topic);
  }

  /** Removes a subscriber; nothing happens when it was not there. */
  leave(subscriber: Subscriber, name: Uint8Array): void {
    const topic = this.find(name);
    if (topic === undefined) return;
    topic.subscribers.delete(subscriber);
    if (topic.subscribers.size === 0) this.#byName.delete(nameOf(name));
    const topics = this.#bySubscriber.get(subscriber);
    topics?.delete(topic);
    if (topics?.size === 0) this.#bySubscriber.delete(subscriber);
  }

  /** Removes a subscriber from all its topics. */
  leaveAll(subscriber: Subscriber): void {
    for (const name of this.namesOf(subscriber)) this.leave(subscriber, name);
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
