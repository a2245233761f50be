/**
 * JSON lines with binary fields in base64: the protocol that people write first, and what the binary
 * ones are compared with. Written as well as it can be without leaving the idea.
 *
 * @module
 */

import { Buffer } from "node:buffer";

const UTF8 = new TextEncoder();

/** Turns chunks of JSON lines into messages. */
export class JsonLinesDecoder<T> {
  readonly #text = new TextDecoder();
  readonly #messageOf: (line: string) => T;
  /** The beginning of a line whose end has not come. */
  #rest = "";

  /** Makes a decoder for one stream; `messageOf` makes a message of a line. */
  constructor(messageOf: (line: string) => T) {
    this.#messageOf = messageOf;
  }

  /** Appends the messages that a chunk completes. */
  push(chunk: Uint8Array, messages: T[]): void {
    const lines = (this.#rest + this.#text.decode(chunk, { stream: true })).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) messages.push(this.#messageOf(line));
  }
}

/** The bytes of messages, a line each; `lineOf` makes a message's JSON text. */
export function encodeLines<T>(messages: readonly T[], lineOf: (message: T) => string): Uint8Array {
  let text = "";
  for (const message of messages) text += lineOf(message) + "\n";
  return UTF8.encode(text);
}

/** The bytes of base64 text, by what the language has. */
export function standardFromBase64(text: string): Uint8Array {
  return Uint8Array.fromBase64(text);
}

/**
 * The bytes of base64 text, by what Node has: less than half the time for small fields, which it carves
 * out of a block. To base64, the language's own way is as fast.
 */
export function bufferFromBase64(text: string): Uint8Array {
  return Buffer.from(text, "base64");
}
