import { Accesses } from "../../lib/store/mod.ts";
import { assertEquals } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `Accesses ${name}`, permissions: "none", fn });
}

const MINUTE = 60_000;
const NOW = 1_760_000_000_000;

test("know the second of an access for 194 days, wherever the 24 bits begin again", () => {
  const accesses = new Accesses(() => 0);
  for (const second of [0, 1_760_000_000, 105 * 2 ** 24 - 1, 105 * 2 ** 24]) {
    const access = accesses.first(second * 1_000 + 999);
    for (const days of [0, 1, 190]) {
      const now = (second + days * 86_400) * 1_000;
      assertEquals(accesses.timeOf(access, now), second * 1_000);
      assertEquals(accesses.timeOf(accesses.next(access, now), now), now);
    }
  }
});

test("take an access that lies ahead for one, when the clock was set back by up to an hour", () => {
  const accesses = new Accesses(() => 0);
  const access = accesses.first(NOW);
  assertEquals(accesses.timeOf(access, NOW - 3_000_000), NOW);
  assertEquals(accesses.frequencyOf(access, NOW - 3_000_000), 5);
});

test("begin with 5, and grow the less likely the larger they are, to 255", () => {
  let chance = 0;
  const accesses = new Accesses(() => chance);
  let access = accesses.first(NOW);
  const grown = (by: number) => {
    chance = by;
    access = accesses.next(access, NOW);
    return accesses.frequencyOf(access, NOW);
  };
  assertEquals(accesses.frequencyOf(access, NOW), 5);
  assertEquals(grown(0.999), 6); // Always.
  assertEquals([grown(1 / 11), grown(0.09)], [6, 7]); // 1 in 1 * 10 + 1.
  assertEquals([grown(1 / 21), grown(0.047)], [7, 8]); // 1 in 2 * 10 + 1.
  accesses.logFactor = 0;
  for (let times = 0; times < 300; times++) grown(0.999);
  assertEquals(grown(0), 255);
  assertEquals(accesses.timeOf(access, NOW), NOW);
});

test("go down by one for each minute that ends, or as many as lfu-decay-time says, to 0", () => {
  const accesses = new Accesses(() => 1);
  const start = Math.floor(NOW / MINUTE) * MINUTE;
  const access = accesses.first(start + 59_000);
  const after = (ms: number) => accesses.frequencyOf(access, start + 59_000 + ms);
  assertEquals([after(0), after(1_000), after(60_000), after(61_000)], [5, 4, 4, 3]);
  assertEquals(after(10 * MINUTE), 0);
  accesses.decayTime = 3;
  assertEquals([after(2 * MINUTE), after(3 * MINUTE), after(30 * MINUTE)], [5, 4, 0]);
  accesses.decayTime = 0;
  assertEquals(after(30 * MINUTE), 5);
});
