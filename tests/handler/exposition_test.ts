import { exposition, Histogram, type Metric, METRICS } from "../../lib/handler/mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";
import { parseExposition } from "./exposition_parser.ts";
import { Bench, COUNTED } from "./helpers.ts";

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

/** A page with one metric. */
function pageOf({ services }: Bench, metric: Metric): string {
  return exposition(services, [metric]);
}

test("the exposition has names, labels and values as the format wants them", (bench) => {
  const page = pageOf(bench, {
    name: "x_total",
    help: "Slashes \\ and\nlines.",
    type: "counter",
    read: () => [{ labels: { a: 'q"\\\n', b: "" }, value: 1.5 }, { value: 2 ** 70 }],
  });
  assertEquals(
    page,
    "# HELP x_total Slashes \\\\ and\\nlines.\n# TYPE x_total counter\n" +
      'x_total{a="q\\"\\\\\\n",b=""} 1.5\nx_total 1.1805916207174113e+21\n',
  );
  const { lines } = parseExposition(page).get("x_total")!;
  assertEquals(lines[0]!.labels, { a: 'q"\\\n', b: "" });
});

test("the exposition has a histogram in seconds, with what is longer than all buckets", (bench) => {
  const times = new Histogram();
  for (const micros of [0.5, 2, 3, 4, 1e8]) times.add(micros, 10);
  const page = pageOf(bench, {
    name: "t_seconds",
    help: "Times.",
    type: "histogram",
    read: () => [{ labels: { of: "a" }, value: times }, {
      labels: { of: "b" },
      value: new Histogram(),
    }],
  });
  const { lines } = parseExposition(page).get("t_seconds")!;
  const buckets = lines.filter(({ labels }) => labels["of"] === "a")
    .map(({ labels, value }) => [labels["le"], value]);
  assertEquals(buckets.slice(0, 3), [["0.000001", 10], ["0.000002", 20], ["0.000004", 40]]);
  assertEquals(buckets.slice(-4), [["16.777216", 40], ["+Inf", 50], [undefined, 1_000.000095], [
    undefined,
    50,
  ]]);
});

test("all metrics are as promtool wants them, also when much has happened", (bench) => {
  parseExposition(exposition(bench.services));
  const { statistics } = bench.services;
  for (const protocol of ["cafe", "resp"] as const) {
    const figures = statistics[protocol].of(COUNTED.configGet);
    figures.calls = 3;
    for (let micros = 0.01; micros < 1e9; micros *= 3) figures.times.add(micros, 7);
    statistics[protocol].countError("BAD_REQUEST");
    statistics[protocol].countError('made "up"');
    statistics[protocol].countError("also made up");
  }
  statistics.lag.add(70, 1);
  statistics.countEnding("slow reader");
  bench.services.databases.at(3).set(utf8("k"), utf8("v"));
  const families = parseExposition(exposition(bench.services));
  assertEquals([...families.keys()], METRICS.map(({ name }) => name));
  assertEquals(
    families.get("cortado_errors_total")!.lines.map(({ labels, value }) => [
      ...Object.values(labels),
      value,
    ]),
    ["cafe", "resp"].flatMap((protocol) => [[protocol, "BAD_REQUEST", 1], [protocol, "OTHER", 2]]),
  );
});

test("the names of clients' keys are in no metric", (bench) => {
  bench.services.statistics.hotKeys.look({ key: utf8("top-secret-key") }, 0);
  const page = exposition(bench.services);
  assert(!page.includes("top-secret-key"));
  assertEquals(parseExposition(page).get("cortado_hot_keys")!.lines[0]!.value, 1);
});

test("which part of all uses the hottest key has is told of a large sample only", (bench) => {
  const { hotKeys } = bench.services.statistics;
  const ratio = () =>
    parseExposition(exposition(bench.services)).get("cortado_hottest_key_ratio")!.lines;
  for (let at = 0; at < 99; at++) hotKeys.look({ key: utf8("a") }, 0);
  assertEquals(ratio(), []);
  hotKeys.look({ key: utf8("a") }, 0);
  assertEquals(ratio().map(({ value }) => value), [1]);
});

Deno.test(
  "the reader of expositions refuses what promtool refuses",
  { permissions: "none" },
  () => {
    const head = "# HELP a_total x\n# TYPE a_total counter\n";
    const histogram = "# HELP h x\n# TYPE h histogram\n";
    parseExposition(`${head}a_total{b="c"} 1\n`);
    parseExposition(`${histogram}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`);
    const wrong = [
      `${head}a_total 1`,
      `${head}a_total 1\na_total 2\n`,
      `${head}${head}`,
      `${head}b_total 1\n`,
      `${head}a_total -1\n`,
      `${head}a_total x\n`,
      `${head}a_total{1="c"} 1\n`,
      `${head}a_total{b="c\\d"} 1\n`,
      `${head}a_total{b="c",b="d"} 1\n`,
      "# TYPE a_total counter\n",
      "# HELP a_total x\n",
      "# HELP a x\n# TYPE a counter\n",
      "# HELP a_ms x\n# TYPE a_ms gauge\n",
      "# HELP a_count x\n# TYPE a_count gauge\n",
      "# HELP a_total x\n# TYPE a_total gauge\n",
      `${histogram}h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n`,
      `${histogram}h_bucket{le="+Inf"} 2\nh_sum 1\nh_count 1\n`,
      `${histogram}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`,
      `${histogram}h_bucket{le="+Inf"} 1\nh_count 1\n`,
      `${histogram}h 1\n`,
    ];
    for (const page of wrong) assertThrows(() => parseExposition(page), Error, "", page);
  },
);
