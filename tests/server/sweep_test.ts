import { SWEEP_INTERVAL, SWEEP_TIME, sweepExpired } from "../../lib/server/mod.ts";
import { MemoryStore } from "../../lib/store/mod.ts";
import { assertEquals, assertLess } from "@std/assert";

/** Time that goes on by `step` each time it is looked at. */
function stepping(step: number): () => number {
  let now = 0;
  return () => now += step;
}

Deno.test("sweepExpired goes on until nothing else has expired", { permissions: "none" }, () => {
  const found = [1_000, 1_000, 999, 1_000];
  sweepExpired({ sweep: () => found.shift()! }, stepping(0));
  assertEquals(found, [1_000]);
});

Deno.test("sweepExpired ends when its time is over", { permissions: "none" }, () => {
  let sweeps = 0;
  sweepExpired({ sweep: () => (sweeps++, 1_000) }, stepping(1));
  assertEquals(sweeps, SWEEP_TIME);
});

Deno.test("sweepExpired keeps up with 100,000 short-lived entries a second", {
  permissions: "none",
}, () => {
  let now = 0;
  const store = new MemoryStore({ now: () => now });
  const key = new Uint8Array(4);
  const lifetime = 200;
  const rate = 100; // A millisecond.
  let most = 0;
  for (let writes = 0; now < 3_000; now++) {
    for (let i = 0; i < rate; i++) {
      new DataView(key.buffer).setUint32(0, writes++);
      store.set(key, key, now + lifetime);
    }
    if (now % SWEEP_INTERVAL === 0) sweepExpired(store, stepping(0));
    most = Math.max(most, store.size);
  }
  assertLess(most, rate * (lifetime + SWEEP_INTERVAL) + 1);
});
