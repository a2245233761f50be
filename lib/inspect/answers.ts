/**
 * What was answered to each request of a conversation, to be compared with another time.
 *
 * @module
 */

import { concat, equals } from "@std/bytes";
import type { Input } from "../bytes/mod.ts";
import { BatchDecoder } from "../codec/mod.ts";
import { Counter, Exchange } from "./exchange.ts";
import type { Direction, InspectedFrame, Item } from "./item.ts";
import { quote } from "./printable.ts";
import { InspectedStream } from "./stream.ts";

/** A frame of the server. */
export interface Answer {
  /** It in a few words. */
  readonly title: string;
  /** Its bytes, without what differs from time to time: versions, times to live, the id of a connection. */
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
  readonly direction: Direction;
  readonly bytes: Uint8Array;
  /** Where the bytes begin in their stream. */
  readonly offset: number;
}

const VARYING: readonly string[] = ["entry_version", "ttl", "checksum", "signature"];
/** A HELLO of RESP is answered with names and values: behind this one is the number of the connection. */
const ID_OF_CONNECTION = 'bytes "id"';
/** What gives back credit, whenever the server likes. */
const CREDIT = "WINDOW";
/** How many bytes are shown of what differs. */
const SHOWN = 64;
const NOTHING = new Uint8Array();
const LF = 0x0a;
const CR = 0x0d;

/** Collects the answers of one conversation. */
export class Answers {
  /** The requests, in their order. */
  readonly requests: AnsweredRequest[] = [];
  /** The frames of the server that answer no request: messages of channels, or what nobody asked for. */
  readonly unasked: Answer[] = [];
  /** Why what the server sent could not be read, in sentences. */
  readonly damage: string[] = [];
  /** How many frames the server sent that are compared. */
  responses = 0;
  readonly #exchange = new Exchange(new Counter(), Infinity);
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
    for (const { items, bytes, offset, direction } of found) {
      for (const item of items) {
        if (item.type === "frame") this.#frame(item, bytes, offset);
        else if (item.type === "damage" && direction === "response") this.damage.push(item.message);
      }
    }
  }

  #decoder(direction: Direction): BatchDecoder<Found> {
    const stream = new InspectedStream(this.#exchange, { direction });
    const within = (input: Input, items: (input: Input) => readonly Item[] | undefined) => {
      const { offset } = input;
      const bytes = input.bytes.subarray(input.start, input.end);
      const found = items(input);
      return found && { items: found, direction, bytes, offset };
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
    if (frame.name === CREDIT) return;
    this.responses++;
    const at = frame.offset - offset;
    const compared = withoutVarying(bytes.subarray(at, at + frame.size), frame);
    const request = answers && this.#byNumber.get(answers.number);
    (request?.answers ?? this.unasked).push({ title, compared });
    if (request !== undefined) request.milliseconds ??= answers?.milliseconds;
  }
}

/** The bytes of a frame without what differs from time to time: a view, when all are the same. */
function withoutVarying(bytes: Uint8Array, frame: InspectedFrame): Uint8Array {
  const { offset, fields, answers } = frame;
  const isHello = /^hello\b/i.test(answers?.title ?? "");
  const kept: Uint8Array[] = [];
  let from = 0;
  for (const [at, field] of fields.entries()) {
    const isId = isHello && fields[at - 1]?.meaning === ID_OF_CONNECTION;
    if (!isId && !VARYING.includes(field.name)) continue;
    kept.push(bytes.subarray(from, field.offset - offset));
    from = field.offset - offset + field.bytes.length;
  }
  return from === 0 ? bytes : concat([...kept, bytes.subarray(from)]);
}

/** Something that was answered in another way. */
export interface Difference {
  /** A request, with its number from 1 in its conversation; or what no request has. */
  readonly what: string;
  /** What came once. */
  readonly before: readonly string[];
  /** What came the other time. */
  readonly after: readonly string[];
}

/** Compares what was answered at two times to the requests that were sent both times. */
export function differences(before: Answers, after: Answers): Difference[] {
  const damaged = before.damage.join() === after.damage.join()
    ? []
    : [{ what: "what cannot be read", before: before.damage, after: after.damage }];
  return [
    ...after.requests.flatMap(({ answers }, at) => {
      const request = before.requests[at];
      return request
        ? compare(`request ${at + 1}: ${request.title}`, request.answers, answers)
        : [];
    }),
    ...compare("what no request asked for", before.unasked, after.unasked),
    ...damaged,
  ];
}

function compare(what: string, one: readonly Answer[], other: readonly Answer[]): Difference[] {
  const at = one.findIndex(({ compared }, at) => !equals(compared, other[at]?.compared ?? NOTHING));
  if (at < 0 && one.length === other.length) return [];
  const before = one.map(({ title }) => title);
  const after = other.map(({ title }) => title);
  if (at >= 0 && before[at] === after[at]) {
    const [was, is] = [one[at]!.compared, other[at]!.compared];
    const first = was.findIndex((byte, at) => byte !== is[at]);
    const place = first < 0 ? was.length : first;
    before[at] += `, in it ${excerpt(was, place)}`;
    after[at] += `, in it ${excerpt(is, place)}`;
  }
  return [{ what, before, after }];
}

/** The line that has a byte, or what begins with it. */
function excerpt(bytes: Uint8Array, place: number): string {
  const line = bytes.subarray(0, place).lastIndexOf(LF) + 1;
  const from = line > 0 && place - line < SHOWN / 2 ? line : place;
  const lineEnd = bytes.indexOf(LF, place);
  const end = lineEnd < 0 ? bytes.length : lineEnd - (bytes[lineEnd - 1] === CR ? 1 : 0);
  return quote(bytes.subarray(from, end), SHOWN);
}
