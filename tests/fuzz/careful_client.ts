/** A client that keeps to the rules for values in parts, and to its window; it looks whether the server does. */

import { type Reply, replyCode, replySize, replyWindow, type Window } from "../../lib/cafe/mod.ts";
import { equals } from "@std/bytes";
import type { Random } from "../random.ts";
import {
  DELETE,
  DURABLE,
  GET,
  MORE,
  PART,
  type Parts,
  PING,
  SET,
  u32,
  u64,
  WINDOW,
} from "../server/frames.ts";
import { PART_OVERHEAD } from "./cafe.ts";

const QUIET = 0x0100;

/** Its keys: few, so that values are replaced and removed while they come and go. */
export const KEYS = ["a", "b", "ab", "", "c", "long key"];

/** What the values are parts of: half of it compresses well. */
const POOL_SIZE = 2_000_000;
const POOL = new Uint8Array(POOL_SIZE).map((_, at) => at < POOL_SIZE / 2 ? at * at >> 7 : 7);

/** What its values and their parts are to be. */
export interface Sizes {
  /** The longest value. */
  readonly value: number;
  /** The longest part. */
  readonly part: number;
  /** The longest value that the server takes. */
  readonly maxStreamedSize: number;
  /** How many values may come and go at once. */
  readonly maxTransfers: number;
}

/** A request that has no reply yet. */
interface Waiting {
  /** What it is to be answered with: a type, the code of an error, or nothing when it is quiet. */
  readonly expected: string;
  readonly quiet?: boolean;
  /** The value that is to come. */
  readonly value?: Uint8Array | undefined;
}

/** A value that is being sent. */
interface Upload {
  readonly head: Pick<Parts, "id" | "checksum">;
  /** All that will be sent, which need not be what was announced. */
  readonly value: Uint8Array;
  /** Stores it, when it is whole; tells what comes of that. */
  readonly store: () => Waiting;
  sent: number;
  /** Whether it is sent to its end. */
  readonly isLeft: boolean;
}

/** A value that is being received. */
interface Download {
  readonly head: Pick<Parts, "id" | "checksum">;
  readonly value: Uint8Array;
  come: number;
  allowed: number;
  /** Whether its size has been told. */
  isOpen: boolean;
  isGivenUp: boolean;
  readonly isLeft: boolean;
}

/** One conversation: what is sent next, and what is to come of it. */
export class CarefulClient {
  readonly #random: Random;
  readonly #sizes: Sizes;
  readonly #window: Window | undefined;
  /** The entries that the server has when it has read what was sent. */
  readonly #entries = new Map<string, Uint8Array>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #uploads = new Map<number, Upload>();
  readonly #downloads = new Map<number, Download>();
  /** Ids of requests that are over. */
  readonly #free: number[] = [];
  #lastId = 0;
  /** How many requests are still to be made. */
  #wanted: number;
  /** The keys that are to be read at the end. */
  readonly #unread: string[] = [...KEYS];
  /** What is in flight. */
  #requests = 0;
  #bytes = 0;

  constructor(random: Random, sizes: Sizes, wanted: number, window: Window | undefined) {
    this.#random = random;
    this.#sizes = sizes;
    this.#wanted = wanted;
    this.#window = window;
  }

  /** Whether its window allows another frame. */
  get maySend(): boolean {
    const { requests, bytes } = this.#window ?? { requests: Infinity, bytes: Infinity };
    return this.#requests < requests && this.#bytes < bytes;
  }

