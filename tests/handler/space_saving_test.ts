import { SpaceSaving } from "../../lib/handler/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { Random } from "../random.ts";

Deno.test("a sketch has what makes more than its part of all, and each count within its error", {
  permissions: "none",
}, () => {
  const capacity = 16;
  const sketch = new SpaceSaving(capacity);
  const truth = new Map<string, number>();
  const random = new Random(7);
  for (let round = 0; round < 20_000; round++) {
    const id = String(Math.floor((random.below(1_000) / 1_000) ** 4 * 200)); // Few of them occur often.
    sketch.add(id);
    truth.set(id, (truth.get(id) ?? 0) + 1);
  }
  const top = sketch.top(Infinity);
  assertEquals([top.length, sketch.size, sketch.total], [capacity, capacity, 20_000]);
  for (const { id, count, error } of top) {
    const real = truth.get(id) ?? 0;
    assert(real <= count && real >= count - error, `${id}: ${count} - ${error}, really ${real}`);
  }
  const frequent = [...truth].filter(([, count]) => count > 20_000 / capacity).map(([id]) => id);
  assert(frequent.length > 0);
  assertEquals(frequent.filter((id) => !top.some((found) => found.id === id)), []);
});

Deno.test("a sketch that fades weighs what occurs now over what occurred", {
  permissions: "none",
}, () => {
  const sketch = new SpaceSaving(4);
  for (let round = 0; round < 8; round++) sketch.add("old");
  sketch.fade(1 / 4);
  for (let round = 0; round < 3; round++) sketch.add("new");
  assertEquals(sketch.top(9).map(({ id, count }) => [id, count]), [["new", 3], ["old", 2]]);
  assertEquals(sketch.total, 5);
  sketch.clear();
  assertEquals([sketch.top(9), sketch.total], [[], 0]);
});
