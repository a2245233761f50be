/**
 * Bytes and messages out, as streams; and messages one by one.
 *
 * @module
 */

import { WriteBuffer } from "../bytes/mod.ts";
import type { Encoder } from "./encoder.ts";

/** What bytes are written to: a `Deno.Conn` or a `Deno.FsFile`, for example. */
export interface ByteSink {
  /**
   * Writes at least one of the bytes; returns how many.
   *
   * The bytes are valid until the promise settles. Their memory is then reused, also by other streams:
   * a sink that keeps bytes for longer copies them.
   */
  write(bytes: Uint8Array): Promise<number>;
  /** Told how many of the bytes a write took: as with {@linkcode ByteSource.didRead}. */
  didWrite?(bytes: Uint8Array, count: number): void;
}

/**
 * A stream that writes each chunk to `sink` whole.
 *
 * To close or abort the stream does nothing to the sink: it stays open, and its owner ends it, as with
 * {@linkcode encoderStream}.
 *
 * @example
 * ```ts
 * import { writableTo } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const written: number[] = [];
 * const sink = {
 *   write(bytes: Uint8Array) {
 *     written.push(bytes[0]!); // Takes one byte at a time.
 *     return Promise.resolve(1);
 *   },
 * };
 * const writer = writableTo(sink).getWriter();
 * await writer.write(Uint8Array.of(1, 2, 3));
 * assertEquals(written, [1, 2, 3]);
 * ```
 */
export function writableTo(sink: ByteSink): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({ write: (chunk) => writeAll(sink, chunk) });
}

/** Options of {@linkcode encoderStream}. */
export interface EncoderStreamOptions {
  /**
   * How much may be encoded before it is written, in bytes. A batch that encodes to less is one write.
   * Default 65,536.
   */
  readonly flushAt?: number;
  /**
   * How many arrays may wait or be written before the stream says that it is full. Default 1. Who awaits each
   * write and does not ask `ready` or `desiredSize` gives 2: a stream that is never full makes no promise of
   * when it is not, which is a twentieth of the processor time of a small request.
   */
  readonly highWaterMark?: number;
}

/**
 * The encoder as a stream: arrays of messages in, one write to `sink` for each array (more for one that
 * encodes to over `flushAt` bytes or has payloads that are chained).
 *
 * An array that is written is the stream's: it is emptied when its messages are encoded.
 *
 * The bytes that `sink.write` gets lie in memory that all streams share: it is overwritten once the
 * promise of the write has settled.
 *
 * To close or abort the stream does nothing to the sink: it stays open, and its owner ends it. `close`
 * resolves when everything is written, and the sending side can be ended then.
 *
 * @throws {RangeError} (as the stream's error) when a message cannot be represented.
 *
 * @example
 * ```ts
 * import { encoderStream, LengthDelimitedEncoder } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const written: Uint8Array[] = [];
 * const sink = {
 *   write(bytes: Uint8Array) {
 *     written.push(bytes.slice()); // A copy: the bytes are valid only until the promise settles.
 *     return Promise.resolve(bytes.length);
 *   },
 * };
 * const writer = encoderStream(new LengthDelimitedEncoder({ prefix: 1 }), sink).getWriter();
 * await writer.write([Uint8Array.of(7), Uint8Array.of(8, 9)]);
 * assertEquals(written, [Uint8Array.of(1, 7, 2, 8, 9)]);
 * ```
 *
 * @example Ending the sending side of a connection after the last message
 * ```ts
 * import { encoderStream, FixedSizeEncoder, readableFrom } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * using conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
 * using peer = await listener.accept();
 *
 * const writer = encoderStream(new FixedSizeEncoder(1), conn).getWriter();
 * await writer.write([Uint8Array.of(7)]);
 * await writer.close();
 * await conn.closeWrite(); // The peer reads the end; its answers can still be read from `conn`.
 *
 * assertEquals(await Array.fromAsync(readableFrom(peer)), [Uint8Array.of(7)]);
 * ```
 */
