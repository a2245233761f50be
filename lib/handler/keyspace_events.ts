/**
 * Events of keys, published as Redis publishes them.
 *
 * @module
 */

import { AwaitedKeys } from "./awaited_keys.ts";
import type { Channels } from "./channels.ts";
import type { Peer } from "./context.ts";
import { concat } from "@std/bytes";

/**
 * The classes of events by their letters in the option, with the bit of each. `K` and `E` say to which
 * channels events go; `A` stands for all classes but `m` and `n`.
 */
export const EVENT_CLASSES = {
  K: 1 << 0,
  E: 1 << 1,
  /** Of any type: `del`, `expire`, `rename_from`, ... */
  g: 1 << 2,
  /** Of strings. */
  $: 1 << 3,
  l: 1 << 4,
  s: 1 << 5,
  h: 1 << 6,
  z: 1 << 7,
  /** An entry has expired. */
  x: 1 << 8,
  /** An entry was evicted. */
  e: 1 << 9,
  t: 1 << 10,
  /** A read found no key. */
  m: 1 << 11,
  d: 1 << 13,
  /** A key was made. */
  n: 1 << 14,
} as const;

/** The letter of a class of events. */
export type EventClass = keyof typeof EVENT_CLASSES;

/** The classes that `A` stands for, in the order in which the option shows them. */
const ALL: readonly EventClass[] = ["g", "$", "l", "s", "h", "z", "x", "e", "t", "d"];
const ALL_BITS = ALL.reduce((bits, letter) => bits | EVENT_CLASSES[letter], 0);

const UTF8 = new TextEncoder();

/**
 * Publishes what happens to keys: `__keyspace@<database>__:<key>` gets the event, and
 * `__keyevent@<database>__:<event>` gets the key.
 */
export class KeyspaceEvents {
  /** What is published, as bits of {@linkcode EVENT_CLASSES}; 0 for nothing. Default 0. */
  flags = 0;
  /** Who waits for keys to be made. */
  readonly awaited: AwaitedKeys = new AwaitedKeys();
  readonly #channels: Channels;

  /** Makes a source of events that publishes nothing yet. */
  constructor(channels: Channels) {
    this.#channels = channels;
  }

  /** Publishes one event, when its class is wanted. */
  emit(kind: EventClass, event: string, key: Uint8Array, database: number): void {
    const { flags } = this;
    if (kind === "n") this.awaited.tell(database, key);
    if ((flags & EVENT_CLASSES[kind]) === 0) return;
    const name = UTF8.encode(event);
    if (flags & EVENT_CLASSES.K) {
      this.#channels.publish(channelOf("keyspace", database, key), name);
    }
    if (flags & EVENT_CLASSES.E) {
      this.#channels.publish(channelOf("keyevent", database, name), key);
    }
  }
}

/** `__keyspace@<database>__:<key>`, or `__keyevent@<database>__:<event>`. */
function channelOf(kind: "keyspace" | "keyevent", database: number, what: Uint8Array): Uint8Array {
  return concat([UTF8.encode(`__${kind}@${database}__:`), what]);
}

/** Publishes an event of a key in the peer's database. */
export function notify(peer: Peer, kind: EventClass, event: string, key: Uint8Array): void {
  const { events } = peer.services;
  // Nothing is published unless somebody asked for it: the common case costs one look.
  if (events.flags !== 0) events.emit(kind, event, key, peer.database);
}

/** The bits of letters such as `KEA`; `undefined` when one of them is unknown. */
export function parseEventFlags(letters: string): number | undefined {
  let bits = 0;
  for (const letter of letters) {
    if (letter === "A") bits |= ALL_BITS;
    else if (Object.hasOwn(EVENT_CLASSES, letter)) bits |= EVENT_CLASSES[letter as EventClass];
    else return undefined;
  }
  return bits;
}

/** The letters of bits, as Redis shows them. */
export function formatEventFlags(flags: number): string {
  const wanted = (letters: readonly EventClass[]) =>
    letters.filter((letter) => (flags & EVENT_CLASSES[letter]) !== 0).join("");
  // Redis 7.0 leaves out `n` where `A` stands.
  const classes = (flags & ALL_BITS) === ALL_BITS ? "A" : wanted([...ALL, "n"]);
  return classes + wanted(["K", "E", "m"]);
}
