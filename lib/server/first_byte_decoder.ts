/**
 * What tells the protocol of a connection.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import type { DecoderState, Incoming, StatefulDecoder } from "./conversation.ts";
import { GetRun, SHORTEST_RUN } from "./plain/get_runs.ts";

/**
 * When a run could not be answered together, so many requests are decoded one by one: others that follow most often
 * are of the same kind, as GETs of long values are, and to try takes longer than not to.
 */
const SKIPS = 256;

/** Asks for a decoder at the first byte, and is that decoder from then on; takes plain GETs together. */
export class FirstByteDecoder implements StatefulDecoder<Incoming> {
  readonly #begin: (first: number) => StatefulDecoder<Incoming>;
  #decoder: StatefulDecoder<Incoming> | undefined = undefined;
  readonly #takeRun: (input: Input) => Incoming | undefined;
  /** What it is given, which is the same object each time. */
  #input: Input | undefined = undefined;
  /** How many requests there were, how many of them are done, and up to which one somebody keeps some. */
  #count = 0;
  #done = 0;
  #kept = 0;
  /** How many requests are not looked at for being part of a run. */
  #skips = 0;
  /** How many are carried out first that are no views of the stream. */
  #copies = 0;

  /** Makes one; `begin` gives the decoder that a first byte decides, `takeRun` takes requests before it does. */
  constructor(
    begin: (first: number) => StatefulDecoder<Incoming>,
    takeRun: (input: Input) => Incoming | undefined = () => undefined,
  ) {
    this.#begin = begin;
    this.#takeRun = takeRun;
  }

  /** What it waits for. */
  get state(): DecoderState {
    return this.#decoder?.state ?? "Idle";
  }

  /** Whether a request waits for those before it. */
  get held(): boolean {
    return this.#decoder?.held ?? false;
  }

  /**
   * Of how many requests somebody may look at the bytes still: of all while one is not done, and of those up to
   * the last one that is kept.
   */
  get kept(): number {
    if (this.#decoder?.keepsViews !== false || this.#done < this.#count) return Infinity;
    return this.#kept;
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
    return this.#counted(this.#runOf(input) ?? this.#decoder.decode(input));
  }

  /** Requests that are taken together, if the next ones are such. */
  #runOf(input: Input): Incoming | undefined {
    if (input.length < SHORTEST_RUN) return undefined;
    if (this.#skips > 0) return void this.#skips--;
    const { state, held } = this.#decoder!;
    return state === "Idle" && !held ? this.#takeRun(input) : undefined;
  }

  /** Takes what the end of the stream completes; it is called only when bytes have come. */
  end(input: Input): Incoming | undefined {
    return this.#counted(this.#decoder?.end?.(input));
  }

  /** Says that the next request, in their order, is done, and whether anybody keeps its bytes. */
  done(isKept: boolean): void {
    if (this.#copies > 0) return void this.#copies--;
    this.#done++;
    if (isKept) this.#kept = this.#done;
  }

  /** Says that others come in the place of the next request: what is left of a run, or copies of what it had. */
  replaced(by: readonly Incoming[]): void {
    if (by[0] instanceof GetRun) return;
    this.#skips = SKIPS;
    this.done(false);
    this.#copies = by.length;
  }

  #counted(request: Incoming | undefined): Incoming | undefined {
    if (request !== undefined) this.#count++;
    return request;
  }
}
