import { CHAIN_THRESHOLD, WriteBuffer } from "../../lib/bytes/mod.ts";
import { assert, assertEquals, assertGreater, assertStrictEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import fc from "fast-check";

/** The bytes that `write` appends to a new buffer. */
function written(write: (out: WriteBuffer) => void): number[] {
  const out = new WriteBuffer();
  write(out);
  return [...concat(out.drain())];
}

/** A payload that is chained, filled with one byte. */
function large(fill: number): Uint8Array {
  return new Uint8Array(CHAIN_THRESHOLD).fill(fill);
}

Deno.test({
  name: "WriteBuffer writes unsigned integers big-endian, up to their limits",
  permissions: "none",
  fn() {
    assertEquals(written((out) => out.u8(0)), [0]);
    assertEquals(written((out) => out.u8(0xff)), [0xff]);
    assertEquals(written((out) => out.u16(0)), [0, 0]);
    assertEquals(written((out) => out.u16(0x1234)), [0x12, 0x34]);
    assertEquals(written((out) => out.u16(0xffff)), [0xff, 0xff]);
    assertEquals(written((out) => out.u32(0)), [0, 0, 0, 0]);
    assertEquals(written((out) => out.u32(0x1234_5678)), [0x12, 0x34, 0x56, 0x78]);
    assertEquals(written((out) => out.u32(0x8000_0000)), [0x80, 0, 0, 0]);
    assertEquals(written((out) => out.u32(0xffff_ffff)), [0xff, 0xff, 0xff, 0xff]);
  },
});

Deno.test({
  name: "WriteBuffer writes a u64 exactly up to 2^53 - 1",
  permissions: "none",
  fn() {
    assertEquals(written((out) => out.u64(0)), [0, 0, 0, 0, 0, 0, 0, 0]);
    assertEquals(written((out) => out.u64(0xffff_ffff)), [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    assertEquals(written((out) => out.u64(0x1_0000_0000)), [0, 0, 0, 1, 0, 0, 0, 0]);
    assertEquals(
      written((out) => out.u64(Number.MAX_SAFE_INTEGER)),
      [0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    );
  },
});

Deno.test({
  name: "WriteBuffer refuses an integer that its bytes cannot hold, and appends nothing",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    for (const value of [-1, 0.5, 256, 2 ** 32, NaN, Infinity]) {
      assertThrows(
        () => out.u8(value),
        RangeError,
        `Cannot write ${value} as a u8: it must be a whole number from 0 to 255`,
      );
    }
    for (const value of [-1, 0.5, 65_536, 2 ** 32, NaN]) {
      assertThrows(() => out.u16(value), RangeError, `Cannot write ${value} as a u16`);
    }
    for (const value of [-1, 0.5, 2 ** 32, NaN]) {
      assertThrows(() => out.u32(value), RangeError, `Cannot write ${value} as a u32`);
    }
    for (const value of [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n]) {
      assertThrows(() => out.i64(value), RangeError, `Cannot write ${value} as an i64`);
    }
    assertEquals(out.length, 0);
  },
});

Deno.test({
  name: "WriteBuffer patches the low bits of a number, and checks nothing",
  permissions: "none",
  fn() {
    assertEquals(
      written((out) => {
        out.reserve(7);
        out.patchU8(0, 0x101);
        out.patchU16(1, -2);
        out.patchU32(3, -3);
      }),
      [0x01, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfd],
    );
  },
});

Deno.test({
  name: "WriteBuffer refuses a u64 that a number cannot hold exactly, and appends nothing",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    for (const value of [-1, 1.5, 2 ** 53, NaN, Infinity]) {
      assertThrows(() => out.u64(value), RangeError, `Cannot write ${value} as a u64`);
    }
    assertEquals(out.length, 0);
  },
});

Deno.test({
  name: "WriteBuffer writes an i64 in two's complement, up to its limits",
  permissions: "none",
  fn() {
    const ff = 0xff;
    assertEquals(written((out) => out.i64(0n)), [0, 0, 0, 0, 0, 0, 0, 0]);
    assertEquals(written((out) => out.i64(-1n)), [ff, ff, ff, ff, ff, ff, ff, ff]);
    assertEquals(written((out) => out.i64(-2n)), [ff, ff, ff, ff, ff, ff, ff, 0xfe]);
    assertEquals(written((out) => out.i64(2n ** 63n - 1n)), [0x7f, ff, ff, ff, ff, ff, ff, ff]);
    assertEquals(written((out) => out.i64(-(2n ** 63n))), [0x80, 0, 0, 0, 0, 0, 0, 0]);
    assertEquals(written((out) => out.i64(258n)), [0, 0, 0, 0, 0, 0, 1, 2]);
  },
});

Deno.test({
  name: "WriteBuffer writes text as UTF-8 of one to four bytes a character",
  permissions: "none",
  fn() {
    assertEquals(written((out) => out.text("")), []);
    assertEquals(written((out) => out.text("a")), [0x61]);
    assertEquals(written((out) => out.text("é")), [0xc3, 0xa9]);
    assertEquals(written((out) => out.text("€")), [0xe2, 0x82, 0xac]);
    assertEquals(written((out) => out.text("😀")), [0xf0, 0x9f, 0x98, 0x80]);
  },
});

Deno.test({
  name: "WriteBuffer writes half a surrogate pair as U+FFFD",
  permissions: "none",
  fn() {
    assertEquals(written((out) => out.text("\ud83d")), [0xef, 0xbf, 0xbd]);
    assertEquals(written((out) => out.text("\ude00a")), [0xef, 0xbf, 0xbd, 0x61]);
  },
});

Deno.test({
  name: "WriteBuffer returns how many bytes a text took, and takes no more",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    assertEquals(out.text("h€llo"), 7);
    assertEquals(out.length, 7);
    assertEquals(out.text("😀"), 4);
    assertEquals(out.length, 11);
  },
});

Deno.test({
  name: "WriteBuffer writes a text of any length whole, over its block's end",
  permissions: "none",
  fn() {
    const text = "€".repeat(50_000);
    const out = new WriteBuffer();
    out.u8(1);
    assertEquals(out.text(text), 150_000);
    assertEquals(new TextDecoder().decode(concat(out.drain()).subarray(1)), text);
  },
});

Deno.test({
  name: "WriteBuffer copies a small payload, which may change afterwards",
  permissions: "none",
  fn() {
    // A loop copies up to 23 bytes, `set` more.
    for (const size of [0, 1, 23, 24, 25, CHAIN_THRESHOLD - 1]) {
      const out = new WriteBuffer();
      const payload = new Uint8Array(size).fill(7);
      out.bytes(payload);
      assertEquals([out.length, out.copied], [size, size]);
      payload.fill(0);
      assertEquals(concat(out.drain()), new Uint8Array(size).fill(7));
    }
  },
});

Deno.test({
  name: "WriteBuffer chains a payload of CHAIN_THRESHOLD bytes without a copy",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    const payload = large(7);
    out.bytes(payload);
    assertEquals([out.length, out.copied], [CHAIN_THRESHOLD, 0]);
    const [view, ...others] = out.drain();
    assertStrictEquals(view, payload);
    assertEquals(others, []);
  },
});

