/**
 * The keys that a transaction depends on.
 *
 * @module
 */

import type { Services } from "../../handler/mod.ts";
import { nameOf } from "../../store/mod.ts";

/** What a key was when it was watched. */
interface WatchedKey {
  /** The number of its database. */
  readonly database: number;
  /** The key, a copy. */
  readonly key: Uint8Array;
  /** The version of its entry; 0 when there was none. */
  readonly version: number;
}

/** A watched key holds this much more than twice its bytes: the key and its name, with their objects. */
const KEY_OVERHEAD = 600;

/** About how many bytes keys hold while they are watched. */
export function sizeOfKeys(keys: readonly Uint8Array[]): number {
  return keys.reduce((bytes, { length }) => bytes + 2 * length + KEY_OVERHEAD, 0);
}

/** Keys in what state they were when a connection began to watch them. */
export class WatchedKeys {
  readonly #services: Pick<Services, "databases" | "events">;
  readonly #keys = new Map<string, WatchedKey>();
  #bytes = 0;
  /** Whether a key that was missing has been made since; it may be gone again. */
  #made = false;
  readonly #noteMade = (): void => {
    this.#made = true;
  };

  /** Watches nothing yet. */
  constructor(services: Pick<Services, "databases" | "events">) {
    this.#services = services;
  }

  /** How many there are. */
  get size(): number {
    return this.#keys.size;
  }

  /** About how many bytes they hold. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a key of a database as it is now, unless it is watched already. */
  add(database: number, key: Uint8Array): void {
    const name = `${database}:${nameOf(key)}`;
    if (this.#keys.has(name)) return;
    const { databases, events } = this.#services;
    const version = databases.at(database).versionOf(key); // An entry that has expired is none.
    this.#bytes += sizeOfKeys([key]);
    this.#keys.set(name, { database, key: key.slice(), version });
    if (version === 0) events.awaited.add(database, key, this.#noteMade);
  }

  /**
   * Whether one of them was written, removed or has expired since, or came to be. Versions are unique over
   * all databases: an entry that was swapped in is another one.
   */
  haveChanged(): boolean {
    const { databases } = this.#services;
    if (this.#made) return true;
    for (const { database, key, version } of this.#keys.values()) {
      if (databases.at(database).versionOf(key) !== version) return true;
    }
    return false;
  }

  /** Forgets them. It must be called at the end: the server holds who waits for a missing key. */
  clear(): void {
    const { awaited } = this.#services.events;
    for (const { database, key, version } of this.#keys.values()) {
      if (version === 0) awaited.delete(database, key, this.#noteMade);
    }
    this.#keys.clear();
    this.#bytes = 0;
    this.#made = false;
  }
}
