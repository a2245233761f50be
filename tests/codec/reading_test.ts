import type { Input } from "../../lib/bytes/mod.ts";
import {
  type ByteSource,
  DecodeError,
  type Decoder,
  decoderStream,
  encoderStream,
  FixedSizeDecoder,
  FixedSizeEncoder,
  LengthDelimitedDecoder,
  readableFrom,
} from "../../lib/codec/mod.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { chunksOf, hex, settle, sinkOf, sourceOf } from "./helpers.ts";

const frames = () => decoderStream(new LengthDelimitedDecoder({ prefix: 1, maxLength: 9 }));

/** What a stream gave, and what it ended with. */
async function outcomeOf(stream: ReadableStream<Uint8Array[]>): Promise<[Uint8Array[], string]> {
  const messages: Uint8Array[] = [];
  try {
    for await (const batch of stream) messages.push(...batch);
    return [messages, "end"];
  } catch (cause) {
    return [messages, String(cause)];
  }
}

Deno.test({
  name: "A source that is one with its decoder gives what two streams and a pipe give",
  permissions: "none",
  async fn() {
    const bytes = fc.uint8Array({ maxLength: 60, max: 12 });
    const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(bytes, sizes, async (bytes, sizes) => {
        const source = () => readableFrom(sourceOf(...chunksOf(bytes, sizes)));
        const between = new TransformStream<Uint8Array, Uint8Array>();
        assertEquals(
          await outcomeOf(source().pipeThrough(frames())),
          await outcomeOf(source().pipeThrough(between).pipeThrough(frames())),
        );
      }),
      { seed: 5, numRuns: 200 },
    );
  },
});

Deno.test({
  name: "A source reads only what is asked for, and nothing ahead, through its decoder",
  permissions: "none",
  async fn() {
    const source = sourceOf(hex("01 61"), hex("01 62"), hex("01 63"));
    const reader = readableFrom(source).pipeThrough(frames()).getReader();
    for (let reads = 0; reads < 3; reads++) {
      await settle();
      assertEquals(source.reads, reads);
      assertEquals((await reader.read()).value?.length, 1);
    }
    assertEquals((await reader.read()).done, true);
  },
});

Deno.test({
  name: "A source and a decoder that are piped together are locked",
  permissions: "none",
  async fn() {
    const [source, decoder] = [readableFrom(sourceOf(hex("01 61"))), frames()];
    const { readable } = decoder;
    const piped = source.pipeThrough(decoder);
    assertStrictEquals(decoder.readable, piped);
    assertEquals([source.locked, decoder.writable.locked, readable.locked], [true, true, true]);
    assertEquals(piped.locked, false);
    assertThrows(() => source.pipeThrough(frames()), TypeError);
    assertThrows(() => readableFrom(sourceOf()).pipeThrough(decoder), TypeError);
    assertEquals(await outcomeOf(piped), [[hex("61")], "end"]);
  },
});

Deno.test({
  name: "A source is piped with options as any other stream is",
  permissions: "none",
  async fn() {
    const never: ByteSource = { read: () => new Promise(() => {}) };
    const stop = new AbortController();
    const reader = readableFrom(never).pipeThrough(frames(), { signal: stop.signal }).getReader();
    const read = reader.read();
    stop.abort(new Error("no more"));
    await assertRejects(() => read, Error, "no more");
  },
});

Deno.test({
  name: "A message in many pieces takes one promise at a time",
  permissions: "none",
  async fn() {
    let left = 20_001;
    const pieces: ByteSource = {
      read(room) {
        room[0] = 7;
        return Promise.resolve(left-- > 0 ? 1 : null);
      },
    };
    const stream = readableFrom(pieces).pipeThrough(decoderStream(new FixedSizeDecoder(20_000)));
    const [messages, end] = await outcomeOf(stream);
    assertEquals(messages.map(({ length }) => length), [20_000]);
    assert(end.includes("Stream ended inside a message"), end);
  },
});

