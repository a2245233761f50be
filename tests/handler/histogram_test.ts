import { Histogram } from "../../lib/handler/mod.ts";
import { bucketOf, BUCKETS } from "../../lib/handler/histogram.ts";
import { assert, assertEquals } from "@std/assert";
import { Random } from "../random.ts";

Deno.test({
  name: "a histogram's percentile is not below the time it stands for, and above it by 1 in 32",
  permissions: "none",
  fn() {
    for (let micros = 0.01; micros < 2 ** 28; micros *= 1.0137) {
      const histogram = new Histogram();
      histogram.add(micros, 1);
      const shown = histogram.percentile(50);
      const most = Math.max(micros * 33 / 32, micros + 1 / 16) + 1e-9;
      assert(shown >= micros && shown <= most, `${micros} is shown as ${shown}`);
    }
  },
});

Deno.test({
  name: "a histogram tells the time that most calls did not exceed from that of the slowest",
  permissions: "none",
  fn() {
    const histogram = new Histogram();
    assertEquals(histogram.percentile(50), 0);
    histogram.add(2, 9_999);
    histogram.add(1_000_000, 1);
    assertEquals([50, 99, 99.9, 99.99].map((percent) => histogram.percentile(percent)), [
      2,
      2,
      2,
      2,
    ]);
    assert(histogram.percentile(99.999) >= 1_000_000);
    assertEquals([histogram.count, histogram.sum], [10_000, 1_019_998]);
  },
});

Deno.test({
  name: "a histogram counts up by powers of two, each of which is not above itself",
  permissions: "none",
  fn() {
    const histogram = new Histogram();
    histogram.add(0.3, 1);
    histogram.add(3, 2);
    histogram.add(4, 1);
    histogram.add(4.01, 1);
    histogram.add(100, 5);
    assertEquals(histogram.cumulative(), [[1, 1], [4, 4], [8, 5], [128, 10]]);
  },
});

Deno.test({
  name: "a histogram takes a time that is longer than any that it tells apart",
  permissions: "none",
  fn() {
    const histogram = new Histogram();
    histogram.add(1e15, 1);
    assertEquals(histogram.percentile(100), 2 ** 28);
  },
});

Deno.test({
  name: "a histogram includes the times of another one, and tells all of them",
  permissions: "none",
  fn() {
    const [histogram, other] = [new Histogram(), new Histogram()];
    histogram.add(2, 3);
    other.add(2, 4);
    other.add(1, 1);
    histogram.include(other);
    assertEquals(histogram.times(), [[1, 1], [2, 7]]);
    assertEquals([histogram.count, histogram.sum], [8, 15]);
  },
});

Deno.test({
  name: "a histogram that gets times sorted into buckets is as one that gets each of them",
  permissions: "none",
  fn() {
    const [histogram, other] = [new Histogram(), new Histogram()];
    const random = new Random(4);
    for (let round = 0; round < 5; round++) {
      const buckets = new Float64Array(BUCKETS);
      let sum = 0;
      for (let i = 0; i < 500; i++) {
        const micros = random.below(16 * 2 ** random.below(30)) / 16;
        const times = 1 + random.below(9);
        histogram.add(micros, times);
        buckets[bucketOf(micros)]! += times;
        sum += micros * times;
      }
      other.addSorted(buckets, sum);
    }
    assertEquals([other.count, other.sum], [histogram.count, histogram.sum]);
    assertEquals(other.times(), histogram.times());
    assertEquals(other.cumulative(), histogram.cumulative());
  },
});

Deno.test({
  name:
    "a histogram has a bucket for each time, those of longer times behind those of shorter ones",
  permissions: "none",
  fn() {
    let last = 0;
    for (let micros = 0; micros < 2 ** 30; micros = Math.max(micros + 1 / 32, micros * 1.003)) {
      const bucket = bucketOf(micros);
      assert(bucket >= last && bucket < BUCKETS, `${micros} in ${bucket} behind ${last}`);
      last = bucket;
    }
    assertEquals([bucketOf(0), last, bucketOf(Infinity)], [0, BUCKETS - 1, BUCKETS - 1]);
  },
});
