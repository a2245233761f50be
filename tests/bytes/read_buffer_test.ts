import { ReadBuffer, Slab } from "../../lib/bytes/mod.ts";
import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";

/** The bytes that wait, without taking them. */
function waiting(input: ReadBuffer): number[] {
  return [...input.bytes.subarray(input.start, input.end)];
}

Deno.test({
  name: "ReadBuffer adopts the first chunk without a copy",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    const chunk = Uint8Array.of(1, 2, 3);
    input.append(chunk);
    assertStrictEquals(input.bytes, chunk);
    assertEquals([input.start, input.end, input.length], [0, 3, 3]);
  },
});

Deno.test({
  name: "ReadBuffer adopts the next chunk without a copy when all was taken",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    input.append(Uint8Array.of(1, 2));
    input.skip(2);
    const chunk = Uint8Array.of(3);
    input.append(chunk);
    assertStrictEquals(input.bytes, chunk);
    assertEquals([input.start, input.end], [0, 1]);
  },
});

Deno.test({
  name: "ReadBuffer ignores an empty chunk",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    input.append(new Uint8Array(0));
    assertEquals(input.length, 0);
    const chunk = Uint8Array.of(1);
    input.append(chunk);
    input.append(new Uint8Array(0));
    assertStrictEquals(input.bytes, chunk);
  },
});

Deno.test({
  name: "ReadBuffer extends its window over the next chunk of the same ArrayBuffer",
  permissions: "none",
  fn() {
    const memory = Uint8Array.of(9, 1, 2, 3, 4, 5, 9);
    const input = new ReadBuffer();
    input.append(memory.subarray(1, 3));
    input.append(memory.subarray(3, 4));
    input.skip(1);
    input.append(memory.subarray(4, 6));
    assertStrictEquals(input.bytes.buffer, memory.buffer);
    const message = input.take(4);
    assertEquals(message, Uint8Array.of(2, 3, 4, 5));
    assertStrictEquals(message.buffer, memory.buffer);
    assertEquals(message.byteOffset, 2);
  },
});

Deno.test({
  name: "ReadBuffer copies a chunk that lies elsewhere in the same ArrayBuffer",
  permissions: "none",
  fn() {
    const memory = Uint8Array.of(1, 2, 3, 4, 5);
    for (const [start, end] of [[3, 5], [1, 3], [0, 2]]) {
      const input = new ReadBuffer();
      input.append(memory.subarray(0, 2));
      input.append(memory.subarray(start, end));
      assertEquals(waiting(input), [1, 2, ...memory.subarray(start, end)]);
      assert(input.bytes.buffer !== memory.buffer);
    }
  },
});

Deno.test({
  name: "ReadBuffer never writes behind a chunk that it adopted",
  permissions: "none",
  fn() {
    const memory = Uint8Array.of(1, 2, 3, 4);
    const input = new ReadBuffer();
    input.append(memory.subarray(0, 2));
    input.append(Uint8Array.of(7, 8));
    assertEquals(waiting(input), [1, 2, 7, 8]);
    assertEquals(memory, Uint8Array.of(1, 2, 3, 4));
  },
});

Deno.test({
  name: "ReadBuffer allocates at most twice what was received, even if 1 GiB is needed",
  permissions: "none",
  fn() {
    const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(sizes, (sizes) => {
        const input = new ReadBuffer();
        let received = 0;
        for (const size of sizes) {
          input.append(new Uint8Array(size));
          input.need(2 ** 30);
          received += size;
          assertEquals(input.length, received);
          assertLessOrEqual(input.bytes.buffer.byteLength, 2 * received);
        }
      }),
      { seed: 30, numRuns: 100 },
    );
  },
});

Deno.test({
  name: "ReadBuffer allocates no more than a need that is near",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    input.append(Uint8Array.of(1, 2, 3));
    input.need(5);
    input.append(Uint8Array.of(4));
    assertEquals(input.bytes.length, 5);
    input.append(Uint8Array.of(5));
    assertEquals([input.bytes.length, ...input.take(5)], [5, 1, 2, 3, 4, 5]);
  },
});

