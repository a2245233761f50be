import { CHAIN_THRESHOLD } from "../../lib/bytes/mod.ts";
import {
  type ByteSink,
  type ByteSource,
  DecodeError,
  type Decoder,
  decoderStream,
  DelimiterDecoder,
  type Encoder,
  encoderStream,
  FixedSizeDecoder,
  FixedSizeEncoder,
  LengthDelimitedDecoder,
  LengthDelimitedEncoder,
  messagesOf,
  readableFrom,
  writableTo,
} from "../../lib/codec/mod.ts";
import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { concat } from "@std/bytes";
import fc from "fast-check";
import { chunksOf, hex, settle, sinkOf, sourceOf, textOf, utf8 } from "./helpers.ts";

const bytesOf = (...chunks: Uint8Array[]) => ReadableStream.from(chunks);
const lines = () => decoderStream(new DelimiterDecoder({ delimiter: "\n" }));

/** A source that has a line for every read, and counts them. */
function endlessLines(): ByteSource & { reads: number } {
  return {
    reads: 0,
    read(room) {
      this.reads++;
      room.set(utf8("x\n"));
      return Promise.resolve(2);
    },
  };
}

/** A sink whose writes are taken only when the test says so. */
function heldSink(): ByteSink & { readonly pending: (() => void)[]; writes: number } {
  return {
    pending: [],
    writes: 0,
    write(bytes) {
      this.writes++;
      const { promise, resolve } = Promise.withResolvers<number>();
      this.pending.push(() => resolve(bytes.length));
      return promise;
    },
  };
}

/** Whether a promise has settled, as of the last `settle()`. */
function watched(promise: Promise<unknown>): { readonly done: boolean } {
  const state = { done: false };
  promise.finally(() => state.done = true).catch(() => {});
  return state;
}

/** A sink that notes what is done to it besides writing. */
function notingSink(): ByteSink & { readonly calls: string[] } & Record<string, unknown> {
  const calls: string[] = [];
  return {
    calls,
    write: (bytes) => Promise.resolve(bytes.length),
    close: () => calls.push("close"),
    closeWrite: () => calls.push("closeWrite"),
    abort: () => calls.push("abort"),
  };
}

Deno.test({
  name: "writableTo and encoderStream leave their sink open when they are closed or aborted",
  permissions: "none",
  async fn() {
    const sink = notingSink();
    const streams = () => [writableTo(sink), encoderStream(new FixedSizeEncoder(1), sink)];
    for (const stream of streams()) await stream.close();
    for (const stream of streams()) await stream.abort(new Error("no more"));
    assertEquals(sink.calls, []);
  },
});

Deno.test({
  name: "encoderStream resolves its close when the sink has taken everything",
  permissions: "none",
  async fn() {
    const sink = heldSink();
    const writer = encoderStream(new FixedSizeEncoder(1), sink).getWriter();
    writer.write([hex("01")]);
    const closed = writer.close();
    const watch = watched(closed);
    await settle();
    assertEquals([sink.pending.length, watch.done], [1, false]);
    sink.pending[0]!();
    await closed;
  },
});

Deno.test({
  name: "encoderStream reuses the memory of a write once its promise has settled",
  permissions: "none",
  async fn() {
    const kept: Uint8Array[] = [];
    const sink: ByteSink = {
      write(bytes) {
        kept.push(bytes); // Without a copy: what a sink must not do.
        return Promise.resolve(bytes.length);
      },
    };
    const writer = encoderStream(new FixedSizeEncoder(1), sink).getWriter();
    await writer.write([hex("01")]);
    await writer.write([hex("02")]);
    assertEquals(kept, [hex("02"), hex("02")]);
  },
});

Deno.test({
  name: "readableFrom gives one chunk a read, and closes at the end of input",
  permissions: "none",
  async fn() {
    const source = sourceOf(hex("01 02"), hex("03"));
    assertEquals(await Array.fromAsync(readableFrom(source)), [hex("01 02"), hex("03")]);
    assertEquals(source.reads, 3);
  },
});

