import { assertEquals } from "@std/assert";
import { spreadOf, takeTurns } from "../../lib/load/rounds.ts";
import { VirtualServer } from "./virtual.ts";

const PURE = { permissions: "none" } as const;

Deno.test(
  "loads take turns, each round begins with another, and warming up is not counted",
  PURE,
  async () => {
    using a = await new VirtualServer([0, 0], 1).connect({ connections: 1 });
    using b = await new VirtualServer([0, 0], 1).connect({ connections: 1 });
    const turns: string[] = [];
    const results = await takeTurns(new Map([["a", a], ["b", b]]), {
      rounds: 3,
      slice: { count: 10 },
      warmup: 5,
      signal: new AbortController().signal,
      onTurn: (name, round) => turns.push(`${name}${round}`),
    });
    assertEquals(turns, ["a-1", "b-1", "b0", "a0", "a1", "b1", "b2", "a2"]);
    assertEquals(results.map(({ name, total }) => [name, total.requests]), [["a", 30], ["b", 30]]);
    assertEquals(results[0]!.rounds.map(({ requests }) => requests), [10, 10, 10]);
  },
);

Deno.test("a load that has failed is left out, and the others go on", PURE, async () => {
  using a = await new VirtualServer([0, 0], 1).connect({ connections: 1 });
  using b = await new VirtualServer([0, 0], 1).connect({ connections: 1 });
  const [lost, kept] = await takeTurns(new Map([["a", a], ["b", b]]), {
    rounds: 2,
    slice: { count: 10 },
    warmup: 0,
    signal: new AbortController().signal,
    onTurn: (name, round) => {
      if (name === "a" && round === 1) a[Symbol.dispose]();
    },
  });
  assertEquals(lost!.failure?.message, "the server has closed a connection");
  assertEquals([lost!.total.requests, kept!.total.requests], [10, 20]);
  assertEquals(kept!.failure, undefined);
});

Deno.test("spreadOf takes the quartile of the better side", PURE, () => {
  assertEquals(spreadOf([5, 1, 4, 2, 3], "less"), { median: 3, quartile: 2 });
  assertEquals(spreadOf([5, 1, 4, 2, 3], "more"), { median: 3, quartile: 4 });
  assertEquals(spreadOf([], "more"), { median: 0, quartile: 0 });
});

Deno.test("spreadOf takes the middle of two values for the median of an even number", PURE, () => {
  for (const better of ["less", "more"] as const) {
    assertEquals(spreadOf([8, 1, 2, 4], better).median, 3);
    assertEquals(spreadOf([1, 2], better).median, 1.5);
  }
});