Deno.test({
  name: "The messages before a corruption come first, however late they are taken",
  permissions: "none",
  async fn() {
    const source = sourceOf(hex("01 61 | ff"));
    const reader = readableFrom(source).pipeThrough(frames()).getReader();
    const first = reader.read();
    await settle();
    assertEquals((await first).value, [hex("61")]);
    for (let again = 0; again < 2; again++) await assertRejects(() => reader.read(), DecodeError);
    assertEquals(source.reads, 1);
  },
});

Deno.test({
  name: "A decoder gets nothing of a read that ends after its stream was cancelled",
  permissions: "none",
  async fn() {
    const { promise, resolve } = Promise.withResolvers<number>();
    let decoded = 0;
    const decoder: Decoder<Uint8Array> = {
      decode(input) {
        decoded++;
        return input.take(1);
      },
    };
    const stream = readableFrom({ read: () => promise }).pipeThrough(decoderStream(decoder));
    const reader = stream.getReader();
    const read = reader.read();
    await reader.cancel();
    resolve(1);
    await settle();
    assertEquals([(await read).done, decoded], [true, 0]);
  },
});

Deno.test({
  name: "A source whose read fails fails its messages with that",
  permissions: "none",
  async fn() {
    const broken: ByteSource = {
      read: () => Promise.reject(new Deno.errors.ConnectionReset("gone")),
    };
    const reader = readableFrom(broken).pipeThrough(frames()).getReader();
    await assertRejects(() => reader.read(), Deno.errors.ConnectionReset, "gone");
  },
});

Deno.test({
  name: "A source is told of each read, and a sink of each write",
  permissions: "none",
  async fn() {
    const told: (number | null)[] = [];
    const source = () => {
      const { read } = sourceOf(hex("01"), hex("02 03"));
      return { read, didRead: (count: number | null) => void told.push(count) };
    };
    await outcomeOf(readableFrom(source()).pipeThrough(frames()));
    await Array.fromAsync(readableFrom(source()));
    assertEquals(told, [1, 2, null, 1, 2, null]);
    const written: string[] = [];
    const sink = {
      ...sinkOf(2),
      didWrite: (bytes: Uint8Array, count: number) =>
        void written.push(`${bytes.toHex()} ${count}`),
    };
    await encoderStream(new FixedSizeEncoder(3), sink).getWriter().write([hex("01 02 03")]);
    assertEquals(written, ["010203 2", "03 1"]);
  },
});

/** Messages of one byte, of which somebody keeps as many as the test says. */
class OneByte implements Decoder<Uint8Array> {
  kept = 0;

  decode(input: Input): Uint8Array {
    return input.take(1);
  }
}

/** Reads so many messages; tells which of them lie where the one before did. */
async function overwrites(kept: (message: number) => number, count: number): Promise<boolean[]> {
  const decoder = new OneByte();
  const parts = Array.from({ length: count }, (_, at) => Uint8Array.of(at));
  const stream = readableFrom(sourceOf(...parts), { minBlock: 4, maxBlock: 4 });
  const places: string[] = [];
  const buffers: ArrayBufferLike[] = [];
  for await (const [message] of stream.pipeThrough(decoderStream(decoder))) {
    const { buffer, byteOffset } = message!;
    if (!buffers.includes(buffer)) buffers.push(buffer);
    places.push(`${buffers.indexOf(buffer)}:${byteOffset}`);
    decoder.kept = kept(places.length);
  }
  return places.map((place, at) => places.indexOf(place) < at);
}

Deno.test({
  name: "A source reads over messages that nobody keeps",
  permissions: "none",
  async fn() {
    assertEquals(await overwrites(() => 0, 4), [false, true, true, true]);
  },
});

Deno.test({
  name: "A source reads over no message up to the last one that somebody keeps",
  permissions: "none",
  async fn() {
    assertEquals((await overwrites((message) => message, 9)).includes(true), false);
    // The third message is in the first block, and with it the fourth; from the second block on none is kept.
    const kept = (message: number) => message < 3 ? 0 : 3;
    const expected = [false, true, true, false, false, false, false, true, true];
    assertEquals(await overwrites(kept, 9), expected);
  },
});
