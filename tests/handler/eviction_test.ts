import { EVENT_CLASSES, type EvictionPolicy, memoryRefusal } from "../../lib/handler/mod.ts";
import { usedMemory } from "../../lib/handler/memory.ts";
import { error, ok } from "../../lib/model/mod.ts";
import { eventsOf } from "./events.ts";
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
    bench.services.databases.now();
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
    assertEquals(memoryRefusal(bench.services), undefined);
    bench.services.settings.maxMemory = usedMemory(bench.services.databases);
    assertEquals(memoryRefusal(bench.services), undefined);
    assertEquals(keysOf(bench), "0123456789");
  },
});

Deno.test({
  name: "over the limit, noeviction refuses what needs memory, and removes nothing",
  permissions: "none",
  fn() {
    const bench = filled("noeviction");
    shrink(bench, 1);
    const used = usedMemory(bench.services.databases);
    const { maxMemory } = bench.services.settings;
    const message = `Cannot write: the entries take ${used} bytes, ` +
      `the limit is ${maxMemory} (option maxmemory)`;
    assertEquals(memoryRefusal(bench.services), error("OUT_OF_MEMORY", message));
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
      assertEquals(memoryRefusal(bench.services), undefined);
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
    assertEquals(memoryRefusal(bench.services), undefined);
    assertEquals(keysOf(bench), "012345679");
    const other = filled("volatile-random");
    other.services.settings.maxMemory = 1;
    assert(memoryRefusal(other.services) !== undefined);
    assertEquals(keysOf(other), "13579");
  },
});

Deno.test({
  name: "an entry that is evicted is announced, and CONFIG SET maxmemory evicts at once",
  permissions: "none",
  fn() {
    const bench = filled("allkeys-random");
    const { channels, events } = bench.services;
    events.flags = EVENT_CLASSES.E | EVENT_CLASSES.e;
    channels.subscribe(bench.peer, UTF8.encode("__keyevent@0__:evicted"), false);
    assertEquals(bench.run({ op: "CONFIG_SET", pairs: [["maxmemory", "1"]] }), ok());
    assertEquals(bench.delivered.length, 10);
    assertEquals(keysOf(bench), "");
  },
});

Deno.test({
  name: "an entry that has expired when it is picked frees its memory, and is not evicted",
  permissions: "none",
  fn() {
    for (const policy of ["volatile-ttl", "volatile-lru", "volatile-random"] as const) {
      const bench = filled(policy);
      const told = eventsOf(bench);
      shrink(bench, 6); // The five that expire take more than half of all.
      bench.now += 2_000_000;
      assertEquals(memoryRefusal(bench.services), undefined, policy);
      assertEquals(bench.services.counters.evicted, 0, policy);
      assertEquals(told.sort(), [..."02468"].map((key) => `0 expired ${key}`), policy);
      assertEquals(keysOf(bench), "13579", policy);
    }
  },
});

Deno.test({
  name: "an entry that expires between being picked and removed is not evicted either",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const { store, services } = bench.peer;
    store.set(UTF8.encode("k"), new Uint8Array(10), bench.now + 3);
    Object.assign(services.settings, { maxMemoryPolicy: "volatile-ttl", maxMemorySamples: 1 });
    services.settings.maxMemory = usedMemory(services.databases) - 1;
    bench.tick = () => bench.now += 2; // Each look at the clock takes so long: one sees it, the next not.
    assertEquals(memoryRefusal(services), undefined);
    assertEquals([store.size, services.counters.evicted], [0, 0]);
  },
});

const HOT = 50;
const KEYS = 1_000;

/** Numbers from 0 to 1 that are the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223 | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/**
 * A cache for 150 of 1,000 keys, of which 50 are hot: they get every second read. What is not there is written.
 * A second goes on with every 200 reads.
 */
