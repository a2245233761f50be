import { HotKeys } from "../../lib/handler/mod.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";

/** Runs a test with a clock that it moves. */
function test(name: string, fn: (clock: { ms: number }) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn({ ms: 0 }) });
}

function get(key: string) {
  return { op: "GET", key: utf8(key), wantVersion: false } as const;
}

test("hot keys are told with their database and share, the hottest first", (clock) => {
  const hot = new HotKeys(() => clock.ms, 1);
  for (let round = 0; round < 3; round++) hot.look(get("a b"), 2);
  hot.look({ op: "GET_MANY", keys: [utf8("c"), Uint8Array.of(255)] }, 0);
  hot.look({ op: "TIME" }, 0);
  assertEquals(hot.topAsText(2), [
    { database: 2, key: '"a b"', share: 3 / 5, error: 0 },
    { database: 0, key: '"c"', share: 1 / 5, error: 0 },
  ]);
  assertEquals(hot.top(3)[2]!.key, Uint8Array.of(255));
});

test("a hot key that is long is cut, and says how long it was", (clock) => {
  const hot = new HotKeys(() => clock.ms, 1);
  hot.look(get("k".repeat(1_000)), 0);
  assertMatch(textOf(hot.top(1)[0]!.key), /^k{128}\.\.\. \(872 more bytes\)$/);
});

test("a key that was hot an hour ago is not hot", (clock) => {
  const hot = new HotKeys(() => clock.ms, 1);
  for (let round = 0; round < 1_000; round++) hot.look(get("old"), 0);
  clock.ms = 3_600_000;
  for (let round = 0; round < 10; round++) hot.look(get("new"), 0);
  assertEquals(hot.topAsText(1)[0]!.key, '"new"');
  assert(hot.top(1)[0]!.share > 0.99);
});

test("a hot key is found among many, though few requests are looked at", () => {
  const hot = new HotKeys(() => 0);
  const requests = Array.from({ length: 1_000 }, (_, at) => get(at % 5 === 0 ? "hot" : `key${at}`));
  let looks = 0;
  for (let from = 0; from < 100_000; from += 100) {
    const at = from % 1_000;
    hot.pass(requests, [at, at + 100], (request) => (looks++, request), 0);
  }
  const [hottest] = hot.topAsText(1);
  assertEquals(hottest?.key, '"hot"');
  assert(hottest!.share > 0.1 && hottest!.share < 0.35, String(hottest!.share));
  assert(looks > 200 && looks < 800, String(looks));
});

test("no request is more likely to be looked at because it is the first", (clock) => {
  const looked = (random: number) => {
    const hot = new HotKeys(() => clock.ms, 256, () => random);
    hot.pass([get("first")], [0, 1], (request) => request, 0);
    return hot.size;
  };
  assertEquals([looked(0), looked(0.5), looked(0.999)], [1, 0, 0]);
});

test("the shares of keys are of what is left of all uses, until they are forgotten", (clock) => {
  const hot = new HotKeys(() => clock.ms, 1);
  hot.look(get("a"), 0);
  clock.ms = 120_000;
  assertEquals([hot.weight, hot.top(1)[0]!.share], [0.25, 1]);
  clock.ms = 660_000;
  assertEquals([hot.weight, hot.top(1)], [0, []]);
});
