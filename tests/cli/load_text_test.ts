import { assertEquals, assertStringIncludes } from "@std/assert";
import { comparisonOf, figuresOf, type LoadFigures } from "../../lib/cli/load_figures.ts";
import { planOf } from "../../lib/cli/load_options.ts";
import { loadText } from "../../lib/cli/load_text.ts";
import { Tally } from "../../lib/load/mod.ts";

const PURE = { permissions: "none" } as const;

/** A tally of requests that took so many milliseconds each. */
function tallyOf(...times: readonly number[]): Tally {
  const tally = new Tally();
  for (const time of times) tally.latency.add(time * 1_000_000);
  tally.requests = times.length;
  tally.time = 500;
  tally.cpu = 50;
  tally.bytesSent = 30 * times.length;
  tally.bytesReceived = 5 * times.length;
  return tally;
}

function figures(name: string, rounds: readonly Tally[]): LoadFigures {
  const total = new Tally();
  for (const round of rounds) total.merge(round);
  return figuresOf({ name, rounds, total, failure: undefined }, "127.0.0.1:1", "resp");
}

Deno.test(
  "the text of a load has the figures of a server, and a histogram in steps of 1, 2, 5",
  PURE,
  () => {
    const tally = tallyOf(0.3, 0.3, 0.3, 0.4, 7);
    tally.misses = 2;
    tally.unsent = 3;
    tally.lateness.add(1_500);
    tally.addError("OOM", "command not allowed");
    const text = loadText(planOf({ rate: 2_000 }, 1), [figures("127.0.0.1:1", [tally])], []);
    assertEquals(
      text,
      `50 connections, depth 1, get=90,set=10, 100,000 keys of 16 bytes, values of 64 bytes, 2,000 a second, seed 1

127.0.0.1:1, resp
  requests       5 in 0.5 s: 10 a second
  sent           0.000300 MB/s, 30.0 bytes a request
  received       0.0000500 MB/s, 5.0 bytes a request
  own CPU        10000.00 us a request, 10% of a processor
  latency, ms    min 0.300  mean 1.66  p50 0.301  p90 7.00  p99 7.00  p99.9 7.00  p99.99 7.00  max 7.00
  sent late, ms  min 0.00150  mean 0.00150  p50 0.00150  p90 0.00150  p99 0.00150  p99.9 0.00150  p99.99 0.00150  max 0.00150
  not sent       3 of those that were due
  no such key    2
  errors         1 of OOM; the first: command not allowed
       <= 0.5 ms |########################################|  80.00%  4
         <= 1 ms |                                        |   0.00%  0
         <= 2 ms |                                        |   0.00%  0
         <= 5 ms |                                        |   0.00%  0
        <= 10 ms |##########                              |  20.00%  1
`,
    );
  },
);

Deno.test("the text of a load compares servers by the medians of their rounds", PURE, () => {
  const a = figures("a", [tallyOf(1, 1), tallyOf(1, 1, 1, 1), tallyOf(1)]);
  const b = figures("b", [tallyOf(2), tallyOf(2), tallyOf(2, 2, 2)]);
  assertStringIncludes(
    loadText(planOf({}, 2), [a, b], comparisonOf([a, b])),
    `
server  requests/s  quartile  ratio  quartile  p50, ms  ratio  p99, ms  ratio
a                4         4   1.00      1.00     1.00   1.00     1.00   1.00
b                2         2   0.50      0.50     2.00   2.00     2.00   2.00
`,
  );
});

Deno.test(
  "the text of a load has sizes with their units, and a peer's name without escapes",
  PURE,
  () => {
    const odd = figures("a\x1b[31m", [tallyOf(1)]);
    const text = loadText(
      planOf({ valueSize: [16, 4_096], keySize: 1_024 }, 2),
      [odd],
      comparisonOf([odd, odd]),
    );
    assertStringIncludes(text, "keys of 1 KiB, values of 16 bytes to 4 KiB, ");
    assertStringIncludes(text, "\na\\u001b[31m (127.0.0.1:1, resp)\n");
    assertEquals(text.includes("\x1b"), false);
    assertStringIncludes(
      loadText(planOf({ valueSize: [20 << 20, 20 << 20] }, 1), [], []),
      "values of 20 MiB, ",
    );
  },
);

Deno.test("a load that got no reply has figures of 0", PURE, () => {
  const none = figures("a", [new Tally()]);
  assertEquals([none.requestsPerSecond, none.ownCpuMicrosPerRequest, none.latency.p50], [0, 0, 0]);
  assertStringIncludes(
    loadText(planOf({}, 1), [none], []),
    "  requests       0 in 0.0 s: 0 a second",
  );
});
