/**
 * A first-in, first-out queue.
 *
 * @module
 */

/** So many places in front that were taken are kept before the rest is moved to the start. */
const MAX_TAKEN = 1_024;

/** A first-in, first-out queue; `shift` does not move what waits, unlike an array's. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #taken = 0;

  /** How many items wait. */
  get length(): number {
    return this.#items.length - this.#taken;
  }

  /** Adds an item behind the others. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Puts items before the others. */
  unshift(items: readonly T[]): void {
    this.#items = [...items, ...this.#items.slice(this.#taken)];
    this.#taken = 0;
  }

  /** Takes the first item; `undefined` when there is none. */
  shift(): T | undefined {
    const item = this.#items[this.#taken];
    if (this.length === 0) return undefined;
    this.#items[this.#taken++] = undefined; // Lets the garbage collector have it.
    if (this.length === 0) this.clear();
    else if (this.#taken > MAX_TAKEN && this.#taken > this.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  /** Removes the items that `keep` is false for. */
  retain(keep: (item: T) => boolean): void {
    this.#items = this.takeAll().filter(keep);
  }

  /** Removes all items. */
  clear(): void {
    this.#items.length = 0;
    this.#taken = 0;
  }

  /** Takes all items. */
  takeAll(): T[] {
    const items = this.#items.slice(this.#taken) as T[];
    this.clear();
    return items;
  }
}