Deno.test({
  name: "ReadBuffer copies a message of 100,000 chunks into a new block less than 20 times",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    let blocks = 0;
    for (let i = 0; i < 100_000; i++) {
      const before = input.bytes;
      input.append(Uint8Array.of(i));
      if (input.bytes !== before) blocks++;
    }
    assertEquals(input.length, 100_000);
    assertLessOrEqual(blocks, 20);
  },
});

Deno.test({
  name: "ReadBuffer gives what was appended, in views that never change",
  permissions: "none",
  fn() {
    const step = fc.oneof(
      fc.record({ append: fc.integer({ min: 0, max: 12 }), adjacent: fc.boolean() }),
      fc.record({ take: fc.nat(9) }),
      fc.record({ need: fc.nat(100) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const input = new ReadBuffer();
        let memory = new Uint8Array(64);
        let used = 0;
        let next = 0; // The stream is 0, 1, 2, ...
        let taken = 0;
        const views: { readonly from: number; readonly view: Uint8Array }[] = [];
        for (const step of steps) {
          if ("need" in step) input.need(step.need);
          else if ("take" in step) {
            const count = Math.min(step.take, input.length);
            views.push({ from: taken, view: input.take(count) });
            taken += count;
          } else {
            if (!step.adjacent || used + step.append > memory.length) {
              memory = new Uint8Array(64);
              used = 0;
            }
            const chunk = memory.subarray(used, used + step.append);
            for (let i = 0; i < chunk.length; i++) chunk[i] = next++;
            used += step.append;
            input.append(chunk);
          }
          assertEquals([input.offset, input.length], [taken, next - taken]);
        }
        for (const { from, view } of views) {
          assert(view.every((byte, i) => byte === ((from + i) & 0xff)));
        }
        assertEquals(
          waiting(input),
          Array.from({ length: next - taken }, (_, i) => (taken + i) & 0xff),
        );
      }),
      { seed: 1, numRuns: 300 },
    );
  },
});

Deno.test({
  name: "ReadBuffer counts the offset over adopted, extended and copied chunks",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    const memory = new Uint8Array(8);
    assertEquals(input.offset, 0);
    input.append(memory.subarray(0, 3)); // Adopted.
    input.skip(2);
    assertEquals(input.offset, 2);
    input.append(memory.subarray(3, 6)); // Extended.
    input.skip(3);
    assertEquals(input.offset, 5);
    input.append(Uint8Array.of(1, 2, 3)); // Copied.
    input.skip(1);
    assertEquals(input.offset, 6);
    input.append(Uint8Array.of(4)); // Copied into the room that is left.
    input.skip(4);
    assertEquals(input.offset, 10);
    input.append(Uint8Array.of(5)); // Adopted again.
    input.skip(1);
    assertEquals([input.offset, input.length], [11, 0]);
  },
});

Deno.test({
  name: "ReadBuffer refuses to take more than waits, and then takes nothing",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    input.append(Uint8Array.of(1, 2));
    assertThrows(() => input.take(3), RangeError, "Cannot take 3 bytes: 2 are waiting");
    assertThrows(() => input.skip(3), RangeError);
    assertThrows(() => input.take(-1), RangeError);
    assertThrows(() => input.skip(NaN), RangeError);
    assertEquals(input.take(2), Uint8Array.of(1, 2));
    assertThrows(() => input.take(1), RangeError, "0 are waiting");
  },
});

Deno.test({
  name: "ReadBuffer does not let a decoder take the spare room of its own block",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    input.append(Uint8Array.of(1, 2));
    input.append(Uint8Array.of(3));
    assert(input.bytes.length > input.end);
    assertThrows(() => input.take(4), RangeError);
  },
});

Deno.test({
  name: "ReadBuffer takes an empty view when none is asked for",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    assertEquals(input.take(0), new Uint8Array(0));
    assertEquals(input.offset, 0);
  },
});

Deno.test({
  name: "ReadBuffer tells how many of the needed bytes are missing, until something is taken",
  permissions: "none",
  fn() {
    const input = new ReadBuffer();
    assertEquals(input.missing, 0);
    input.append(Uint8Array.of(1, 2));
    input.need(5);
    assertEquals(input.missing, 3);
    input.append(Uint8Array.of(3, 4));
    assertEquals(input.missing, 1);
    input.append(Uint8Array.of(5, 6));
    assertEquals(input.missing, 0);
    input.need(10);
    input.skip(1);
    assertEquals(input.missing, 0);
  },
});

