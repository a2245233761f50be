import { LatencyMonitor } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";

Deno.test({
  name: "the latency monitor keeps the longest time of each second, and the longest ever",
  permissions: "none",
  fn() {
    const monitor = new LatencyMonitor();
    for (const [ms, now] of [[5, 1_000], [9, 1_500], [7, 1_999], [3, 2_000]] as const) {
      monitor.add("command", ms, now);
    }
    const { samples, max } = monitor.events.get("command")!;
    assertEquals(samples, [{ time: 1, ms: 9 }, { time: 2, ms: 3 }]);
    assertEquals(max, 9);
  },
});

Deno.test({
  name: "the latency monitor keeps 160 samples of an event",
  permissions: "none",
  fn() {
    const monitor = new LatencyMonitor();
    for (let second = 0; second < 500; second++) monitor.add("command", 1, second * 1_000);
    const { samples } = monitor.events.get("command")!;
    assertEquals([samples.length, samples[0]!.time], [160, 340]);
  },
});

Deno.test({
  name: "a reset forgets the events that are named, or all, and counts them",
  permissions: "none",
  fn() {
    const monitor = new LatencyMonitor();
    for (const event of ["a", "b", "c"]) monitor.add(event, 1, 0);
    assertEquals(monitor.reset(["a", "x"]), 1);
    assertEquals(monitor.reset([]), 2);
    assertEquals(monitor.events.size, 0);
  },
});
