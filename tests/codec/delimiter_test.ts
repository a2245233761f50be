import { CHAIN_THRESHOLD, ReadBuffer, WriteBuffer } from "../../lib/bytes/mod.ts";
import {
  BatchDecoder,
  DecodeError,
  DelimiterDecoder,
  DelimiterEncoder,
  type DelimiterOptions,
  encodeAll,
} from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { indexOfNeedle } from "@std/bytes";
import fc from "fast-check";
import { bytewise, chunksOf, decodeAll, hex, textOf, utf8 } from "./helpers.ts";

/** The messages as text of a text that comes in these chunks. */
function split(options: DelimiterOptions, ...chunks: string[]): string[] {
  return decodeAll(new DelimiterDecoder(options), ...chunks.map(utf8)).map(textOf);
}

Deno.test({
  name: "DelimiterDecoder takes messages up to a delimiter, without it",
  permissions: "none",
  fn() {
    assertEquals(split({ delimiter: "\n" }, "one\ntwo\n"), ["one", "two"]);
    assertEquals(split({ delimiter: "\r\n" }, "one\r\ntwo\r\n"), ["one", "two"]);
    assertEquals(split({ delimiter: Uint8Array.of(0) }, "a\0b\0"), ["a", "b"]);
  },
});

Deno.test({
  name: "DelimiterDecoder gives an empty message for two delimiters in a row",
  permissions: "none",
  fn() {
    assertEquals(split({ delimiter: "\r\n" }, "\r\na\r\n\r\n"), ["", "a", ""]);
  },
});

Deno.test({
  name: "DelimiterDecoder finds a delimiter that two chunks share",
  permissions: "none",
  fn() {
    assertEquals(split({ delimiter: "\r\n" }, "abc\r", "\ndef\r", "\n"), ["abc", "def"]);
  },
});

Deno.test({
  name: "DelimiterDecoder gives abc and def for `abc CR LF def` byte by byte",
  permissions: "none",
  fn() {
    const options = { delimiter: "\r\n", allowUnterminated: true };
    assertEquals(split(options, ..."abc\r\ndef"), ["abc", "def"]);
  },
});

Deno.test({
  name: "DelimiterDecoder finds a delimiter of many bytes that as many chunks share",
  permissions: "none",
  fn() {
    assertEquals(split({ delimiter: "<end>" }, ..."x<e<end>y<end>"), ["x<e", "y"]);
  },
});

Deno.test({
  name: "DelimiterDecoder keeps half a delimiter that is none as part of the message",
  permissions: "none",
  fn() {
    assertEquals(split({ delimiter: "\r\n" }, "a\r", "b\r", "\r", "\n"), ["a\rb\r"]);
    assertEquals(split({ delimiter: "\r\n" }, "\na\n\r", "\n"), ["\na\n"]);
  },
});

Deno.test({
  name: "DelimiterDecoder finds a delimiter behind bytes that repeat its beginning",
  permissions: "none",
  fn() {
    for (
      const [delimiter, stream, messages] of [
        ["aab", "aaaab", ["aa"]],
        ["aab", "aaab aabaab", ["a", " ", ""]],
        ["abab", "aababab abab", ["a", "ab "]],
        ["aa", "aaaab aa", ["", "", "b "]],
        ["\r\n\r\n", "a\r\n\r\r\n\r\n", ["a\r\n\r"]],
      ] as const
    ) {
      assertEquals(split({ delimiter }, stream), [...messages]);
      assertEquals(split({ delimiter }, ...stream), [...messages]);
    }
  },
});

const STREAMS: readonly (readonly [string, DelimiterOptions, string, readonly string[]])[] = [
  ["LF", { delimiter: "\n" }, "one\n\ntwo\n", ["one", "", "two"]],
  ["CR LF", { delimiter: "\r\n" }, "abc\r\n\r\n\r\r\nd\n\r\n", ["abc", "", "\r", "d\n"]],
  ["a delimiter that repeats itself", { delimiter: "aab" }, "aaaab|aab|ab", ["aa", "|"]],
  ["a delimiter of one letter twice", { delimiter: "aa" }, "aaaba|aa", ["", "aba|"]],
];

