import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { count, integer, keys, miss, ok } from "../../lib/model/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";
import { Bench } from "./helpers.ts";

const KEY = utf8("key");
const I64_MAX = 9_223_372_036_854_775_807n;
const I64_MIN = -9_223_372_036_854_775_808n;

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

/** SET without options. */
function set(bench: Bench, value: string): void {
  const response = bench.run({
    op: "SET",
    key: KEY,
    value: utf8(value),
    ttl: undefined,
    version: undefined,
  });
  assertEquals(response, ok());
}

/** The value of the key as text. */
function valueOf(bench: Bench): string | undefined {
  const entry = bench.services.databases.at(0).get(KEY);
  return entry && textOf(entry.value);
}

test("GET answers a missing key with MISS", (bench) => {
  assertEquals(bench.run({ op: "GET", key: KEY, wantVersion: true }), miss());
});

test("GET answers with the value, what is left of the TTL, and the version only when asked", (bench) => {
  set(bench, "v");
  assertEquals(bench.run({ op: "GET", key: KEY, wantVersion: false }), ok(utf8("v")));
  assertEquals(
    bench.run({ op: "GET", key: KEY, wantVersion: true }),
    ok(utf8("v"), undefined, 1),
  );
  bench.run({ op: "TOUCH", key: KEY, ttl: 50 });
  bench.now += 20;
  assertEquals(bench.run({ op: "GET", key: KEY, wantVersion: true }), ok(utf8("v"), 30, 2));
  bench.now += 29;
  assertEquals(bench.run({ op: "GET", key: KEY, wantVersion: false }), ok(utf8("v"), 1));
  bench.now += 1;
  assertEquals(bench.run({ op: "GET", key: KEY, wantVersion: false }), miss());
});

test("GET never answers with a TTL below 1, though time goes on while it looks", (bench) => {
  set(bench, "v");
  bench.run({ op: "TOUCH", key: KEY, ttl: 5 });
  bench.tick = () => bench.now += 3;
  const response = bench.run({ op: "GET", key: KEY, wantVersion: false });
  assertGreaterOrEqual(response.type === "OK" ? response.ttl! : NaN, 1);
});

test("SET stores the value, with the TTL from now on", (bench) => {
  const store = bench.services.databases.at(0);
  bench.run({ op: "SET", key: KEY, value: utf8("v"), ttl: 5, version: undefined });
  assertEquals(store.get(KEY)?.expiresAt, bench.now + 5);
  set(bench, "w");
  assertEquals([valueOf(bench), store.get(KEY)?.expiresAt], ["w", Infinity]);
});

test("SET with version 0 writes only an entry that is not there, and answers with the version", (bench) => {
  const create = { op: "SET", key: KEY, value: utf8("v"), ttl: 10, version: 0 } as const;
  assertEquals(bench.run(create), ok(undefined, undefined, 1));
  bench.assertError(
    create,
    "CONFLICT",
    "Cannot write: the entry has version 1, the request wants no entry",
  );
  bench.now += 10; // An entry that has expired is not there.
  assertEquals(bench.run(create), ok(undefined, undefined, 2));
});

test("SET with a version writes only the entry of that version", (bench) => {
  set(bench, "a");
  const swap = (version: number, value: string) =>
    ({ op: "SET", key: KEY, value: utf8(value), ttl: undefined, version }) as const;
  bench.assertError(
    swap(2, "b"),
    "CONFLICT",
    "Cannot write: the entry has version 1, the request wants version 2",
  );
  assertEquals(valueOf(bench), "a");
  assertEquals(bench.run(swap(1, "b")), ok(undefined, undefined, 2));
  assertEquals(valueOf(bench), "b");
  bench.run({ op: "DELETE", key: KEY, version: undefined });
  bench.assertError(
    swap(2, "c"),
    "CONFLICT",
    "Cannot write: there is no entry, the request wants version 2",
  );
});

test("a version that was read before a delete and a new SET is stale", (bench) => {
  set(bench, "a");
  bench.run({ op: "DELETE", key: KEY, version: undefined });
  set(bench, "a");
  bench.assertError(
    { op: "SET", key: KEY, value: utf8("b"), ttl: undefined, version: 1 },
    "CONFLICT",
    "Cannot write: the entry has version 3, the request wants version 1",
  );
});

test("DELETE answers OK for a key that was there, MISS for one that was not", (bench) => {
  set(bench, "v");
  assertEquals(bench.run({ op: "DELETE", key: KEY, version: undefined }), ok());
  assertEquals(bench.run({ op: "DELETE", key: KEY, version: undefined }), miss());
});

test("DELETE with a version removes only the entry of that version", (bench) => {
  set(bench, "v");
  bench.assertError(
    { op: "DELETE", key: KEY, version: 9 },
    "CONFLICT",
    "Cannot write: the entry has version 1, the request wants version 9",
  );
  bench.assertError(
    { op: "DELETE", key: KEY, version: 0 },
    "CONFLICT",
    "Cannot write: the entry has version 1, the request wants no entry",
  );
  assertEquals(bench.run({ op: "DELETE", key: KEY, version: 1 }), ok());
  assertEquals(bench.run({ op: "DELETE", key: KEY, version: 0 }), miss());
});

test("GET tells no time to live over 2^53 - 1, which RESP can set", (bench) => {
  bench.services.databases.at(0).set(KEY, utf8("v"), 2 ** 63);
  const response = bench.run({ op: "GET", key: KEY, wantVersion: false });
  assertEquals(response, ok(utf8("v"), Number.MAX_SAFE_INTEGER));
});

