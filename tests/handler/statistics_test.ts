import { Statistics } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";

/** Statistics with a clock in milliseconds that a test moves. */
function withClock(): { statistics: Statistics; clock: { ms: number } } {
  const clock = { ms: 0 };
  return { statistics: new Statistics(() => clock.ms), clock };
}

Deno.test({
  name: "quick commands share the time of their batch, without what was timed by itself",
  permissions: "none",
  fn() {
    const { statistics, clock } = withClock();
    const get = statistics.of("get", ["readonly", "fast"]);
    const keys = statistics.of("keys", ["readonly"]);
    assertEquals([get.quick, keys.quick], [true, false]);
    statistics.beginBatch();
    statistics.count(get);
    assertEquals(statistics.time(keys, () => void (clock.ms += 6)), 6_000);
    statistics.count(get);
    clock.ms += 4;
    statistics.endBatch();
    assertEquals([get.calls, get.micros], [2, 4_000]);
    assertEquals([keys.calls, keys.micros], [1, 6_000]);
  },
});

Deno.test({
  name: "a command inside another is timed too, and the time is taken from the batch once",
  permissions: "none",
  fn() {
    const { statistics, clock } = withClock();
    const exec = statistics.of("exec", []);
    const get = statistics.of("get", ["fast"]);
    statistics.beginBatch();
    statistics.time(exec, () => {
      assertEquals(statistics.timing, true);
      statistics.time(get, () => void (clock.ms += 5));
    });
    assertEquals(statistics.timing, false);
    statistics.count(get);
    clock.ms += 1;
    statistics.endBatch();
    assertEquals([exec.micros, get.micros, get.calls], [5_000, 6_000, 2]);
  },
});

Deno.test({
  name: "a command that throws is timed no longer",
  permissions: "none",
  fn() {
    const { statistics } = withClock();
    const keys = statistics.of("keys", []);
    try {
      statistics.time(keys, () => {
        throw new Error("a defect");
      });
    } catch {
      // It is the test's own.
    }
    assertEquals(statistics.timing, false);
  },
});

Deno.test({
  name: "only so many kinds of errors are told apart",
  permissions: "none",
  fn() {
    const { statistics } = withClock();
    for (let kind = 0; kind < 1_000; kind++) statistics.countError(`KIND${kind}`);
    statistics.countError("KIND0");
    assertEquals([statistics.errors.size, statistics.errors.get("KIND0")], [128, 2]);
  },
});

Deno.test({
  name: "a reset forgets the figures of commands and errors",
  permissions: "none",
  fn() {
    const { statistics } = withClock();
    const get = statistics.of("get", ["fast"]);
    Object.assign(get, { calls: 7, rejected: 1, failed: 2 });
    get.spend(5, 7);
    statistics.countError("ERR");
    statistics.reset();
    assertEquals(statistics.of("get", ["fast"]), get);
    assertEquals([get.calls, get.micros, get.rejected, get.failed], [0, 0, 0, 0]);
    assertEquals([get.times.count, statistics.errors.size], [0, 0]);
  },
});