export function encoderStream<T>(
  encoder: Encoder<T>,
  sink: ByteSink,
  options: EncoderStreamOptions = {},
): WritableStream<T[]> {
  const { flushAt = 65_536, highWaterMark = 1 } = options;
  return new WritableStream<T[]>({
    write: (messages) => writeBatch(encoder, sink, messages, flushAt),
  }, { highWaterMark });
}

/**
 * The messages of a stream of batches, one by one.
 *
 * @example
 * ```ts
 * import { messagesOf } from "@cortado/cortado/codec";
 * import { assertEquals } from "@std/assert";
 *
 * const batches = ReadableStream.from([[1, 2], [3]]);
 * assertEquals(await Array.fromAsync(messagesOf(batches)), [1, 2, 3]);
 * ```
 */
export async function* messagesOf<T>(batches: ReadableStream<T[]>): AsyncGenerator<T, void, void> {
  for await (const batch of batches) yield* batch;
}

/**
 * Idle write buffers, shared by all streams: a connection holds one only while it writes. One turn of the
 * event loop may write to every connection that was read, so the pool is large enough for many.
 */
const idleBuffers: WriteBuffer[] = [];
let idleBytes = 0;

/** Idle buffers together hold no more than this; others are left to the garbage collector. */
const MAX_IDLE_BYTES = 4_194_304;

function borrow(): WriteBuffer {
  const buffer = idleBuffers.pop();
  if (buffer === undefined) return new WriteBuffer();
  idleBytes -= buffer.capacity;
  return buffer;
}

/** After a failure a buffer is not given back: a write may still be using it. */
function giveBack(buffer: WriteBuffer): void {
  if (idleBytes + buffer.capacity > MAX_IDLE_BYTES) return;
  idleBytes += buffer.capacity;
  idleBuffers.push(buffer);
}

/** Encodes a batch and writes it: in the common case with one write, and one promise besides the write's. */
function writeBatch<T>(
  encoder: Encoder<T>,
  sink: ByteSink,
  messages: T[],
  flushAt: number,
): Promise<void> {
  const out = borrow();
  const encoded = encodeSome(encoder, messages, 0, out, flushAt);
  const views = out.drain();
  const [view] = views;
  // The stream holds the array until it is written. With many connections in one turn, messages that are held
  // so long outlive young generations: a quarter of the time at depth 128 was garbage collection.
  if (encoded === messages.length) messages.length = 0;
  if (encoded < messages.length || views.length !== 1 || view === undefined) {
    return writeRest(encoder, sink, messages, flushAt, out, views, encoded);
  }
  return sink.write(view).then((written) => {
    sink.didWrite?.(view, written);
    if (written === view.length) giveBack(out);
    else return writeAll(sink, view, written).then(() => giveBack(out));
  });
}

/** Writes `views`, then encodes and writes the messages from `next` on in pieces of about `flushAt` bytes. */
async function writeRest<T>(
  encoder: Encoder<T>,
  sink: ByteSink,
  messages: T[],
  flushAt: number,
  out: WriteBuffer,
  views: Uint8Array[],
  next: number,
): Promise<void> {
  for (const view of views) await writeAll(sink, view);
  for (let at = next; at < messages.length;) {
    at = encodeSome(encoder, messages, at, out, flushAt);
    for (const view of out.drain()) await writeAll(sink, view);
  }
  messages.length = 0;
  giveBack(out);
}

/** Encodes one message from `at` or more, until `flushAt` bytes wait; returns the index of the next. */
function encodeSome<T>(
  encoder: Encoder<T>,
  messages: T[],
  at: number,
  out: WriteBuffer,
  flushAt: number,
): number {
  let next = at;
  while (next < messages.length && (next === at || out.copied < flushAt)) {
    encoder.encode(messages[next++]!, out);
  }
  return next;
}

async function writeAll(sink: ByteSink, bytes: Uint8Array, from = 0): Promise<void> {
  for (let at = from; at < bytes.length;) {
    const rest = bytes.subarray(at);
    const written = await sink.write(rest);
    sink.didWrite?.(rest, written);
    at += written;
  }
}
