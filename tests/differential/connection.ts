/** A connection that sends requests of RESP and reads replies as the bytes that they are. */

import type { Input } from "../../lib/bytes/mod.ts";
import { BatchDecoder, DecodeError, type Decoder } from "../../lib/codec/mod.ts";
import { RespValueDecoder } from "../../lib/resp/mod.ts";
import { raw, shown } from "../resp/helpers.ts";

/** What a connection needs of a socket. */
export interface Socket {
  read(room: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** The words of a request: text of which each character is one byte. */
export type Words = readonly string[];

/** How long a server may say nothing before a reply counts as missing. */
const PATIENCE = 5_000;

/** Finds where in the stream each reply ends. */
class EndDecoder implements Decoder<number> {
  readonly #values = new RespValueDecoder();

  decode(input: Input): number | undefined {
    return this.#values.decode(input) === undefined ? undefined : input.offset;
  }
}

/** The replies that bytes are made of, each as its bytes. */
export function repliesIn(text: string): string[] {
  const ends: number[] = [];
  new BatchDecoder(new EndDecoder()).push(raw(text), ends);
  return ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end));
}

/** The items of an array, a set, a push or a map, each as its bytes. */
export function itemsOf(reply: string): string[] {
  return repliesIn(reply.slice(reply.indexOf("\r\n") + 2));
}

/** The bytes of a request. */
export function requestOf(words: Words): string {
  return `*${words.length}\r\n` + words.map((word) => `$${word.length}\r\n${word}\r\n`).join("");
}

/** One connection. Once it has ended, each read says how. */
export class RespConnection implements Disposable {
  readonly #socket: Socket;
  readonly #decoder = new BatchDecoder(new EndDecoder());
  /** The bytes from `#taken` in the stream on. */
  #text = "";
  #taken = 0;
  #ends: number[] = [];
  #ended = "";

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Why there are no more replies, in parentheses; empty while there may be some. */
  get ended(): string {
    return this.#ended;
  }

  /** Sends requests. That the server has closed is told by the next read. */
  async send(requests: readonly Words[]): Promise<void> {
    const bytes = raw(requests.map(requestOf).join(""));
    try {
      for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
    } catch (error) {
      if (!isEnd(error)) throw error;
    }
  }

  /** The next reply or push, as its bytes. */
  async read(): Promise<string> {
    while (this.#ends.length === 0 && this.#ended === "") await this.#receive();
    const end = this.#ends.shift();
    if (end === undefined) return this.#ended;
    const reply = this.#text.slice(0, end - this.#taken);
    this.#text = this.#text.slice(end - this.#taken);
    this.#taken = end;
    return reply;
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  async #receive(): Promise<void> {
    const room = new Uint8Array(65_536);
    const timer = setTimeout(() => this.#end("(no reply)"), PATIENCE);
    try {
      const count = await this.#socket.read(room);
      if (count === null) return this.#end("(closed)");
      this.#text += shown(room.subarray(0, count));
      this.#decoder.push(room.subarray(0, count), this.#ends);
    } catch (error) {
      if (error instanceof DecodeError) return this.#end(`(${error.message})`);
      if (!isEnd(error)) throw error;
      this.#end("(closed)");
    } finally {
      clearTimeout(timer);
    }
  }

  #end(how: string): void {
    this.#ended ||= how;
    this.#close();
  }

  #close(): void {
    try {
      this.#socket.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error; // It was closed before.
    }
  }
}

function isEnd(error: unknown): boolean {
  return [
    Deno.errors.BrokenPipe,
    Deno.errors.ConnectionReset,
    Deno.errors.BadResource,
    Deno.errors.Interrupted,
  ].some((type) => error instanceof type);
}
