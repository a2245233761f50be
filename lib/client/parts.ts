/**
 * Values that a connection sends and receives in parts (docs/cafe.md, MORE).
 *
 * @module
 */

import type { Call, Source } from "./call.ts";
import { ClosedError, ConnectionError } from "./error.ts";

/** A part that is sent has no more bytes: what stands behind it waits for so much. */
const MAX_PART_SIZE = 65_536;

/** A part that is to be sent. */
export interface Part {
  /** Its bytes. */
  readonly value: Uint8Array;
  /** Whether the value ends with it. */
  readonly last: boolean;
}

/**
 * Reads the value of a call from its stream, a chunk when the one before is sent. The last part is empty:
 * only then it is known that the stream has no more than was announced.
 */
export class Upload {
  /** The call. */
  readonly call: Call;
  readonly #size: number;
  readonly #source: Source;
  readonly #onReady: () => void;
  #chunk: Uint8Array | undefined = undefined;
  /** How many bytes the stream has given. */
  #read = 0;
  #ended = false;
  #cancelled = false;

  /**
   * Begins to read.
   *
   * @param onReady Called when there is a part to send, or the call was rejected.
   */
  constructor(call: Call, source: Source, size: number, onReady: () => void) {
    this.call = call;
    this.#size = size;
    this.#source = source;
    this.#onReady = onReady;
    call.answer.catch(onReady);
    this.#readOn();
  }

  /** Whether there is a part, or nothing more to send. */
  get ready(): boolean {
    return this.#ended || this.#chunk !== undefined || this.call.settled;
  }

  /** The next part; `undefined` when it has not been read yet. */
  take(): Part | undefined {
    if (this.#ended) return { value: new Uint8Array(0), last: true };
    const chunk = this.#chunk;
    if (chunk === undefined) return undefined;
    const rest = chunk.subarray(MAX_PART_SIZE);
    this.#chunk = rest.length > 0 ? rest : undefined;
    if (rest.length === 0) this.#readOn();
    return { value: chunk.subarray(0, MAX_PART_SIZE), last: false };
  }

  /** Reads no more. */
  cancel(reason: unknown): void {
    this.#cancelled = true; // The read that is pending ends as if the stream did.
    this.#source.cancel(reason).catch(() => {});
  }

  #readOn(): void {
    this.#readChunk()
      .catch((cause) => this.#cancelled || this.call.fail(cause))
      .finally(this.#onReady);
  }

  async #readChunk(): Promise<void> {
    let result = await this.#source.read();
    while (!result.done && result.value?.length === 0) result = await this.#source.read();
    // The types promise that, and programs without types do not.
    if (!result.done && !(result.value instanceof Uint8Array)) {
      throw new TypeError("Cannot complete SET: a chunk of the stream is no Uint8Array");
    }
    this.#read += result.value?.length ?? 0;
    if (result.done) this.#ended = true;
    else this.#chunk = result.value;
    if (this.#read <= this.#size && !(result.done && this.#read < this.#size)) return;
    const has = result.done ? this.#read : `at least ${this.#read}`;
    throw new RangeError(
      `Cannot complete SET: the stream has ${has} bytes, and size ${this.#size} was given`,
    );
  }
}

/** A value that comes in parts, as a stream that holds no more than its window. */
export class Download {
  /** The parts. */
  readonly stream: ReadableStream<Uint8Array>;
  readonly #window: number;
  readonly #size: number;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  /** How many bytes have come. */
  #come = 0;
  /** How many bytes the server may send that have not come. */
  #allowed: number;
  #ended = false;

  /**
   * Makes the stream.
   *
   * @param size How many bytes will come.
   * @param window How many may come before more are allowed.
   * @param allow Allows the server to send so many more bytes; 0 gives the value up.
   */
  constructor(size: number, window: number, allow: (bytes: number) => void) {
    this.#size = size;
    this.#window = this.#allowed = window;
    this.stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: (controller) => {
        const room = (controller.desiredSize ?? 0) - this.#allowed;
        const wanted = this.#size - this.#come > this.#allowed;
        if (this.#ended || !wanted || 2 * room < this.#window) return;
        this.#allowed += room;
        allow(room);
      },
      cancel: () => {
        if (!this.#ended) allow(0);
        this.#ended = true;
      },
    }, new ByteLengthQueuingStrategy({ highWaterMark: window }));
  }

  /**
   * Takes the next part.
   *
   * @throws {Error} When the server sends what was not allowed, or not what it has announced.
   */
  add(value: Uint8Array, last: boolean): void {
    this.#come += value.length;
    this.#allowed -= value.length;
    const isWrong = this.#come > this.#size || last !== (this.#come === this.#size);
    if (isWrong || this.#allowed < 0) {
      throw new Error(
        `Cannot take a part: ${this.#come} bytes of ${this.#size} have come, ${this.#allowed} more are allowed`,
      );
    }
    if (this.#ended) return; // Nobody reads it any more.
    if (value.length > 0) this.#controller.enqueue(value);
    if (!last) return;
    this.#ended = true;
    this.#controller.close();
  }

  /** Ends the stream with an error. */
  fail(cause: unknown): void {
    if (!this.#ended) this.#controller.error(cause);
    this.#ended = true;
  }
}

/** What the stream of a value ends with when its connection ends before it. */
export function cutError(cause: unknown): Error {
  if (cause instanceof ClosedError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ConnectionError(
    `Cannot complete GET: the connection was lost: ${why}`,
    false,
    cause,
  );
}
