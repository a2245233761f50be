/**
 * How answers are shown.
 *
 * @module
 */

import { WriteBuffer } from "../bytes/mod.ts";
import type { Output } from "./io.ts";
import { escapeBytes, quoteBytes } from "./words.ts";

/**
 * Who reads: a `program` gets values byte for byte; on a `terminal` they end in a newline, and lists are
 * escaped; at the `prompt` all bytes are quoted and escaped.
 */
export type Reader = "program" | "terminal" | "prompt";

/** How many bytes are gathered before they are written. */
const WRITE_SIZE = 65_536;

/** Shows answers: gathers them, and writes them when they are many or when `flush` is called. */
export class Printer {
  readonly #output: Output;
  readonly #reader: Reader;
  readonly #waiting = new WriteBuffer();

  /** Makes a printer that writes to `output`. */
  constructor(output: Output, reader: Reader) {
    this.#output = output;
    this.#reader = reader;
  }

  /** Shows a value, which is all of an answer. */
  value(value: Uint8Array): void {
    if (this.#reader === "prompt") this.line(quoteBytes(value));
    else {
      this.#waiting.bytes(value);
      if (this.#reader === "terminal") this.#waiting.text("\n");
    }
  }

  /** Shows one value of a list, and `end` behind it. */
  async item(item: Uint8Array, end = "\n"): Promise<void> {
    if (this.#reader === "program") this.#waiting.bytes(item);
    else this.#waiting.text(this.#reader === "prompt" ? quoteBytes(item) : escapeBytes(item));
    this.#waiting.text(end);
    if (this.#waiting.length >= WRITE_SIZE) await this.flush();
  }

  /** Shows that there is no such key: at the prompt only, an exit code says it elsewhere. */
  miss(): void {
    if (this.#reader === "prompt") this.line("(no such key)");
  }

  /** Shows a line of text. */
  line(text: string): void {
    this.#waiting.text(`${text}\n`);
  }

  /** Writes what was gathered. */
  async flush(): Promise<void> {
    for (const piece of this.#waiting.drain()) await this.#output.write(piece);
  }
}