Deno.test({
  name: "WriteBuffer drains copied and chained bytes in the order they were appended",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    const [a, b, c] = [large(1), large(2), large(3)];
    out.bytes(a);
    out.u8(10);
    out.u8(11);
    out.bytes(b);
    out.bytes(c);
    out.text("z");
    const views = out.drain();
    assertEquals(views.length, 5);
    assertStrictEquals(views[0], a);
    assertEquals(views[1], Uint8Array.of(10, 11));
    assertStrictEquals(views[2], b);
    assertStrictEquals(views[3], c);
    assertEquals(views[4], Uint8Array.of(0x7a));
  },
});

Deno.test({
  name: "WriteBuffer keeps the order when its block grows between chained payloads",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    out.u8(1);
    out.bytes(large(2));
    out.bytes(new Uint8Array(20_000).fill(3));
    out.bytes(large(4));
    assertEquals(
      concat(out.drain()),
      concat([Uint8Array.of(1), large(2), new Uint8Array(20_000).fill(3), large(4)]),
    );
  },
});

Deno.test({
  name: "WriteBuffer patches a reserved place after it has grown",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    const before = out.capacity;
    const one = out.reserve(1);
    const two = out.reserve(2);
    const four = out.reserve(4);
    out.bytes(new Uint8Array(20_000));
    assertGreater(out.capacity, before);
    out.patchU8(one, 0xff);
    out.patchU16(two, 0xfffe);
    out.patchU32(four, 0xffff_fffd);
    assertEquals(
      [...concat(out.drain()).subarray(0, 8)],
      [0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfd, 0],
    );
  },
});