/** Reads bytes into a slab and appends them. */
function receive(input: ReadBuffer, slab: Slab, bytes: readonly number[]): void {
  slab.free().set(bytes);
  input.append(slab.carve(bytes.length));
}

Deno.test({
  name: "ReadBuffer lets a block be used again from its beginning when nothing waits in it",
  permissions: "none",
  fn() {
    const [input, slab] = [new ReadBuffer(), new Slab({ minBlock: 16, maxBlock: 16 })];
    receive(input, slab, [1, 2, 3]);
    const before = input.take(3);
    input.rewind(slab);
    receive(input, slab, [4, 5]);
    assertStrictEquals(input.bytes.buffer, before.buffer);
    assertEquals([waiting(input), input.offset, slab.free().byteOffset], [[4, 5], 3, 2]);
  },
});

Deno.test({
  name: "ReadBuffer moves what waits to the front of a block that is used again",
  permissions: "none",
  fn() {
    const [input, slab] = [new ReadBuffer(), new Slab({ minBlock: 8, maxBlock: 8 })];
    receive(input, slab, [1, 2, 3, 4, 5, 6, 7]);
    const { buffer } = input.take(4);
    input.need(5);
    input.rewind(slab);
    assertEquals([waiting(input), input.offset, input.missing], [[5, 6, 7], 4, 2]);
    receive(input, slab, [8, 9]);
    assertEquals([waiting(input), input.missing], [[5, 6, 7, 8, 9], 0]);
    assertStrictEquals(input.bytes.buffer, buffer, "no copy was made for what follows");
  },
});

Deno.test({
  name: "ReadBuffer gives what is most of a full block memory of its own",
  permissions: "none",
  fn() {
    const [input, slab] = [new ReadBuffer(), new Slab({ minBlock: 8, maxBlock: 8 })];
    receive(input, slab, [1, 2, 3, 4, 5, 6, 7, 8]);
    const { buffer } = input.take(1);
    input.rewind(slab);
    assert(input.bytes.buffer !== buffer);
    receive(input, slab, [9]);
    assertEquals([waiting(input), input.offset], [[2, 3, 4, 5, 6, 7, 8, 9], 1]);
    assertEquals(slab.blocks, 1);
  },
});

Deno.test({
  name: "ReadBuffer leaves a block as it is while there is room, or when what waits is not in it",
  permissions: "none",
  fn() {
    const [input, slab] = [new ReadBuffer(), new Slab({ minBlock: 16, maxBlock: 16 })];
    receive(input, slab, [1, 2, 3]);
    input.skip(1);
    input.rewind(slab);
    assertEquals([waiting(input), slab.free().byteOffset], [[2, 3], 3]);
    const other = new ReadBuffer();
    other.append(Uint8Array.of(7));
    other.rewind(slab);
    assertEquals([waiting(other), slab.free().byteOffset], [[7], 3]);
  },
});

Deno.test({
  name: "ReadBuffer gives the same bytes with a block that is used again and again",
  permissions: "none",
  fn() {
    const sizes = fc.array(fc.tuple(fc.nat(20), fc.nat(24), fc.boolean()), { maxLength: 60 });
    fc.assert(fc.property(sizes, (steps) => {
      const [input, slab] = [new ReadBuffer(), new Slab({ minBlock: 16, maxBlock: 32 })];
      let [sent, taken] = [0, 0];
      for (const [size, most, rewinds] of steps) {
        if (rewinds) input.rewind(slab);
        const count = Math.min(size, slab.free().length);
        receive(input, slab, Array.from({ length: count }, () => sent++ & 0xff));
        assertEquals(
          waiting(input),
          Array.from({ length: sent - taken }, (_, i) => (taken + i) & 0xff),
        );
        const skipped = Math.min(most, input.length);
        input.skip(skipped);
        taken += skipped;
        assertEquals(input.offset, taken);
      }
    }));
  },
});
