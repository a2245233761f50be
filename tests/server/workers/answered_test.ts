import { bucketOf, BUCKETS } from "../../../lib/handler/histogram.ts";
import {
  Answered,
  ANSWERED_BYTES,
  AnsweredReader,
  type AnsweredSink,
} from "../../../lib/server/workers/answered.ts";
import { DIALECTS } from "../../../lib/server/plain/permit.ts";
import { assertEquals } from "@std/assert";
import { Random } from "../../random.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `what a worker has answered ${name}`, permissions: "none", fn });
}

const OFFSET = 64;
const { RESP2, RESP3, CAFE } = DIALECTS;

/** Both sides of the figures, and what was told since it was last asked for. */
function made() {
  const shared = new SharedArrayBuffer(OFFSET + ANSWERED_BYTES);
  const [answered, reader] = [new Answered(shared, OFFSET), new AnsweredReader(shared, OFFSET)];
  const told: unknown[] = [];
  const sink: AnsweredSink = {
    onAnswers: ({ protocol, hits, misses }) => told.push([protocol, hits, misses]),
    onAnsweredBytes: ({ writes, bytesIn, bytesOut }) => told.push([writes, bytesIn, bytesOut]),
    onAnswerTimes({ protocol, buckets, micros }) {
      const counts = [...buckets.entries()].filter(([, count]) => count !== 0);
      told.push([protocol, micros, Object.fromEntries(counts)]);
    },
    onKey: (key) => told.push(key),
  };
  return {
    shared,
    answered,
    tell: () => (reader.tell(sink), told.splice(0)),
    tellTimes: () => (reader.tellTimes(sink), told.splice(0)),
  };
}

test("is told once, by protocol, with what was read and written for it", () => {
  const { answered, tell } = made();
  assertEquals(tell(), []);
  answered.count(RESP2, 3, 1, 8);
  answered.countBytes(100, 900);
  answered.count(CAFE, 0, 2, 4);
  answered.countBytes(40, 24);
  answered.count(RESP3, 1, 0, 1);
  answered.countBytes(30, 9);
  assertEquals(tell(), [[3, 170, 933], ["resp", 4, 1], ["cafe", 0, 2]]);
  assertEquals(tell(), []);
  answered.count(CAFE, 1, 0, 4);
  answered.countBytes(20, 13);
  assertEquals(tell(), [[1, 20, 13], ["cafe", 1, 0]]);
  assertEquals(tell(), []);
});

test("is told with how long it took, each request in the bucket of what it took of its run", () => {
  const { answered, tellTimes } = made();
  assertEquals(tellTimes(), []);
  answered.count(RESP2, 3, 1, 8);
  answered.count(RESP3, 2, 0, 4);
  answered.count(CAFE, 0, 2, 50);
  answered.count(RESP2, 1, 0, 30);
  assertEquals(tellTimes(), [
    ["resp", 42, { [bucketOf(2)]: 6, [bucketOf(30)]: 1 }],
    ["cafe", 50, { [bucketOf(25)]: 2 }],
  ]);
  assertEquals(tellTimes(), []);
  answered.count(CAFE, 1, 0, 2);
  assertEquals(tellTimes(), [["cafe", 2, { [bucketOf(2)]: 1 }]]);
  assertEquals(tellTimes(), []);
});

test("is told apart from its times: who asks for one has not asked for the other", () => {
  const { answered, tell, tellTimes } = made();
  answered.count(RESP2, 1, 0, 2);
  answered.countBytes(10, 20);
  assertEquals(tell(), [[1, 10, 20], ["resp", 1, 0]]);
  answered.count(RESP2, 1, 1, 4);
  answered.countBytes(30, 40);
  assertEquals(tellTimes(), [["resp", 6, { [bucketOf(2)]: 3 }]]);
  assertEquals(tell(), [[1, 30, 40], ["resp", 1, 1]]);
  assertEquals([...tell(), ...tellTimes()], []);
});

test("is told in full at last when a look comes between requests and their bytes", () => {
  const { answered, tell } = made();
  answered.count(RESP2, 1, 0, 2);
  assertEquals(tell(), []);
  answered.countBytes(10, 20);
  answered.count(CAFE, 0, 5, 2);
  assertEquals(tell(), [[1, 10, 20], ["resp", 1, 0], ["cafe", 0, 5]]);
  answered.countBytes(30, 40);
  assertEquals(tell(), [[1, 30, 40]]);
});

test("adds up to what was counted, whenever it is told", () => {
  const { answered, tell, tellTimes } = made();
  const random = new Random(3);
  const counted = { resp: [0, 0], cafe: [0, 0], bytes: [0, 0, 0], times: 0 };
  const seen = structuredClone(counted);
  const look = () => {
    for (const [first, ...rest] of tell() as [string | number, number, number][]) {
      const sums = first === "resp" || first === "cafe" ? seen[first] : seen.bytes;
      const figures = typeof first === "number" ? [first, ...rest] : rest;
      figures.forEach((figure, at) => sums[at]! += figure);
    }
    for (const [, , counts] of tellTimes() as [string, number, Record<string, number>][]) {
      seen.times += Object.values(counts).reduce((sum, count) => sum + count, 0);
    }
  };
  for (let round = 0; round < 2_000; round++) {
    const [hits, misses] = [random.below(50), 1 + random.below(5)];
    const dialect = random.of([RESP2, RESP3, CAFE]);
    answered.count(dialect, hits, misses, 0.1 + random.below(1_000));
    const sums = counted[dialect === CAFE ? "cafe" : "resp"];
    sums[0]! += hits;
    sums[1]! += misses;
    counted.times += hits + misses;
    const [bytesIn, bytesOut] = [random.below(9_999), random.below(9_999)];
    answered.countBytes(bytesIn, bytesOut);
    [1, bytesIn, bytesOut].forEach((figure, at) => counted.bytes[at]! += figure);
    if (random.once(7)) look();
  }
  look();
  assertEquals(seen, counted);
});

test("stands in memory of its own, whatever it takes", () => {
  const { shared, answered } = made();
  for (const micros of [0, 0.001, 1, 2 ** 28, 1e12]) answered.count(CAFE, 1, 0, micros);
  answered.countBytes(2 ** 40, 2 ** 40);
  assertEquals([...new Uint8Array(shared, 0, OFFSET)].filter((byte) => byte !== 0), []);
  assertEquals(bucketOf(1e12) < BUCKETS, true);
});
