import { heldMemory, usedMemory } from "../../lib/handler/memory.ts";
import { miss, type Response } from "../../lib/model/mod.ts";
import { Bench } from "./helpers.ts";
import { assert, assertEquals } from "@std/assert";

const KEY = new TextEncoder().encode("key");

/** The figures of MEMORY STATS by name; those of a database are left out. */
function figures(bench: Bench): Map<string, number> {
  const response = bench.run({ op: "MEMORY_STATS" });
  assert(response.type === "LIST");
  const all = new Map<string, number>();
  for (let at = 0; at < response.items.length; at += 2) {
    const [name, value] = [response.items[at]!, response.items[at + 1]!];
    if (name.type === "TEXT" && value.type !== "LIST") all.set(name.text, numberOf(value));
  }
  return all;
}

function numberOf(response: Response): number {
  return Number(response.type === "INTEGER" ? response.value : (response as { text: string }).text);
}

function textOf(response: Response): string {
  assert(response.type === "TEXT");
  return response.text;
}

Deno.test({
  name: "MEMORY USAGE is the block, the slot, the place of what expires, and what stands outside",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const usage = () => numberOf(bench.run({ op: "MEMORY_USAGE", key: KEY }));
    assertEquals(bench.run({ op: "MEMORY_USAGE", key: KEY }), miss());
    bench.peer.store.set(KEY, new Uint8Array(93)); // 16 + 3 + 93 = 112, a block.
    assertEquals(usage(), 112 + 8);
    bench.peer.store.set(KEY, new Uint8Array(94));
    assertEquals(usage(), 128 + 8);
    bench.peer.store.expire(KEY, bench.now + 1_000);
    assertEquals(usage(), 128 + 8 + 12);
    bench.peer.store.expire(KEY, Infinity);
    bench.peer.store.set(KEY, new Uint8Array(100_000));
    assertEquals(usage(), 32 + 8 + 100_000);
  },
});

Deno.test({
  name: "MEMORY USAGE is no access, and is part of what all entries take",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const before = usedMemory(bench.services.databases);
    bench.peer.store.set(KEY, KEY);
    const { accessedAt } = bench.peer.store.peek(KEY)!;
    bench.now += 5_000;
    const usage = numberOf(bench.run({ op: "MEMORY_USAGE", key: KEY }));
    assertEquals(usedMemory(bench.services.databases), before + usage);
    assertEquals(bench.peer.store.peek(KEY)!.accessedAt, accessedAt);
  },
});

Deno.test({
  name:
    "MEMORY USAGE of all keys is what all entries take, and none of it is left when all are gone",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const { store } = bench.peer;
    const { databases } = bench.services;
    const keys = Array.from({ length: 500 }, (_, at) => new TextEncoder().encode(`key-${at}`));
    for (const [at, key] of keys.entries()) {
      store.set(key, new Uint8Array(at * 80), at % 3 === 0 ? bench.now + at + 1 : Infinity);
      store.append(key, key);
    }
    const usages = keys.map((key) => numberOf(bench.run({ op: "MEMORY_USAGE", key })));
    assertEquals(usages.reduce((sum, usage) => sum + usage), usedMemory(databases));
    for (const key of keys) store.delete(key);
    assertEquals([usedMemory(databases), heldMemory(databases)], [0, 0]);
  },
});

Deno.test({
  name: "MEMORY STATS counts keys and remembers the peak",
  permissions: "none",
  fn() {
    const bench = new Bench();
    bench.peer.store.set(KEY, new Uint8Array(1_000));
    const full = figures(bench);
    assertEquals([full.get("keys.count"), full.get("dataset.bytes")], [1, 1_003]);
    bench.peer.store.delete(KEY);
    const empty = figures(bench);
    assertEquals(empty.get("keys.count"), 0);
    assertEquals(empty.get("total.allocated"), empty.get("startup.allocated"));
    assertEquals(empty.get("peak.allocated"), full.get("total.allocated"));
    assertEquals(empty.get("fragmentation"), 2);
  },
});

Deno.test({
  name: "MEMORY DOCTOR says when the memory is nearly used up, and when it was more",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const doctor = () => textOf(bench.run({ op: "MEMORY_DOCTOR" }));
    assert(doctor().includes("little memory"));
    bench.peer.store.set(KEY, new Uint8Array(20_000_000));
    assert(doctor().includes("Nothing is wrong"));
    bench.services.settings.maxMemory = 20_100_000;
    assert(doctor().includes("that maxmemory allows"));
    bench.peer.store.set(KEY, new Uint8Array(8_000_000));
    assert(doctor().includes("have taken"));
  },
});
