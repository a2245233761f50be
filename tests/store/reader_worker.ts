/** Reads pairs of entries while another thread writes them, and tells what it saw. */

/// <reference lib="deno.worker" />

import {
  ASK,
  DatabasesReader,
  MISS,
  type SharedDatabases,
  type SharedNews,
} from "../../lib/store/mod.ts";
import { Random } from "../random.ts";
import { COUNTER, keyOf, MAX_VALUE, PAIRS, SINGLES } from "./pairs.ts";

/** What the owner says. */
export type ToWorker =
  | { readonly databases: SharedDatabases; readonly seed: number }
  | { readonly reads: number }
  | { readonly news: SharedNews };

/** What a worker saw; `wrong` are complaints, the first ones. */
export interface Seen {
  readonly answered: number;
  readonly asked: number;
  readonly missed: number;
  readonly changes: number;
  readonly wrong: readonly string[];
}

/** So many reads between two looks for news. */
const CHUNK = 500;

/** What one worker does. */
class Looker {
  readonly #reader: DatabasesReader;
  readonly #random: Random;
  readonly #bytes = new Uint8Array(MAX_VALUE);
  readonly #words = new Uint32Array(this.#bytes.buffer);
  /** The last counter of each key. */
  readonly #last = new Map<number, number>();
  readonly #wrong: string[] = [];
  #answered = 0;
  #asked = 0;
  #missed = 0;
  #changes = 0;

  constructor(databases: SharedDatabases, seed: number) {
    this.#reader = new DatabasesReader(databases);
    this.#random = new Random(seed);
  }

  get seen(): Seen {
    const [answered, asked, missed] = [this.#answered, this.#asked, this.#missed];
    return { answered, asked, missed, changes: this.#changes, wrong: this.#wrong.slice(0, 5) };
  }

  take(news: SharedNews): void {
    this.#reader.take(news);
  }

  /** Reads until it would have to ask, which takes a turn; returns how many reads it were. */
  read(): number {
    const asked = this.#asked;
    let reads = 0;
    for (; reads < CHUNK && this.#asked === asked; reads += 3) {
      this.#counterOf(2 * PAIRS + this.#random.below(SINGLES));
      this.#readPair(2 * this.#random.below(PAIRS), this.#random.below(2));
    }
    return reads;
  }

  /** Both are written with one counter: what is read later is never older, and at one moment the same. */
  #readPair(pair: number, first: number): void {
    const before = this.#counterOf(pair + first);
    const { moment } = this.#reader.at(0);
    const after = this.#counterOf(pair + 1 - first);
    if (before === ASK || after === ASK) return;
    const isTogether = this.#reader.at(0).moment === moment;
    if (isTogether && before !== after) this.#complain(`pair ${pair}: ${before} and ${after}`);
    if (after !== MISS && after < before) this.#complain(`pair ${pair}: ${before}, then ${after}`);
  }

  /** The counter that a value is made of; `MISS` or `ASK`. */
  #counterOf(key: number): number {
    const length = this.#reader.at(0).find(keyOf(key), this.#bytes, 0);
    if (length === ASK) this.#asked++;
    else this.#answered++;
    if (length === MISS) this.#missed++;
    if (length < 0) return length;
    const words = this.#words;
    const counter = words[COUNTER]!;
    if (words[0] !== key) this.#complain(`key ${key} has the value of ${words[0]}`);
    for (let at = COUNTER; at < length / 4; at++) {
      if (words[at] !== counter) return this.#complain(`key ${key}: ${counter}, ${words[at]}`);
    }
    const last = this.#last.get(key) ?? 0;
    if (counter < last) this.#complain(`key ${key}: ${counter} after ${last}`);
    if (counter !== last) this.#changes++;
    this.#last.set(key, counter);
    return counter;
  }

  #complain(complaint: string): number {
    this.#wrong.push(complaint);
    return ASK;
  }
}

let looker: Looker | undefined;
let left = 0;
/** A message to oneself: between two chunks the news come in. */
const turn = new MessageChannel();

turn.port1.onmessage = () => {
  left -= looker!.read();
  if (left > 0) return turn.port2.postMessage(undefined);
  turn.port1.close();
  self.postMessage(looker!.seen);
};

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ("news" in data) return looker!.take(data.news);
  if ("reads" in data) {
    left = data.reads;
    return turn.port2.postMessage(undefined);
  }
  looker = new Looker(data.databases, data.seed);
  self.postMessage("ready");
};
