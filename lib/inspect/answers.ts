/**
 * What was answered to each request of a conversation, to be compared with another time.
 *
 * @module
 */

import { BatchDecoder } from "../codec/mod.ts";
import { Exchange } from "./exchange.ts";
import type { InspectedFrame, Item } from "./item.ts";
import { InspectedStream } from "./stream.ts";

/** A request, and what was answered. */
export interface AnsweredRequest {
  /** The request in a few words. */
  readonly title: string;
  /** The answers in a few words. */
  readonly answers: string[];
  /** Their bytes in hex, without what differs from time to time: versions of entries, and what is left to live. */
  readonly compared: string[];
  /** The time to the first answer, in milliseconds; `undefined` without one. */
  milliseconds: number | undefined;
}

const VARYING: readonly string[] = ["entry_version", "ttl", "checksum", "signature"];

/** Collects the answers of one conversation. */
export class Answers {
  /** The requests, in their order. */
  readonly requests: AnsweredRequest[] = [];
  /** How many frames the server sent. */
  responses = 0;
  readonly #exchange = new Exchange();
  readonly #byNumber = new Map<number, AnsweredRequest>();
  readonly #sides = {
    client: this.#decoder("request"),
    server: this.#decoder("response"),
  };

  /** Takes what a side said; `time` is in milliseconds. */
  said(by: "client" | "server", bytes: Uint8Array, time: number): void {
    this.#exchange.time = time;
    const items: (readonly Item[])[] = [];
    this.#sides[by].push(bytes, items);
    this.#take(items);
  }

  /** Takes what the end of both sides completes. */
  end(): void {
    for (const by of ["client", "server"] as const) {
      const items: (readonly Item[])[] = [];
      this.#sides[by].end(items);
      this.#take(items);
    }
  }

  #take(items: readonly (readonly Item[])[]): void {
    for (const item of items.flat()) if (item.type === "frame") this.#frame(item);
  }

  #decoder(direction: "request" | "response"): BatchDecoder<readonly Item[]> {
    return new BatchDecoder(new InspectedStream(this.#exchange, { direction }));
  }

  #frame(frame: InspectedFrame): void {
    const { direction, number, title, fields, answers } = frame;
    if (direction === "request") {
      const request = { title, answers: [], compared: [], milliseconds: undefined };
      this.requests.push(request);
      this.#byNumber.set(number, request);
      return;
    }
    this.responses++;
    const request = answers && this.#byNumber.get(answers.number);
    if (request === undefined) return;
    request.answers.push(title);
    const compared = fields.filter(({ name }) => !VARYING.includes(name));
    request.compared.push(compared.map(({ bytes }) => bytes.toHex()).join(""));
    request.milliseconds ??= answers?.milliseconds;
  }
}

/** A request that was answered in another way. */
export interface Difference {
  /** The number of the request in its conversation, from 1. */
  readonly number: number;
  /** The request in a few words. */
  readonly title: string;
  /** What was answered once. */
  readonly before: readonly string[];
  /** What was answered the other time. */
  readonly after: readonly string[];
}

/** Compares what was answered at two times. */
export function differences(before: Answers, after: Answers): Difference[] {
  return before.requests.flatMap((request, at) => {
    const now = after.requests[at];
    if (request.compared.join() === now?.compared.join()) return [];
    const { title, answers } = request;
    return [{ number: at + 1, title, before: answers, after: now?.answers ?? [] }];
  });
}

/**
 * Times as lines: how many, quantiles, and how many are below each power of two of a millisecond.
 *
 * @param name What stands before each line.
 */
export function histogram(name: string, milliseconds: readonly number[]): string[] {
  if (milliseconds.length === 0) return [`${name}: no answers`];
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  const quantiles = ([["p50", 0.5], ["p90", 0.9], ["p99", 0.99], ["max", 1]] as const)
    .map(([quantile, share]) => `${quantile} ${at(share).toFixed(3)} ms`);
  const buckets = new Map<number, number>();
  for (const time of sorted) {
    const bucket = Math.ceil(Math.log2(Math.max(time, 2 ** -6)));
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  const rows = [...buckets].map(([power, many]) => {
    const share = many / sorted.length;
    const bar = "#".repeat(Math.ceil(40 * share));
    return `  up to ${(2 ** power).toFixed(3).padStart(10)} ms ${String(many).padStart(8)} ${bar}`;
  });
  return [`${name}: ${sorted.length} answers, ${quantiles.join(", ")}`, ...rows];
}