function worked(policy: EvictionPolicy): { bench: Bench; hot: () => number } {
  const bench = new Bench();
  bench.random = seeded(1);
  const { store, services } = bench.peer;
  const key = (number: number) => UTF8.encode(`key-${String(number).padStart(4, "0")}`);
  const empty = usedMemory(services.databases);
  for (let at = 0; at < 150; at++) store.set(key(at), new Uint8Array(50), bench.now + 1e9);
  services.settings.maxMemory = usedMemory(services.databases);
  assert(services.settings.maxMemory > empty);
  services.settings.maxMemoryPolicy = policy;
  const pick = seeded(2);
  for (let read = 0; read < 20_000; read++) {
    if (read % 200 === 0) bench.now += 1_000;
    services.databases.now();
    const wanted = key(Math.floor(pick() * (read % 2 === 0 ? HOT : KEYS)));
    if (store.get(wanted) !== undefined) continue;
    store.set(wanted, new Uint8Array(50), bench.now + 1e9);
    assertEquals(memoryRefusal(services), undefined);
  }
  const hot = () =>
    Array.from({ length: HOT }, (_, at) => store.peek(key(at))).filter((entry) => entry).length;
  return { bench, hot };
}

for (const kind of ["allkeys", "volatile"] as const) {
  Deno.test({
    name:
      `${kind}-lru and -lfu keep the keys that are read often, of which ${kind}-random loses many`,
    permissions: "none",
    fn() {
      assert(worked(`${kind}-random`).hot() < HOT * 0.8);
      assert(worked(`${kind}-lru`).hot() > HOT * 0.85);
      assert(worked(`${kind}-lfu`).hot() > HOT * 0.95);
    },
  });
}

Deno.test({
  name: "lfu keeps the keys that are read often when all others are read once, and lru does not",
  permissions: "none",
  fn() {
    const left = (policy: EvictionPolicy) => {
      const { bench, hot } = worked(policy);
      const { store, services } = bench.peer;
      for (let at = 0; at < 2_000; at++) {
        if (at % 200 === 0) bench.now += 1_000;
        store.set(UTF8.encode(`once-${at}`), new Uint8Array(50));
        assertEquals(memoryRefusal(services), undefined);
      }
      return hot();
    };
    assert(left("allkeys-lfu") > HOT * 0.9);
    assert(left("allkeys-lru") < HOT * 0.1);
  },
});

Deno.test({
  name: "an entry that was read since it was chosen is not evicted before one that was not",
  permissions: "none",
  fn() {
    const bench = filled("allkeys-lru");
    shrink(bench, 1);
    assertEquals(memoryRefusal(bench.services), undefined); // The others wait in the pool.
    bench.now += 1_000;
    for (const key of "123") bench.run({ op: "GET", key: UTF8.encode(key), wantVersion: false });
    shrink(bench, 3);
    assertEquals(memoryRefusal(bench.services), undefined);
    assert(["1", "2", "3"].every((key) => keysOf(bench).includes(key)), keysOf(bench));
  },
});

for (const policy of ["allkeys-lru", "volatile-lfu", "allkeys-random", "volatile-ttl"] as const) {
  Deno.test({
    name: `${policy} holds at most 2.2 times the limit and 4 MiB, whatever is written over`,
    permissions: "none",
    fn() {
      const bench = new Bench();
      const { store, services } = bench.peer;
      const pick = seeded(3);
      const limit = services.settings.maxMemory = 8_000_000;
      services.settings.maxMemoryPolicy = policy;
      for (let size = 20; size < 20_000; size *= 2) {
        for (let bytes = 0; bytes < 2 * limit; bytes += 60 + size) {
          assertEquals(memoryRefusal(services), undefined);
          const key = UTF8.encode(String(Math.floor(pick() * 200_000)));
          store.set(key, new Uint8Array(pick() * 2 * size), bench.now + 1e9 * pick() + 1);
        }
        assert(store.used < limit + 40_000, `${store.used} bytes are used`);
        assert(store.memory < 2.2 * limit + 4_194_304, `${store.memory} bytes are held`);
      }
    },
  });
}
