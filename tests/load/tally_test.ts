import { assertEquals } from "@std/assert";
import { Tally } from "../../lib/load/mod.ts";

const PURE = { permissions: "none" } as const;

Deno.test("tallies add up, and keep the first text of an error", PURE, () => {
  const [sum, other] = [new Tally(), new Tally()];
  Object.assign(sum, { requests: 2, time: 500, bytesSent: 10 });
  Object.assign(other, { requests: 4, time: 500, misses: 1, unsent: 3 });
  sum.addError("ERR", "one");
  other.addError("ERR", "two", 2);
  other.latency.add(7);
  sum.merge(other);
  assertEquals([sum.requests, sum.rate, sum.bytesSent, sum.misses, sum.unsent], [6, 6, 10, 1, 3]);
  assertEquals([...sum.errors], [["ERR", { count: 3, message: "one" }]]);
  assertEquals([sum.errorCount, sum.latency.count], [3, 1]);
});

Deno.test("a tally tells 64 codes apart, and counts what is beyond as others", PURE, () => {
  const tally = new Tally();
  for (let i = 0; i < 100; i++) tally.addError(`E${i}`, "text");
  tally.addError("E0", "text");
  assertEquals([tally.errors.size, tally.errorCount], [65, 101]);
  assertEquals(tally.errors.get("OTHERS")?.count, 36);
});
