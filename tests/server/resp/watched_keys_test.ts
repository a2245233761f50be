import { WatchedKeys } from "../../../lib/server/resp/watched_keys.ts";
import { newServices } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { raw } from "../../resp/helpers.ts";

const KEY = raw("k");
const VALUE = raw("v");

/** Databases with a clock, of which one key is watched in the first. */
class Bench {
  now = 1_000;
  readonly #services = newServices({ now: () => this.now });
  readonly databases = this.#services.databases;
  readonly awaited = this.#services.events.awaited;
  readonly watched = new WatchedKeys(this.#services);

  get changed(): boolean {
    return this.watched.haveChanged();
  }

  watch(): void {
    this.watched.add(0, KEY);
  }
}

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name: `watched keys ${name}`, permissions: "none", fn: () => fn(new Bench()) });
}

test("have not changed while they are only read, or another is written", (bench) => {
  bench.databases.at(0).set(KEY, VALUE);
  bench.watch();
  bench.databases.at(0).get(KEY);
  bench.databases.at(0).set(raw("other"), VALUE);
  bench.databases.at(1).set(KEY, VALUE);
  assertEquals(bench.changed, false);
});

test("have changed when one is made, written with the same value, or removed", (bench) => {
  const store = bench.databases.at(0);
  for (const write of [() => store.set(KEY, VALUE), () => store.delete(KEY)]) {
    write();
    bench.watched.clear();
    bench.watch();
    assertEquals(bench.changed, false);
    store.set(KEY, VALUE);
    assertEquals(bench.changed, true);
  }
  bench.watched.clear();
  bench.watch();
  store.delete(KEY);
  assertEquals(bench.changed, true);
});

test("have changed when one expires, but not when it had expired before", (bench) => {
  const store = bench.databases.at(0);
  store.set(KEY, VALUE, bench.now + 10);
  bench.watch();
  bench.now += 10;
  assertEquals(bench.changed, true);
  bench.watched.clear();
  store.set(KEY, VALUE, bench.now + 10);
  bench.now += 10;
  bench.watch();
  store.delete(KEY);
  assertEquals(bench.changed, false);
});

test("have changed when databases are swapped, unless both lack them", (bench) => {
  bench.watch();
  bench.databases.swap(0, 1);
  assertEquals(bench.changed, false);
  bench.databases.at(1).set(KEY, VALUE);
  bench.databases.swap(0, 1);
  assertEquals(bench.changed, true);
});

test("keep their first state when they are watched again", (bench) => {
  bench.watch();
  bench.databases.at(0).set(KEY, VALUE);
  bench.watch();
  assertEquals([bench.changed, bench.watched.size], [true, 1]);
});

test("are copies of what was given", (bench) => {
  const key = KEY.slice();
  bench.watched.add(0, key);
  key.fill(0);
  bench.databases.at(0).set(KEY, VALUE);
  assertEquals(bench.changed, true);
});

test("have changed when a missing one was made and is missing again", (bench) => {
  bench.watch();
  bench.databases.at(1).set(KEY, VALUE);
  assertEquals(bench.changed, false);
  bench.databases.at(0).set(KEY, VALUE);
  bench.databases.at(0).delete(KEY);
  assertEquals(bench.changed, true);
  bench.watched.clear();
  bench.watch();
  assertEquals(bench.changed, false);
});

test("are forgotten by the server when they are forgotten", (bench) => {
  bench.watch();
  bench.watched.add(1, KEY);
  assertEquals(bench.awaited.size, 2);
  bench.databases.at(1).set(KEY, VALUE);
  assertEquals(bench.awaited.size, 1);
  bench.watched.clear();
  assertEquals([bench.awaited.size, bench.watched.size], [0, 0]);
});
