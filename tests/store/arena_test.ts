import { Arena } from "../../lib/store/arena.ts";
import { bytesOf, LAST_CLASS } from "../../lib/store/size_classes.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `Arena ${name}`, permissions: "none", fn });
}

/** An arena that knows the bytes of each block that is in use, and looks whether they are still there. */
class Watched {
  readonly arena: Arena;
  readonly #live = new Map<number, { readonly size: number; readonly byte: number }>();
  #made = 0;

  /** How many bytes the blocks in use have. */
  bytes = 0;

  constructor(makeBuffer?: (bytes: number) => ArrayBuffer) {
    this.arena = new Arena(makeBuffer);
  }

  allocate(size: number): void {
    const ref = this.arena.allocate(size);
    assertNotEquals(ref, 0);
    assert(!this.#live.has(ref));
    const byte = ++this.#made % 256;
    assertEquals(this.arena.classOf(ref), size);
    this.#bytesAt(ref, size).fill(byte);
    this.#live.set(ref, { size, byte });
    this.bytes += bytesOf(size);
  }

  /** Frees a block, by its place among those in use. */
  free(place: number): void {
    const refs = [...this.#live.keys()];
    if (refs.length > 0) this.#free(refs[place % refs.length]!);
  }

  /** Frees the blocks in use, but for one of so many. */
  freeMost(kept: number): void {
    for (const [place, ref] of [...this.#live.keys()].entries()) {
      if ((place + 1) % kept !== 0) this.#free(ref);
    }
  }

  /** Moves what is to be moved, until nothing is. */
  moveAll(): void {
    while (this.arena.isVacating) {
      const ref = this.arena.nextToMove();
      if (ref === 0) continue;
      this.allocate(this.#live.get(ref)!.size);
      this.#free(ref);
    }
  }

  #free(ref: number): void {
    const { size } = this.#live.get(ref)!;
    this.#check(ref);
    assertEquals(this.arena.classOf(ref), size);
    this.arena.free(ref);
    this.#live.delete(ref);
    this.bytes -= bytesOf(size);
  }

  /** No block has a byte that another one, or a list of free ones, has written. */
  checkAll(): void {
    for (const ref of this.#live.keys()) this.#check(ref);
    assertEquals(this.arena.used, this.bytes);
    assertLessOrEqual(this.bytes, this.arena.memory);
    const buffers = this.arena.segments.map(({ bytes }) => bytes.buffer);
    const held = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    assertEquals(this.arena.memory, held);
  }

  #check(ref: number): void {
    const { size, byte } = this.#live.get(ref)!;
    assert(this.#bytesAt(ref, size).every((found) => found === byte), `block ${ref}`);
  }

  #bytesAt(ref: number, size: number): Uint8Array {
    const { bytes } = this.arena.segments[ref >>> 16]!;
    const start = (ref & 0xffff) * 16;
    assertLessOrEqual(start + bytesOf(size), bytes.length);
    return bytes.subarray(start + 4, start + bytesOf(size)); // The first word has the class.
  }
}

test("never gives a byte to two blocks, whatever is allocated and freed", () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: LAST_CLASS }));
  const step = fc.oneof(
    fc.record({ allocate: size }),
    fc.record({ allocate: size }),
    fc.record({ free: fc.nat(1_000) }),
    fc.record({ kept: fc.constantFrom(2, 30) }),
  );
  const steps = fc.array(step, { minLength: 100, maxLength: 400, size: "max" });
  fc.assert(
    fc.property(steps, (steps) => {
      const watched = new Watched();
      for (const step of steps) {
        if ("allocate" in step) watched.allocate(step.allocate);
        else if ("free" in step) watched.free(step.free);
        else watched.freeMost(step.kept);
        if (watched.bytes % 3 === 0) watched.moveAll();
      }
      watched.checkAll();
    }),
    { seed: 3, numRuns: 60 },
  );
});

test("gives what was freed again: to its class, and to smaller ones when there is nothing else", () => {
  const watched = new Watched();
  for (let i = 0; i < 300; i++) watched.allocate(100);
  for (let round = 0; round < 3; round++) {
    const { memory } = watched.arena;
    while (watched.bytes > 0) watched.free(0);
    const size = [100, 37, 5][round]!;
    while (watched.bytes < memory * 0.6) watched.allocate(size);
    assertLessOrEqual(watched.arena.memory, memory);
    watched.checkAll();
  }
});

test("gives the end of a segment to the lists, so that small blocks fill it", () => {
  const watched = new Watched();
  for (let i = 0; i < 20; i++) watched.allocate(LAST_CLASS);
  const { memory } = watched.arena;
  const free = memory - watched.bytes;
  for (let bytes = 64; bytes < free * 0.9; bytes += 64) watched.allocate(4);
  assertEquals(watched.arena.memory, memory);
  watched.checkAll();
});

test("uses memory whose blocks were all freed for larger ones, and gives back what is too much", () => {
  const watched = new Watched();
  for (let size = 3; size <= LAST_CLASS; size += 14) {
    while (watched.bytes < 6_000_000) watched.allocate(LAST_CLASS);
    watched.freeMost(Infinity);
    watched.moveAll();
    for (let i = 0; i < 500; i++) watched.allocate(size);
    watched.freeMost(Infinity);
    watched.moveAll();
    assertLess(watched.arena.memory, 14_000_000);
  }
  assertLess(watched.arena.memory, 6_000_000);
  watched.checkAll();
});

test("has a few blocks moved when most of all is free, so that memory becomes free", () => {
  const watched = new Watched();
  while (watched.bytes < 20_000_000) watched.allocate(64);
  watched.moveAll();
  assertGreater(watched.arena.memory, 20_000_000);
  watched.freeMost(10);
  assert(watched.arena.isVacating);
  watched.moveAll();
  assertLess(watched.arena.memory, 8_000_000);
  watched.checkAll();
});

test("has lost nothing when there is no memory for a segment, and goes on when there is", () => {
  let failing = false;
  const watched = new Watched((bytes) => {
    if (failing) throw new RangeError("no memory");
    return new ArrayBuffer(bytes);
  });
  for (let i = 0; i < 50; i++) watched.allocate(40);
  const { memory } = watched.arena;
  failing = true;
  for (let i = 0; i < 3; i++) assertThrows(() => watched.allocate(LAST_CLASS), RangeError);
  assertEquals(watched.arena.memory, memory);
  failing = false;
  for (let i = 0; i < 500; i++) watched.allocate(i % 2 === 0 ? 3 : 120);
  watched.checkAll();
});

test("takes no memory before the first block and after clear, and little for a few", () => {
  const arena = new Arena();
  assertEquals(arena.memory, 0);
  const first = arena.allocate(1);
  assertLess(arena.memory, 8_192);
  assertEquals(arena.allocate(1), first + 1);
  arena.clear();
  assertEquals([arena.memory, arena.segments.length], [0, 0]);
  assertEquals(arena.allocate(1), first);
});
