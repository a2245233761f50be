import { type Expiring, ExpiryHeap } from "../../lib/store/expiry_heap.ts";
import { assertEquals } from "@std/assert";
import fc from "fast-check";

interface Item extends Expiring {
  expiresAt: number;
}

Deno.test("ExpiryHeap gives what expires next, whatever was added, moved and removed before", {
  permissions: "none",
}, () => {
  const step = fc.record({
    item: fc.nat(20),
    time: fc.option(fc.nat(50), { nil: undefined }), // None: removes it.
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const items: Item[] = Array.from({ length: 21 }, () => ({ expiresAt: 0, place: -1 }));
      const heap = new ExpiryHeap<Item>();
      for (const { item: index, time } of steps) {
        const item = items[index]!;
        if (time === undefined) heap.remove(item);
        else {
          item.expiresAt = time;
          heap.update(item);
        }
        const inside = items.filter(({ place }) => place !== -1);
        assertEquals(heap.size, inside.length);
        const earliest = inside.length === 0
          ? undefined
          : Math.min(...inside.map(({ expiresAt }) => expiresAt));
        assertEquals(heap.next?.expiresAt, earliest);
      }
      const order: number[] = [];
      for (let next = heap.next; next !== undefined; next = heap.next) {
        order.push(next.expiresAt);
        heap.remove(next);
      }
      assertEquals(order, order.toSorted((a, b) => a - b));
    }),
    { seed: 7, numRuns: 300 },
  );
});
