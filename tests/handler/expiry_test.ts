import { assertEquals } from "@std/assert";
import { type ExpiryCondition, integer, miss, ok, type Response } from "../../lib/model/mod.ts";
import { utf8 } from "../codec/helpers.ts";
import { eventsOf } from "./events.ts";
import { Bench } from "./helpers.ts";

const KEY = utf8("key");
const VALUE = utf8("value");

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

function expire(bench: Bench, ms: number, ...conditions: ExpiryCondition[]): Response {
  return bench.run({ op: "EXPIRE", key: KEY, ms, fromNow: true, conditions, command: "pexpire" });
}

function expiresAt(bench: Bench): number | undefined {
  return bench.peer.store.peek(KEY)?.expiresAt;
}

test("EXPIRE sets when an entry ends, from now or from 1970, with its event", (bench) => {
  bench.peer.store.set(KEY, VALUE);
  const events = eventsOf(bench);
  assertEquals([expire(bench, 50), expiresAt(bench)], [ok(), bench.now + 50]);
  const at = bench.now + 70;
  const request = { op: "EXPIRE", key: KEY, conditions: [], command: "pexpireat" } as const;
  bench.run({ ...request, ms: at, fromNow: false });
  assertEquals([expiresAt(bench), events], [at, ["0 expire key", "0 expire key"]]);
});

test("EXPIRE answers MISS without an entry, whatever the time and the conditions", (bench) => {
  const events = eventsOf(bench);
  for (const ms of [50, 0, -50]) {
    assertEquals([expire(bench, ms), expire(bench, ms, "nx")], [miss(), miss()]);
  }
  assertEquals(events, []);
});

test("EXPIRE removes an entry at a time that has passed or is now", (bench) => {
  for (const ms of [0, -1, -(2 ** 63)]) {
    bench.peer.store.set(KEY, VALUE);
    const events = eventsOf(bench);
    assertEquals([expire(bench, ms), expiresAt(bench)], [ok(), undefined]);
    assertEquals(new Set(events), new Set(["0 del key"]));
  }
});

/** The conditions, when the entry ends (if it does) and is to end, and whether that is done. */
const CONDITIONS: readonly (readonly [ExpiryCondition[], number | undefined, number, boolean])[] = [
  [["nx"], undefined, 50, true],
  [["nx"], 100, 50, false],
  [["xx"], undefined, 50, false],
  [["xx"], 100, 50, true],
  [["gt"], undefined, 50, false],
  [["gt"], 100, 50, false],
  [["gt"], 100, 100, false],
  [["gt"], 100, 150, true],
  [["lt"], undefined, 50, true],
  [["lt"], 100, 50, true],
  [["lt"], 100, 100, false],
  [["lt"], 100, 150, false],
  [["xx", "lt"], undefined, 50, false],
  [["xx", "lt"], 100, 50, true],
  [["gt", "xx"], 100, 150, true],
];

for (const [conditions, old, next, done] of CONDITIONS) {
  const name = `EXPIRE ${conditions} ${done ? "sets" : "does not set"} ${next} over ${old}`;
  test(name, (bench) => {
    bench.peer.store.set(KEY, VALUE, old === undefined ? Infinity : bench.now + old);
    const before = expiresAt(bench);
    assertEquals(expire(bench, next, ...conditions), done ? ok() : miss());
    assertEquals(expiresAt(bench), done ? bench.now + next : before);
  });
}

test("EXPIRE refuses a time from now on that 64 bits cannot say, by the store's clock", (bench) => {
  const ms = 2 ** 63 - 2_000_000;
  const request = { op: "EXPIRE", key: KEY, ms, fromNow: true, conditions: [] } as const;
  assertEquals(bench.run({ ...request, command: "pexpire" }), miss());
  bench.now = 3_000_000;
  for (const command of ["expire", "pexpire"]) {
    const message = `invalid expire time in '${command}' command`;
    bench.assertError({ ...request, command }, "BAD_REQUEST", message);
  }
});

test("EXPIRE takes a time after the last that 64 bits can say for that one", (bench) => {
  bench.peer.store.set(KEY, VALUE);
  const request = { op: "EXPIRE", key: KEY, conditions: [], command: "pexpireat" } as const;
  assertEquals(bench.run({ ...request, ms: 2 ** 63, fromNow: false }), ok());
  const answer = bench.run({ op: "EXPIRY", key: KEY, fromNow: false, unit: 1 });
  assertEquals(answer, integer(2n ** 63n - 1_024n));
});

test("EXPIRY answers -2 without an entry, which is an event, and -1 for one that stays", (bench) => {
  const events = eventsOf(bench);
  const ask = () => bench.run({ op: "EXPIRY", key: KEY, fromNow: true, unit: 1 });
  assertEquals([ask(), events.splice(0)], [integer(-2), ["0 keymiss key"]]);
  bench.peer.store.set(KEY, VALUE);
  assertEquals([ask(), events], [integer(-1), ["0 new key"]]);
});

test("EXPIRY tells the time from now and from 1970, rounded to its unit", (bench) => {
  bench.peer.store.set(KEY, VALUE, bench.now + 1_500);
  const ask = (fromNow: boolean, unit: number) =>
    bench.run({ op: "EXPIRY", key: KEY, fromNow, unit });
  assertEquals([ask(true, 1), ask(true, 1_000)], [integer(1_500), integer(2)]);
  assertEquals([ask(false, 1), ask(false, 1_000)], [integer(1_001_500), integer(1_002)]);
  bench.now += 1_001;
  assertEquals([ask(true, 1), ask(true, 1_000)], [integer(499), integer(0)]);
});

test("EXPIRY never tells a time below 0, though time goes on while it looks", (bench) => {
  bench.peer.store.set(KEY, VALUE, bench.now + 2);
  bench.tick = () => bench.now += 1;
  assertEquals(bench.run({ op: "EXPIRY", key: KEY, fromNow: true, unit: 1 }), integer(0));
  assertEquals(bench.run({ op: "EXPIRY", key: KEY, fromNow: true, unit: 1 }), integer(-2));
});

test("PERSIST lets an entry stay, once", (bench) => {
  bench.peer.store.set(KEY, VALUE, bench.now + 5);
  const events = eventsOf(bench);
  const persist = () => bench.run({ op: "PERSIST", key: KEY });
  assertEquals([persist(), expiresAt(bench), persist()], [ok(), Infinity, miss()]);
  bench.peer.store.delete(KEY);
  assertEquals([persist(), events], [miss(), ["0 persist key"]]);
});
