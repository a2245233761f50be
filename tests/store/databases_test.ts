import { DATABASE_COUNT } from "../../lib/model/mod.ts";
import { Databases } from "../../lib/store/mod.ts";
import { assertEquals, assertGreater } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";

const KEY = utf8("key");
const VALUE = utf8("value");

function test(name: string, fn: () => void): void {
  Deno.test({ name: `Databases ${name}`, permissions: "none", fn });
}

/** Two databases whose clock the test moves. */
function clocked(): { databases: Databases; clock: { now: number } } {
  const clock = { now: 1_000 };
  return { databases: new Databases({ count: 2, now: () => clock.now }), clock };
}

test("are sixteen where nothing is said, and each has its own keys", () => {
  const databases = new Databases();
  assertEquals([databases.count, DATABASE_COUNT], [16, 16]);
  databases.at(15).set(KEY, VALUE);
  assertEquals([databases.at(15).size, databases.at(0).get(KEY)], [1, undefined]);
});

test("never give two entries the same version, in whichever they are", () => {
  const { databases } = clocked();
  const first = databases.at(0).set(KEY, VALUE);
  const second = databases.at(1).set(KEY, VALUE);
  assertGreater(second, first);
  databases.swap(0, 1);
  assertEquals([databases.at(0).versionOf(KEY), databases.at(1).versionOf(KEY)], [second, first]);
});

test("clear removes all entries of all of them, and what could expire", () => {
  const { databases, clock } = clocked();
  databases.at(0).set(KEY, VALUE, clock.now + 5);
  databases.at(1).set(KEY, VALUE);
  databases.clear();
  assertEquals(databases.total(({ size, bytes, expiringSize }) => size + bytes + expiringSize), 0);
  assertEquals(databases.at(0).versionOf(KEY), 0);
  databases.at(0).set(KEY, VALUE, clock.now + 5);
  clock.now += 5;
  assertEquals([databases.sweep(10), databases.total(({ size }) => size)], [1, 0]);
});

test("tell of entries that expire and that are made, with the number that the database has then", () => {
  const { databases, clock } = clocked();
  const told: string[] = [];
  databases.onExpired = (key, index) => told.push(`expired ${textOf(key)} ${index}`);
  databases.onCreated = (key, index) => told.push(`new ${textOf(key)} ${index}`);
  databases.at(0).set(KEY, VALUE, clock.now + 5);
  databases.at(0).set(KEY, VALUE, clock.now + 5);
  databases.swap(0, 1);
  clock.now += 5;
  databases.at(1).append(KEY, VALUE);
  assertEquals(told, ["new key 0", "expired key 1", "new key 1"]);
});

test("without active expiry keep what has expired until it is met", () => {
  const { databases, clock } = clocked();
  const store = databases.at(0);
  databases.activeExpiry = false;
  store.set(KEY, VALUE, clock.now + 5);
  clock.now += 5;
  assertEquals([databases.sweep(10), store.size], [0, 1]);
  store.set(utf8("other"), VALUE, clock.now + 5);
  assertEquals([store.size, store.get(KEY), store.size], [2, undefined, 1]);
  databases.activeExpiry = true;
  clock.now += 5;
  assertEquals([databases.activeExpiry, databases.sweep(10), store.size], [true, 1, 0]);
});

test("remember when an entry was last read, as late as the clock was asked, unless told not to", () => {
  const { databases, clock } = clocked();
  const store = databases.at(1);
  store.set(KEY, VALUE);
  const accessedAt = () => store.peek(KEY)!.accessedAt;
  clock.now = 2_000;
  store.get(KEY);
  assertEquals(accessedAt(), 1_000); // Nobody has asked the clock.
  databases.now();
  assertEquals(accessedAt(), 1_000); // Looking is no access.
  store.get(KEY);
  assertEquals(accessedAt(), 2_000);
  clock.now = 3_000;
  databases.now();
  databases.touching = false;
  store.get(KEY);
  store.expire(KEY, 9_000);
  assertEquals([databases.touching, accessedAt()], [false, 2_000]);
  assertEquals([store.touch(KEY), accessedAt(), store.touch(utf8("no"))], [true, 3_000, false]);
});

test("count changes of all databases: writes, new expiries and removals that did something", () => {
  const databases = new Databases();
  const key = Uint8Array.of(1);
  databases.at(0).set(key, key);
  databases.at(1).append(key, key);
  databases.at(0).expire(key, Infinity);
  databases.at(0).delete(key);
  databases.at(0).delete(key);
  assertEquals(databases.version, 4);
});
