import { assertEquals, assertStringIncludes } from "@std/assert";
import { judge, LIVE_TOLERANCE, type Run, type Sample } from "./judge.ts";

const MIB = 1_048_576;

/** A server that holds nothing of its clients. */
const QUIET: Sample = {
  seconds: 0,
  accepted: 0,
  live: 15 * MIB,
  rss: 200 * MIB,
  descriptors: 20,
  connections: 0,
  subscriptions: 0,
  blocked: 0,
  buffered: 0,
  keys: 0,
  entryBytes: 0,
};

/** A run of 60 samples: what each has besides, from 0 to 1 of the run. */
function runOf(during: (part: number) => Partial<Sample>, after: Partial<Sample> = {}): Run {
  const samples = Array.from({ length: 60 }, (_, at) => ({ ...QUIET, ...during(at / 60) }));
  return { before: QUIET, during: samples, after: { ...QUIET, ...after } };
}

function test(name: string, fn: () => void): void {
  Deno.test({ name: `the judge of a soak ${name}`, permissions: "none", fn });
}

test("finds nothing where figures go up and down", () => {
  const part = (at: number) => Math.round(10 * Math.sin(40 * at));
  const run = runOf((at) => ({
    live: (15 + part(at) / 20) * MIB,
    rss: (200 + 4 * part(at)) * MIB,
    descriptors: 30 + part(at),
    connections: 10 + part(at),
  }));
  assertEquals(judge(run), []);
});

test("finds nothing where memory grows at the start alone", () => {
  const grown = (at: number) => Math.min(1, 5 * at) * 300 * MIB;
  assertEquals(judge(runOf((at) => ({ live: grown(at), rss: grown(at) }))), []);
});

test("finds memory that grows all the time, by more than its tolerance", () => {
  const [live, ...others] = judge(runOf((at) => ({ live: (15 + 6 * at) * MIB })));
  assertStringIncludes(live!, "live: the median has grown");
  assertEquals(others, []);
  const [rss] = judge(runOf((at) => ({ rss: (200 + 200 * at) * MIB })));
  assertStringIncludes(rss!, "rss: the median has grown");
  assertEquals(judge(runOf((at) => ({ live: 15 * MIB + LIVE_TOLERANCE * at }))), []);
});

test("finds descriptors, connections and entries that grow", () => {
  const run = runOf((at) => ({
    descriptors: 20 + 100 * at,
    connections: 100 * at,
    entryBytes: 10 * MIB * at,
  }));
  assertEquals(judge(run).map((problem) => problem.split(":")[0]), [
    "descriptors",
    "connections",
    "entryBytes",
  ]);
});

test("finds what is left when all clients have gone", () => {
  const after = { descriptors: 21, connections: 1, subscriptions: 2, blocked: 3, buffered: 4 };
  assertEquals(judge(runOf(() => ({}), after)), [
    "connections: 1 when all clients have gone",
    "subscriptions: 2 when all clients have gone",
    "blocked: 3 when all clients have gone",
    "buffered: 4 when all clients have gone",
    "descriptors: 21, there were 20 before",
  ]);
});

test("finds a run without figures", () => {
  assertEquals(judge({ before: QUIET, during: [], after: QUIET }).length, 5);
  assertEquals(judge(runOf(() => ({ rss: NaN }))).length, 1);
});
