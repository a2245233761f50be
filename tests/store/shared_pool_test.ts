import { Databases, MemoryStore, type SharedNews, StoreReader } from "../../lib/store/mod.ts";
import { SharedPool } from "../../lib/store/shared_pool.ts";
import { assert, assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `SharedPool ${name}`, permissions: "none", fn });
}

test("gives memory out again to who needs as much, and other memory to others", () => {
  const pool = new SharedPool();
  const [first, second] = [pool.take(64), pool.take(64)];
  assert(first !== second);
  pool.give(first);
  assert(pool.take(128) !== first);
  assert(pool.take(64) === first);
  assert(pool.take(64) !== first);
});

/** The buffers of all news. */
function buffersOf(databases: Databases): Set<SharedArrayBuffer> {
  const buffers = new Set<SharedArrayBuffer>();
  databases.sections!.onShared = (news: SharedNews) => {
    if (news.kind !== "order" && news.buffer !== undefined) buffers.add(news.buffer);
  };
  return buffers;
}

test("keeps a store that is filled and emptied again and again from taking more and more", () => {
  const databases = new Databases({ shared: true });
  const buffers = buffersOf(databases);
  let most = 0;
  for (let round = 0; round < 6; round++) {
    const store = databases.at(round % 2); // They share what they have given away.
    for (let i = 0; i < 3_000; i++) store.set(utf8(`${i}`), new Uint8Array(500));
    if (round === 0) most = buffers.size;
    store.clear();
  }
  assertEquals(buffers.size, most);
});

test("leaves nothing of what was in memory for who reads it next", () => {
  const store = new MemoryStore({ shared: true });
  const into = new Uint8Array(600);
  for (let round = 0; round < 3; round++) {
    const reader = new StoreReader(store.shared!);
    for (let i = 0; i < 2_000; i++) assert(reader.find(utf8(`${i}`), into, 0) < 0);
    for (let i = 0; i < 2_000; i++) store.set(utf8(`${i}`), utf8(`${round} ${i}`));
    const filled = new StoreReader(store.shared!);
    for (let i = 0; i < 2_000; i++) {
      const length = filled.find(utf8(`${i}`), into, 0);
      assertEquals(into.subarray(0, length), utf8(`${round} ${i}`));
    }
    store.clear();
  }
});
