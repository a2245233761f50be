import { assertEquals } from "@std/assert";
import { integer, miss, type ObjectRequest, type Response, text } from "../../lib/model/mod.ts";
import { utf8 } from "../codec/helpers.ts";
import { Bench } from "./helpers.ts";

const KEY = utf8("key");

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

function ask(bench: Bench, about: ObjectRequest["about"]): Response {
  return bench.run({ op: "OBJECT", key: KEY, about });
}

test("OBJECT answers MISS without an entry, whatever is asked", (bench) => {
  for (const about of ["encoding", "refcount", "idletime", "freq"] as const) {
    assertEquals(ask(bench, about), miss());
  }
});

for (
  const [value, encoding, refcount] of [
    ["0", "int", 2_147_483_647],
    ["9999", "int", 2_147_483_647],
    ["10000", "int", 1],
    ["-1", "int", 1],
    ["-9223372036854775808", "int", 1],
    ["9223372036854775808", "embstr", 1],
    ["007", "embstr", 1],
    ["", "embstr", 1],
    ["x".repeat(44), "embstr", 1],
    ["x".repeat(45), "raw", 1],
  ] as const
) {
  test(`OBJECT says that ${JSON.stringify(value)} is ${encoding}, shared by ${refcount}`, (bench) => {
    bench.peer.store.set(KEY, utf8(value));
    assertEquals(ask(bench, "encoding"), text(encoding));
    assertEquals(ask(bench, "refcount"), integer(refcount));
  });
}

test("OBJECT says that a value is raw which was edited, and embstr which was computed", (bench) => {
  const { store } = bench.peer;
  store.set(KEY, utf8("1"));
  store.append(KEY, utf8("2"));
  assertEquals([ask(bench, "encoding"), ask(bench, "refcount")], [text("raw"), integer(1)]);
  store.set(KEY, utf8("12"), Infinity, "embstr");
  assertEquals([ask(bench, "encoding"), ask(bench, "refcount")], [text("embstr"), integer(1)]);
  store.set(KEY, utf8("x".repeat(45)), Infinity, "embstr");
  assertEquals(ask(bench, "encoding"), text("raw"));
});

test("OBJECT tells the seconds since the last access, and is none", (bench) => {
  bench.peer.store.set(KEY, utf8("v"));
  bench.now += 1_999;
  assertEquals(ask(bench, "idletime"), integer(1));
  bench.now += 1;
  assertEquals(ask(bench, "idletime"), integer(2));
  bench.run({ op: "GET", key: KEY, wantVersion: false });
  assertEquals(ask(bench, "idletime"), integer(0));
});

const ADJUST = "Please note that when switching between policies at runtime " +
  "LRU and LFU data will take some time to adjust.";

test("OBJECT refuses to tell the frequency unless the policy goes by it, and the idle time then", (bench) => {
  bench.peer.store.set(KEY, utf8("v"));
  const refused = (about: ObjectRequest["about"], reason: string) =>
    bench.assertError({ op: "OBJECT", key: KEY, about }, "BAD_REQUEST", `${reason} ${ADJUST}`);
  refused(
    "freq",
    "An LFU maxmemory policy is not selected, access frequency not tracked.",
  );
  for (const policy of ["allkeys-lfu", "volatile-lfu"] as const) {
    bench.services.settings.maxMemoryPolicy = policy;
    refused("idletime", "An LFU maxmemory policy is selected, idle time not tracked.");
    assertEquals(ask(bench, "freq"), integer(5));
  }
});

test("OBJECT tells a frequency that grows with reads and writes, goes down, and is none itself", (bench) => {
  bench.random = () => 0;
  bench.services.settings.maxMemoryPolicy = "allkeys-lfu";
  bench.run({ op: "SET", key: KEY, value: utf8("1"), ttl: undefined, version: undefined });
  assertEquals([ask(bench, "freq"), ask(bench, "freq")], [integer(5), integer(5)]);
  bench.run({ op: "GET", key: KEY, wantVersion: false });
  bench.run({ op: "SET", key: KEY, value: utf8("2"), ttl: undefined, version: undefined });
  bench.run({ op: "APPEND", key: KEY, value: utf8("3") });
  bench.run({ op: "INCR", key: KEY, delta: 1 });
  assertEquals(ask(bench, "freq"), integer(9));
  bench.services.databases.touching = false;
  bench.run({ op: "GET", key: KEY, wantVersion: false });
  assertEquals(ask(bench, "freq"), integer(9));
  bench.now += 3 * 60_000;
  bench.services.databases.now();
  assertEquals(ask(bench, "freq"), integer(6));
});
