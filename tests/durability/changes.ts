/** What clients write: changes, and operations that are made of them. */

import type { Random } from "../random.ts";

/** When an entry ends: so long after the request is carried out, or at a time in milliseconds since 1970. */
export type End = { readonly after: number } | { readonly at: number };

/** One change. Text is bytes: a character each. */
export type Change =
  | { readonly type: "set"; readonly key: string; readonly value: string; readonly end?: End }
  | { readonly type: "setMany"; readonly entries: readonly (readonly [string, string])[] }
  | { readonly type: "append"; readonly key: string; readonly tail: string }
  | { readonly type: "incr"; readonly key: string; readonly by: number }
  | { readonly type: "delete"; readonly key: string }
  | { readonly type: "expire"; readonly key: string; readonly end: End | undefined }
  | { readonly type: "overwrite"; readonly key: string; readonly at: number; readonly text: string }
  | { readonly type: "rename"; readonly from: string; readonly to: string }
  | { readonly type: "flush" }
  | { readonly type: "swap"; readonly other: number }
  /** Appends to the log that all clients write to: the order in which the server took their operations. */
  | { readonly type: "tag"; readonly tag: string };

/** What is carried out whole or not at all. */
export interface Operation {
  /** The database that it is about. */
  readonly database: number;
  /** One change, or those of a transaction. */
  readonly changes: readonly Change[];
}

/** The key of the log, in the first database. */
export const LOG_KEY = "log";

/** Longer than any test: entries that have it are there at the end. */
const LONG = 86_400_000;
/** Shorter than most rounds: entries that have it come and go. */
const SHORT = 50;

/** Makes changes of the keys that begin with a prefix; each says which one it is. */
export class ChangeMaker {
  readonly #random: Random;
  readonly #prefix: string;
  #count = 0;

  /** Makes none yet. */
  constructor(random: Random, prefix: string) {
    this.#random = random;
    this.#prefix = prefix;
  }

  /** A change that CAFE has a request for. */
  simple(): Change {
    const random = this.#random;
    switch (random.below(8)) {
      case 0:
        return { type: "incr", key: this.#key("n", 3), by: 1 + random.below(1_000) };
      case 1:
        return { type: "append", key: this.#key("a", 3), tail: this.#value() };
      case 2:
        return { type: "delete", key: this.#key(random.of(["k", "n", "a"]), 3) };
      case 3:
        return {
          type: "expire",
          key: this.#key(random.of(["k", "n", "a"]), 3),
          end: random.once(3) ? undefined : { after: LONG + random.below(LONG) },
        };
      case 4:
        return { type: "set", key: this.#key("short", 3), value: this.#value(), end: this.#soon() };
      case 5:
        return { type: "set", key: this.#key("k", 8), value: this.#value(), end: { after: LONG } };
      default:
        return { type: "set", key: this.#key("k", 8), value: this.#value() };
    }
  }

  /** A change that RESP has a request for. */
  rich(): Change {
    const random = this.#random;
    switch (random.below(8)) {
      case 0:
        return { type: "setMany", entries: this.#entries(1 + random.below(8)) };
      case 1:
        return { type: "rename", from: this.#key("k", 8), to: this.#key("k", 8) };
      case 2: {
        const [at, text] = [random.below(64), this.#value()];
        return { type: "overwrite", key: this.#key("k", 8), at, text };
      }
      case 3:
        return { type: "expire", key: this.#key("k", 8), end: this.#late() };
      default:
        return this.simple();
    }
  }

  /** The tag of the next change. */
  tag(): Change {
    return { type: "tag", tag: `${this.#prefix}${++this.#count};` };
  }

  #entries(count: number): [string, string][] {
    return Array.from({ length: count }, () => [this.#key("k", 8), this.#value()]);
  }

  #key(kind: string, count: number): string {
    return `${this.#prefix}${kind}${this.#random.below(count)}`;
  }

  #value(): string {
    const length = this.#random.once(20) ? 20_000 : 40;
    return `${++this.#count} `.padEnd(this.#random.below(length), "=");
  }

  #soon(): End {
    return { after: 1 + this.#random.below(SHORT) };
  }

  #late(): End {
    return { at: Date.now() + LONG + this.#random.below(LONG) };
  }
}
