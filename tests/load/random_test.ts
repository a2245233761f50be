import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { Random } from "../../lib/load/random.ts";

const PURE = { permissions: "none" } as const;

function numbersOf(seed: number, count: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.below(10));
}

Deno.test("Random gives the same for one seed, and something else for another", PURE, () => {
  assertEquals(numbersOf(7, 20), numbersOf(7, 20));
  assertNotEquals(numbersOf(7, 20), numbersOf(8, 20));
});

Deno.test("Random gives each number equally often, and none outside", PURE, () => {
  const numbers = numbersOf(1, 100_000);
  for (let number = 0; number < 10; number++) {
    const part = numbers.filter((other) => other === number).length / numbers.length;
    assertAlmostEquals(part, 0.1, 0.005);
  }
  assert(numbers.every((number) => number >= 0 && number < 10));
});
