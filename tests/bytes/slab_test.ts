import { Slab } from "../../lib/bytes/mod.ts";
import { assert, assertEquals, assertGreater, assertLessOrEqual, assertThrows } from "@std/assert";
import fc from "fast-check";

/** Reads `count` bytes, or as many as there is room for. */
function read(slab: Slab, count: number, fill = 1): Uint8Array {
  const room = slab.free();
  const taken = Math.min(count, room.length);
  room.fill(fill, 0, taken);
  return slab.carve(taken);
}

Deno.test({
  name: "Slab begins with a block of 512 bytes",
  permissions: "none",
  fn() {
    const slab = new Slab();
    assertEquals(slab.blockSize, 512);
    assertEquals(slab.free().length, 512);
  },
});

Deno.test({
  name: "Slab carves what was read, and nothing else",
  permissions: "none",
  fn() {
    const slab = new Slab();
    slab.free().set([1, 2, 3, 4]);
    assertEquals(slab.carve(3), Uint8Array.of(1, 2, 3));
  },
});

Deno.test({
  name: "Slab carves reads that follow one another side by side",
  permissions: "none",
  fn() {
    const slab = new Slab({ minBlock: 64 });
    const [a, b, c] = [read(slab, 5), read(slab, 1), read(slab, 7)];
    assert(a.buffer === b.buffer && b.buffer === c.buffer);
    assertEquals([a.byteOffset, b.byteOffset, c.byteOffset], [0, 5, 6]);
  },
});

Deno.test({
  name: "Slab gives an empty view for an empty read, and offers the same room again",
  permissions: "none",
  fn() {
    const slab = new Slab();
    const before = slab.free().byteOffset;
    assertEquals(slab.carve(0).length, 0);
    assertEquals(slab.free().byteOffset, before);
  },
});

Deno.test({
  name: "Slab never reuses a byte that a carved view covers",
  permissions: "none",
  fn() {
    const sizes = fc.oneof(fc.nat(8), fc.nat(600), fc.nat(70_000));
    const reads = fc.array(fc.tuple(sizes, fc.integer({ min: 1, max: 255 })), { maxLength: 60 });
    fc.assert(
      fc.property(reads, fc.integer({ min: 1, max: 64 }), (reads, minBlock) => {
        const slab = new Slab({ minBlock, maxBlock: 4_096 });
        const held = reads.map(([size, fill]) => {
          const room = slab.free();
          assertGreater(room.length, 0);
          room.fill(fill); // A read may scribble over all the room, whatever count it returns.
          return { fill, view: slab.carve(Math.min(size, room.length)) };
        });
        slab.free().fill(0);
        for (const { fill, view } of held) assert(view.every((byte) => byte === fill));
      }),
      { seed: 512, numRuns: 200 },
    );
  },
});

Deno.test({
  name: "Slab keeps the block of a connection that sends little at 512 bytes",
  permissions: "none",
  fn() {
    const slab = new Slab();
    for (let i = 0; i < 1_000; i++) {
      read(slab, i % 60);
      assertEquals(slab.blockSize, 512);
    }
  },
});

Deno.test({
  name: "Slab grows to its largest block within four reads that fill their room",
  permissions: "none",
  fn() {
    const slab = new Slab();
    for (let i = 0; i < 4; i++) read(slab, Infinity);
    assertEquals(slab.free().length, 131_072);
  },
});

Deno.test({
  name: "Slab never makes a block larger than maxBlock",
  permissions: "none",
  fn() {
    const slab = new Slab({ minBlock: 16, maxBlock: 1_000 });
    for (let i = 0; i < 20; i++) {
      read(slab, Infinity);
      assertLessOrEqual(slab.blockSize, 1_000);
    }
    assertEquals(slab.free().length, 1_000);
  },
});

Deno.test({
  name: "Slab with equal limits always has that block",
  permissions: "none",
  fn() {
    const slab = new Slab({ minBlock: 100, maxBlock: 100 });
    for (const size of [100, 1, 70, 40, 0, 100]) {
      read(slab, size);
      assertEquals(slab.blockSize, 100);
    }
  },
});

Deno.test({
  name: "Slab shrinks to its smallest block when reads become small",
  permissions: "none",
  fn() {
    const slab = new Slab();
    for (let i = 0; i < 10; i++) read(slab, Infinity);
    assertEquals(slab.blockSize, 131_072);
    let reads = 0;
    while (slab.blockSize > 512 && reads < 1_000) {
      read(slab, 10);
      reads++;
    }
    assertEquals(slab.blockSize, 512);
  },
});

