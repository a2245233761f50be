import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { LOAD_OPS, type LoadOp, Workload, type WorkloadOptions } from "../../lib/load/mod.ts";

const PURE = { permissions: "none" } as const;

function drawn(options: WorkloadOptions, count: number) {
  const workload = new Workload(options);
  return Array.from({ length: count }, () => workload.draw());
}

Deno.test("Workload draws the same for one seed", PURE, () => {
  const options = { mix: { GET: 1, SET: 1, INCR: 1, PING: 1, DELETE: 1 }, skew: 0.9, seed: 5 };
  assertEquals(drawn(options, 100), drawn(options, 100));
});

Deno.test("Workload draws requests in proportion to their shares", PURE, () => {
  const shares: Record<LoadOp, number> = { GET: 5, SET: 2, INCR: 1, DELETE: 0, PING: 2 };
  const requests = drawn({ mix: shares }, 20_000);
  for (const op of LOAD_OPS) {
    const part = requests.filter((request) => request.op === op).length / requests.length;
    assertAlmostEquals(part, shares[op] / 10, 0.02);
  }
});

Deno.test("all keys have the size that is asked for, and values the sizes", PURE, () => {
  const workload = new Workload({ keys: 1_000, keySize: 9, valueSize: [10, 20] });
  const sizes = new Set<number>();
  for (let number = 0; number < 1_000; number++) {
    assertEquals(workload.key(number).length, 9);
    assertEquals(workload.value(number), workload.value(number));
    sizes.add(workload.value(number).length);
  }
  assertEquals([Math.min(...sizes), Math.max(...sizes), sizes.size], [10, 20, 11]);
});

Deno.test("counters have keys of their own", PURE, () => {
  const [request] = drawn({ mix: { INCR: 1 } }, 1);
  assert(request!.op === "INCR");
  assertEquals(new TextDecoder().decode(request!.key.subarray(0, 4)), "cnt:");
});

const WRONG: Record<string, [options: WorkloadOptions, message: string]> = {
  "no keys": [{ keys: 0 }, "Cannot use keys 0"],
  "keys that do not fit": [{ keys: 1_001, keySize: 7 }, "Cannot use size of 1001 keys 7"],
  "a range that is none": [{ valueSize: [5, 4] }, "Cannot use least size of values 5"],
  "values that are too long": [{ valueSize: [0, 2 ** 27] }, "Cannot use size of values 134217728"],
  "a skew below 0": [{ skew: -1 }, "Cannot use skew -1"],
  "a mix of nothing": [{ mix: {} }, "no share is above 0"],
  "a share below 0": [{ mix: { GET: 2, SET: -1 } }, "Cannot mix -1 of SET"],
};

for (const [what, [options, message]] of Object.entries(WRONG)) {
  Deno.test(`Workload refuses ${what}`, PURE, () => {
    assertThrows(() => new Workload(options), RangeError, message);
  });
}