Deno.test({
  name: "WriteBuffer patches a reserved place in front of a chained payload",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    out.bytes(large(1));
    const before = out.length;
    const at = out.reserve(4);
    out.bytes(large(2));
    out.patchU32(at, out.length - before - 4);
    assertEquals(out.drain()[1], Uint8Array.of(0, 1, 0, 0));
  },
});

Deno.test({
  name: "WriteBuffer is empty after a drain, and keeps its memory",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    out.bytes(new Uint8Array(20_000));
    out.bytes(large(1));
    const { capacity } = out;
    out.drain();
    assertEquals([out.length, out.copied, out.capacity], [0, 0, capacity]);
    assertEquals(out.drain(), []);
    out.u8(5);
    assertEquals(out.drain(), [Uint8Array.of(5)]);
  },
});

Deno.test({
  name: "WriteBuffer forgets copied and chained bytes when it is cleared",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    out.u32(1);
    out.bytes(large(1));
    out.clear();
    assertEquals([out.length, out.copied], [0, 0]);
    out.u8(2);
    assertEquals(out.drain(), [Uint8Array.of(2)]);
  },
});

Deno.test({
  name: "WriteBuffer shows what was appended since a place, without draining it",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    out.u32(1);
    const from = out.reserve(2);
    out.patchU16(from, 0x0203);
    const payload = large(4);
    out.bytes(payload);
    out.u8(5);
    const views = out.since(from);
    assertEquals([views[0], views[2]], [Uint8Array.of(2, 3), Uint8Array.of(5)]);
    assertStrictEquals(views[1], payload);
    assertEquals(out.length, 4 + 2 + CHAIN_THRESHOLD + 1);
  },
});

Deno.test({
  name: "WriteBuffer leaves a payload chained just before a place out of what came since",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    out.u8(1);
    out.bytes(large(2)); // The end of one frame,
    const from = out.reserve(2); // and the head of the next.
    out.patchU16(from, 0x0304);
    assertEquals(out.since(from).map((view) => view.length), [2]);
    assertEquals(out.since(from)[0], Uint8Array.of(3, 4));
    out.bytes(large(5));
    assertEquals(out.since(from).map((view) => view.length), [2, CHAIN_THRESHOLD]);
  },
});

Deno.test({
  name: "WriteBuffer gives all that was appended, whatever the order and sizes",
  permissions: "none",
  fn() {
    const payload = fc.oneof(
      fc.nat(40),
      fc.nat(5_000),
      fc.integer({ min: CHAIN_THRESHOLD - 1, max: CHAIN_THRESHOLD + 1 }),
    ).map((size) => new Uint8Array(size).fill(size));
    const step = fc.oneof(payload, fc.string({ unit: "binary", maxLength: 20 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const out = new WriteBuffer();
        for (const step of steps) typeof step === "string" ? out.text(step) : out.bytes(step);
        const expected = concat(
          steps.map((s) => typeof s === "string" ? new TextEncoder().encode(s) : s),
        );
        assertEquals(out.length, expected.length);
        const actual = concat(out.drain());
        assert(actual.length === expected.length);
        assert(actual.every((byte, i) => byte === expected[i]));
      }),
      { seed: 4_096, numRuns: 100 },
    );
  },
});

Deno.test({
  name: "WriteBuffer writes whole numbers in decimal",
  permissions: "none",
  fn() {
    const powers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
    const numbers = powers.flatMap((power) => [power - 1, power, power + 1, -power]);
    for (const number of [...numbers, -0, 2 ** 31, 2 ** 32 + 9, 2 ** 53 - 1, 1 - 2 ** 53]) {
      const text = String.fromCharCode(...written((out) => out.decimal(number)));
      assertEquals(text, String(number));
    }
    const there = (number: number) =>
      assertEquals(written((out) => out.decimal(number)), [
        ...new TextEncoder().encode(`${number}`),
      ]);
    fc.assert(fc.property(fc.maxSafeInteger(), there), { seed: 1, numRuns: 1_000 });
  },
});

Deno.test({
  name: "WriteBuffer refuses to write in decimal what is no whole number, and appends nothing",
  permissions: "none",
  fn() {
    const out = new WriteBuffer();
    for (const value of [1.5, 2 ** 53, -(2 ** 53), NaN, Infinity]) {
      assertThrows(() => out.decimal(value), RangeError, `Cannot write ${value} in decimal`);
    }
    assertEquals(out.length, 0);
  },
});
