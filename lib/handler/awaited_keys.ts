/**
 * Keys that somebody waits for.
 *
 * @module
 */

import { nameOf } from "../store/mod.ts";

/** Told once when a key is made. */
export type Waiter = () => void;

/**
 * Who wants to know when a key that is missing is made. WATCH does: the key may be missing again before
 * EXEC, and has changed all the same.
 */
export class AwaitedKeys {
  readonly #waiters = new Map<string, Set<Waiter>>();

  /** How many keys are waited for. */
  get size(): number {
    return this.#waiters.size;
  }

  /** Begins to wait for a key of a database. */
  add(database: number, key: Uint8Array, waiter: Waiter): void {
    const name = nameIn(database, key);
    const waiters = this.#waiters.get(name);
    if (waiters === undefined) this.#waiters.set(name, new Set([waiter]));
    else waiters.add(waiter);
  }

  /** Ends waiting for a key; nothing happens when it was made, or was not waited for. */
  delete(database: number, key: Uint8Array, waiter: Waiter): void {
    const name = nameIn(database, key);
    const waiters = this.#waiters.get(name);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(name);
  }

  /** Tells those who wait for a key that it is made. */
  tell(database: number, key: Uint8Array): void {
    if (this.#waiters.size === 0) return; // Nearly always: no name is made then.
    const name = nameIn(database, key);
    for (const waiter of this.#waiters.get(name) ?? []) waiter();
    this.#waiters.delete(name);
  }
}

function nameIn(database: number, key: Uint8Array): string {
  return `${database}:${nameOf(key)}`;
}
