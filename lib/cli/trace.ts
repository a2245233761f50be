/**
 * What `serve` shows of the wire.
 *
 * @module
 */

import { BatchDecoder } from "../codec/mod.ts";
import { Counter, Exchange } from "../inspect/exchange.ts";
import { type Item, lastFrames, Mask, type Protocol, TextView } from "../inspect/mod.ts";
import { moved } from "../inspect/item.ts";
import { count } from "../inspect/printable.ts";
import { InspectedStream } from "../inspect/stream.ts";
import type {
  ByteListener,
  LastReceived,
  ObservedClient,
  WireObserver,
} from "../server/observer.ts";
import { describe } from "./error.ts";
import type { Log } from "./log.ts";

/** How connections are traced. */
export interface TraceOptions {
  /** Where frames are told. */
  readonly log: Pick<Log, "offer">;
  /** One connection of so many is traced. Default 1. */
  readonly sample?: number | undefined;
  /** Words: a frame is told that has all of them in its first line, or its address. Default: all are. */
  readonly filter?: string | undefined;
  /** The time in milliseconds since 1970, with parts of them. */
  readonly now?: () => number;
}

/** So many connections are traced at once. */
const MAX_TRACED = 1_024;
/** So much of a frame is waited for, in bytes; of a longer one only its beginning is told. */
const MAX_HELD = 4_096;
/** So many requests of a connection are remembered, to be named with their responses. */
const MAX_PENDING = 128;
/** This share of the time may be spent, and so many milliseconds at once: what comes then is left out. */
const SHARE = 1 / 4;
const MAX_SPENT = 250;
/** How many frames, and lines of each, the log has of a broken stream. */
const LAST_FRAMES = 4;
const LAST_LINES = 24;

const FIRST_OF_CAFE = 0xca;
const MAX_BYTES = 64;

/** Tells the last requests of a stream that broke its protocol. */
export function explainBroken(last: LastReceived): string[] {
  const view = new TextView({ maxBytes: MAX_BYTES });
  const protocol = last.protocol === "cafe" ? "CAFE" : "RESP";
  const items = lastFrames({ ...last, protocol }, LAST_FRAMES);
  return items.flatMap((item) => {
    const lines = view.lines({ item, connection: undefined, time: undefined });
    const left = lines.length - LAST_LINES;
    const more = left > 0 ? [`          and ${count(left, "line")} more`] : [];
    return [...lines.slice(0, LAST_LINES), ...more].map((line) => `  ${line}`);
  });
}

/**
 * Tells the frames of connections as they go, annotated, without secrets. What it holds and what it takes of
 * the time is bounded; what is left out for that is told.
 */
export class Trace implements WireObserver {
  readonly #log: Pick<Log, "offer">;
  readonly #sample: number;
  readonly #words: readonly string[];
  readonly #now: () => number;
  readonly #view = new TextView({ maxBytes: MAX_BYTES });
  readonly #numbers = new Counter();
  #connections = 0;
  #traced = 0;
  /** Frames that a slow reader of the log did not take. */
  #untold = 0;
  /** The time that was spent over its share, in milliseconds, and when that was found. */
  #spent = 0;
  #spentAt = 0;

  /** Makes it for a server. */
  constructor({ log, sample = 1, filter = "", now = preciseNow }: TraceOptions) {
    this.#log = log;
    this.#sample = sample;
    this.#words = filter.toLowerCase().split(" ").filter((word) => word !== "");
    this.#now = now;
  }

  /** Traces a connection, if it is one of the sample and not too many are traced. */
  connected(client: ObservedClient): ByteListener | undefined {
    if (this.#connections++ % this.#sample !== 0 || this.#traced >= MAX_TRACED) return undefined;
    this.#traced++;
    return new TracedConnection(client, this.#numbers, {
      tell: (item, way) => this.#tell(item, way),
      note: (line) => this.#offer(line),
      now: this.#now,
      spend: (milliseconds) => this.#spent += milliseconds,
      hasTime: () => this.#hasTime(),
      ended: () => this.#traced--,
    });
  }

  /** Tells the last requests of a stream that broke its protocol. */
  explain(last: LastReceived): readonly string[] {
    return explainBroken(last);
  }

