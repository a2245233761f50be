import { MemoryStore, nameOf } from "../../lib/store/mod.ts";
import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { hex, textOf, utf8 } from "../codec/helpers.ts";

const KEY = utf8("key");
const NONE = new Uint8Array(0);

/** A store whose clock the test moves. */
function clocked(): { store: MemoryStore; clock: { now: number } } {
  const clock = { now: 1_000_000 };
  return { store: new MemoryStore({ now: () => clock.now }), clock };
}

/** `key-` and a number. */
function numbered(number: number): Uint8Array {
  return utf8(`key-${number}`);
}

/** All keys as text, in order. */
function keysOf(store: MemoryStore): string[] {
  return store.keys(() => true).map(textOf).sort();
}

function test(name: string, fn: () => void): void {
  Deno.test({ name: `MemoryStore ${name}`, permissions: "none", fn });
}

test("gives the bytes that were set, and nothing for other keys", () => {
  const store = new MemoryStore();
  store.set(KEY, hex("00 ff 80"));
  assertEquals(store.get(KEY)?.value, hex("00 ff 80"));
  assertEquals(store.get(utf8("kez")), undefined);
  assertEquals(store.get(NONE), undefined);
});

test("takes the time of its clock, and of Date.now without one", () => {
  const { store, clock } = clocked();
  clock.now = 5;
  assertEquals(store.now(), 5);
  const before = Date.now();
  assert(new MemoryStore().now() >= before);
});

test("copies keys and values, so that the caller may write over its bytes", () => {
  const store = new MemoryStore();
  const key = utf8("abc");
  const value = utf8("first");
  store.set(key, value);
  store.append(key, value);
  key.fill(0);
  value.fill(0);
  assertEquals(textOf(store.get(utf8("abc"))!.value), "firstfirst");
  assertEquals(keysOf(store), ["abc"]);
});

test("takes keys and values of any bytes, the empty ones among them", () => {
  const store = new MemoryStore();
  const keys = [NONE, hex("00"), hex("00 00"), hex("ff"), hex("c3 28"), hex("0a 0d 00")];
  keys.forEach((key, at) => store.set(key, hex("ff").slice(0, at % 2)));
  keys.forEach((key, at) => assertEquals(store.get(key)?.value.length, at % 2));
  assertEquals(store.size, keys.length);
  assertEquals(store.bytes, 0 + 1 + 2 + 1 + 2 + 3 + 3);
});

test("tells keys of 65,535 bytes apart by their last byte", () => {
  const store = new MemoryStore();
  const one = new Uint8Array(65_535).fill(0xff);
  const other = one.slice();
  other[65_534] = 0;
  store.set(one, utf8("one"));
  store.set(other, utf8("other"));
  assertEquals(textOf(store.get(one)!.value), "one");
  assertEquals(textOf(store.get(other)!.value), "other");
  assertEquals(nameOf(one).length, 65_535);
  assert(store.delete(one));
  assertEquals(store.bytes, 65_535 + 5);
});

test("set replaces the value and the expiry", () => {
  const { store, clock } = clocked();
  store.set(KEY, utf8("old"), clock.now + 10);
  store.set(KEY, utf8("new"));
  clock.now += 1_000;
  assertEquals(textOf(store.get(KEY)!.value), "new");
  assertEquals([store.get(KEY)!.expiresAt, store.expiringSize], [Infinity, 0]);
});

test("append leaves the expiry", () => {
  const { store, clock } = clocked();
  store.set(KEY, utf8("a"), clock.now + 10);
  assertEquals(store.append(KEY, utf8("c")), 2);
  assertEquals(store.get(KEY)?.expiresAt, clock.now + 10);
  clock.now += 10;
  assertEquals(store.get(KEY), undefined);
});

test("append creates what is missing, without an expiry", () => {
  const store = new MemoryStore();
  store.append(utf8("a"), utf8("x"));
  assertEquals(store.append(utf8("b"), utf8("yz")), 2);
  assertEquals(store.append(utf8("c"), NONE), 0);
  assertEquals(
    ["a", "b", "c"].map((key) => store.get(utf8(key))).map((entry) => [
      textOf(entry!.value),
      entry!.expiresAt,
    ]),
    [["x", Infinity], ["yz", Infinity], ["", Infinity]],
  );
});

test("delete says whether there was an entry", () => {
  const { store, clock } = clocked();
  assertEquals(store.delete(KEY), false);
  store.set(KEY, NONE);
  assertEquals(store.delete(KEY), true);
  assertEquals(store.delete(KEY), false);
  store.set(KEY, NONE, clock.now + 1);
  clock.now += 1;
  assertEquals(store.delete(KEY), false);
});

