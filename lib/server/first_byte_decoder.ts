/**
 * What tells the protocol of a connection.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import type { DecoderState, Incoming, StatefulDecoder } from "./conversation.ts";

/** Asks for a decoder at the first byte, and is that decoder from then on. */
export class FirstByteDecoder implements StatefulDecoder<Incoming> {
  readonly #begin: (first: number) => StatefulDecoder<Incoming>;
  #decoder: StatefulDecoder<Incoming> | undefined = undefined;
  /** What it is given, which is the same object each time. */
  #input: Input | undefined = undefined;

  /** Makes one; `begin` gives the decoder that a first byte decides. */
  constructor(begin: (first: number) => StatefulDecoder<Incoming>) {
    this.#begin = begin;
  }

  /** What it waits for. */
  get state(): DecoderState {
    return this.#decoder?.state ?? "Idle";
  }

  /** Whether a request waits for those before it. */
  get held(): boolean {
    return this.#decoder?.held ?? false;
  }

  /** Of how many requests somebody may look at the bytes still. */
  get kept(): number {
    return this.#decoder?.kept ?? Infinity;
  }

  /** How many bytes of the stream were decoded. */
  get offset(): number {
    return this.#input?.offset ?? 0;
  }

  /** How many bytes wait to be decoded. */
  get waiting(): number {
    return this.#input?.length ?? 0;
  }

  /** Takes the next request. */
  decode(input: Input): Incoming | undefined {
    if (this.#decoder === undefined) {
      this.#input = input;
      this.#decoder = this.#begin(input.bytes[input.start]!);
    }
    return this.#decoder.decode(input);
  }

  /** Takes what the end of the stream completes; it is called only when bytes have come. */
  end(input: Input): Incoming | undefined {
    return this.#decoder?.end?.(input);
  }
}
