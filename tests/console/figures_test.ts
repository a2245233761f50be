import type { Counts, Overview } from "../../lib/console/answers.ts";
import { between, percentile, pointOf } from "../../lib/console/figures.ts";
import { assertEquals } from "@std/assert";

const PURE = { permissions: "none" } as const;

function overview(now: number, requests: number, times: Counts, hits = 0, misses = 0): Overview {
  const none = { requests: 0, times: [] };
  return {
    ...{
      version: "",
      runtime: "",
      now,
      startedAt: 0,
      requests,
      errors: 0,
      hits,
      misses,
      evicted: 0,
    },
    ...{ received: 10 * requests, sent: 0, protocols: { cafe: { requests, times }, resp: none } },
    lag: times,
    connections: { cafe: 0, resp: 0, none: 0, accepted: 0, refused: 0, limit: 0 },
    memory: { rss: 0, heapTotal: 0, heapUsed: 0, external: 0 },
    buffers: 0,
    store: { keys: 0, expired: 0, used: 0, held: 0, limit: 0 },
  };
}

Deno.test("two looks tell what happened between them, per second", PURE, () => {
  const before = overview(1_000, 100, [[1, 100]], 5, 0);
  const point = pointOf(before, overview(3_000, 300, [[1, 200], [8, 100]], 8, 1));
  assertEquals([point.cafe, point.resp, point.received, point.found], [100, 0, 1_000, 0.75]);
  assertEquals(point.latency.cafe, { p50: 1, p99: 8, p999: 8 });
  assertEquals(point.latency.resp, { p50: undefined, p99: undefined, p999: undefined });
  assertEquals(point.lag, 8);
});

Deno.test("figures that were reset meanwhile begin at 0, and are never negative", PURE, () => {
  assertEquals(between([[1, 50]], [[1, 3], [2, 1]]), [[1, 3], [2, 1]]);
  const point = pointOf(overview(0, 1_000, []), overview(1_000, 40, []));
  assertEquals(point.cafe, 40);
});

Deno.test("a percentile is the time that so many are not above", PURE, () => {
  const counts: Counts = [[1, 98], [5, 1], [9, 1]];
  assertEquals([50, 98, 99, 99.9].map((percent) => percentile(counts, percent)), [1, 1, 5, 9]);
  assertEquals(percentile([], 50), undefined);
});