test("shows an entry until the millisecond before its expiry, and never from it on", () => {
  const { store, clock } = clocked();
  store.set(KEY, utf8("v"), clock.now + 50);
  clock.now += 49;
  assertEquals(textOf(store.get(KEY)!.value), "v");
  assertEquals(keysOf(store), ["key"]);
  clock.now += 1;
  assertEquals(keysOf(store), []);
  assertEquals([store.size, store.expired], [1, 0]);
  assertEquals(store.get(KEY), undefined);
  assertEquals([store.size, store.expired, store.bytes, store.expiringSize], [0, 1, 0, 0]);
});

test("starts anew on a key that has expired: no expiry, an empty value to append to", () => {
  for (const write of ["append", "set"] as const) {
    const { store, clock } = clocked();
    store.set(KEY, utf8("old"), clock.now + 1);
    clock.now += 1;
    store[write](KEY, utf8("new"));
    assertEquals(textOf(store.get(KEY)!.value), "new");
    assertEquals([store.get(KEY)!.expiresAt, store.expired], [Infinity, 1]);
  }
});

test("expire sets, moves and removes the expiry, and says whether there is an entry", () => {
  const { store, clock } = clocked();
  assertEquals(store.expire(KEY, clock.now + 1), false);
  store.set(KEY, NONE);
  assertEquals(store.expire(KEY, clock.now + 10), true);
  assertEquals(store.expire(KEY, clock.now + 20), true);
  clock.now += 19;
  assertEquals(store.expire(KEY, Infinity), true);
  assertEquals(store.expiringSize, 0);
  clock.now += 1_000;
  assertEquals(store.expire(KEY, clock.now), true);
  assertEquals(store.get(KEY), undefined);
  assertEquals(store.expire(KEY, Infinity), false);
});

test("gives each change a version above all before: writes, a new expiry, deletes, of any key", () => {
  const { store, clock } = clocked();
  const version = () => store.get(KEY)!.version;
  const versions = [store.set(KEY, NONE), store.set(utf8("other"), NONE), store.set(KEY, NONE)];
  store.append(KEY, NONE);
  versions.push(version());
  store.expire(KEY, clock.now + 5);
  versions.push(version());
  store.delete(KEY);
  versions.push(store.set(KEY, NONE, clock.now + 1));
  clock.now += 1;
  versions.push(store.set(KEY, NONE));
  assertEquals(versions, [1, 2, 3, 4, 5, 7, 8]);
});

test("leaves the version alone on reads", () => {
  const store = new MemoryStore();
  const version = store.set(KEY, NONE);
  keysOf(store);
  store.sweep(10);
  assertEquals([store.get(KEY)!.version, store.get(KEY)!.version], [version, version]);
});

test("appends in place where there is room: most appends copy only their tail", () => {
  const store = new MemoryStore();
  const buffers = new Set<ArrayBufferLike>();
  for (let round = 0; round < 16_384; round++) {
    store.append(KEY, utf8("0123456789abcdef"));
    const entry = store.get(KEY)!;
    if (entry.valueLength >= 65_536) buffers.add(entry.value.buffer);
  }
  assertEquals(store.get(KEY)!.value.length, 262_144);
  assertLessOrEqual(buffers.size, 4);
  assertLess(store.memory, 1_000_000);
});

test("appends the value of an entry to itself", () => {
  const store = new MemoryStore();
  store.set(KEY, utf8("ab"));
  for (let round = 0; round < 3; round++) store.append(KEY, store.get(KEY)!.value);
  assertEquals(textOf(store.get(KEY)!.value), "abababababababab");
});

test("counts the bytes of keys and values", () => {
  const { store, clock } = clocked();
  const bytes: number[] = [];
  const note = () => bytes.push(store.bytes);
  store.set(utf8("abc"), utf8("12345"));
  note();
  store.set(utf8("abc"), utf8("1"), clock.now + 1);
  note();
  store.append(utf8("abc"), utf8("23"));
  note();
  store.set(utf8("d"), NONE);
  note();
  clock.now += 1;
  store.sweep(1);
  note();
  store.delete(utf8("d"));
  note();
  assertEquals(bytes, [8, 4, 6, 7, 1, 0]);
});

test("sweep looks at no more entries than its budget, and goes on where it stopped", () => {
  const { store, clock } = clocked();
  for (let i = 0; i < 100; i++) store.set(numbered(i), NONE, clock.now + 10);
  for (let i = 100; i < 150; i++) store.set(numbered(i), NONE, clock.now + 1_000);
  for (let i = 150; i < 200; i++) store.set(numbered(i), NONE);
  assertEquals([store.sweep(1_000), store.expiringSize], [0, 150]);
  clock.now += 10;
  let looks = 0;
  while (store.expired < 100) {
    assertLessOrEqual(store.sweep(7), 7);
    looks += 7;
    assertLessOrEqual(looks, 2 * 150 + 7);
  }
  assertEquals([store.size, store.expiringSize, store.sweep(1_000)], [100, 50, 0]);
  clock.now += 1_000;
  while (store.sweep(8) > 0);
  assertEquals([store.size, store.expiringSize, store.expired], [50, 0, 150]);
});

