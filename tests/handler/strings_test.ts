import { assertEquals } from "@std/assert";
import {
  count,
  type Expiry,
  list,
  miss,
  ok,
  parseExtended,
  type StoreRequest,
} from "../../lib/model/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";
import { eventsOf } from "./events.ts";
import { Bench } from "./helpers.ts";

const KEY = utf8("key");
const NEVER: Expiry = { kind: "never" };

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

function storing(value: string, options: Partial<StoreRequest> = {}): StoreRequest {
  const usual = { expiry: NEVER, condition: undefined, wantOld: false } as const;
  return { op: "STORE", key: KEY, value: utf8(value), ...usual, ...options };
}

/** The value of a key as text, and when it ends; nothing when it is not there. */
function stateOf(bench: Bench, key = KEY): [string, number] | undefined {
  const entry = bench.peer.store.get(key);
  return entry && [textOf(entry.value), entry.expiresAt];
}

test("STORE stores under its condition only, and answers MISS when it does not hold", (bench) => {
  assertEquals(bench.run(storing("a", { condition: "present" })), miss());
  assertEquals(stateOf(bench), undefined);
  assertEquals(bench.run(storing("b", { condition: "absent" })), ok());
  assertEquals(bench.run(storing("c", { condition: "absent" })), miss());
  assertEquals(stateOf(bench), ["b", Infinity]);
  assertEquals(bench.run(storing("d", { condition: "present" })), ok());
  assertEquals(stateOf(bench), ["d", Infinity]);
});

test("STORE answers with the value before when that is wanted, stored or not", (bench) => {
  assertEquals(bench.run(storing("a", { wantOld: true })), miss());
  assertEquals(bench.run(storing("b", { wantOld: true })), ok(utf8("a")));
  assertEquals(bench.run(storing("c", { wantOld: true, condition: "absent" })), ok(utf8("b")));
  assertEquals(stateOf(bench), ["b", Infinity]);
});

test("STORE sets, keeps or removes the expiry", (bench) => {
  bench.run(storing("a", { expiry: { kind: "in", ms: 50, command: "set" } }));
  assertEquals(stateOf(bench), ["a", bench.now + 50]);
  bench.run(storing("b", { expiry: { kind: "keep" } }));
  assertEquals(stateOf(bench), ["b", bench.now + 50]);
  bench.run(storing("c", { expiry: { kind: "at", ms: bench.now + 7 } }));
  assertEquals(stateOf(bench), ["c", bench.now + 7]);
  bench.run(storing("d"));
  assertEquals(stateOf(bench), ["d", Infinity]);
  bench.run(storing("e", { expiry: { kind: "at", ms: 1 } }));
  assertEquals(stateOf(bench), undefined);
});

test("STORE announces that it set, then that it expires, and nothing when it did not store", (bench) => {
  const events = eventsOf(bench);
  bench.run(storing("a", { condition: "present" }));
  bench.run(storing("a", { expiry: { kind: "in", ms: 50, command: "set" } }));
  bench.run(storing("a", { expiry: { kind: "keep" } }));
  const written = events.filter((event) => !event.startsWith("0 new"));
  assertEquals(written, ["0 set key", "0 expire key", "0 set key"]);
});

test("GET_MANY answers with the values in order", (bench) => {
  bench.run(storing("a"));
  const request = { op: "GET_MANY", keys: [KEY, utf8("nothing"), KEY] } as const;
  assertEquals(bench.run(request), list([ok(utf8("a")), miss(), ok(utf8("a"))]));
});

test("SET_MANY stores all, or none when one is there and must not be", (bench) => {
  const [a, b, c] = [utf8("a"), utf8("b"), utf8("c")];
  const request = { op: "SET_MANY", keys: [a, b], values: [b, c], ifAllAbsent: true } as const;
  assertEquals(bench.run(request), ok());
  assertEquals([stateOf(bench, a), stateOf(bench, b)], [["b", Infinity], ["c", Infinity]]);
  assertEquals(bench.run({ ...request, keys: [c, b], values: [a, a] }), miss());
  assertEquals([stateOf(bench, c), stateOf(bench, b)], [undefined, ["c", Infinity]]);
  bench.peer.store.expire(b, bench.now + 5);
  assertEquals(bench.run({ ...request, keys: [b, b], values: [a, c], ifAllAbsent: false }), ok());
  assertEquals(stateOf(bench, b), ["c", Infinity]);
});

test("TAKE answers with the value and removes the key", (bench) => {
  bench.run(storing("a"));
  const events = eventsOf(bench);
  assertEquals(bench.run({ op: "TAKE", key: KEY }), ok(utf8("a")));
  assertEquals(bench.run({ op: "TAKE", key: KEY }), miss());
  assertEquals([stateOf(bench), events], [undefined, ["0 del key", "0 keymiss key"]]);
});

test("GET_EXPIRE answers with the value, and sets, keeps or removes the expiry", (bench) => {
  const request = (expiry: Expiry) => ({ op: "GET_EXPIRE", key: KEY, expiry }) as const;
  assertEquals(bench.run(request({ kind: "in", ms: 5, command: "getex" })), miss());
  bench.run(storing("a"));
  const events = eventsOf(bench);
  assertEquals(bench.run(request(NEVER)), ok(utf8("a"))); // There is nothing to remove.
  assertEquals(bench.run(request({ kind: "in", ms: 5, command: "getex" })), ok(utf8("a")));
  assertEquals(stateOf(bench), ["a", bench.now + 5]);
  assertEquals(bench.run(request({ kind: "keep" })), ok(utf8("a")));
  assertEquals(stateOf(bench), ["a", bench.now + 5]);
  bench.run(request(NEVER));
  assertEquals(stateOf(bench), ["a", Infinity]);
  assertEquals(bench.run(request({ kind: "at", ms: bench.now })), ok(utf8("a")));
  assertEquals(stateOf(bench), undefined);
  assertEquals(events, ["0 expire key", "0 persist key", "0 del key"]);
});

