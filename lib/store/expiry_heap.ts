/**
 * What expires next.
 *
 * @module
 */

/** What can be in an {@linkcode ExpiryHeap}. */
export interface Expiring {
  /** When it expires. Change it only followed by {@linkcode ExpiryHeap.update}. */
  readonly expiresAt: number;
  /** Its place in the heap, which the heap keeps; -1 when it is not in one. */
  place: number;
}

/**
 * A binary heap of what expires, the next one on top: each change costs a few steps, whatever else there
 * is, and what has expired is found without looking at what has not.
 */
export class ExpiryHeap<T extends Expiring> {
  /** Each one expires no earlier than the one at half its place. */
  readonly #items: T[] = [];

  /** How many there are. */
  get size(): number {
    return this.#items.length;
  }

  /** What expires next. */
  get next(): T | undefined {
    return this.#items[0];
  }

  /** Adds an item, or moves it after its time has changed. */
  update(item: T): void {
    if (item.place === -1) item.place = this.#items.push(item) - 1;
    this.#sink(item, this.#rise(item, item.place));
  }

  /** Takes an item out; nothing happens when it is not in the heap. */
  remove(item: T): void {
    if (item.place === -1) return;
    const last = this.#items.pop()!;
    if (last !== item) {
      last.place = item.place;
      this.#sink(last, this.#rise(last, last.place));
    }
    item.place = -1;
  }

  /** Any item, each as likely as another; `undefined` when there is none. */
  random(): T | undefined {
    return this.#items[Math.floor(Math.random() * this.#items.length)];
  }

  /** Takes all items out; their places mean nothing then. */
  clear(): void {
    this.#items.length = 0;
  }

  /** Moves `item` from `place` towards the top as far as it belongs; returns where it is then. */
  #rise(item: T, place: number): number {
    let at = place;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#items[above]!;
      if (parent.expiresAt <= item.expiresAt) break;
      this.#put(parent, at);
      at = above;
    }
    this.#put(item, at);
    return at;
  }

  /** Moves `item` from `place` away from the top as far as it belongs. */
  #sink(item: T, place: number): void {
    const items = this.#items;
    let at = place;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      const right = items[below + 1];
      if (right !== undefined && right.expiresAt < items[below]!.expiresAt) below++;
      const child = items[below]!;
      if (child.expiresAt >= item.expiresAt) break;
      this.#put(child, at);
      at = below;
    }
    this.#put(item, at);
  }

  #put(item: T, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }
}
