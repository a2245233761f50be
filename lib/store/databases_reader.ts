/**
 * Looking into databases of another thread.
 *
 * @module
 */

import type { SharedDatabases, SharedNews } from "./shared_words.ts";
import { StoreReader } from "./store_reader.ts";

/** A {@linkcode StoreReader} for each of several databases, which may change their places. */
export class DatabasesReader {
  readonly #numbered: readonly StoreReader[];
  #order: readonly StoreReader[] = [];

  /** Reads databases; `now` is the clock that their owner goes by. */
  constructor(databases: SharedDatabases, now: () => number = Date.now) {
    this.#numbered = databases.stores.map((store) => new StoreReader(store, now));
    this.#arrange(databases.order);
  }

  /** The reader of the database of a number, until the next news. */
  at(index: number): StoreReader {
    return this.#order[index]!;
  }

  /** Learns what has changed. Until it does, the readers that it concerns ask the owner. */
  take(news: SharedNews): void {
    if (news.kind === "order") this.#arrange(news.stores);
    else this.#numbered[news.store]!.take(news);
  }

  #arrange(order: readonly number[]): void {
    this.#order = order.map((number) => this.#numbered[number]!);
    for (const [index, reader] of this.#order.entries()) reader.database = index;
  }
}
