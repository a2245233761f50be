import type { Visitor } from "../../lib/store/hash_table.ts";
import { KeyIndex } from "../../lib/store/key_index.ts";
import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `KeyIndex ${name}`, permissions: "none", fn });
}

/** References are their own keys: a key of four bytes names one. */
const KEYS = {
  hasKey: (ref: number, key: Uint8Array, start: number) =>
    new DataView(key.buffer).getInt32(start) === ref,
};

function keyOf(ref: number): Uint8Array {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setInt32(0, ref);
  return key;
}

/** A hash for a reference; some references share one. */
function hashOf(ref: number): number {
  return Math.imul(ref % 7 === 0 ? ref - 1 : ref, 0x9e3779b1);
}

function has(index: KeyIndex, ref: number): boolean {
  return index.find(hashOf(ref), keyOf(ref)) === ref;
}

/** Takes so many references. */
class Taker implements Visitor {
  readonly refs: number[] = [];
  passed = 0;
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  pass(): boolean {
    return ++this.passed > 10 * this.#count;
  }

  isFull(): boolean {
    return this.refs.length >= this.#count;
  }

  visit(ref: number): void {
    this.refs.push(ref);
  }
}

/** All references by pages of `count`; `between` runs after each page. */
function walkAll(index: KeyIndex, count: number, between: () => void): number[] {
  const refs: number[] = [];
  let cursor = 0;
  do {
    const taker = new Taker(count);
    const next = index.walk(cursor, taker);
    assertLessOrEqual(taker.refs.length, count + 4, "as many as share a hash");
    assert(next === 0 || next > cursor);
    refs.push(...taker.refs);
    cursor = next;
    between();
  } while (cursor !== 0);
  return refs;
}

test("finds everything at every moment of growing and shrinking", () => {
  const index = new KeyIndex(KEYS);
  const total = 3_000;
  for (let ref = 1; ref <= total; ref++) {
    index.insert(hashOf(ref), ref);
    if (ref % 50 === 0 || ref < 100) {
      for (let i = 1; i <= ref; i++) if (!has(index, i)) assert(false, `${i} of ${ref}`);
    }
  }
  for (let ref = 1; ref <= total; ref++) {
    index.remove(hashOf(ref), ref);
    assertEquals(has(index, ref), false);
    if (ref % 50 !== 0 && ref < total - 100) continue;
    for (let i = ref + 1; i <= total; i++) if (!has(index, i)) assert(false, `${i} after ${ref}`);
  }
  assertEquals(index.size, 0);
});

test("never parts references with the same hash, wherever a step ends", () => {
  const index = new KeyIndex(KEYS);
  const shared = (number: number) => Math.imul(Math.floor(number / 5), 0x9e3779b1);
  const refs: number[] = [];
  for (let number = 0; number < 1_000; number++) {
    index.insert(shared(number), refs[number] = number + 1);
    for (let at = 0; at <= number; at++) {
      const ref = refs[at]!;
      if (index.find(shared(at), keyOf(ref)) !== ref) assert(false, `${at} of ${number}`);
      index.replace(shared(at), ref, refs[at] = ref ^ 4_096);
    }
  }
  assertEquals(new Set(walkAll(index, 5, () => {})).size, 1_000);
});

test("replaces references and tells keys apart that have the same hash, while it grows too", () => {
  const index = new KeyIndex(KEYS);
  for (let ref = 1; ref <= 2_000; ref++) {
    index.insert(hashOf(ref), ref + 1_000_000);
    index.replace(hashOf(ref), ref + 1_000_000, ref);
  }
  for (let ref = 1; ref <= 2_000; ref++) assert(has(index, ref), `${ref}`);
});

test("gives what stays exactly once to a walk, while it grows and shrinks", () => {
  for (const start of [0, 50, 700, 5_000]) {
    const index = new KeyIndex(KEYS);
    for (let ref = 1; ref <= start; ref++) index.insert(hashOf(ref), ref);
    let added = start;
    let removed = start;
    const seen = walkAll(index, 20, () => {
      for (let i = 0; i < 100; i++) if (added < 40_000) index.insert(hashOf(++added), added);
    });
    assertEquals(seen.filter((ref) => ref <= start).sort((a, b) => a - b).length, start);
    assertEquals(new Set(seen).size, seen.length);
    const rest = walkAll(index, 20, () => {
      for (let i = 0; i < 300; i++) {
        if (removed < added) index.remove(hashOf(++removed), removed);
      }
    });
    assertEquals(rest.filter((ref) => ref <= start).length, start);
    assertEquals(new Set(rest).size, rest.length);
  }
});

test("takes no memory when empty, and gives most of it back when most is removed", () => {
  const index = new KeyIndex(KEYS);
  assertEquals([index.memory, index.find(1, keyOf(1)), index.walk(0, new Taker(1))], [0, 0, 0]);
  for (let ref = 1; ref <= 20_000; ref++) index.insert(hashOf(ref), ref);
  const { memory } = index;
  assertGreater(memory, 20_000 * 8);
  for (let ref = 101; ref <= 20_000; ref++) index.remove(hashOf(ref), ref);
  assertLess(index.memory, memory / 16);
  for (let ref = 1; ref <= 100; ref++) assert(has(index, ref));
  index.clear();
  assertEquals([index.memory, index.size], [0, 0]);
});

test("picks any reference, while it grows too", () => {
  const index = new KeyIndex(KEYS);
  for (let ref = 1; ref <= 12; ref++) {
    index.insert(hashOf(ref), ref);
    const picked = new Set(Array.from({ length: 500 }, () => index.random(Math.random)));
    assertEquals([...picked].sort((a, b) => a - b), Array.from({ length: ref }, (_, at) => at + 1));
  }
});