for (const [name, options, stream, messages] of STREAMS) {
  Deno.test({
    name: `DelimiterDecoder passes the verifier: ${name}`,
    permissions: "none",
    fn() {
      const end = messages.reduce((sum, m) => sum + m.length + options.delimiter.length, 0);
      verifyDecoder({
        decoder: () => new DelimiterDecoder(options),
        input: utf8(stream),
        messages: messages.map(utf8),
        ...(end < stream.length ? { error: { code: "CUT", offset: end } } : {}),
      });
    },
  });
}

Deno.test({
  name: "DelimiterDecoder passes the verifier with a last message that is not terminated",
  permissions: "none",
  fn() {
    verifyDecoder({
      decoder: () => new DelimiterDecoder({ delimiter: "\r\n", allowUnterminated: true }),
      input: utf8("one\r\ntwo\r"),
      messages: [utf8("one"), utf8("two\r")],
    });
  },
});

Deno.test({
  name: "DelimiterDecoder gives no empty message at the end of a terminated stream",
  permissions: "none",
  fn() {
    assertEquals(split({ delimiter: "\n", allowUnterminated: true }, "a\n"), ["a"]);
    assertEquals(split({ delimiter: "\n", allowUnterminated: true }, "a\n\n"), ["a", ""]);
    assertEquals(split({ delimiter: "\n", allowUnterminated: true }), []);
  },
});

Deno.test({
  name: "DelimiterDecoder calls an unterminated message cut unless told otherwise",
  permissions: "none",
  fn() {
    const error = assertThrows(
      () => split({ delimiter: "\r\n" }, "one\r\ntwo\r"),
      DecodeError,
      "Stream ended inside a message: 4 bytes of it, from offset 5, had come",
    );
    assertEquals([error.code, error.offset], ["CUT", 5]);
  },
});

Deno.test({
  name: "DelimiterDecoder accepts maxLength and refuses one more, however it is cut",
  permissions: "none",
  fn() {
    for (const rest of ["abcd\r\n", "abcde", "abcd\r"]) {
      verifyDecoder({
        decoder: () => new DelimiterDecoder({ delimiter: "\r\n", maxLength: 3 }),
        input: utf8(`abc\r\n${rest}`),
        messages: [utf8("abc")],
        error: { code: "TOO_LARGE", offset: 5 },
      });
    }
  },
});

Deno.test({
  name: "DelimiterDecoder refuses an endless message as soon as it cannot end in time",
  permissions: "none",
  fn() {
    const decoder = new BatchDecoder(new DelimiterDecoder({ delimiter: "\r\n", maxLength: 3 }));
    decoder.push(utf8("abc\r"), []); // A line feed would still do.
    assertThrows(
      () => decoder.push(utf8("\r"), []),
      DecodeError,
      "Cannot decode frame: 4 bytes without a delimiter exceed the limit 3 (option maxLength)",
    );
  },
});

Deno.test({
  name: "DelimiterDecoder refuses an unterminated last message over maxLength",
  permissions: "none",
  fn() {
    const options = { delimiter: "\r\n", maxLength: 3, allowUnterminated: true };
    assertEquals(split(options, "abc"), ["abc"]);
    verifyDecoder({
      decoder: () => new DelimiterDecoder(options),
      input: utf8("a\r\nabcd"),
      messages: [utf8("a")],
      error: { code: "TOO_LARGE", offset: 3 },
    });
  },
});

Deno.test({
  name: "DelimiterDecoder refuses a message of 65,537 bytes unless told otherwise",
  permissions: "none",
  fn() {
    const [message] = decodeAll(
      new DelimiterDecoder({ delimiter: "\n" }),
      new Uint8Array(65_536),
      utf8("\n"),
    );
    assertEquals(message?.length, 65_536);
    const error = assertThrows(
      () => decodeAll(new DelimiterDecoder({ delimiter: "\n" }), new Uint8Array(65_537)),
      DecodeError,
      "the limit 65536",
    );
    assertEquals(error.code, "TOO_LARGE");
  },
});

