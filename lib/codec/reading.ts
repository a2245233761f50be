/**
 * Bytes and messages in, as streams.
 *
 * @module
 */

import { Slab, type SlabOptions } from "../bytes/mod.ts";
import { BatchDecoder, type Decoder } from "./decoder.ts";

/** What bytes are read from: a `Deno.Conn` or a `Deno.FsFile`, for example. */
export interface ByteSource {
  /** Reads into `room`; returns how many bytes, or null at the end. */
  read(room: Uint8Array): Promise<number | null>;
  /**
   * Told what a read gave, before its bytes are passed on. Who counts the bytes of another source returns the
   * promise of that one's `read` as it is, and needs none besides.
   */
  didRead?(count: number | null): void;
}

/**
 * A stream of the bytes of `source`: one chunk for each read, and a read only when a chunk is asked for.
 *
 * Piped through a {@linkcode decoderStream}, it is one stream with it, which takes a tenth less processor time
 * for a small request than two and the pipe between them, and reads no chunk ahead of those that are asked for.
 *
 * Chunks are views of a {@linkcode Slab}: they stay unchanged for as long as they are held (or, with a decoder
 * that says so, for as long as its messages are; see {@linkcode Decoder.kept}). At the end of
 * input the stream closes and the source stays open, so that a peer that has shut down its sending side
 * can still be answered. (`conn.readable` closes the connection then, and allocates 64 KiB for each read.)
 *
 * @example
 * ```ts
 * import { readableFrom } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const parts = [Uint8Array.of(1, 2), Uint8Array.of(3)];
 * const source = {
 *   read(room: Uint8Array) {
 *     const part = parts.shift();
 *     if (part) room.set(part);
 *     return Promise.resolve(part?.length ?? null);
 *   },
 * };
 * assertEquals(await Array.fromAsync(readableFrom(source)), [Uint8Array.of(1, 2), Uint8Array.of(3)]);
 * ```
 */
export function readableFrom(
  source: ByteSource,
  options: SlabOptions = {},
): ReadableStream<Uint8Array> {
  return new SourceStream(source, options);
}

/**
 * The decoder as a stream: chunks in, one array of messages out for each chunk that completes at least one.
 *
 * One array for each chunk instead of one chunk for each message makes a stream 20 to 100 times cheaper;
 * {@linkcode messagesOf} gives the messages one by one. The transform is synchronous and runs only when
 * the stream is read, so that all messages before a corruption are delivered before the stream errors.
 * (One exception: messages that a decoder's `end` returns before it throws are lost unless a read waits
 * for them.)
 *
 * @throws {DecodeError} (as the stream's error) when the input is corrupt or ends inside a message.
 *
 * @example
 * ```ts
 * import { decoderStream, DelimiterDecoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const text = new Blob(["one\ntwo\n"]).stream();
 * const lines = text.pipeThrough(decoderStream(new DelimiterDecoder({ delimiter: "\n" })));
 * const batches = await Array.fromAsync(lines);
 * assertEquals(batches.flat().map((line) => new TextDecoder().decode(line)), ["one", "two"]);
 * ```
 */
export function decoderStream<T>(decoder: Decoder<T>): TransformStream<Uint8Array, T[]> {
  return new DecoderStream(decoder);
}

/** Reads only on demand: this is where backpressure reaches the peer. */
const ON_DEMAND = { highWaterMark: 0 } as const;

/** The decoder as a stream, which a {@linkcode SourceStream} can be one with. */
class DecoderStream<T> extends TransformStream<Uint8Array, T[]> {
  readonly #batches: BatchDecoder<T>;
  #readable: ReadableStream<T[]> | undefined = undefined;

  constructor(decoder: Decoder<T>) {
    const batches = new BatchDecoder(decoder);
    /** Passes on the messages, also those before an error. */
    const pass = (
      controller: TransformStreamDefaultController<T[]>,
      decode: (messages: T[]) => void,
    ) => {
      const messages: T[] = [];
      try {
        decode(messages);
      } finally {
        if (messages.length > 0) controller.enqueue(messages);
      }
    };
    // With no queue on the readable side a chunk is transformed only for a read that waits, and its messages
    // go straight to that read: an error that follows cannot discard them.
    super(
      {
        transform: (chunk, controller) => pass(controller, (into) => batches.push(chunk, into)),
        flush: (controller) => pass(controller, (into) => batches.end(into)),
      },
      { highWaterMark: 1 },
      ON_DEMAND,
    );
    this.#batches = batches;
  }

