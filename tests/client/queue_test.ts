import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Queue } from "../../lib/client/queue.ts";
import { HERMETIC } from "./peer.ts";

Deno.test("Queue gives items in order", HERMETIC, () => {
  const queue = new Queue<number>();
  queue.push(3);
  queue.push(4);
  queue.unshift([1, 2]);
  assertEquals(queue.length, 4);
  assertEquals([queue.shift(), queue.shift()], [1, 2]);
  assertEquals(queue.takeAll(), [3, 4]);
  assertEquals([queue.shift(), queue.length], [undefined, 0]);
});

Deno.test("Queue keeps the items that are to be kept, in order", HERMETIC, () => {
  const queue = new Queue<number>();
  for (const item of [1, 2, 3, 4, 5]) queue.push(item);
  queue.shift();
  queue.retain((item) => item % 2 === 1);
  queue.push(6);
  assertEquals([queue.length, queue.takeAll()], [3, [3, 5, 6]]);
});

Deno.test("Queue behaves like an array, also when thousands are taken", HERMETIC, () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("push" as const), count: fc.nat(3_000) }),
    fc.record({ do: fc.constant("shift" as const), count: fc.nat(3_000) }),
    fc.record({ do: fc.constant("unshift" as const), count: fc.nat(5) }),
    fc.record({ do: fc.constant("clear" as const), count: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const queue = new Queue<number>();
      const model: number[] = [];
      let next = 0;
      for (const { do: action, count } of steps) {
        if (action === "clear") {
          queue.clear();
          model.length = 0;
        } else if (action === "unshift") {
          const items = Array.from({ length: count }, () => next++);
          queue.unshift(items);
          model.unshift(...items);
        } else {
          for (let i = 0; i < count; i++) {
            if (action === "shift") assertEquals(queue.shift(), model.shift());
            else model.push(next), queue.push(next++);
          }
        }
        assertEquals(queue.length, model.length);
      }
      assertEquals(queue.takeAll(), model);
    }),
    { seed: 1, numRuns: 60 },
  );
});