test("sweep does nothing without a budget, or when nothing expires", () => {
  const { store, clock } = clocked();
  assertEquals(store.sweep(10), 0);
  store.set(KEY, NONE, clock.now);
  assertEquals([store.sweep(0), store.size], [0, 1]);
  assertEquals([store.sweep(1), store.size], [1, 0]);
});

test("takes little memory before the first entry, and gives it back after the last one", () => {
  const store = new MemoryStore();
  assertEquals(store.memory, 0);
  store.set(KEY, NONE);
  assertLess(store.memory, 8_192);
  for (let i = 0; i < 10_000; i++) store.set(numbered(i), new Uint8Array(100), Infinity);
  for (let i = 0; i < 10_000; i++) store.delete(numbered(i));
  assertGreater(store.memory, 1_000_000);
  store.delete(KEY);
  assertEquals([store.memory, store.size, store.bytes], [0, 0, 0]);
});

test("takes less than 130 bytes for an entry of 16 and 64", () => {
  const store = new MemoryStore();
  for (let i = 0; i < 100_000; i++) {
    store.set(utf8(`key:${String(i).padStart(12, "0")}`), new Uint8Array(64));
  }
  assertLess(store.memory / store.size, 130);
});

test("randomKey and randomEntry give every key, after most were deleted too", () => {
  const { store, clock } = clocked();
  for (let i = 0; i < 5_000; i++) store.set(numbered(i), NONE, clock.now + 1_000);
  for (let i = 8; i < 5_000; i++) store.delete(numbered(i));
  const looks = Array.from({ length: 500 });
  const eight = Array.from({ length: 8 }, (_, i) => `key-${i}`);
  assertEquals([...new Set(looks.map(() => textOf(store.randomKey()!)))].sort(), eight);
  for (const expiring of [true, false]) {
    const found = looks.map(() => textOf(store.randomEntry(expiring)!.key));
    assertEquals([...new Set(found)].sort(), eight);
  }
});

test("keeps expired entries from piling up while others are written, without a sweep", () => {
  const { store, clock } = clocked();
  for (let i = 0; i < 10_000; i++, clock.now++) {
    store.set(utf8(String(i)), NONE, clock.now + 10);
    assert(store.size <= 21, `${store.size} entries of which 10 can be alive`);
  }
});

test("versionOf gives 0 for a key that is not there or has expired, and changes with every write", () => {
  const { store, clock } = clocked();
  assertEquals(store.versionOf(KEY), 0);
  const versions = [
    store.set(KEY, utf8("a")),
    (store.append(KEY, utf8("b")), store.versionOf(KEY)),
    (store.expire(KEY, clock.now + 5), store.versionOf(KEY)),
    (store.expire(KEY, Infinity), store.versionOf(KEY)),
  ];
  assertEquals(versions, [1, 2, 3, 4]);
  store.expire(KEY, clock.now + 5);
  clock.now += 5;
  assertEquals(store.versionOf(KEY), 0);
  store.set(KEY, utf8("a"));
  store.clear();
  assertEquals(store.versionOf(KEY), 0);
});

test("keeps how a value came to be: appended is raw, set anew is not", () => {
  const store = new MemoryStore();
  const encoding = () => store.peek(KEY)!.encoding;
  store.append(KEY, utf8("1"));
  assertEquals(encoding(), "auto"); // The first bytes are set.
  store.append(KEY, utf8("2"));
  assertEquals(encoding(), "raw");
  store.set(KEY, utf8("12"));
  assertEquals(encoding(), "auto");
  store.set(KEY, utf8("12"), Infinity, "embstr");
  assertEquals(encoding(), "embstr");
});

test("clear removes everything, and nothing of it comes back", () => {
  const { store, clock } = clocked();
  for (let i = 0; i < 3_000; i++) store.set(numbered(i), NONE, clock.now + 1 + i % 2);
  store.clear();
  assertEquals([store.size, store.bytes, store.expiringSize, store.randomKey()], [
    0,
    0,
    0,
    undefined,
  ]);
  assertEquals(store.scan(NONE, 0), { cursor: 0, keys: [] });
  clock.now += 5;
  assertEquals([store.sweep(10), store.expired], [0, 0]);
});

test("keys and randomKey give no entry that has expired", () => {
  const { store, clock } = clocked();
  for (let i = 0; i < 20; i++) store.set(numbered(i), NONE, i === 7 ? Infinity : clock.now + 5);
  clock.now += 5;
  assertEquals(store.keys(() => true).map(textOf), ["key-7"]);
  assertEquals(store.keys((key) => key.length === 6), []);
  assertEquals([textOf(store.randomKey()!), store.size <= 20], ["key-7", true]);
  store.delete(numbered(7));
  assertEquals([store.randomKey(), store.size], [undefined, 0]);
});
