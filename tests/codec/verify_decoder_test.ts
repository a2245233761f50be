import type { Input, ReadBuffer } from "../../lib/bytes/mod.ts";
import { DecodeError, type Decoder } from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { assertEquals, AssertionError, assertLess, assertThrows } from "@std/assert";
import { hex } from "./helpers.ts";

/** Takes messages of one length byte and that many bytes, as it should. Each broken decoder has one fault. */
function pascal(input: Input): Uint8Array | undefined {
  const size = input.bytes[input.start]!;
  if (input.length < 1 + size) return undefined;
  input.skip(1);
  return input.take(size);
}

const INPUT = hex("03 616263 | 00 | 02 6465 | 01 66");
const MESSAGES = ["616263", "", "6465", "66"].map(hex);

/** The verifier's verdict on a decoder of `INPUT`. */
function verify(decoder: () => Decoder<Uint8Array>, input = INPUT, messages = MESSAGES): void {
  verifyDecoder({ decoder, input, messages });
}

/** Asserts that the verifier refuses a decoder, and says `message`. */
function assertRefused(decoder: () => Decoder<Uint8Array>, message: string): void {
  assertThrows(() => verify(decoder), AssertionError, message);
}

Deno.test({
  name: "verifyDecoder passes a decoder that is right",
  permissions: "none",
  fn() {
    verify(() => ({ decode: pascal }));
  },
});

Deno.test({
  name: "verifyDecoder passes a decoder of an empty stream",
  permissions: "none",
  fn() {
    verify(() => ({ decode: pascal }), new Uint8Array(0), []);
  },
});

