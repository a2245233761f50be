import { assertEquals } from "@std/assert";
import { count, ok } from "../../lib/model/mod.ts";
import { utf8 } from "../codec/helpers.ts";
import { eventsOf } from "./events.ts";
import { Bench } from "./helpers.ts";

const KEY = utf8("key");

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

test("DATABASE_SIZE tells the keys of the peer's database", (bench) => {
  bench.services.databases.at(0).set(KEY, KEY);
  bench.services.databases.at(1).set(KEY, KEY);
  assertEquals(bench.run({ op: "DATABASE_SIZE" }), count(1));
});

test("FLUSH removes the keys of one database or of all, without events", (bench) => {
  const { databases } = bench.services;
  for (const index of [0, 1, 2]) databases.at(index).set(KEY, KEY);
  const events = eventsOf(bench);
  assertEquals(bench.run({ op: "FLUSH", scope: "database" }), ok());
  assertEquals([0, 1, 2].map((index) => databases.at(index).size), [0, 1, 1]);
  assertEquals(bench.run({ op: "FLUSH", scope: "all" }), ok());
  assertEquals([databases.total(({ size }) => size), events], [0, []]);
});

test("SWAP_DATABASES gives each the number of the other", (bench) => {
  const { databases } = bench.services;
  databases.at(1).set(KEY, KEY);
  assertEquals(bench.run({ op: "SWAP_DATABASES", first: 1, second: 2 }), ok());
  assertEquals([databases.at(1).size, databases.at(2).size], [0, 1]);
  assertEquals(bench.run({ op: "SWAP_DATABASES", first: 2, second: 2 }), ok());
  assertEquals(databases.at(2).size, 1);
});

test("SWAP_DATABASES refuses numbers that there are not", (bench) => {
  for (const [first, second] of [[16, 0], [0, 16], [-1, 0]] as const) {
    const request = { op: "SWAP_DATABASES", first, second } as const;
    bench.assertError(request, "BAD_REQUEST", "DB index is out of range");
  }
});