Deno.test({
  name: "Slab shrinks from the largest block there can be",
  permissions: "none",
  fn() {
    // No page of these blocks is touched, so that they take addresses and no memory.
    const slab = new Slab({ minBlock: 2 ** 26, maxBlock: 2 ** 30 });
    for (let i = 0; i < 3; i++) slab.carve(slab.free().length);
    assertEquals(slab.blockSize, 2 ** 30);
    for (let i = 0; i < 30; i++) slab.carve(0);
    slab.free();
    assertEquals(slab.blockSize, 2 ** 26);
  },
});

Deno.test({
  name: "Slab leaves its large block after a few dozen small reads",
  permissions: "none",
  fn() {
    const slab = new Slab();
    for (let i = 0; i < 10; i++) read(slab, Infinity);
    for (let i = 0; i < 40; i++) read(slab, 10);
    assertLessOrEqual(slab.blockSize, 8_192);
  },
});

Deno.test({
  name: "Slab offers at least a quarter of a block to read into",
  permissions: "none",
  fn() {
    const slab = new Slab({ minBlock: 64, maxBlock: 64 });
    for (let i = 0; i < 500; i++) {
      assert(slab.free().length >= 16);
      read(slab, i % 23);
    }
  },
});

Deno.test({
  name: "Slab refuses to carve more than it offered",
  permissions: "none",
  fn() {
    const slab = new Slab({ minBlock: 8 });
    slab.free();
    assertThrows(() => slab.carve(9), RangeError, "Cannot carve 9 bytes: 8 were offered");
    assertThrows(() => slab.carve(-1), RangeError);
    assertThrows(() => slab.carve(NaN), RangeError);
    assertEquals(slab.carve(8).byteOffset, 0);
  },
});

Deno.test({
  name: "Slab refuses limits below 1, out of order, or that are no numbers",
  permissions: "none",
  fn() {
    assertThrows(() => new Slab({ minBlock: 0 }), RangeError, "minBlock 0");
    assertThrows(() => new Slab({ minBlock: 8, maxBlock: 7 }), RangeError, "maxBlock 7");
    assertThrows(() => new Slab({ minBlock: NaN }), RangeError);
    assertThrows(() => new Slab({ maxBlock: NaN }), RangeError);
  },
});

Deno.test({
  name: "Slab takes half of its largest block for reads that would not fill that",
  permissions: "none",
  fn() {
    const slab = new Slab();
    for (let i = 0; i < 9; i++) read(slab, 16_500);
    assertEquals(slab.blockSize, 65_536);
  },
});

Deno.test({
  name: "Slab that is rewound offers the same block again, behind what was kept of it",
  permissions: "none",
  fn() {
    const slab = new Slab({ minBlock: 16, maxBlock: 16 });
    const first = read(slab, 10, 1);
    const last = read(slab, 2, 2);
    assertEquals(slab.rewind(last), Uint8Array.of(2, 2));
    const room = slab.free();
    assertEquals([room.buffer === first.buffer, room.byteOffset, room.length], [true, 2, 14]);
    slab.rewind();
    assertEquals([slab.free().byteOffset, slab.free().length, slab.blocks], [0, 16, 1]);
  },
});

Deno.test({
  name: "Slab that is rewound does not grow while a read fits",
  permissions: "none",
  fn() {
    const slab = new Slab();
    while (slab.blockSize < 65_536) read(slab, 16_500);
    const { blocks } = slab;
    for (let i = 0; i < 99; i++) {
      slab.rewind();
      read(slab, 60_000);
    }
    assertEquals([slab.blockSize, slab.blocks], [65_536, blocks]);
    slab.rewind();
    read(slab, Infinity);
    slab.rewind();
    assertEquals(slab.free().length, 131_072);
  },
});

Deno.test({
  name: "Slab that is rewound shrinks when reads become small",
  permissions: "none",
  fn() {
    const slab = new Slab();
    for (let i = 0; i < 10; i++) read(slab, Infinity);
    for (let i = 0; i < 99; i++) {
      slab.rewind();
      read(slab, 10);
    }
    assertEquals(slab.blockSize, 512);
  },
});

Deno.test({
  name: "Slab is worth rewinding when a quarter is won and half is free",
  permissions: "none",
  fn() {
    const slab = new Slab({ minBlock: 16, maxBlock: 16 });
    read(slab, 9);
    assertEquals([5, 6].map((waiting) => slab.isWorthRewinding(waiting)), [true, false]);
    read(slab, 7);
    assertEquals([8, 9].map((waiting) => slab.isWorthRewinding(waiting)), [true, false]);
  },
});