  #hasTime(): boolean {
    const now = this.#now();
    this.#spent = Math.max(0, this.#spent - SHARE * (now - this.#spentAt));
    this.#spentAt = now;
    return this.#spent < MAX_SPENT;
  }

  #tell(item: Item, connection: string): void {
    const lines = this.#view.lines({ item, connection, time: this.#now() });
    const head = lines.slice(0, 2).join(" ").toLowerCase();
    if (this.#words.every((word) => head.includes(word))) this.#offer(lines.join("\n"));
  }

  #offer(text: string): void {
    const more = this.#untold === 0
      ? ""
      : `trace: ${count(this.#untold, "frame")} left out: the log is read too slowly\n`;
    if (!this.#log.offer(more + text)) this.#untold++;
    else this.#untold = 0;
  }
}

/** What a traced connection needs. */
interface Surroundings {
  readonly tell: (item: Item, connection: string) => void;
  readonly note: (line: string) => void;
  readonly now: () => number;
  readonly spend: (milliseconds: number) => void;
  readonly hasTime: () => boolean;
  readonly ended: () => void;
}

/** A direction that is read. */
interface Side {
  readonly decoder: BatchDecoder<readonly Item[]>;
  readonly mask: Mask;
  /** Where in the stream it begins. */
  readonly base: number;
}

type Sender = "client" | "server";

class TracedConnection implements ByteListener {
  readonly #client: ObservedClient;
  readonly #numbers: Counter;
  readonly #around: Surroundings;
  #protocol: Protocol | undefined = undefined;
  #exchange: Exchange | undefined = undefined;
  /** Both directions; none while it pauses. */
  #sides: Readonly<Record<Sender, Side>> | undefined = undefined;
  /** How many bytes have gone each way. */
  readonly #bytes: Record<Sender, number> = { client: 0, server: 0 };
  #leftOut = 0;

  constructor(client: ObservedClient, numbers: Counter, around: Surroundings) {
    this.#client = client;
    this.#numbers = numbers;
    this.#around = around;
  }

  received(bytes: Uint8Array, isStart: boolean): void {
    if (bytes.length === 0) return;
    this.#protocol ??= bytes[0] === FIRST_OF_CAFE ? "CAFE" : "RESP";
    if (this.#sides === undefined && isStart && this.#around.hasTime()) this.#resume();
    this.#said("client", bytes);
  }

  sent(bytes: Uint8Array): void {
    this.#said("server", bytes);
  }

  ended(): void {
    this.#tellLeftOut();
    this.#sides = undefined;
    this.#around.ended();
  }

  #resume(): void {
    this.#tellLeftOut();
    this.#exchange = new Exchange(this.#numbers, MAX_PENDING);
    this.#sides = { client: this.#side("client"), server: this.#side("server") };
  }

  #side(sender: Sender): Side {
    const stream = new InspectedStream(this.#exchange!, {
      protocol: this.#protocol,
      direction: sender === "client" ? "request" : "response",
      maxShown: MAX_BYTES,
      maxHeld: MAX_HELD,
      maxValueSize: 0xffff_ffff,
    });
    const decoder = new BatchDecoder(stream);
    return { decoder, mask: new Mask(), base: this.#bytes[sender] };
  }

  #tellLeftOut(): void {
    if (this.#leftOut === 0) return;
    const bytes = count(this.#leftOut, "byte");
    this.#around.note(`trace: ${this.#name}: ${bytes} left out: it would take too much time`);
    this.#leftOut = 0;
  }

  /** In small pieces: each may be the last for which there is time. */
  #said(sender: Sender, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += MAX_HELD) {
      const piece = bytes.subarray(at, at + MAX_HELD);
      if (this.#sides !== undefined && !this.#around.hasTime()) this.#sides = undefined;
      if (this.#sides === undefined) this.#leftOut += piece.length;
      else this.#look(sender, this.#sides[sender], piece.slice());
      this.#bytes[sender] += piece.length;
    }
  }

  #look(sender: Sender, { decoder, mask, base }: Side, bytes: Uint8Array): void {
    const before = this.#around.now();
    this.#exchange!.time = before;
    try {
      const found: (readonly Item[])[] = [];
      decoder.push(bytes, found);
      for (const item of found.flat()) {
        this.#around.tell(moved(mask.apply(item), base), this.#way(sender));
      }
    } catch (cause) {
      this.#sides = undefined; // A trace is no reason to end a connection.
      this.#around.note(`trace: ${this.#name}: ${describe(cause)}`);
    }
    this.#around.spend(this.#around.now() - before);
  }

  get #name(): string {
    return `client ${this.#client.id} ${this.#client.address}`;
  }

  #way(sender: Sender): string {
    const { id, address, localAddress } = this.#client;
    const [from, to] = sender === "client" ? [address, localAddress] : [localAddress, address];
    return `client ${id}  ${from} > ${to}`;
  }
}

/** The time with parts of milliseconds. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
