import { Histogram } from "../../lib/handler/mod.ts";
import { assert, assertEquals } from "@std/assert";

Deno.test({
  name: "a histogram's percentile is at most an eighth above the time it stands for",
  permissions: "none",
  fn() {
    for (const micros of [0, 1, 7, 8, 9, 15, 16, 100, 1_000, 65_535, 1_000_000, 2 ** 31 - 1]) {
      const histogram = new Histogram();
      histogram.add(micros, 1);
      const shown = histogram.percentile(50);
      assert(shown >= micros && shown <= micros * 9 / 8, `${micros} is shown as ${shown}`);
    }
  },
});

Deno.test({
  name: "a histogram tells the time that most calls did not exceed from that of the slowest",
  permissions: "none",
  fn() {
    const histogram = new Histogram();
    assertEquals(histogram.percentile(50), 0);
    histogram.add(2, 99);
    histogram.add(1_000_000, 1);
    assertEquals([histogram.percentile(50), histogram.percentile(99)], [2, 2]);
    assert(histogram.percentile(99.9) >= 1_000_000);
    assertEquals(histogram.count, 100);
  },
});

Deno.test({
  name: "a histogram counts up by powers of two",
  permissions: "none",
  fn() {
    const histogram = new Histogram();
    histogram.add(3, 2);
    histogram.add(4, 1);
    histogram.add(100, 5);
    assertEquals(histogram.cumulative(), [[4, 3], [128, 8]]);
  },
});

Deno.test({
  name: "a histogram takes a time that is longer than any that it tells apart",
  permissions: "none",
  fn() {
    const histogram = new Histogram();
    histogram.add(1e15, 1);
    assertEquals(histogram.percentile(100), 2 ** 31 - 1);
  },
});