Deno.test({
  name: "readableFrom reads only when somebody asks",
  permissions: "none",
  async fn() {
    const source = sourceOf(hex("01"), hex("02"), hex("03"));
    const reader = readableFrom(source).getReader();
    await settle();
    assertEquals(source.reads, 0);
    assertEquals((await reader.read()).value, hex("01"));
    await settle();
    assertEquals(source.reads, 1);
    assertEquals((await reader.read()).value, hex("02"));
    await settle();
    assertEquals(source.reads, 2);
    await reader.cancel();
  },
});

Deno.test({
  name: "readableFrom leaves the source open, at its end and when it is cancelled",
  permissions: "none",
  async fn() {
    let closed = 0;
    const closable = () => Object.assign(sourceOf(hex("01")), { close: () => closed++ });
    await Array.fromAsync(readableFrom(closable()));
    await readableFrom(closable()).cancel("enough");
    assertEquals(closed, 0);
  },
});

Deno.test({
  name: "readableFrom gives chunks that later reads leave unchanged",
  permissions: "none",
  async fn() {
    const parts = Array.from({ length: 300 }, (_, i) => new Uint8Array(1 + i % 50).fill(i));
    const chunks = await Array.fromAsync(readableFrom(sourceOf(...parts), { minBlock: 64 }));
    assertEquals(chunks, parts);
  },
});

Deno.test({
  name: "readableFrom puts reads that follow one another side by side in memory",
  permissions: "none",
  async fn() {
    const [a, b] = await Array.fromAsync(readableFrom(sourceOf(hex("01 02 03"), hex("04"))));
    assertStrictEquals(a?.buffer, b?.buffer);
    assertEquals(b?.byteOffset, 3);
  },
});

Deno.test({
  name: "readableFrom reads into the blocks that its options name",
  permissions: "none",
  async fn() {
    const rooms: number[] = [];
    const source: ByteSource = {
      read(room) {
        rooms.push(room.length);
        return Promise.resolve(rooms.length > 6 ? null : room.length);
      },
    };
    await Array.fromAsync(readableFrom(source, { minBlock: 16, maxBlock: 1_024 }));
    assertEquals(rooms, [16, 256, 512, 1_024, 1_024, 1_024, 1_024]);
  },
});

Deno.test({
  name: "readableFrom fails with the error of its source",
  permissions: "none",
  async fn() {
    const source: ByteSource = {
      read: () => Promise.reject(new Deno.errors.ConnectionReset("gone")),
    };
    const reader = readableFrom(source).getReader();
    await assertRejects(() => reader.read(), Deno.errors.ConnectionReset, "gone");
  },
});

Deno.test({
  name: "readableFrom passes over a read that is cancelled while it waits",
  permissions: "none",
  async fn() {
    const { promise, resolve } = Promise.withResolvers<number | null>();
    const reader = readableFrom({ read: () => promise }).getReader();
    const pending = reader.read();
    await reader.cancel();
    resolve(1);
    await settle();
    assertEquals((await pending).done, true);
  },
});

Deno.test({
  name: "writableTo writes a chunk whole, whatever the sink takes at once",
  permissions: "none",
  async fn() {
    const sink = sinkOf(2);
    const writer = writableTo(sink).getWriter();
    await writer.write(hex("01 02 03 04 05"));
    await writer.close();
    assertEquals(sink.writes, [hex("01 02"), hex("03 04"), hex("05")]);
  },
});

