import { newServices } from "../../lib/server/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";

Deno.test({
  name: "newServices begins empty, with the clock and the limits that it is given",
  permissions: "none",
  fn() {
    const { databases, channels, counters, limits, startedAt } = newServices({
      now: () => 5,
      limits: { maxKeySize: 7 },
    });
    assertEquals([databases.at(0).size, databases.now(), channels.size, startedAt], [0, 5, 0, 5]);
    assertEquals(Object.values(counters).filter((figure) => figure !== 0), []);
    assertEquals([limits.maxKeySize, limits.maxValueSize], [7, 67_108_864]);
  },
});

Deno.test({
  name: "newServices refuses a limit that is out of range, and throws a defect again",
  permissions: "none",
  fn() {
    assertThrows(() => newServices({ limits: { maxKeySize: -1 } }), RangeError, "maxKeySize -1");
    assertThrows(() => newServices({ maxMemory: 0.5 }), RangeError, "maxMemory 0.5");
    assertThrows(() => newServices().onDefect(new TypeError("oops")), TypeError, "oops");
  },
});
