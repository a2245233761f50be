import { Statistics } from "../../lib/handler/mod.ts";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { COUNTED } from "./helpers.ts";

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
    const get = statistics.resp.of(COUNTED.get);
    const keys = statistics.resp.of(COUNTED.keys);
    assertEquals([get.quick, keys.quick], [true, false]);
    statistics.beginBatch();
    statistics.count(get);
    const began = statistics.begin();
    clock.ms += 6;
    assertEquals(statistics.end(keys, began), 6_000);
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
    const exec = statistics.resp.of(COUNTED.exec);
    const get = statistics.resp.of(COUNTED.get);
    statistics.beginBatch();
    const outer = statistics.begin();
    assertEquals(statistics.timing, true);
    const inner = statistics.begin();
    clock.ms += 5;
    statistics.end(get, inner);
    statistics.end(exec, outer);
    assertEquals(statistics.timing, false);
    statistics.count(get);
    clock.ms += 1;
    statistics.endBatch();
    assertEquals([exec.micros, get.micros, get.calls], [5_000, 6_000, 2]);
  },
});

Deno.test({
  name: "figures are told by name, of what was sent alone",
  permissions: "none",
  fn() {
    const { statistics } = withClock();
    const keys = statistics.resp.of(COUNTED.keys);
    const get = statistics.resp.of(COUNTED.get);
    assertStrictEquals(statistics.resp.of(COUNTED.keys), keys);
    assertEquals([...statistics.commands], [["get", get], ["keys", keys]]);
  },
});

Deno.test({
  name: "only so many kinds of errors are told apart, and further ones are counted as one",
  permissions: "none",
  fn() {
    const { statistics } = withClock();
    for (let kind = 0; kind < 1_000; kind++) statistics.resp.countError(`KIND${kind}`);
    statistics.resp.countError("KIND0");
    assertEquals([statistics.errors.size, statistics.errors.get("KIND0")], [129, 2]);
    assertEquals(statistics.errors.get("OTHER"), 1_000 - 128);
  },
});

Deno.test({
  name: "a reset forgets the figures of commands and errors",
  permissions: "none",
  fn() {
    const { statistics } = withClock();
    const get = statistics.resp.of(COUNTED.get);
    Object.assign(get, { calls: 7, rejected: 1, failed: 2 });
    get.times.add(5, 7);
    statistics.resp.countError("ERR");
    statistics.reset();
    assertEquals(statistics.resp.of(COUNTED.get), get);
    assertEquals([get.calls, get.micros, get.rejected, get.failed], [0, 0, 0, 0]);
    assertEquals([get.times.count, statistics.errors.size], [0, 0]);
  },
});
