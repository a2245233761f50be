import { HASHES, HashTable, type Visitor } from "../../lib/store/hash_table.ts";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";

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

/** Takes all. */
class Collector implements Visitor {
  readonly refs: number[] = [];

  pass(): boolean {
    return false;
  }

  isFull(): boolean {
    return false;
  }

  visit(ref: number): void {
    this.refs.push(ref);
  }
}

/** Hashes that meet: few, at both ends and in between. */
const hash = fc.oneof(
  fc.constantFrom(0, 1, 2, -1, -2, 0x7fffffff, -0x80000000, 0x10000000, 0x10000001),
  fc.integer(),
);

Deno.test("HashTable is sorted and finds what is in it, whatever was added, replaced and removed", {
  permissions: "none",
}, () => {
  const step = fc.record({
    hash,
    pick: fc.nat(100),
    what: fc.constantFrom("add", "add", "remove", "replace"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const table = new HashTable(4);
      const model = new Map<number, number>();
      let next = 1;
      for (const { hash, pick, what } of steps) {
        const [ref, old] = [...model][pick % Math.max(1, model.size)] ?? [];
        if (what === "add" || ref === undefined) {
          table.insert(hash, next);
          model.set(next++, hash);
        } else {
          model.delete(ref);
          if (what === "remove") table.remove(old!, ref);
          else {
            table.replace(old!, ref, next);
            model.set(next++, old!);
          }
          assertEquals(table.find(old!, keyOf(ref), 0, 4, KEYS), 0);
        }
      }
      for (const [ref, hash] of model) assertEquals(table.find(hash, keyOf(ref), 0, 4, KEYS), ref);
      const all = new Collector();
      assertEquals(table.walk(0, HASHES, all), HASHES);
      const hashes = all.refs.map((ref) => model.get(ref)! >>> 0);
      assertEquals(hashes, [...model.values()].map((hash) => hash >>> 0).sort((a, b) => a - b));
    }),
    { seed: 11, numRuns: 500 },
  );
});

Deno.test("HashTable makes its tail longer for as many of the largest hash as there are", {
  permissions: "none",
}, () => {
  const table = new HashTable(4);
  for (let ref = 1; ref <= 1_000; ref++) table.insert(-1, ref);
  for (let ref = 1; ref <= 1_000; ref += 2) table.remove(-1, ref);
  for (let ref = 1; ref <= 1_000; ref++) {
    assertEquals(table.find(-1, keyOf(ref), 0, 4, KEYS), ref % 2 === 0 ? ref : 0);
  }
});

Deno.test(
  "HashTable tells a reference from itself under another hash, as one that was left in the way",
  {
    permissions: "none",
  },
  () => {
    const table = new HashTable(4);
    const [left, used] = [0x10000000, 0x10000001];
    table.insert(left, 5);
    table.insert(used, 5);
    table.replace(used, 5, 6);
    assertEquals([table.find(left, keyOf(5), 0, 4, KEYS), table.find(used, keyOf(6), 0, 4, KEYS)], [
      5,
      6,
    ]);
    table.replace(used, 6, 5);
    table.remove(used, 5);
    assertEquals([table.find(left, keyOf(5), 0, 4, KEYS), table.find(used, keyOf(5), 0, 4, KEYS)], [
      5,
      0,
    ]);
  },
);

Deno.test({
  name: "HashTable throws when a reference is not there, instead of looking for ever",
  permissions: "none",
  fn() {
    const table = new HashTable(4);
    table.insert(7, 1);
    assertThrows(() => table.remove(7, 2), Error, "Cannot find reference 2");
    assertThrows(() => table.replace(-7, 1, 3), Error, "Cannot find reference 1");
    assertEquals(table.find(7, keyOf(1), 0, 4, KEYS), 1);
  },
});
