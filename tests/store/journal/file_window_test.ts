import { assertEquals, assertThrows } from "@std/assert";
import type { DiskReader } from "../../../lib/store/mod.ts";
import { FileWindow } from "../../../lib/store/journal/file_window.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `FileWindow ${name}`, permissions: "none", fn });
}

const MIB = 1 << 20;

/** A reader of bytes, which counts its reads. */
function readerOf(bytes: Uint8Array, size = bytes.length) {
  const reads: [number, number][] = [];
  const read = (place: number, room: Uint8Array) => {
    reads.push([place, room.length]);
    const part = bytes.subarray(place, place + room.length);
    room.set(part);
    return part.length;
  };
  const reader: DiskReader = { size, read, close() {} };
  return { reader, reads };
}

test("reads a mebibyte at once, and what is at hand not again", () => {
  const { reader, reads } = readerOf(new Uint8Array(3 * MIB));
  const window = new FileWindow(reader);
  assertEquals([window.show(0, 10), window.show(100, MIB - 100), window.show(7, 1)], [0, 100, 7]);
  assertEquals(reads, [[0, MIB]]);
});

test("shows a part that crosses its end as a whole, and leaves earlier views unchanged", () => {
  const bytes = Uint8Array.from({ length: 2 * MIB }, (_, at) => at % 251);
  const window = new FileWindow(readerOf(bytes).reader);
  window.show(0, 1);
  const view = window.bytes.subarray(0, 5);
  const at = window.show(MIB - 2, 4);
  assertEquals(window.bytes.slice(at, at + 4), bytes.slice(MIB - 2, MIB + 2));
  assertEquals(view, bytes.subarray(0, 5));
});

test("reads more than a mebibyte when a part is longer, and steps back", () => {
  const { reader, reads } = readerOf(new Uint8Array(4 * MIB));
  const window = new FileWindow(reader);
  window.show(1, 2 * MIB);
  window.show(0, 1);
  assertEquals(reads, [[1, 2 * MIB], [0, MIB]]);
});

test("gives the rest from a place on, and nothing at the end", () => {
  const window = new FileWindow(readerOf(Uint8Array.of(1, 2, 3)).reader);
  assertEquals([window.rest(1), window.rest(3), window.rest(9)].map((rest) => rest.length), [
    2,
    0,
    0,
  ]);
});

test("throws when a file is shorter than it was", () => {
  const window = new FileWindow(readerOf(new Uint8Array(4), 9).reader);
  assertThrows(() => window.show(0, 9), Error, "Cannot read 9 bytes at 0: 4 came, the file had 9");
});
