import { assertEquals } from "@std/assert";
import { Databases, type Effects } from "../../lib/store/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";

const KEY = utf8("k");

/** Databases, and what they tell. */
function telling() {
  const clock = { now: 1_000 };
  const databases = new Databases({ count: 2, now: () => clock.now });
  const told: string[] = [];
  const effects: Effects = {
    set: (store, key, value, expiresAt, version) =>
      void told.push(`set ${store} ${textOf(key)} ${textOf(value)} ${expiresAt} ${version}`),
    extend: (store, key, place, tail, version) =>
      void told.push(`extend ${store} ${textOf(key)} ${place} ${textOf(tail)} ${version}`),
    expire: (store, key, expiresAt, version) =>
      void told.push(`expire ${store} ${textOf(key)} ${expiresAt} ${version}`),
    delete: (store, key, version) => void told.push(`delete ${store} ${textOf(key)} ${version}`),
    clear: (store, version) => void told.push(`clear ${store} ${version}`),
    order: (stores) => void told.push(`order ${stores}`),
  };
  databases.effects = effects;
  return { clock, databases, store: databases.at(1), told };
}

function test(name: string, fn: () => void): void {
  Deno.test({ name: `Effects ${name}`, permissions: "none", fn });
}

test("are told once of each change, with what is there then", () => {
  const { databases, store, told } = telling();
  store.append(KEY, utf8("a"));
  store.append(KEY, utf8("bc"));
  store.set(KEY, utf8("d"), 2_000);
  store.expire(KEY, 3_000);
  store.delete(KEY);
  store.set(KEY, utf8("e"));
  store.clear();
  databases.swap(0, 1);
  databases.at(0).set(KEY, utf8("f"));
  assertEquals(told, [
    "set 1 k a Infinity 1",
    "extend 1 k 1 bc 2",
    "set 1 k d 2000 3",
    "expire 1 k 3000 4",
    "delete 1 k 5",
    "set 1 k e Infinity 6",
    "clear 1 7",
    "order 1,0",
    "set 1 k f Infinity 8",
  ]);
});

test("are not told of what changes nothing, of reads, and of what has expired", () => {
  const { clock, databases, store, told } = telling();
  store.set(KEY, utf8("a"), 2_000);
  told.length = 0;
  store.get(KEY);
  store.peek(KEY);
  store.touch(KEY);
  store.versionOf(KEY);
  store.randomKey();
  clock.now = 2_000;
  databases.sweep(10);
  assertEquals([store.get(KEY), store.delete(KEY), store.expire(KEY, 1)], [
    undefined,
    false,
    false,
  ]);
  databases.clear();
  databases.swap(1, 1);
  assertEquals(told, []);
});

test("of a value that has expired and is appended to are those of a new one", () => {
  const { clock, store, told } = telling();
  store.set(KEY, utf8("a"), 2_000);
  clock.now = 2_000;
  store.append(KEY, utf8("b"));
  assertEquals(told.at(-1), "set 1 k b Infinity 2");
});
