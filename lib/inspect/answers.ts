/**
 * What was answered to each request of a conversation, to be compared with another time.
 *
 * @module
 */

import { concat, equals } from "@std/bytes";
import type { Input } from "../bytes/mod.ts";
import { BatchDecoder } from "../codec/mod.ts";
import { Exchange } from "./exchange.ts";
import type { InspectedFrame, Item } from "./item.ts";
import { InspectedStream } from "./stream.ts";

/** A frame of the server. */
export interface Answer {
  /** It in a few words. */
  readonly title: string;
  /** Its bytes, without what differs from time to time: versions of entries, and what is left to live. */
  readonly compared: Uint8Array;
}

/** A request, and what was answered. */
export interface AnsweredRequest {
  /** The request in a few words. */
  readonly title: string;
  /** The answers. */
  readonly answers: Answer[];
  /** The time to the first answer, in milliseconds; `undefined` without one. */
  milliseconds: number | undefined;
}

/** Something that was found, and the bytes in which it was. */
interface Found {
  readonly items: readonly Item[];
  readonly bytes: Uint8Array;
  /** Where the bytes begin in their stream. */
  readonly offset: number;
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

  /** Takes what a side said; `time` is in milliseconds. Nobody may write to the bytes afterwards. */
  said(by: "client" | "server", bytes: Uint8Array, time: number): void {
    this.#exchange.time = time;
    this.#take((found) => this.#sides[by].push(bytes, found));
  }

  /** Takes what the end of both sides completes. */
  end(): void {
    for (const side of Object.values(this.#sides)) this.#take((found) => side.end(found));
  }

  #take(step: (found: Found[]) => void): void {
    const found: Found[] = [];
    step(found);
    for (const { items, bytes, offset } of found) {
      for (const item of items) if (item.type === "frame") this.#frame(item, bytes, offset);
    }
  }

  #decoder(direction: "request" | "response"): BatchDecoder<Found> {
    const stream = new InspectedStream(this.#exchange, { direction });
    const within = (input: Input, items: (input: Input) => readonly Item[] | undefined) => {
      const { offset } = input;
      const bytes = input.bytes.subarray(input.start, input.end);
      const found = items(input);
      return found && { items: found, bytes, offset };
    };
    return new BatchDecoder({
      decode: (input) => within(input, (input) => stream.decode(input)),
      end: (input) => within(input, (input) => stream.end(input)),
    });
  }

  #frame(frame: InspectedFrame, bytes: Uint8Array, offset: number): void {
    const { direction, number, title, answers } = frame;
    if (direction === "request") {
      const request = { title, answers: [], milliseconds: undefined };
      this.requests.push(request);
      this.#byNumber.set(number, request);
      return;
    }
    this.responses++;
    const request = answers && this.#byNumber.get(answers.number);
    if (request === undefined) return;
    const at = frame.offset - offset;
    const whole = bytes.subarray(at, at + frame.size);
    request.answers.push({ title, compared: withoutVarying(whole, frame) });
    request.milliseconds ??= answers?.milliseconds;
  }
}

/** The bytes of a frame without what differs from time to time: a view, when all are the same. */
function withoutVarying(bytes: Uint8Array, { offset, fields }: InspectedFrame): Uint8Array {
  const kept: Uint8Array[] = [];
  let from = 0;
  for (const field of fields) {
    if (!VARYING.includes(field.name)) continue;
    kept.push(bytes.subarray(from, field.offset - offset));
    from = field.offset - offset + field.bytes.length;
  }
  return from === 0 ? bytes : concat([...kept, bytes.subarray(from)]);
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
  const titles = (answers: readonly Answer[]) => answers.map(({ title }) => title);
  return before.requests.flatMap(({ title, answers }, at) => {
    const now = after.requests[at]?.answers ?? [];
    if (areSame(answers, now)) return [];
    return [{ number: at + 1, title, before: titles(answers), after: titles(now) }];
  });
}

function areSame(before: readonly Answer[], after: readonly Answer[]): boolean {
  return before.length === after.length &&
    before.every(({ compared }, at) => equals(compared, after[at]!.compared));
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
