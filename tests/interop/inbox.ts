/** Things that come when they like, to be awaited one by one. */
export class Inbox<T> {
  readonly #waiting: T[] = [];
  readonly #readers: ((item: T) => void)[] = [];

  /** Takes an item. Bound, so that it is a listener as it is. */
  readonly put = (item: T): void => {
    const reader = this.#readers.shift();
    if (reader) reader(item);
    else this.#waiting.push(item);
  };

  /** How many have come and were not taken. */
  get size(): number {
    return this.#waiting.length;
  }

  /** The next item, when it has come. */
  next(): Promise<T> {
    if (this.#waiting.length > 0) return Promise.resolve(this.#waiting.shift()!);
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  /** The next items. */
  async take(count: number): Promise<T[]> {
    const items: T[] = [];
    while (items.length < count) items.push(await this.next());
    return items;
  }
}
