import { Rates } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";

Deno.test({
  name: "a rate is how much a counter grew per second between the first and the last sample",
  permissions: "none",
  fn() {
    const rates = new Rates();
    assertEquals(rates.of(0), 0);
    rates.sample(1_000, 10, 0);
    assertEquals(rates.of(0), 0);
    rates.sample(1_500, 60, 5);
    assertEquals([rates.of(0), rates.of(1)], [100, 10]);
  },
});

Deno.test({
  name: "samples that come too soon are passed over, and old ones are forgotten",
  permissions: "none",
  fn() {
    const rates = new Rates();
    rates.sample(0, 0);
    rates.sample(50, 1_000_000);
    assertEquals(rates.of(0), 0);
    for (let time = 100; time <= 3_000; time += 100) rates.sample(time, 7);
    assertEquals(rates.of(0), 0);
    rates.sample(3_100, 7 + 150);
    assertEquals(rates.of(0), 100);
  },
});

Deno.test({
  name: "counters that begin again give no negative rate, and a reset forgets the samples",
  permissions: "none",
  fn() {
    const rates = new Rates();
    rates.sample(0, 500);
    rates.sample(1_000, 0);
    assertEquals(rates.of(0), 0);
    rates.sample(2_000, 900);
    rates.reset();
    assertEquals(rates.of(0), 0);
  },
});
