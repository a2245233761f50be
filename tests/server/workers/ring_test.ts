import {
  MAX_DATA,
  Ring,
  RING_BYTES,
  RING_CAPACITY,
  RingError,
} from "../../../lib/server/workers/ring.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `a ring ${name}`, permissions: "none", fn });
}

/** Both sides of a ring, and its memory. */
function sides(): { shared: SharedArrayBuffer; writer: Ring; reader: Ring } {
  const shared = new SharedArrayBuffer(RING_BYTES);
  return { shared, writer: new Ring(shared, 0), reader: new Ring(shared, 0) };
}

/** The word of a message in the memory, and of the control words before them. */
function wordsOf(shared: SharedArrayBuffer): { control: Int32Array; messages: Int32Array } {
  const messages = RING_BYTES - RING_CAPACITY;
  return { control: new Int32Array(shared, 0, 32), messages: new Int32Array(shared, messages) };
}

test("gives messages in order, with and without bytes", () => {
  const { writer, reader } = sides();
  assert(reader.isEmpty && !reader.next());
  assert(writer.push(1, 7, -3));
  assert(writer.push(2, 8, 9, Uint8Array.of(1, 2, 3, 4, 5), 3));
  assert(!reader.isEmpty && reader.next());
  assertEquals([reader.kind, reader.id, reader.value, reader.size], [1, 7, -3, 0]);
  assert(reader.next());
  assertEquals([reader.kind, reader.id, reader.value, reader.size], [2, 8, 9, 3]);
  assertEquals(reader.copy(), Uint8Array.of(1, 2, 3));
  assert(!reader.next());
});

test("carries all sizes around its end, many times its capacity", () => {
  const { writer, reader } = sides();
  const data = new Uint8Array(MAX_DATA).map((_, at) => at * 31 + (at >> 8));
  let total = 0;
  for (let round = 0; total < 5 * RING_CAPACITY; round++) {
    const size = round * 7_919 % (MAX_DATA + 1);
    assert(writer.push(1, round, 0, data, size));
    assert(writer.push(2, round, 0, data, size % 97));
    for (const expected of [size, size % 97]) {
      assert(reader.next());
      assertEquals([reader.id, reader.size], [round, expected]);
      const copy = reader.copy();
      assert(copy.every((byte, at) => byte === data[at]), `${size} bytes`);
    }
    reader.release();
    total += size;
  }
});

test("takes nothing when it is full, and takes it when what was read is released", () => {
  const { writer, reader } = sides();
  const data = new Uint8Array(MAX_DATA);
  let count = 0;
  while (writer.push(1, count, 0, data)) count++;
  assertEquals(count, RING_CAPACITY / MAX_DATA - 1);
  assert(!writer.isRoomy);
  while (reader.next());
  assert(!writer.push(1, count, 0, data), "it was read, and may be in use");
  reader.release();
  assert(writer.isRoomy && writer.push(1, count, 0, data));
  assert(reader.next());
  assertEquals(reader.id, count);
});

test("takes no message that is too long", () => {
  const { writer } = sides();
  assertThrows(() => writer.push(1, 0, 0, new Uint8Array(MAX_DATA + 1)), RangeError, "65537");
});

test("says of what is no message that it is none, and reads no further", () => {
  const rows: [string, (messages: Int32Array, control: Int32Array) => void][] = [
    ["a negative kind", (messages) => messages[0] = -1],
    ["a negative size", (messages) => messages[3] = -1],
    ["a size over the limit", (messages) => messages[3] = MAX_DATA + 1],
    ["a size over what was written", (messages) => messages[3] = 100],
    ["nothing at all, which goes to the end", (messages) => messages[0] = 0],
    ["a head without the rest", (_, control) => control[16] = 8],
  ];
  for (const [name, damage] of rows) {
    const { shared, writer, reader } = sides();
    writer.push(1, 1, 1, Uint8Array.of(1));
    const { control, messages } = wordsOf(shared);
    damage(messages, control);
    assertThrows(() => reader.next(), RingError, "Cannot read message", name);
  }
});