Deno.test({
  name: "writableTo fails with the error of its sink",
  permissions: "none",
  async fn() {
    const sink: ByteSink = { write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")) };
    const writer = writableTo(sink).getWriter();
    const closed = assertRejects(() => writer.closed, Deno.errors.BrokenPipe);
    await assertRejects(() => writer.write(hex("01")), Deno.errors.BrokenPipe, "gone");
    await closed;
  },
});

Deno.test({
  name: "decoderStream gives one array for each chunk that completes messages",
  permissions: "none",
  async fn() {
    const chunks = ["a\nb\nc", "d", "\n", "e\n"].map(utf8);
    const batches = await Array.fromAsync(bytesOf(...chunks).pipeThrough(lines()));
    assertEquals(batches.map((batch) => batch.map(textOf)), [["a", "b"], ["cd"], ["e"]]);
  },
});

Deno.test({
  name: "decoderStream gives the messages that the end of the stream completes",
  permissions: "none",
  async fn() {
    const decoder = new DelimiterDecoder({ delimiter: "\n", allowUnterminated: true });
    const batches = await Array.fromAsync(
      bytesOf(utf8("a\nb")).pipeThrough(decoderStream(decoder)),
    );
    assertEquals(batches, [[utf8("a")], [utf8("b")]]);
  },
});

Deno.test({
  name: "decoderStream delivers every message before a corruption, and then its error",
  permissions: "none",
  async fn() {
    const decoder = new LengthDelimitedDecoder({ prefix: 1, maxLength: 9 });
    const input = bytesOf(hex("01 61 | 01"), hex("62 | 01 63 | ff | 01 64"), hex("01 65"));
    const reader = input.pipeThrough(decoderStream(decoder)).getReader();
    await settle(); // However long the reader waits, no message is lost.
    assertEquals((await reader.read()).value, [utf8("a")]);
    await settle();
    assertEquals((await reader.read()).value, [utf8("b"), utf8("c")]);
    await settle();
    const error = await assertRejects(() => reader.read(), DecodeError, "length 255 exceeds");
    assertEquals([error.code, error.offset], ["TOO_LARGE", 6]);
  },
});

Deno.test({
  name: "decoderStream delivers every message before a cut, and then CUT",
  permissions: "none",
  async fn() {
    const reader = bytesOf(utf8("a\nb\nc")).pipeThrough(lines()).getReader();
    await settle();
    assertEquals((await reader.read()).value, [utf8("a"), utf8("b")]);
    await settle();
    const error = await assertRejects(
      () => reader.read(),
      DecodeError,
      "1 bytes of it, from offset 4, had come",
    );
    assertEquals([error.code, error.offset], ["CUT", 4]);
  },
});

Deno.test({
  name:
    "decoderStream delivers what end() gave before it found a cut to the read that waits for it",
  permissions: "none",
  async fn() {
    const pairsAtEnd: Decoder<number> = {
      decode: () => undefined,
      end: (input) => input.length < 2 ? undefined : input.take(2)[0],
    };
    for (const patience of [settle, () => undefined]) {
      const input = bytesOf(hex("05 00 06 00 07"));
      const reader = input.pipeThrough(decoderStream(pairsAtEnd)).getReader();
      await patience();
      assertEquals((await reader.read()).value, [5, 6]);
      await assertRejects(() => reader.read(), DecodeError, "1 bytes of it");
    }
  },
});

Deno.test({
  name: "decoderStream decodes nothing until somebody reads",
  permissions: "none",
  async fn() {
    let calls = 0;
    const frames = new FixedSizeDecoder(1);
    const counted: Decoder<Uint8Array> = {
      decode(input) {
        calls++;
        return frames.decode(input);
      },
    };
    const reader = bytesOf(hex("01"), hex("02")).pipeThrough(decoderStream(counted)).getReader();
    await settle();
    assertEquals(calls, 0);
    await reader.read();
    await settle();
    assertEquals(calls, 1);
    await reader.cancel();
  },
});

Deno.test({
  name: "encoderStream makes one write of a batch, and none of an empty one",
  permissions: "none",
  async fn() {
    const sink = sinkOf();
    const writer = encoderStream(new LengthDelimitedEncoder({ prefix: 1 }), sink).getWriter();
    await writer.write([hex("aa"), hex("bb cc"), hex("")]);
    await writer.write([]);
    await writer.write([hex("dd")]);
    await writer.close();
    assertEquals(sink.writes, [hex("01 aa | 02 bb cc | 00"), hex("01 dd")]);
  },
});

Deno.test({
  name: "encoderStream splits a batch that encodes to flushAt bytes or more",
  permissions: "none",
  async fn() {
    const sink = sinkOf();
    const writer = encoderStream(new FixedSizeEncoder(3), sink, { flushAt: 6 }).getWriter();
    await writer.write(["abc", "def", "ghi", "jkl", "mno"].map(utf8));
    await writer.write(["pqr"].map(utf8));
    assertEquals(sink.writes.map(textOf), ["abcdef", "ghijkl", "mno", "pqr"]);
  },
});

Deno.test({
  name: "encoderStream holds no more than flushAt bytes and one message by default",
  permissions: "none",
  async fn() {
    const sink = sinkOf();
    const writer = encoderStream(new FixedSizeEncoder(1_000), sink).getWriter();
    await writer.write(Array.from({ length: 200 }, () => new Uint8Array(1_000)));
    assertEquals(sink.writes.map((write) => write.length), [66_000, 66_000, 66_000, 2_000]);
  },
});

Deno.test({
  name: "encoderStream hands a chained payload to the sink without a copy",
  permissions: "none",
  async fn() {
    const views: Uint8Array[] = [];
    const sink: ByteSink = {
      write(bytes) {
        views.push(bytes);
        return Promise.resolve(bytes.length);
      },
    };
    const payload = new Uint8Array(CHAIN_THRESHOLD);
    const writer = encoderStream(new LengthDelimitedEncoder(), sink).getWriter();
    await writer.write([payload]);
    assertEquals(views.length, 2);
    assertStrictEquals(views[1]?.buffer, payload.buffer);
  },
});

Deno.test({
  name: "encoderStream writes a chained payload only when the sink took what stands before it",
  permissions: "none",
  async fn() {
    const sink = heldSink();
    const writer = encoderStream(new LengthDelimitedEncoder(), sink).getWriter();
    const written = writer.write([new Uint8Array(CHAIN_THRESHOLD), hex("01")]);
    for (const writes of [1, 2, 3]) {
      await settle();
      assertEquals(sink.writes, writes);
      sink.pending.shift()?.();
    }
    await written;
  },
});

Deno.test({
  name: "encoderStream with flushAt 0 writes each message by itself",
  permissions: "none",
  async fn() {
    const sink = sinkOf();
    const writer = encoderStream(new FixedSizeEncoder(1), sink, { flushAt: 0 }).getWriter();
    await writer.write([hex("01"), hex("02")]);
    assertEquals(sink.writes, [hex("01"), hex("02")]);
  },
});

Deno.test({
  name: "encoderStream completes writes of which the sink takes a part",
  permissions: "none",
  async fn() {
    const sink = sinkOf(3);
    const writer = encoderStream(new LengthDelimitedEncoder({ prefix: 2 }), sink).getWriter();
    await writer.write([hex("aa bb cc dd"), hex("ee")]);
    assertEquals(sink.writes, [hex("00 04 aa"), hex("bb cc dd"), hex("00 01 ee")]);
  },
});

Deno.test({
  name: "encoderStream keeps write() pending until the sink took all bytes",
  permissions: "none",
  async fn() {
    const sink = heldSink();
    const writer = encoderStream(new FixedSizeEncoder(1), sink).getWriter();
    const first = watched(writer.write([hex("01")]));
    const second = watched(writer.write([hex("02")]));
    await settle();
    assertEquals([first.done, second.done, sink.writes], [false, false, 1]);
    sink.pending.shift()?.();
    await settle();
    assertEquals([first.done, second.done, sink.writes], [true, false, 2]);
    sink.pending.shift()?.();
    await settle();
    assertEquals(second.done, true);
  },
});

Deno.test({
  name: "encoderStream is not ready for a batch while one is being written",
  permissions: "none",
  async fn() {
    const sink = heldSink();
    const writer = encoderStream(new FixedSizeEncoder(1), sink).getWriter();
    await writer.ready;
    const write = writer.write([hex("01")]);
    const ready = watched(writer.ready);
    await settle();
    assertEquals([ready.done, writer.desiredSize], [false, 0]);
    sink.pending.shift()?.();
    await write;
    await settle();
    assertEquals([ready.done, writer.desiredSize], [true, 1]);
  },
});

Deno.test({
  name: "encoderStream fails with the RangeError of a message that cannot be represented",
  permissions: "none",
  async fn() {
    const sink = sinkOf();
    const writer = encoderStream(new FixedSizeEncoder(1), sink).getWriter();
    const closed = assertRejects(() => writer.closed, RangeError);
    await assertRejects(() => writer.write([hex("01 02")]), RangeError, "the frame size is 1");
    await closed;
    assertEquals(sink.writes, []);
  },
});

Deno.test({
  name: "encoderStream of another connection sends nothing of a batch that failed",
  permissions: "none",
  async fn() {
    const failing = encoderStream(new FixedSizeEncoder(1), sinkOf()).getWriter();
    const closed = assertRejects(() => failing.closed, RangeError);
    await assertRejects(() => failing.write([hex("01"), hex("02 03")]), RangeError);
    await closed;
    const sink = sinkOf();
    await encoderStream(new FixedSizeEncoder(1), sink).getWriter().write([hex("04")]);
    assertEquals(sink.writes, [hex("04")]);
  },
});

Deno.test({
  name: "encoderStream keeps the bytes of many streams apart while all their sinks are busy",
  permissions: "none",
  async fn() {
    const views: Uint8Array[] = [];
    const sinks = Array.from({ length: 40 }, () => heldSink());
    const writes = sinks.map((sink, i) => {
      const kept: ByteSink = {
        write(bytes) {
          views.push(bytes);
          return sink.write(bytes);
        },
      };
      return encoderStream(new FixedSizeEncoder(2), kept).getWriter().write([Uint8Array.of(i, i)]);
    });
    await settle();
    assertEquals(views, sinks.map((_, i) => Uint8Array.of(i, i)));
    for (const sink of sinks) sink.pending.shift()?.();
    await Promise.all(writes);
  },
});

Deno.test({
  name: "messagesOf gives the messages of all batches one by one",
  permissions: "none",
  async fn() {
    const batches = ReadableStream.from([[1, 2], [], [3]]);
    assertEquals(await Array.fromAsync(messagesOf(batches)), [1, 2, 3]);
  },
});

Deno.test({
  name: "messagesOf gives all messages before a corruption, and then its error",
  permissions: "none",
  async fn() {
    const seen: string[] = [];
    await assertRejects(
      async () => {
        const batches = bytesOf(utf8("a\nb\nc")).pipeThrough(lines());
        for await (const line of messagesOf(batches)) seen.push(textOf(line));
      },
      DecodeError,
      "Stream ended inside a message",
    );
    assertEquals(seen, ["a", "b"]);
  },
});

Deno.test({
  name: "messagesOf cancels the stream when its reader stops early",
  permissions: "none",
  async fn() {
    let cancelled = false;
    const batches = new ReadableStream<number[]>({
      pull: (controller) => controller.enqueue([1, 2]),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const message of messagesOf(batches)) if (message === 2) break;
    assert(cancelled);
  },
});

Deno.test({
  name: "The whole chain carries any messages, however reads and writes are cut",
  permissions: "none",
  async fn() {
    const messages = fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 12 });
    const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 5 });
    const most = fc.integer({ min: 1, max: 50 });
    await fc.assert(
      fc.asyncProperty(messages, sizes, most, async (messages, sizes, most) => {
        const there = sinkOf(most);
        const writer = encoderStream(new LengthDelimitedEncoder({ prefix: 1 }), there).getWriter();
        await writer.write(messages);
        const back = sinkOf(most);
        await readableFrom(sourceOf(...chunksOf(concat(there.writes), sizes)), { minBlock: 64 })
          .pipeThrough(decoderStream(new LengthDelimitedDecoder({ prefix: 1 })))
          .pipeTo(encoderStream(new LengthDelimitedEncoder({ prefix: 1 }), back));
        assertEquals(concat(back.writes), concat(there.writes));
      }),
      { seed: 8, numRuns: 60 },
    );
  },
});

