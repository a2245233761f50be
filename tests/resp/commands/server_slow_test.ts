import { assertEquals } from "@std/assert";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("SLOWLOG GET gives ten, as many as asked for, or all", () => {
  const wanted = [" ", " 0", " 25", " -1"].map((count) => requestOf(`slowlog get${count}`));
  assertEquals(wanted, [10, 0, 25, Infinity].map((count) => ({ op: "SLOWLOG_GET", count })));
  for (const count of ["-2", "x", "1.5"]) {
    assertEquals(
      refusalOf(`slowlog get ${count}`),
      "count should be greater than or equal to -1",
    );
  }
  assertEquals(refusalOf("slowlog get 1 2"), "wrong number of arguments for 'slowlog|get' command");
  assertEquals(requestOf("slowlog len"), { op: "SLOWLOG_LEN" });
  assertEquals(requestOf("slowlog reset"), { op: "SLOWLOG_RESET" });
});

test("LATENCY takes names of events, and of commands in any case", () => {
  assertEquals(requestOf("latency reset a B"), { op: "LATENCY_RESET", events: ["a", "B"] });
  assertEquals(requestOf("latency history x"), { op: "LATENCY_HISTORY", event: "x" });
  assertEquals(requestOf("latency graph x"), { op: "LATENCY_GRAPH", event: "x" });
  assertEquals(requestOf("latency histogram GET"), { op: "LATENCY_HISTOGRAM", commands: ["get"] });
  assertEquals(requestOf("latency latest"), { op: "LATENCY_LATEST" });
  assertEquals(requestOf("latency doctor"), { op: "LATENCY_DOCTOR" });
});