test("INCR counts a missing entry as 0 and answers with the new integer", (bench) => {
  assertEquals(bench.run({ op: "INCR", key: KEY, delta: 5 }), integer(5));
  assertEquals(bench.run({ op: "INCR", key: KEY, delta: -7 }), integer(-2));
  assertEquals(valueOf(bench), "-2");
  assertEquals(bench.run({ op: "INCR", key: KEY, delta: 2 }), integer(0));
  assertEquals(valueOf(bench), "0");
});

test("INCR reaches both limits of 64 bits and goes over neither", (bench) => {
  assertEquals(bench.run({ op: "INCR", key: KEY, delta: I64_MAX }), integer(I64_MAX));
  bench.assertError(
    { op: "INCR", key: KEY, delta: 1 },
    "OVERFLOW",
    "Cannot increment: 9223372036854775807 plus 1 is over 64 bits",
  );
  assertEquals(valueOf(bench), "9223372036854775807");
  assertEquals(bench.run({ op: "INCR", key: KEY, delta: I64_MIN }), integer(-1));
  assertEquals(bench.run({ op: "INCR", key: KEY, delta: I64_MIN + 1n }), integer(I64_MIN));
  bench.assertError(
    { op: "INCR", key: KEY, delta: -1 },
    "OVERFLOW",
    "Cannot increment: -9223372036854775808 plus -1 is over 64 bits",
  );
});

for (
  const value of ["-0", "007", "+1", " 1", "1 ", "", "-", "1.0", "0x1", "1e3", "12x4", "١"]
    .concat(["9223372036854775808", "-9223372036854775809", "10000000000000000000"])
) {
  test(`INCR refuses the value ${JSON.stringify(value)} and leaves it`, (bench) => {
    set(bench, value);
    bench.assertError(
      { op: "INCR", key: KEY, delta: 1 },
      "NOT_AN_INTEGER",
      `Cannot increment: the value of ${
        utf8(value).length
      } bytes is not a 64-bit integer in decimal`,
    );
    assertEquals(valueOf(bench), value);
  });
}

test("INCR keeps the expiry, also when the entry expires while it is carried out", (bench) => {
  bench.run({ op: "SET", key: KEY, value: utf8("1"), ttl: 5, version: undefined });
  bench.run({ op: "INCR", key: KEY, delta: 1 });
  assertEquals(bench.services.databases.at(0).get(KEY)?.expiresAt, bench.now + 5);
  bench.tick = () => bench.now += 3;
  assertEquals(bench.run({ op: "INCR", key: KEY, delta: 1 }), integer(3));
  assertEquals(bench.run({ op: "GET", key: KEY, wantVersion: false }), miss());
});

test("APPEND answers with the new length, and keeps the expiry", (bench) => {
  assertEquals(bench.run({ op: "APPEND", key: KEY, value: utf8("ab") }), count(2));
  bench.run({ op: "TOUCH", key: KEY, ttl: 5 });
  assertEquals(bench.run({ op: "APPEND", key: KEY, value: utf8("c") }), count(3));
  assertEquals([valueOf(bench), bench.services.databases.at(0).get(KEY)?.expiresAt], [
    "abc",
    bench.now + 5,
  ]);
});

test("APPEND fills a value up to maxValueSize, and no further", (bench) => {
  bench.run({ op: "APPEND", key: KEY, value: new Uint8Array(39) });
  assertEquals(bench.run({ op: "APPEND", key: KEY, value: Uint8Array.of(1) }), count(40));
  bench.assertError(
    { op: "APPEND", key: KEY, value: Uint8Array.of(1) },
    "TOO_LARGE",
    "Cannot append: the value would have 41 bytes, the limit is 40 (option maxValueSize)",
  );
  assertEquals(bench.run({ op: "APPEND", key: KEY, value: new Uint8Array(0) }), count(40));
});

test("TOUCH sets and removes the expiry, and answers MISS without an entry", (bench) => {
  const store = bench.services.databases.at(0);
  assertEquals(bench.run({ op: "TOUCH", key: KEY, ttl: 5 }), miss());
  set(bench, "v");
  assertEquals(bench.run({ op: "TOUCH", key: KEY, ttl: 5 }), ok());
  assertEquals(store.get(KEY)?.expiresAt, bench.now + 5);
  assertEquals(bench.run({ op: "TOUCH", key: KEY, ttl: undefined }), ok());
  assertEquals(store.get(KEY)?.expiresAt, Infinity);
});

test("SCAN answers with a page of keys and the cursor of the next", (bench) => {
  for (let i = 0; i < 1_001; i++) bench.services.databases.at(0).set(utf8(`k${i}`), utf8(""));
  const page = bench.run({ op: "SCAN", prefix: utf8("k"), cursor: 0 });
  assert(page.type === "KEYS");
  const { cursor } = page;
  const rest = bench.run({ op: "SCAN", prefix: utf8("k"), cursor });
  assert(rest.type === "KEYS");
  assertEquals([page.keys.length, rest.keys.length, rest.cursor], [1_000, 1, 0]);
  assertEquals(new Set([...page.keys, ...rest.keys].map(textOf)).size, 1_001);
  assertEquals(bench.run({ op: "SCAN", prefix: utf8("x"), cursor }), keys([], 0));
});

test("GET asks the clock only for an entry that expires", (bench) => {
  set(bench, "v");
  let looks = 0;
  bench.tick = () => bench.now + looks++;
  bench.run({ op: "GET", key: KEY, wantVersion: false });
  assertEquals(looks, 0);
  bench.run({ op: "TOUCH", key: KEY, ttl: 50 });
  looks = 0;
  assertEquals(bench.run({ op: "GET", key: KEY, wantVersion: false }), ok(utf8("v"), 49));
  assertEquals(looks, 2);
});
