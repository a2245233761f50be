import { assert, assertAlmostEquals } from "@std/assert";
import { Random } from "../../lib/load/random.ts";
import { Zipf } from "../../lib/load/zipf.ts";

const PURE = { permissions: "none" } as const;
const DRAWS = 200_000;

for (const skew of [0.5, 0.99, 1, 1.5]) {
  Deno.test(`Zipf draws each number as often as its place to the power of -${skew}`, PURE, () => {
    const size = 50;
    const random = new Random(1);
    const zipf = new Zipf(size, skew);
    const counts = new Array<number>(size).fill(0);
    for (let i = 0; i < DRAWS; i++) counts[zipf.draw(random)]!++;
    const weights = counts.map((_, number) => (number + 1) ** -skew);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (const [number, count] of counts.entries()) {
      assertAlmostEquals(count / DRAWS, weights[number]! / sum, 0.005);
    }
  });
}

Deno.test("Zipf draws from one number, and from four billion", PURE, () => {
  const random = new Random(2);
  for (const size of [1, 2 ** 32 - 1]) {
    const zipf = new Zipf(size, 0.99);
    for (let i = 0; i < 1_000; i++) {
      const number = zipf.draw(random);
      assert(Number.isInteger(number) && number >= 0 && number < size);
    }
  }
});