Deno.test({
  name: "DelimiterDecoder with maxLength 0 takes empty messages only",
  permissions: "none",
  fn() {
    assertEquals(split({ delimiter: "\n", maxLength: 0 }, "\n\n"), ["", ""]);
    assertThrows(() => split({ delimiter: "\n", maxLength: 0 }, "a\n"), DecodeError);
  },
});

Deno.test({
  name: "DelimiterDecoder gives views of the chunk, not copies",
  permissions: "none",
  fn() {
    const chunk = utf8("one\ntwo\n");
    for (const message of decodeAll(new DelimiterDecoder({ delimiter: "\n" }), chunk)) {
      assertStrictEquals(message.buffer, chunk.buffer);
    }
  },
});

Deno.test({
  name: "DelimiterDecoder keeps its delimiter when the caller's array changes",
  permissions: "none",
  fn() {
    const delimiter = utf8("\n");
    const decoder = new DelimiterDecoder({ delimiter });
    delimiter.fill(0);
    assertEquals(decodeAll(decoder, utf8("a\n")), [utf8("a")]);
  },
});

/** Counts how many bytes are handed to a search. */
class Counting extends Uint8Array {
  searched = 0;

  override subarray(start = 0, end = this.length): Uint8Array<ArrayBuffer> {
    this.searched += end - start;
    return this.slice(start, end);
  }
}

Deno.test({
  name: "DelimiterDecoder searches no byte more often than the delimiter is long, byte by byte",
  permissions: "none",
  fn() {
    for (const delimiter of ["\n", "\r\n", "aab", "<boundary>"]) {
      const size = 20_000;
      const stream = new Counting(size + delimiter.length).fill(0x61);
      stream.set(utf8(delimiter), size);
      const decoder = new DelimiterDecoder({ delimiter });
      const input = new ReadBuffer();
      input.append(stream);
      // The window grows by a byte a call, as if bytes had come one by one side by side.
      for (input.end = 1; input.end < stream.length; input.end++) {
        assertEquals(decoder.decode(input), undefined);
      }
      assertEquals(decoder.decode(input)?.length, size);
      assertLessOrEqual(stream.searched, stream.length * delimiter.length);
    }
  },
});

Deno.test({
  name: "DelimiterEncoder writes each message and the delimiter",
  permissions: "none",
  fn() {
    const encoder = new DelimiterEncoder({ delimiter: "\r\n" });
    assertEquals(
      encodeAll(encoder, [utf8("ab"), utf8(""), utf8("\r")]),
      hex("61 62 0d 0a | 0d 0a | 0d 0d 0a"),
    );
  },
});

Deno.test({
  name: "DelimiterEncoder refuses a message that contains the delimiter, and appends nothing",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    const encoder = new DelimiterEncoder({ delimiter: "\r\n" });
    assertThrows(
      () => encoder.encode(utf8("ab\r\nc"), out),
      RangeError,
      "Cannot encode a message of 5 bytes: a delimiter would be read at byte 2 of it",
    );
    assertThrows(() => encoder.encode(utf8("\r\n"), out), RangeError);
    assertEquals(out.length, 0);
  },
});

Deno.test({
  name:
    "DelimiterEncoder refuses a message whose end makes a delimiter with the delimiter behind it",
  permissions: "none",
  fn() {
    for (
      const [delimiter, message, at] of [
        ["aa", "ba", 1],
        ["aba", "ab", 0],
        ["aba", "cab", 1],
        ["\r\n\r\n", "x\r\n", 1],
        ["abab", "xab", 1],
      ] as const
    ) {
      assertThrows(
        () => encodeAll(new DelimiterEncoder({ delimiter }), [utf8(message)]),
        RangeError,
        `a delimiter would be read at byte ${at} of it`,
      );
    }
  },
});

Deno.test({
  name: "DelimiterEncoder accepts a message that ends like a delimiter and does not make one",
  permissions: "none",
  fn() {
    for (
      const [delimiter, message] of [["aab", "aa"], ["aba", "aab "], ["\r\n", "\n\r"]] as const
    ) {
      const bytes = encodeAll(new DelimiterEncoder({ delimiter }), [utf8(message)]);
      assertEquals(textOf(bytes), message + delimiter);
      assertEquals(decodeAll(new DelimiterDecoder({ delimiter }), bytes), [utf8(message)]);
    }
  },
});

