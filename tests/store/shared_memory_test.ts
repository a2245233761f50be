import { Sections } from "../../lib/store/sections.ts";
import { SharedMemory } from "../../lib/store/shared_memory.ts";
import { SEGMENTS, type SharedNews, TABLES } from "../../lib/store/shared_words.ts";
import { assertEquals, assertNotEquals } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `SharedMemory ${name}`, permissions: "none", fn });
}

function made(): { memory: SharedMemory; words: Int32Array; news: SharedNews[] } {
  const [sections, news]: [Sections, SharedNews[]] = [new Sections(), []];
  sections.onShared = (piece) => news.push(piece);
  const memory = new SharedMemory(3, sections);
  return { memory, words: new Int32Array(memory.store.control), news };
}

test("tells of each piece with the generation that it notes, and of what is given away", () => {
  const { memory, words, news } = made();
  const buffer = memory.makeSegment(4_096, 7);
  const generation = words[SEGMENTS + 7]!;
  assertNotEquals(generation, 0);
  assertEquals(buffer.byteLength, 4_096);
  memory.dropSegment(7);
  assertEquals(words[SEGMENTS + 7], 0);
  const piece = { kind: "segment" as const, store: 3, number: 7, generation };
  assertEquals(news, [{ ...piece, buffer }, { ...piece, buffer: undefined }]);
});

test("never gives a number the same generation again", () => {
  const { memory, words } = made();
  const generations = Array.from({ length: 5 }, () => {
    memory.makeSegment(16, 7);
    const generation = words[SEGMENTS + 7]!;
    memory.dropSegment(7);
    return generation;
  });
  assertEquals(new Set(generations).size, 5);
});

test("names other slots of a table another generation", () => {
  const { memory, words, news } = made();
  memory.makeSlots(1, 4, 64);
  const first = words[TABLES + 1];
  assertEquals(memory.makeSlots(1, 4, 320).length, 320);
  assertNotEquals(words[TABLES + 1], first);
  assertEquals(news.length, 2);
});

test("gives who comes later what there is", () => {
  const { memory } = made();
  memory.makeSegment(16, 0);
  memory.makeSegment(16, 1);
  memory.makeSlots(0, 4, 64);
  memory.dropSegment(0);
  memory.dropTable(1); // There is none.
  assertEquals(memory.store.pieces.map(({ kind, number }) => [kind, number]), [
    ["segment", 1],
    ["table", 0],
  ]);
});
