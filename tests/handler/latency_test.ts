import { count, integer, list, type Response, text } from "../../lib/model/mod.ts";
import { Bench, COUNTED } from "./helpers.ts";
import { assert, assertEquals } from "@std/assert";

function textOf(response: Response): string {
  assert(response.type === "TEXT");
  return response.text;
}

/** A bench whose server was slow twice. */
function slow(): Bench {
  const bench = new Bench();
  bench.services.settings.latencyThreshold = 10;
  bench.services.statistics.latency.add("command", 20.5, 990_000);
  bench.services.statistics.latency.add("command", 40, 995_000);
  return bench;
}

Deno.test({
  name: "LATENCY LATEST and HISTORY give seconds and whole milliseconds",
  permissions: "none",
  fn() {
    const bench = slow();
    assertEquals(
      bench.run({ op: "LATENCY_LATEST" }),
      list([list([text("command"), integer(995), count(40), count(40)])]),
    );
    assertEquals(
      bench.run({ op: "LATENCY_HISTORY", event: "command" }),
      list([list([integer(990), count(20)]), list([integer(995), count(40)])]),
    );
    assertEquals(bench.run({ op: "LATENCY_HISTORY", event: "other" }), list([]));
    assertEquals(bench.run({ op: "LATENCY_RESET", events: [] }), count(1));
    assertEquals(bench.run({ op: "LATENCY_LATEST" }), list([]));
  },
});

Deno.test({
  name: "LATENCY GRAPH draws a bar for each time, as long as the time",
  permissions: "none",
  fn() {
    const bench = slow();
    const lines = textOf(bench.run({ op: "LATENCY_GRAPH", event: "command" })).split("\n");
    assertEquals(lines[0], "command - high 40 ms, low 20 ms (all time high 40 ms)");
    assertEquals(lines.slice(2, 4).map((line) => line.split("#").length - 1), [31, 60]);
    assert(lines[2]!.includes("10s ago"));
    bench.assertError(
      { op: "LATENCY_GRAPH", event: "other" },
      "BAD_REQUEST",
      "No samples available for event 'other'",
    );
  },
});

Deno.test({
  name: "LATENCY DOCTOR says whether anything is known",
  permissions: "none",
  fn() {
    const doctor = (bench: Bench) => textOf(bench.run({ op: "LATENCY_DOCTOR" }));
    const bench = slow();
    assert(doctor(bench).startsWith("command: 2 slow times, from 20 to 40 ms"));
    bench.run({ op: "LATENCY_RESET", events: ["command"] });
    assertEquals(doctor(bench), "Nothing took 10 ms or longer.\n");
    assert(doctor(new Bench()).includes("not monitored"));
  },
});

Deno.test({
  name:
    "LATENCY HISTOGRAM gives the commands that were carried out; a container gives its subcommands",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const { statistics } = bench.services;
    statistics.resp.of(COUNTED.get).times.add(3, 2);
    statistics.resp.of(COUNTED.configGet).times.add(100, 1);
    statistics.resp.of(COUNTED.set);
    const histogram = (...names: readonly string[]) =>
      bench.run({ op: "LATENCY_HISTOGRAM", commands: names });
    const distribution = (calls: number, micros: number) =>
      list([
        ...[text("calls"), integer(calls), text("histogram_usec")],
        list([integer(micros), integer(calls)]),
      ]);
    assertEquals(histogram("config"), list([text("config|get"), distribution(1, 128)]));
    assertEquals(
      histogram(),
      list([text("get"), distribution(2, 4), text("config|get"), distribution(1, 128)]),
    );
    assertEquals(histogram("set", "nothing"), list([]));
  },
});