test("LENGTH counts bytes", (bench) => {
  assertEquals(bench.run({ op: "LENGTH", key: KEY }), count(0));
  bench.run(storing("é"));
  assertEquals(bench.run({ op: "LENGTH", key: KEY }), count(2));
});

// Also what redis-server answers.
const RANGES: readonly (readonly [number, number, string])[] = [
  [0, -1, "Hello"],
  [1, 3, "ell"],
  [-3, -1, "llo"],
  [0, 100, "Hello"],
  [-100, 1, "He"],
  [-100, -100, "H"],
  [-100, -101, ""],
  [3, 1, ""],
  [5, 5, ""],
  [9, -1, ""],
  [-(2 ** 63), 2 ** 63, "Hello"],
];

for (const [start, end, part] of RANGES) {
  test(`GET_RANGE from ${start} to ${end} is ${JSON.stringify(part)}`, (bench) => {
    const request = { op: "GET_RANGE", key: KEY, start, end } as const;
    assertEquals(bench.run(request), ok(new Uint8Array(0)));
    bench.run(storing("Hello"));
    assertEquals(bench.run(request), ok(utf8(part)));
  });
}

test("SET_RANGE writes over a part, behind zeros, and keeps the expiry", (bench) => {
  const request = (offset: number, value: string) =>
    ({ op: "SET_RANGE", key: KEY, offset, value: utf8(value) }) as const;
  assertEquals(bench.run(request(9, "")), count(0));
  assertEquals(stateOf(bench), undefined);
  assertEquals(bench.run(request(2, "ab")), count(4));
  bench.peer.store.expire(KEY, bench.now + 5);
  const held = bench.peer.store.get(KEY)!.value;
  assertEquals(bench.run(request(1, "xyz!")), count(5));
  assertEquals(bench.run(request(0, "w")), count(5));
  assertEquals(bench.run(request(9, "")), count(5));
  assertEquals(stateOf(bench), ["wxyz!", bench.now + 5]);
  assertEquals(textOf(held), "\0\0ab"); // A reply may hold it.
});

test("SET_RANGE refuses what would be too large, before it makes it", (bench) => {
  const request = { op: "SET_RANGE", key: KEY, offset: 38, value: utf8("ab") } as const;
  assertEquals(bench.run(request), count(40));
  for (const offset of [39, 2 ** 31, 2 ** 63]) {
    bench.assertError(
      { ...request, offset },
      "TOO_LARGE",
      `Cannot setrange: the value would have ${offset + 2} bytes, ` +
        "the limit is 40 (option maxValueSize)",
    );
  }
});

test("INCR_FLOAT adds, answers with the text that it stores, and keeps the expiry", (bench) => {
  const add = (delta: string) =>
    bench.run({ op: "INCR_FLOAT", key: KEY, delta: parseExtended(utf8(delta))! });
  assertEquals(add("0.1"), ok(utf8("0.1")));
  bench.peer.store.expire(KEY, bench.now + 5);
  const events = eventsOf(bench);
  assertEquals(add("0.2"), ok(utf8("0.3")));
  assertEquals([stateOf(bench), events], [["0.3", bench.now + 5], ["0 incrbyfloat key"]]);
});

test("INCR_FLOAT refuses what is no number, and a sum that is not finite", (bench) => {
  const request = { op: "INCR_FLOAT", key: KEY, delta: parseExtended(utf8("inf"))! } as const;
  bench.assertError(request, "BAD_REQUEST", "increment would produce NaN or Infinity");
  assertEquals(stateOf(bench), undefined);
  bench.run(storing("1 "));
  bench.assertError(request, "BAD_REQUEST", "value is not a valid float");
  assertEquals(stateOf(bench), ["1 ", Infinity]);
});

test("STORE and GET_EXPIRE refuse a time from now on that 64 bits cannot say", (bench) => {
  const far = (command: string) => ({ kind: "in", ms: 2 ** 63 - 2_000_000, command }) as const;
  assertEquals(bench.run(storing("a", { expiry: far("set") })), ok());
  bench.now = 3_000_000;
  for (const command of ["set", "setex", "psetex"]) {
    const message = `invalid expire time in '${command}' command`;
    bench.assertError(storing("b", { expiry: far(command) }), "BAD_REQUEST", message);
  }
  const request = { op: "GET_EXPIRE", key: KEY, expiry: far("getex") } as const;
  bench.assertError(request, "BAD_REQUEST", "invalid expire time in 'getex' command");
  assertEquals(stateOf(bench)?.[0], "a");
  assertEquals(bench.run({ ...request, key: utf8("none") }), miss());
});

test("STORE refuses such a time also when its condition does not hold", (bench) => {
  const expiry: Expiry = { kind: "in", ms: 2 ** 63, command: "set" };
  const request = storing("a", { condition: "present", expiry });
  bench.assertError(request, "BAD_REQUEST", "invalid expire time in 'set' command");
});