  /** Whether half of its window is used: then it is to be given back. */
  get isLow(): boolean {
    if (this.#window === undefined) return false;
    return 2 * this.#requests >= this.#window.requests || 2 * this.#bytes >= this.#window.bytes;
  }

  /** How many bytes the server may hold for it. */
  get mostHeld(): number {
    let bytes = 0;
    for (const { sent } of this.#uploads.values()) bytes += 2 * sent + PART_OVERHEAD;
    for (const { value } of this.#downloads.values()) bytes += value.length + PART_OVERHEAD;
    return bytes;
  }

  /** How many bytes the server holds for it at the least: all that it was sent of values that are not whole. */
  get leastHeld(): number {
    let bytes = 0;
    for (const [id, { sent }] of this.#uploads) if (!this.#waiting.has(id)) bytes += sent;
    return bytes;
  }

  /** The ids of values that were left, and come or go no further. */
  get left(): number[] {
    return [...this.#uploads.keys(), ...this.#downloads.keys()];
  }

  /** What is not answered although it must be; empty when all is. */
  get unanswered(): string {
    return [...this.#waiting].filter(([id, { quiet }]) => !quiet && !this.#isLeft(id))
      .map(([id, { expected }]) => `${id} ${expected}`).join();
  }

  /** The next frame; `undefined` when there is nothing more to send. */
  next(): Parts | undefined {
    const steps = [
      ...[...this.#uploads.values()].filter(({ isLeft, sent, value }) =>
        !isLeft || sent < value.length / 2
      ).map((upload) => () => this.#sendOn(upload)),
      ...[...this.#downloads.values()].filter((one) => one.isOpen && !one.isLeft && !one.isGivenUp)
        .map((download) => () => this.#allow(download)),
    ];
    if (this.#wanted > 0) steps.push(() => this.#begin(), () => this.#begin());
    else if (steps.length === 0 && this.#unread.length > 0 && this.#mayOpen) {
      return this.#read(this.#unread.pop()!, false);
    }
    return steps.length === 0 ? undefined : this.#random.of(steps)();
  }

  /** Counts what was sent. */
  spend({ opcode }: Parts, bytes: number): void {
    if (opcode === WINDOW) return;
    if (opcode !== PART) this.#requests++;
    this.#bytes += bytes;
  }

  /** Takes a reply. */
  take(reply: Reply): void {
    const { type, id } = reply;
    if (type === "WINDOW" && id === undefined) return this.#giveBack(replyWindow(reply));
    const download = this.#downloads.get(id!);
    if (type === "PART") return this.#takePart(download, reply);
    const waiting = this.#waiting.get(id!);
    const word = type === "ERR" ? replyCode(reply) : type;
    if (download?.isGivenUp && word === "CANCELLED") return this.#end(id!);
    if (waiting === undefined) throw new Error(`${word} ${id} answers nothing`);
    if (type === "OK" && reply.more && download !== undefined && !download.isOpen) {
      if (replySize(reply) !== download.value.length) throw new Error(`a wrong size of ${id}`);
      download.isOpen = true;
      return;
    }
    if (word !== waiting.expected) {
      throw new Error(`${id} was answered with ${word}, and not ${waiting.expected}`);
    }
    if (waiting.value !== undefined && type === "OK" && !equals(reply.value, waiting.value)) {
      throw new Error(`${id} was answered with another value`);
    }
    this.#end(id!);
  }

  /** Values that were sent without an answer being wanted are stored when the server has read all. */
  settle(): void {
    for (const [id, { quiet }] of [...this.#waiting]) {
      if (quiet && !this.#downloads.has(id)) this.#waiting.delete(id);
      if (quiet) this.#uploads.delete(id);
    }
  }

  get #mayOpen(): boolean {
    return this.#uploads.size + this.#downloads.size < this.#sizes.maxTransfers;
  }

  #isLeft(id: number): boolean {
    return this.#downloads.get(id)?.isLeft ?? false;
  }

  #newId(): number {
    return this.#random.once(2) ? this.#free.pop() ?? ++this.#lastId : ++this.#lastId;
  }

  #wait(id: number, waiting: Waiting): void {
    this.#waiting.set(id, waiting);
  }

  #end(id: number): void {
    this.#waiting.delete(id);
    this.#uploads.delete(id);
    this.#downloads.delete(id);
    this.#free.push(id);
  }

  #begin(): Parts {
    this.#wanted--;
    const random = this.#random;
    const key = random.of(KEYS);
    const choice = random.below(10);
    if (choice < 4 && this.#mayOpen) return this.#write(key);
    if (choice < 8 && this.#mayOpen) return this.#read(key, random.once(12));
    const head = { id: this.#newId(), checksum: random.once(4) };
    if (choice < 9) {
      this.#wait(head.id, { expected: this.#entries.delete(key) ? "OK" : "MISS" });
      return { ...head, opcode: DELETE, key };
    }
    const value = this.#value(100, 1); // An empty one is answered with PONG.
    this.#wait(head.id, { expected: "OK", value });
    return { ...head, opcode: PING, value };
  }

  #value(longest: number, shortest = 0): Uint8Array {
    const size = shortest + this.#random.below(longest - shortest);
    const from = this.#random.below(POOL_SIZE - size);
    return POOL.subarray(from, from + size);
  }

  #write(key: string): Parts {
    const random = this.#random;
    const head = { id: this.#newId(), checksum: random.once(4) };
    const value = this.#value(this.#sizes.value);
    const isQuiet = random.once(5);
    const isNew = random.once(5);
    const ttl = random.once(5) ? 1_000 + random.below(1_000) : undefined;
    const request = {
      ...{ ...head, opcode: SET, key, value: u64(value.length), ttl },
      flags: MORE | (isQuiet ? QUIET : 0),
      entryVersion: isNew ? 0 : undefined,
    };
    switch (random.below(20)) {
      case 0:
        this.#wait(head.id, { expected: "TOO_LARGE" });
        return { ...request, value: u64(this.#sizes.maxStreamedSize + 1) };
      case 1:
        this.#wait(head.id, { expected: "NOT_DURABLE" });
        return { ...request, flags: request.flags | DURABLE };
    }
    const wrong = random.once(12) && value.length > 0 ? 1 : 0;
    const store = (): Waiting => {
      if (wrong > 0) return { expected: "BAD_REQUEST" };
      if (isNew && this.#entries.has(key)) return { expected: "CONFLICT" };
      this.#entries.set(key, value);
      return { expected: "OK", quiet: isQuiet };
    };
    const isLeft = random.once(25);
    const sent = value.subarray(wrong);
    this.#uploads.set(head.id, { head, value: sent, store, sent: 0, isLeft });
    return request;
  }

  #sendOn(upload: Upload): Parts {
    const random = this.#random;
    const { head, value, sent, store, isLeft } = upload;
    const id = head.id!;
    if (!isLeft && random.once(30)) {
      this.#uploads.set(id, { ...upload, isLeft: true, sent: value.length });
      this.#wait(id, { expected: "CANCELLED" });
      return { ...head, opcode: WINDOW, value: u32(0) };
    }
    const most = isLeft ? value.length / 2 : value.length;
    const size = Math.min(random.below(this.#sizes.part), Math.ceil(most) - sent);
    upload.sent += size;
    const part = { ...head, opcode: PART, value: value.subarray(sent, sent + size) };
    const isLast = !isLeft && upload.sent === value.length && random.once(2);
    if (!isLast) return { ...part, flags: MORE };
    this.#wait(id, store());
    this.#uploads.set(id, { ...upload, isLeft: true, sent: value.length });
    return part;
  }

  #read(key: string, isLeft: boolean): Parts {
    const random = this.#random;
    const head = { id: this.#newId(), checksum: random.once(4) };
    const id = head.id;
    const value = this.#entries.get(key);
    const quiet = random.once(5) && value === undefined;
    const isVersioned = random.once(4);
    const window = isLeft ? 0 : this.#portion();
    this.#wait(id, { expected: value === undefined ? "MISS" : "OK", quiet, value });
    if (value !== undefined) {
      const download = { head, value, come: 0, allowed: window, isLeft };
      this.#downloads.set(id, { ...download, isOpen: false, isGivenUp: false });
    }
    return {
      ...{ ...head, opcode: GET, key, value: u32(window) },
      flags: MORE | (quiet ? QUIET : 0),
      entryVersion: isVersioned ? 0 : undefined,
    };
  }

  #portion(): number {
    return 1 + this.#random.below(this.#random.once(8) ? 4 : this.#sizes.value);
  }

  #allow(download: Download): Parts {
    const isGivenUp = this.#random.once(20);
    const bytes = isGivenUp ? 0 : this.#portion();
    download.allowed += bytes;
    download.isGivenUp = isGivenUp;
    return { ...download.head, opcode: WINDOW, value: u32(bytes) };
  }

  #takePart(download: Download | undefined, { id, value, more }: Reply): void {
    if (!download?.isOpen) throw new Error(`a part of ${id} comes unasked`);
    const from = download.come;
    download.come += value.length;
    download.allowed -= value.length;
    if (download.allowed < 0) throw new Error(`a part of ${id} was not allowed`);
    if (!equals(value, download.value.subarray(from, download.come))) {
      throw new Error(`a part of ${id} is not the value from ${from} on`);
    }
    if (more !== download.come < download.value.length) throw new Error(`a wrong end of ${id}`);
    if (!more) this.#end(id!);
  }

  #giveBack({ requests, bytes }: Window): void {
    this.#requests -= requests;
    this.#bytes -= bytes;
    if (this.#requests < 0 || this.#bytes < 0) throw new Error("more is given back than was used");
  }
}
