import { type EvictionPolicy, writeRefusal } from "../../lib/handler/mod.ts";
import { usedMemory } from "../../lib/handler/memory.ts";
import { ok } from "../../lib/model/mod.ts";
import { Bench } from "./helpers.ts";
import { assert, assertEquals } from "@std/assert";

const UTF8 = new TextEncoder();
const TEXT = new TextDecoder();

/** A bench with the keys 0 to 9, of which the even ones expire, each used a second after the one before. */
function filled(policy: EvictionPolicy): Bench {
  const bench = new Bench();
  const { settings } = bench.services;
  for (let at = 0; at < 10; at++) {
    bench.now += 1_000;
    const expiresAt = at % 2 === 0 ? bench.now + 1_000_000 - at * 50_000 : Infinity;
    bench.peer.store.set(UTF8.encode(String(at)), new Uint8Array(10), expiresAt);
  }
  settings.maxMemoryPolicy = policy;
  settings.maxMemorySamples = 1_000; // Enough to meet every entry, all but certainly.
  return bench;
}

function keysOf(bench: Bench): string {
  return bench.peer.store.keys(() => true).map((key) => TEXT.decode(key)).sort().join("");
}

/** Makes so many entries too many. */
function shrink(bench: Bench, entries: number): void {
  const used = usedMemory(bench.services.databases);
  const each = (used - usedMemory(new Bench().services.databases)) / 10;
  bench.services.settings.maxMemory = Math.floor(used - (entries - 0.5) * each);
}

Deno.test({
  name: "without a limit, or within it, nothing is refused or removed",
  permissions: "none",
  fn() {
    const bench = filled("allkeys-lru");
    assertEquals(writeRefusal(bench.services, true, true), undefined);
    bench.services.settings.maxMemory = usedMemory(bench.services.databases);
    assertEquals(writeRefusal(bench.services, true, true), undefined);
    assertEquals(keysOf(bench), "0123456789");
  },
});

Deno.test({
  name: "over the limit, noeviction refuses what needs memory, and removes nothing",
  permissions: "none",
  fn() {
    const bench = filled("noeviction");
    shrink(bench, 1);
    assertEquals(
      writeRefusal(bench.services, true, true),
      "OOM command not allowed when used memory > 'maxmemory'.",
    );
    assertEquals(writeRefusal(bench.services, false, true), undefined);
    assertEquals(keysOf(bench), "0123456789");
  },
});

Deno.test({
  name: "over the limit, the entries go that were not used for longest",
  permissions: "none",
  fn() {
    for (const policy of ["allkeys-lru", "allkeys-lfu"] as const) {
      const bench = filled(policy);
      bench.services.databases.at(0).get(UTF8.encode("0"));
      shrink(bench, 3);
      assertEquals(writeRefusal(bench.services, true, true), undefined);
      assertEquals(bench.services.counters.evicted, 10 - keysOf(bench).length);
      assert(!keysOf(bench).includes("1"), policy);
      assert(keysOf(bench).includes("9"), policy);
    }
  },
});

Deno.test({
  name: "volatile policies remove only entries that expire; volatile-ttl those that end first",
  permissions: "none",
  fn() {
    const bench = filled("volatile-ttl");
    shrink(bench, 1);
    assertEquals(writeRefusal(bench.services, true, true), undefined);
    assertEquals(keysOf(bench), "012345679");
    const other = filled("volatile-random");
    other.services.settings.maxMemory = 1;
    assert(writeRefusal(other.services, true, true)?.startsWith("OOM "));
    assertEquals(keysOf(other), "13579");
  },
});

Deno.test({
  name: "an entry that is evicted is announced, and CONFIG SET maxmemory evicts at once",
  permissions: "none",
  fn() {
    const bench = filled("allkeys-random");
    const { channels, events } = bench.services;
    events.flags = (1 << 1) | (1 << 9); // E and e.
    channels.subscribe(bench.peer, UTF8.encode("__keyevent@0__:evicted"), false);
    assertEquals(bench.run({ op: "CONFIG_SET", pairs: [["maxmemory", "1"]] }), ok());
    assertEquals(bench.delivered.length, 10);
    assertEquals(keysOf(bench), "");
  },
});

Deno.test({
  name: "writes are refused when they need replicas, for there are none",
  permissions: "none",
  fn() {
    const bench = filled("noeviction");
    bench.services.settings.minReplicas = 1;
    assertEquals(
      writeRefusal(bench.services, true, true),
      "NOREPLICAS Not enough good replicas to write.",
    );
    assertEquals(writeRefusal(bench.services, false, false), undefined);
  },
});
