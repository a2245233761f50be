import { EvictionPool } from "../../lib/handler/mod.ts";
import { assert, assertEquals } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `EvictionPool ${name}`, permissions: "none", fn });
}

/** The worth of each candidate, in the order in which they are taken. */
function takeAll(pool: EvictionPool): number[] {
  const taken: number[] = [];
  for (let found = pool.take(); found !== undefined; found = pool.take()) taken.push(found.worth);
  return taken;
}

function add(pool: EvictionPool, worth: number): void {
  pool.add({ database: 0, key: Uint8Array.of(worth), worth });
}

test("keeps the 16 candidates of the least worth, and gives the least first", () => {
  const pool = new EvictionPool();
  for (let at = 0; at < 200; at++) add(pool, at * 37 % 100); // Each twice.
  assertEquals([pool.takes(14), pool.takes(15)], [true, false]);
  assertEquals(takeAll(pool), Array.from({ length: 16 }, (_, at) => at));
  assertEquals(pool.take(), undefined);
  assert(pool.takes(1_000));
});

test("forgets what was measured by another policy", () => {
  const pool = new EvictionPool();
  pool.use("allkeys-lru");
  add(pool, 1);
  pool.use("allkeys-lru");
  add(pool, 2);
  assertEquals(pool.take()?.worth, 1);
  pool.use("allkeys-lfu");
  assertEquals(pool.take(), undefined);
});