  override get readable(): ReadableStream<T[]> {
    return this.#readable ?? super.readable;
  }

  /** Takes its chunks from a source from now on; both sides of the transform are locked. */
  readFrom(source: ByteSource, slab: Slab): ReadableStream<T[]> {
    this.writable.getWriter();
    this.readable.getReader();
    return this.#readable = new ReadableStream(
      new DecodingSource(source, slab, this.#batches),
      ON_DEMAND,
    );
  }
}

/** A stream of the chunks of a source. */
class SourceStream extends ReadableStream<Uint8Array> {
  readonly #source: ByteSource;
  readonly #slab: Slab;

  constructor(source: ByteSource, options: SlabOptions) {
    const slab = new Slab(options);
    super({
      pull: (controller) =>
        source.read(slab.free()).then((count) => {
          source.didRead?.(count);
          if (count === null) controller.close();
          else controller.enqueue(slab.carve(count));
        }),
    }, ON_DEMAND);
    this.#source = source;
    this.#slab = slab;
  }

  /** Pipes as any stream does, but is one with a {@linkcode DecoderStream} that nobody else uses. */
  override pipeThrough<T>(
    transform: ReadableWritablePair<T, Uint8Array>,
    options?: StreamPipeOptions,
  ): ReadableStream<T> {
    const { readable, writable } = transform;
    const locked = this.locked || readable.locked || writable.locked;
    if (!(transform instanceof DecoderStream) || options !== undefined || locked) {
      return super.pipeThrough(transform, options);
    }
    this.getReader();
    // The transform's messages are T, but `instanceof` cannot tell that.
    return transform.readFrom(this.#source, this.#slab) as ReadableStream<T>;
  }
}

/** Reads and decodes for a stream of messages. */
class DecodingSource<T> implements UnderlyingDefaultSource<T[]> {
  readonly #source: ByteSource;
  readonly #slab: Slab;
  readonly #batches: BatchDecoder<T>;
  /** What a read had behind its messages: they come first, whoever takes them and when. */
  #error: unknown = undefined;
  #cancelled = false;
  /** The number of the slab's block, and how many messages there were when it was made. */
  #block = 1;
  #before = 0;

  constructor(source: ByteSource, slab: Slab, batches: BatchDecoder<T>) {
    this.#source = source;
    this.#slab = slab;
    this.#batches = batches;
  }

  /** Reads until there are messages; most often the first read has some, and needs one promise. */
  pull(controller: ReadableStreamDefaultController<T[]>): Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    return this.#source.read(this.#room()).then((count) => {
      if (!this.#take(count, controller)) return this.#pullMore(controller);
    });
  }

  cancel(): void {
    this.#cancelled = true;
  }

  async #pullMore(controller: ReadableStreamDefaultController<T[]>): Promise<void> {
    while (!this.#take(await this.#source.read(this.#room()), controller));
  }

  /** The room for the next read: where the last ones were, if nobody looks at the messages there any more. */
  #room(): Uint8Array {
    const [batches, slab] = [this.#batches, this.#slab];
    if (batches.kept <= this.#before) batches.rewind(slab);
    const room = slab.free();
    if (slab.blocks !== this.#block) {
      this.#block = slab.blocks;
      this.#before = batches.count;
    }
    return room;
  }

  /** Passes on what a read gave; whether that was messages, or the end. */
  #take(count: number | null, controller: ReadableStreamDefaultController<T[]>): boolean {
    this.#source.didRead?.(count);
    if (this.#cancelled) return true;
    const messages: T[] = [];
    try {
      if (count === null) this.#batches.end(messages);
      else this.#batches.push(this.#slab.carve(count), messages);
    } catch (cause) {
      if (messages.length === 0) throw cause;
      this.#error = cause;
    }
    if (messages.length > 0) controller.enqueue(messages);
    if (count === null && this.#error === undefined) controller.close();
    return messages.length > 0 || count === null;
  }
}