Deno.test({
  name: "DelimiterEncoder refuses a message over maxLength, and by default one over 65,536 bytes",
  permissions: "none",
  fn() {
    const short = new DelimiterEncoder({ delimiter: "\n", maxLength: 3 });
    assertEquals(encodeAll(short, [utf8("abc")]), utf8("abc\n"));
    assertThrows(
      () => encodeAll(short, [utf8("abcd")]),
      RangeError,
      "Cannot encode a message of 4 bytes: the limit is 3 (option maxLength)",
    );
    const usual = new DelimiterEncoder({ delimiter: "\n" });
    assertEquals(encodeAll(usual, [new Uint8Array(65_536)]).length, 65_537);
    assertThrows(() => encodeAll(usual, [new Uint8Array(65_537)]), RangeError, "limit is 65536");
  },
});

Deno.test({
  name: "DelimiterEncoder chains a large message without a copy",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    const message = new Uint8Array(CHAIN_THRESHOLD);
    new DelimiterEncoder({ delimiter: "\n" }).encode(message, out);
    const [payload, delimiter] = out.drain();
    assertStrictEquals(payload, message);
    assertEquals(delimiter, utf8("\n"));
  },
});

Deno.test({
  name: "DelimiterDecoder and DelimiterEncoder refuse options out of range",
  permissions: "none",
  fn() {
    const wrong: readonly DelimiterOptions[] = [
      { delimiter: "" },
      { delimiter: new Uint8Array(0) },
      { delimiter: "\n", maxLength: -1 },
      { delimiter: "\n", maxLength: 0.5 },
      { delimiter: "\n", maxLength: NaN },
      { delimiter: "\n", maxLength: Infinity },
    ];
    for (const options of wrong) {
      assertThrows(() => new DelimiterDecoder(options), RangeError);
      assertThrows(() => new DelimiterEncoder(options), RangeError);
    }
  },
});

/** Bytes of two letters only, so that delimiters and their beginnings are frequent. */
const letters = (range: { readonly minLength?: number; readonly maxLength: number }) =>
  fc.array(fc.constantFrom(0x61, 0x62), range).map((bytes) => Uint8Array.from(bytes));

const delimiters = letters({ minLength: 1, maxLength: 4 });

Deno.test({
  name: "DelimiterDecoder reads what DelimiterEncoder wrote, and the encoder refuses all else",
  permissions: "none",
  fn() {
    let refused = 0;
    let written = 0;
    fc.assert(
      fc.property(delimiters, letters({ maxLength: 8 }), (delimiter, message) => {
        const whole = Uint8Array.of(...message, ...delimiter);
        const readable = indexOfNeedle(whole, delimiter) === message.length;
        const encoder = new DelimiterEncoder({ delimiter });
        if (!readable) {
          assertThrows(() => encodeAll(encoder, [message]), RangeError);
          refused++;
          return;
        }
        const bytes = encodeAll(encoder, [message, message]);
        assertEquals(decodeAll(new DelimiterDecoder({ delimiter }), bytes), [message, message]);
        written++;
      }),
      { seed: 6, numRuns: 400 },
    );
    assert(refused > 50 && written > 50);
  },
});

Deno.test({
  name: "DelimiterDecoder splits any bytes as a search from the left does, however they are cut",
  permissions: "none",
  fn() {
    const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 });
    fc.assert(
      fc.property(delimiters, letters({ maxLength: 60 }), cuts, (delimiter, stream, cuts) => {
        const text = textOf(stream).split(textOf(delimiter));
        if (text.at(-1) === "") text.pop(); // Nothing stands behind the last delimiter.
        const decoder = () => new DelimiterDecoder({ delimiter, allowUnterminated: true });
        assertEquals(decodeAll(decoder(), ...chunksOf(stream, cuts)).map(textOf), text);
        assertEquals(decodeAll(decoder(), ...bytewise(stream)).map(textOf), text);
      }),
      { seed: 7, numRuns: 200 },
    );
  },
});
