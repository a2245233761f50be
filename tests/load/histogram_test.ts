import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Histogram } from "../../lib/load/mod.ts";

const PURE = { permissions: "none" } as const;

/** Whole numbers of all sizes: most numbers that are drawn equally are large. */
const anyValue = fc.tuple(fc.integer({ min: 0, max: 43 }), fc.double({ min: 0.5, max: 1 }))
  .filter(([, part]) => !Number.isNaN(part))
  .map(([bits, part]) => Math.floor(part * 2 ** bits));
const anyValues = fc.array(anyValue, { minLength: 1, maxLength: 300 });

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

Deno.test("Histogram tells each percentile at most 0.8% above the exact one", PURE, () => {
  fc.assert(fc.property(anyValues, fc.double({ min: 0, max: 100, noNaN: true }), (values, part) => {
    const sorted = values.toSorted((a, b) => a - b);
    const exact = sorted[Math.max(1, Math.ceil(values.length * part / 100)) - 1]!;
    const told = histogramOf(values).percentile(part);
    assert(told >= exact && told <= exact * (1 + 1 / 128), `${told}, exactly ${exact}`);
  }));
});

Deno.test("Histogram knows count, least, largest and mean exactly", PURE, () => {
  fc.assert(fc.property(anyValues, (values) => {
    const { count, min, max, mean } = histogramOf(values);
    assertEquals([count, min, max], [values.length, Math.min(...values), Math.max(...values)]);
    const sum = values.reduce((total, value) => total + value, 0);
    assertAlmostEquals(mean, sum / count, 1e-9 * sum);
  }));
});

Deno.test("merged histograms are the histogram of all their values", PURE, () => {
  fc.assert(fc.property(anyValues, fc.array(anyValue, { maxLength: 50 }), (some, others) => {
    for (const [first, second] of [[some, others], [others, some]] as const) {
      const merged = histogramOf(first);
      merged.merge(histogramOf(second));
      const whole = histogramOf([...first, ...second]);
      assertEquals([...merged.buckets()], [...whole.buckets()]);
      assertEquals([merged.min, merged.max, merged.count], [whole.min, whole.max, whole.count]);
    }
  }));
});

Deno.test("the buckets of a histogram lie side by side, and each value is in its own", PURE, () => {
  fc.assert(fc.property(anyValues, (values) => {
    const buckets = [...histogramOf(values).buckets()];
    let last = -1;
    for (const { from, to, count } of buckets) {
      assert(from > last && to >= from);
      assertEquals(count, values.filter((value) => value >= from && value <= to).length);
      last = to;
    }
    assertEquals(buckets.reduce((sum, { count }) => sum + count, 0), values.length);
  }));
});

Deno.test("Histogram counts a value many times over at once", PURE, () => {
  const histogram = new Histogram();
  histogram.add(10, 99);
  histogram.add(20);
  assertEquals([99, 99.1, 100].map((part) => histogram.percentile(part)), [10, 20, 20]);
});

Deno.test("an empty histogram is 0 in all figures", PURE, () => {
  const { count, min, max, mean } = new Histogram();
  assertEquals([count, min, max, mean, new Histogram().percentile(50)], [0, 0, 0, 0, 0]);
});

Deno.test("Histogram takes what is below 0 for 0, and what is too large for 2^44 - 1", PURE, () => {
  const histogram = histogramOf([-5, NaN, Infinity]);
  assertEquals([histogram.min, histogram.max], [0, 2 ** 44 - 1]);
  assertEquals(histogram.percentile(100), 2 ** 44 - 1);
});
