import type { Input } from "../../lib/bytes/mod.ts";
import { BatchDecoder, DecodeError, type Decoder, FixedSizeDecoder } from "../../lib/codec/mod.ts";
import {
  assertEquals,
  assertInstanceOf,
  assertLessOrEqual,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { bytewise, decodeAll } from "./helpers.ts";

/** Messages of one length byte and that many bytes; a length over 9 is a corruption. */
const digits: Decoder<number[]> = {
  decode(input) {
    const size = input.bytes[input.start]!;
    if (size > 9) throw new DecodeError("TOO_LARGE", input.offset, `${size} is over 9`);
    if (input.length < 1 + size) return undefined;
    input.skip(1);
    return [...input.take(size)];
  },
};

/** Takes what has come of a message of four bytes at once, and gives their sum. */
class SumDecoder implements Decoder<number> {
  #taken: number[] = [];

  decode(input: Input): number | undefined {
    this.#taken.push(...input.take(Math.min(input.length, 4 - this.#taken.length)));
    if (this.#taken.length < 4) return undefined;
    const sum = this.#taken.reduce((a, b) => a + b);
    this.#taken = [];
    return sum;
  }

  end(input: Input): undefined {
    if (this.#taken.length === 0) return undefined;
    const offset = input.offset - this.#taken.length;
    throw new DecodeError("CUT", offset, `${this.#taken.length} of 4 bytes had come`);
  }
}

Deno.test({
  name: "BatchDecoder gives all messages that a chunk completes, and keeps the rest",
  permissions: "none",
  fn() {
    const batches = new BatchDecoder(digits);
    const messages: number[][] = [];
    batches.push(Uint8Array.of(1, 7, 0, 2, 8), messages);
    assertEquals(messages, [[7], []]);
    assertEquals([batches.offset, batches.waiting], [3, 2]);
    batches.push(Uint8Array.of(9), messages);
    assertEquals(messages, [[7], [], [8, 9]]);
    assertEquals([batches.offset, batches.waiting], [6, 0]);
    batches.end(messages);
    assertEquals(messages.length, 3);
  },
});

Deno.test({
  name: "BatchDecoder takes an empty chunk and an empty stream",
  permissions: "none",
  fn() {
    assertEquals(decodeAll(digits), []);
    assertEquals(decodeAll(digits, new Uint8Array(0)), []);
    assertEquals(decodeAll(digits, Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(5)), [[5]]);
  },
});

Deno.test({
  name: "BatchDecoder keeps the messages before a corruption",
  permissions: "none",
  fn() {
    const messages: number[][] = [];
    const error = assertThrows(
      () => new BatchDecoder(digits).push(Uint8Array.of(1, 7, 0, 10, 1, 8), messages),
      DecodeError,
      "10 is over 9",
    );
    assertEquals(messages, [[7], []]);
    assertEquals([error.code, error.offset, error.name], ["TOO_LARGE", 3, "DecodeError"]);
  },
});

Deno.test({
  name: "BatchDecoder throws its first error again at every later call",
  permissions: "none",
  fn() {
    const batches = new BatchDecoder(digits);
    const messages: number[][] = [];
    const first = assertThrows(() => batches.push(Uint8Array.of(10), messages));
    assertStrictEquals(assertThrows(() => batches.push(Uint8Array.of(1, 1), messages)), first);
    assertStrictEquals(assertThrows(() => batches.push(new Uint8Array(0), messages)), first);
    assertStrictEquals(assertThrows(() => batches.end(messages)), first);
    assertEquals(messages, []);
  },
});

Deno.test({
  name: "BatchDecoder says how much of a cut message had come, and from where",
  permissions: "none",
  fn() {
    const batches = new BatchDecoder(digits);
    batches.push(Uint8Array.of(1, 7, 4, 8, 9), []);
    const error = assertThrows(
      () => batches.end([]),
      DecodeError,
      "Stream ended inside a message: 3 bytes of it, from offset 2, had come",
    );
    assertEquals([error.code, error.offset], ["CUT", 2]);
    assertStrictEquals(assertThrows(() => batches.push(Uint8Array.of(1, 1), [])), error);
  },
});

Deno.test({
  name: "BatchDecoder calls a cut message CUT even while a need keeps the decoder waiting",
  permissions: "none",
  fn() {
    const error = assertThrows(
      () => decodeAll(new FixedSizeDecoder(10), new Uint8Array(3), new Uint8Array(4)),
      DecodeError,
      "7 bytes of it, from offset 0",
    );
    assertEquals(error.code, "CUT");
  },
});

Deno.test({
  name: "BatchDecoder refuses a decoder that returns a message without taking bytes",
  permissions: "none",
  fn() {
    const stuck: Decoder<string> = { decode: () => "again" };
    const batches = new BatchDecoder(stuck);
    const messages: string[] = [];
    const error = assertThrows(
      () => batches.push(Uint8Array.of(1), messages),
      TypeError,
      "without taking bytes",
    );
    assertEquals(messages, []);
    assertStrictEquals(assertThrows(() => batches.push(Uint8Array.of(1), messages)), error);
  },
});

Deno.test({
  name: "BatchDecoder refuses a decoder whose end returns messages without taking bytes",
  permissions: "none",
  fn() {
    const stuck: Decoder<string> = { decode: () => undefined, end: () => "again" };
    assertThrows(() => decodeAll(stuck, Uint8Array.of(1)), TypeError, "without taking bytes");
  },
});

Deno.test({
  name: "BatchDecoder does not call the decoder until the bytes it needs have come",
  permissions: "none",
  fn() {
    let calls = 0;
    const frames = new FixedSizeDecoder(1_000);
    const counted: Decoder<Uint8Array> = {
      decode(input) {
        calls++;
        return frames.decode(input);
      },
    };
    const messages = decodeAll(counted, ...bytewise(new Uint8Array(10_000).fill(3)));
    assertEquals(messages.length, 10);
    assertLessOrEqual(calls, 20); // Once at a message's first byte, once at its last.
  },
});

Deno.test({
  name: "BatchDecoder lets end() take what stands at the end of the stream",
  permissions: "none",
  fn() {
    const pairs: Decoder<number> = {
      decode: (input) => input.length < 2 ? undefined : input.take(2).length,
      end: (input) => input.length === 0 ? undefined : input.take(1).length,
    };
    assertEquals(decodeAll(pairs, Uint8Array.of(1, 2, 3)), [2, 1]);
    assertEquals(decodeAll(pairs, Uint8Array.of(1, 2)), [2]);
  },
});

Deno.test({
  name: "BatchDecoder keeps the messages that end() gave before the stream turned out to be cut",
  permissions: "none",
  fn() {
    const decoder: Decoder<number> = {
      decode: () => undefined,
      end: (input) => input.length < 2 ? undefined : input.take(2)[0],
    };
    const batches = new BatchDecoder(decoder);
    const messages: number[] = [];
    batches.push(Uint8Array.of(5, 0, 6, 0, 7), messages);
    const error = assertThrows(() => batches.end(messages), DecodeError, "1 bytes of it");
    assertEquals(messages, [5, 6]);
    assertEquals(error.offset, 4);
  },
});

Deno.test({
  name:
    "BatchDecoder calls end() of a decoder that has taken a part of a message, with no byte waiting",
  permissions: "none",
  fn() {
    assertEquals(decodeAll(new SumDecoder(), ...bytewise(Uint8Array.of(1, 2, 3, 4))), [10]);
    const batches = new BatchDecoder(new SumDecoder());
    const messages: number[] = [];
    batches.push(Uint8Array.of(1, 2, 3, 4, 5, 6), messages);
    assertEquals([batches.waiting, ...messages], [0, 10]);
    const error = assertThrows(() => batches.end(messages), DecodeError, "2 of 4 bytes had come");
    assertEquals([error.code, error.offset], ["CUT", 4]);
  },
});

Deno.test({
  name: "BatchDecoder does not call end() between messages",
  permissions: "none",
  fn() {
    const strict: Decoder<number[]> = {
      decode: (input) => digits.decode(input),
      end: (input) => {
        throw new DecodeError("CUT", input.offset, "inside");
      },
    };
    assertEquals(decodeAll(strict, Uint8Array.of(1, 7)), [[7]]);
    assertThrows(() => decodeAll(strict, Uint8Array.of(1, 7, 1)), DecodeError, "inside");
  },
});

Deno.test({
  name: "BatchDecoder passes on what a decoder throws, whatever its class",
  permissions: "none",
  fn() {
    const broken: Decoder<number> = {
      decode(input) {
        return input.take(100)[0];
      },
    };
    assertInstanceOf(assertThrows(() => decodeAll(broken, Uint8Array.of(1))), RangeError);
  },
});

Deno.test({
  name: "BatchDecoder counts its messages, and keeps all of a decoder that does not say otherwise",
  permissions: "none",
  fn() {
    const batches = new BatchDecoder(new FixedSizeDecoder(2));
    assertEquals([batches.count, batches.kept], [0, Infinity]);
    batches.push(Uint8Array.of(1, 2, 3, 4, 5), []);
    assertEquals([batches.count, batches.kept], [2, Infinity]);
  },
});
