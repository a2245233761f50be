import { ExpiryHeap, type Places } from "../../lib/store/expiry_heap.ts";
import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";

/** The places of the references 1 to 21. */
class PlaceList implements Places {
  readonly places = new Int32Array(22);

  placeOf(ref: number): number {
    return this.places[ref]!;
  }

  setPlace(ref: number, place: number): void {
    this.places[ref] = place;
  }
}

Deno.test("ExpiryHeap gives what expires next, whatever was added, moved and removed before", {
  permissions: "none",
}, () => {
  const step = fc.record({
    ref: fc.integer({ min: 1, max: 21 }),
    time: fc.option(fc.nat(50), { nil: undefined }), // None: removes it.
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new ExpiryHeap(new PlaceList());
      const inside = new Map<number, number>();
      for (const { ref, time } of steps) {
        if (time === undefined) {
          heap.remove(ref);
          inside.delete(ref);
        } else {
          heap.update(ref, time);
          inside.set(ref, time);
        }
        assertEquals(heap.size, inside.size);
        assertEquals(heap.nextTime, Math.min(...inside.values()));
        assertEquals(inside.get(heap.next) ?? Infinity, heap.nextTime);
        assertEquals(inside.has(heap.random(Math.random)), inside.size > 0);
      }
      const order: number[] = [];
      for (; heap.size > 0; heap.remove(heap.next)) order.push(heap.nextTime);
      assertEquals(order, order.toSorted((a, b) => a - b));
    }),
    { seed: 7, numRuns: 300 },
  );
});

Deno.test(
  "ExpiryHeap goes on with the new reference of what moved, and takes no memory when empty",
  {
    permissions: "none",
  },
  () => {
    const places = new PlaceList();
    const heap = new ExpiryHeap(places);
    assertEquals(heap.memory, 0);
    for (let ref = 1; ref <= 10; ref++) heap.update(ref, ref);
    const place = places.placeOf(1);
    heap.rename(place, 11);
    places.setPlace(11, place);
    assertEquals([heap.next, heap.nextTime], [11, 1]);
    heap.remove(11);
    assertEquals(heap.next, 2);
    assert(heap.memory > 0);
    heap.clear();
    assertEquals([heap.size, heap.next, heap.random(Math.random), heap.memory], [0, 0, 0, 0]);
  },
);

Deno.test("ExpiryHeap keeps the order over many chunks, and gives their memory back", {
  permissions: "none",
}, () => {
  const places = new Map<number, number>();
  const heap = new ExpiryHeap({
    placeOf: (ref) => places.get(ref) ?? 0,
    setPlace: (ref, place) => void places.set(ref, place),
  });
  const timeOf = (ref: number) => Math.imul(ref, 0x9e3779b1) >>> 0;
  for (let ref = 1; ref <= 20_000; ref++) heap.update(ref, timeOf(ref));
  for (let ref = 1; ref <= 20_000; ref++) assert(places.get(ref)! <= 20_000);
  const { memory } = heap;
  let before = -1;
  for (; heap.size > 100; heap.remove(heap.next)) {
    assert(heap.nextTime > before);
    assertEquals(heap.nextTime, timeOf(heap.next));
    before = heap.nextTime;
  }
  assertLess(heap.memory, memory / 2);
  heap.clear();
  assertEquals([heap.memory, heap.next, heap.nextTime], [0, 0, Infinity]);
});