Deno.test({
  name: "The whole chain writes every message before a corruption, also to a slow sink",
  permissions: "none",
  async fn() {
    const sink = heldSink();
    const piped = readableFrom(sourceOf(hex("01 61 | 01"), hex("62 | ff"), hex("01 63")))
      .pipeThrough(decoderStream(new LengthDelimitedDecoder({ prefix: 1, maxLength: 9 })))
      .pipeTo(encoderStream(new FixedSizeEncoder(1), sink));
    const ended = assertRejects(() => piped, DecodeError, "length 255 exceeds");
    for (const writes of [1, 2]) {
      await settle();
      assertEquals(sink.writes, writes);
      sink.pending.shift()?.();
    }
    await ended;
  },
});

Deno.test({
  name: "The whole chain stops reading when the sink never takes a write",
  permissions: "none",
  async fn() {
    const endless = endlessLines();
    const sink = heldSink();
    const stop = new AbortController();
    const piped = readableFrom(endless)
      .pipeThrough(lines())
      .pipeTo(encoderStream(new FixedSizeEncoder(1), sink), { signal: stop.signal });
    const ended = assertRejects(() => piped);
    await settle();
    const before = endless.reads;
    assertLessOrEqual(before, 4);
    await settle();
    assertEquals([endless.reads, sink.writes], [before, 1]);
    stop.abort();
    sink.pending.shift()?.();
    await ended;
  },
});

