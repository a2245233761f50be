import { Databases, MemoryStore, Sections } from "../../lib/store/mod.ts";
import { SEQUENCE } from "../../lib/store/shared_words.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `Sections ${name}`, permissions: "none", fn });
}

const KEY = Uint8Array.of(1);
const VALUE = Uint8Array.of(2);

function sequenceOf(buffer: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(buffer), SEQUENCE);
}

test("are odd from the first beginning to the last end, and go on by two", () => {
  const sections = new Sections();
  const seen: number[] = [];
  const look = () => seen.push(sequenceOf(sections.buffer));
  look();
  for (const step of ["begin", "begin", "end", "end", "begin", "end"] as const) {
    sections[step]();
    look();
  }
  assertEquals(seen, [0, 1, 1, 1, 2, 3, 4]);
});

test("change with each change of closed, so that no look that goes on is answered", () => {
  const sections = new Sections();
  assertEquals(sections.closed, false);
  sections.closed = true;
  assertEquals([sections.closed, sequenceOf(sections.buffer)], [true, 2]);
  sections.closed = false;
  assertEquals([sections.closed, sequenceOf(sections.buffer)], [false, 4]);
});

test("are not there without shared, and nothing is to be read then", () => {
  const databases = new Databases({ count: 1 });
  assert(databases.sections === undefined && databases.shared === undefined);
  assert(new MemoryStore().shared === undefined);
});

test("enclose each change of a store, and nothing else", () => {
  let now = 1_000;
  const databases = new Databases({ count: 2, now: () => now, shared: true });
  const store = databases.at(0);
  const { buffer } = databases.sections!;
  const changes = (change: () => void): boolean => {
    const before = sequenceOf(buffer);
    change();
    const after = sequenceOf(buffer);
    assertEquals(after & 1, 0);
    return after !== before;
  };
  assert(changes(() => store.set(KEY, VALUE, now + 10)));
  assert(!changes(() => store.get(KEY)));
  assert(!changes(() => store.touch(KEY)));
  assert(!changes(() => store.sweep(5)));
  assert(changes(() => store.append(KEY, VALUE)));
  assert(changes(() => store.expire(KEY, now + 10)));
  now += 10;
  assert(changes(() => assertEquals(store.peek(KEY), undefined)));
  store.set(KEY, VALUE, now + 10);
  now += 10;
  assert(changes(() => assertEquals(store.sweep(1), 1)));
  store.set(KEY, VALUE);
  assert(changes(() => store.delete(KEY)));
  store.set(KEY, VALUE);
  assert(changes(() => store.clear()));
  assert(changes(() => databases.swap(0, 1)));
});

test("end when a change fails", () => {
  const store = new MemoryStore({
    shared: true,
    onCreated() {
      throw new Error("no");
    },
  });
  assertThrows(() => store.set(KEY, VALUE), Error, "no");
  assertEquals(sequenceOf(store.shared!.sequence) & 1, 0);
});