Deno.test({
  name: "verifyDecoder passes a decoder that takes a message piece by piece",
  permissions: "none",
  fn() {
    class Piecewise implements Decoder<Uint8Array> {
      #message: Uint8Array | undefined;
      #filled = 0;

      decode(input: Input): Uint8Array | undefined {
        this.#message ??= new Uint8Array(input.take(1)[0]!);
        const piece = input.take(Math.min(input.length, this.#message.length - this.#filled));
        this.#message.set(piece, this.#filled);
        this.#filled += piece.length;
        if (this.#filled < this.#message.length) return undefined;
        const message = this.#message;
        this.#message = undefined;
        this.#filled = 0;
        return message;
      }
    }
    verify(() => new Piecewise());
  },
});

Deno.test({
  name: "verifyDecoder passes messages that are objects",
  permissions: "none",
  fn() {
    verifyDecoder({
      decoder: () => ({ decode: (input) => ({ kind: "byte", value: input.take(1)[0] }) }),
      input: hex("01 02"),
      messages: [{ kind: "byte", value: 1 }, { kind: "byte", value: 2 }],
    });
  },
});

Deno.test({
  name:
    "verifyDecoder leaves the input that it was given unchanged, and makes a decoder for each run",
  permissions: "none",
  fn() {
    const input = INPUT.slice();
    let made = 0;
    verify(() => {
      made++;
      return { decode: pascal };
    }, input);
    assertEquals(input, INPUT);
    // 4 places for: whole, byte by byte, 11 cuts in two, 45 cuts in three, and 3 times over.
    assertLess(200, made);
    assertLess(made, 300);
  },
});

Deno.test({
  name: "verifyDecoder tries as many cuts in three as it is told to",
  permissions: "none",
  fn() {
    let made = 0;
    const count = (cutsInThree: number) => {
      made = 0;
      verifyDecoder({
        decoder: () => {
          made++;
          return { decode: pascal };
        },
        input: INPUT,
        messages: MESSAGES,
        cutsInThree,
      });
      return made;
    };
    assertEquals((count(10) - count(5)) / 4, 5);
  },
});

Deno.test({
  name: "verifyDecoder refuses other messages than those expected",
  permissions: "none",
  fn() {
    for (
      const messages of [[], MESSAGES.slice(1), [...MESSAGES, hex("00")], [...MESSAGES].reverse()]
    ) {
      assertThrows(
        () => verify(() => ({ decode: pascal }), INPUT, messages),
        AssertionError,
        "Decoder gives other messages: whole, each chunk in a buffer of its own",
      );
    }
  },
});

Deno.test({
  name: "verifyDecoder refuses a stream that ends in another way than expected",
  permissions: "none",
  fn() {
    const decoder = () => ({ decode: pascal });
    const [input, messages] = [hex("01 61 | 02 62"), [hex("61")]];
    const ways = [
      undefined,
      { code: "CORRUPT", offset: 2 },
      { code: "CUT", offset: 3 },
    ];
    for (const error of ways) {
      assertThrows(
        () => verifyDecoder({ decoder, input, messages, ...(error && { error }) }),
        AssertionError,
        "Decoder ends in another way",
      );
    }
    verifyDecoder({ decoder, input, messages, error: { code: "CUT", offset: 2 } });
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that slides the waiting bytes under a view it gave out",
  permissions: "none",
  fn() {
    assertRefused(() => ({
      decode(input) {
        const window = input as ReadBuffer; // The type of a decoder's input forbids what follows.
        window.bytes.copyWithin(0, window.start, window.end); // To use the room in front again.
        window.end -= window.start;
        window.start = 0;
        return pascal(window);
      },
    }), "Decoder gives other messages: whole");
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that gives out the same memory for each message",
  permissions: "none",
  fn() {
    assertRefused(() => {
      const scratch = new Uint8Array(16);
      return {
        decode(input) {
          const message = pascal(input);
          if (message === undefined) return undefined;
          scratch.set(message);
          return scratch.subarray(0, message.length);
        },
      };
    }, "Decoder gives other messages: whole");
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that wipes the view it gave out before",
  permissions: "none",
  fn() {
    assertRefused(() => {
      let last = new Uint8Array(0);
      return {
        decode(input) {
          const message = pascal(input);
          if (message === undefined) return undefined;
          last.fill(0);
          last = new Uint8Array(message.buffer as ArrayBuffer, message.byteOffset, message.length);
          return message;
        },
      };
    }, "Decoder gives other messages: whole");
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that unmasks messages in its input",
  permissions: "none",
  fn() {
    const unmasking: Decoder<Uint8Array> = {
      decode(input) {
        const message = pascal(input);
        message?.forEach((byte, i) => message[i] = byte ^ 0x20);
        return message;
      },
    };
    assertThrows(
      () => verify(() => unmasking, hex("02 4142"), [hex("6162")]),
      AssertionError,
      "Decoder wrote to its input or around it: whole",
    );
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that writes behind its window",
  permissions: "none",
  fn() {
    assertRefused(() => ({
      decode(input) {
        const memory = new Uint8Array(input.bytes.buffer);
        memory[input.bytes.byteOffset + input.end] = 0x0a; // A mark for its own search.
        return pascal(input);
      },
    }), "Decoder wrote to its input or around it");
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that forgets where in its buffer the window lies",
  permissions: "none",
  fn() {
    assertRefused(() => ({
      decode(input) {
        const size = new DataView(input.bytes.buffer).getUint8(input.start);
        if (input.length < 1 + size) return undefined;
        input.skip(1);
        return input.take(size);
      },
    }), "each chunk between guard bytes");
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that looks at the byte behind its window",
  permissions: "none",
  fn() {
    // Two-byte messages: it knows the second byte before that has come.
    const hasty: Decoder<number> = {
      decode(input) {
        const at = input.bytes.byteOffset + input.start;
        const [a, b = 0] = new Uint8Array(input.bytes.buffer, at);
        if (a === 1 && b === 0xff) throw new DecodeError("CORRUPT", input.offset, "1 before 255");
        return input.length < 2 ? undefined : input.take(2)[1];
      },
    };
    assertThrows(
      () => verifyDecoder({ decoder: () => hasty, input: hex("01 02 01 03"), messages: [2, 3] }),
      AssertionError,
      "guard bytes 0xff",
    );
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that takes a chunk for a message",
  permissions: "none",
  fn() {
    const chunkwise: Decoder<Uint8Array> = { decode: (input) => input.take(input.length) };
    assertThrows(
      () => verify(() => chunkwise, INPUT, [INPUT]),
      AssertionError,
      "Decoder gives other messages: byte by byte",
    );
  },
});

Deno.test({
  name:
    "verifyDecoder refuses a decoder that takes a length field for whole when half of it has come",
  permissions: "none",
  fn() {
    // A length of two bytes, the least significant first.
    const hasty: Decoder<Uint8Array> = {
      decode(input) {
        const { bytes, start } = input;
        const size = bytes[start]! + ((bytes[start + 1] ?? 0) << 8);
        if (input.length < 1 + size) return undefined;
        input.skip(Math.min(2, input.length));
        return input.take(Math.min(size, input.length));
      },
    };
    assertThrows(
      () => verify(() => hasty, hex("0300 616263"), [hex("616263")]),
      AssertionError,
      "Decoder gives other messages: byte by byte",
    );
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that loses its place at a cut",
  permissions: "none",
  fn() {
    assertRefused(() => ({
      decode(input) {
        const size = input.bytes[input.start]!;
        input.skip(1); // Before it is known that the message is whole.
        return input.length < size ? undefined : input.take(size);
      },
    }), "byte by byte");
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that swallows a message at the end of a chunk",
  permissions: "none",
  fn() {
    assertRefused(() => ({
      decode(input) {
        const message = pascal(input);
        return input.length === 0 ? undefined : message;
      },
    }), "Decoder gives other messages: whole");
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that swallows the last message when the stream ends",
  permissions: "none",
  fn() {
    assertRefused(() => ({
      decode(input) {
        const size = input.bytes[input.start]!;
        return input.length <= 1 + size ? undefined : pascal(input); // Waits for one byte too many.
      },
      end(input) {
        input.skip(input.length);
        return undefined;
      },
    }), "Decoder gives other messages: whole");
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that leaves bytes over",
  permissions: "none",
  fn() {
    const lazy: Decoder<Uint8Array> = {
      decode: (input) => input.length > 2 ? pascal(input) : undefined,
    };
    assertThrows(
      () => verify(() => lazy, INPUT, MESSAGES.slice(0, 3)),
      AssertionError,
      "Decoder ends in another way: whole",
    );
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that drops what a chunk has behind its first message",
  permissions: "none",
  fn() {
    assertRefused(() => ({
      decode(input) {
        const message = pascal(input);
        if (message !== undefined) input.skip(input.length);
        return message;
      },
    }), "Decoder gives other messages: whole");
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that works for one stream's length only",
  permissions: "none",
  fn() {
    assertRefused(() => {
      let count = 0;
      return {
        decode(input) {
          if (count === MESSAGES.length) throw new DecodeError("FULL", input.offset, "too many");
          const message = pascal(input);
          if (message !== undefined) count++;
          return message;
        },
      };
    }, "3 times over");
  },
});

Deno.test({
  name: "verifyDecoder refuses an error whose offset depends on the cuts",
  permissions: "none",
  fn() {
    const decoder: Decoder<Uint8Array> = {
      decode(input) {
        if (input.bytes.subarray(input.start, input.end).includes(0xff)) {
          throw new DecodeError("CORRUPT", input.offset, "255"); // Also when it stands further back.
        }
        return input.take(1);
      },
    };
    assertThrows(
      () =>
        verifyDecoder({
          decoder: () => decoder,
          input: hex("01 02 ff"),
          messages: [],
          error: { code: "CORRUPT", offset: 0 },
        }),
      AssertionError,
      "byte by byte",
    );
  },
});

Deno.test({
  name: "verifyDecoder refuses a decoder that asks for more bytes than the message has",
  permissions: "none",
  fn() {
    assertRefused(() => ({
      decode(input) {
        const message = pascal(input);
        if (message === undefined) input.need(input.bytes[input.start]! + 2); // One too many.
        return message;
      },
    }), "byte by byte");
  },
});

Deno.test({
  name: "verifyDecoder tells apart whatever assertEquals tells apart",
  permissions: "none",
  fn() {
    class Named {
      constructor(readonly name: string) {}
    }
    const cyclic = () => {
      const value: { self?: unknown } = {};
      value.self = value;
      return value;
    };
    const symbol = Symbol("symbol");
    const values: (() => unknown)[] = [
      () => 0,
      () => -0,
      () => NaN,
      () => 1n,
      () => null,
      () => "a",
      () => [],
      () => [undefined],
      () => [1, [2]],
      () => [1, [3]],
      () => ({}),
      () => ({ a: undefined }),
      () => ({ a: 1, b: hex("01") }),
      () => ({ a: 1, b: hex("02") }),
      () => ({ [symbol]: 1 }),
      () => ({ [symbol]: 2 }),
      () => hex("01"),
      () => Uint16Array.of(1),
      () => new Map([[1, 2]]),
      () => new Map([[1, 3]]),
      () => new Date(1),
      () => new Date(2),
      () => new Named("a"),
      () => new Named("b"),
      cyclic,
    ];
    const throws = (work: () => void): boolean => {
      try {
        work();
      } catch (error) {
        if (!(error instanceof AssertionError)) throw error;
        return true;
      }
      return false;
    };
    for (const [i, actual] of values.entries()) {
      const decoder = () => ({
        decode(input: Input) {
          input.skip(1);
          return [actual()];
        },
      });
      for (const [j, expected] of values.entries()) {
        const messages = [[expected()]];
        const strict = throws(() => assertEquals([[actual()]], messages));
        const found = throws(() => verifyDecoder({ decoder, input: hex("00"), messages }));
        assertEquals(found, strict, `values ${i} and ${j}`);
      }
    }
  },
});

Deno.test({
  name: "verifyDecoder passes on an error that is no DecodeError",
  permissions: "none",
  fn() {
    assertThrows(() => verify(() => ({ decode: (input) => input.take(100) })), RangeError);
    assertThrows(() => verify(() => ({ decode: () => hex("00") })), TypeError);
  },
});