Deno.test({
  name: "The whole chain reads at most one chunk ahead of the writes that the sink takes",
  permissions: "none",
  async fn() {
    const endless = endlessLines();
    const sink = heldSink();
    const stop = new AbortController();
    const echo: Encoder<Uint8Array> = new FixedSizeEncoder(1);
    const piped = readableFrom(endless)
      .pipeThrough(lines())
      .pipeTo(encoderStream(echo, sink), { signal: stop.signal });
    const ended = assertRejects(() => piped);
    await settle();
    for (let i = 0; i < 20; i++) {
      sink.pending.shift()?.();
      await settle();
      assertLessOrEqual(endless.reads - sink.writes, 1);
    }
    assertEquals(sink.writes, 21);
    stop.abort();
    sink.pending.shift()?.();
    await ended;
  },
});

Deno.test({
  name: "encoderStream says that it is full with as many arrays as its highWaterMark",
  permissions: "none",
  async fn() {
    for (const [options, most] of [[{}, 1], [{ highWaterMark: 2 }, 2]] as const) {
      const sink = heldSink();
      const writer = encoderStream(new FixedSizeEncoder(1), sink, options).getWriter();
      const sizes = [writer.desiredSize];
      const written = [0, 1].map((byte) => {
        const write = writer.write([Uint8Array.of(byte)]);
        sizes.push(writer.desiredSize);
        return write;
      });
      assertEquals(sizes, [most, most - 1, most - 2]);
      for (let writes = 1; writes <= 2; writes++) {
        await settle();
        sink.pending.shift()?.();
      }
      await Promise.all(written);
    }
  },
});

Deno.test({
  name: "encoderStream empties an array when its messages are encoded, before they are written",
  permissions: "none",
  async fn() {
    const sink = heldSink();
    const writer = encoderStream(new LengthDelimitedEncoder(), sink).getWriter();
    const [short, long] = [[hex("01"), hex("02")], [new Uint8Array(CHAIN_THRESHOLD), hex("01")]];
    const written = writer.write(short);
    await settle();
    assertEquals([short.length, sink.writes], [0, 1]);
    const writtenLong = writer.write(long);
    for (let writes = 1; writes <= 4; writes++) {
      await settle();
      sink.pending.shift()?.();
    }
    await Promise.all([written, writtenLong]);
    assertEquals([long.length, sink.writes], [0, 4]);
  },
});
