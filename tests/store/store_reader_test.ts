import {
  ASK,
  LARGE,
  MAX_AHEAD,
  MemoryStore,
  MISS,
  type SharedNews,
  StoreContext,
  StoreReader,
} from "../../lib/store/mod.ts";
import { Random } from "../random.ts";
import { assert, assertEquals, assertGreater } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `StoreReader ${name}`, permissions: "none", fn });
}

const ROOM = 40_000;
const KEY = Uint8Array.of(1, 2, 3, 4);

/** A store whose clock the test moves, and a reader that learns all at once. */
function made(): {
  store: MemoryStore;
  reader: StoreReader;
  context: StoreContext;
  clock: { now: number };
  into: Uint8Array;
} {
  const clock = { now: 1_000 };
  const context = new StoreContext(() => clock.now, undefined, true);
  const store = new MemoryStore({ context });
  const reader = new StoreReader(store.shared!, () => clock.now);
  context.sections!.onShared = (news) => news.kind !== "order" && reader.take(news);
  return { store, reader, context, clock, into: new Uint8Array(ROOM) };
}

test("copies the value of a key to its place, and nothing else", () => {
  const { store, reader, into } = made();
  for (const length of [0, 1, 4, 63, 64, 65, 100, 1_000, 20_000, LARGE - 1]) {
    const value = new Random(length).bytes(length);
    store.set(KEY, value);
    into.fill(0xee);
    assertEquals(reader.find(KEY, into, 5), length);
    assertEquals(into.subarray(5, 5 + length), value);
    assert(into.subarray(0, 5).every((byte) => byte === 0xee));
    assert(into.subarray(5 + length).every((byte) => byte === 0xee));
  }
});

test("finds a key that is a part of other bytes", () => {
  const { store, reader, into } = made();
  store.set(KEY, Uint8Array.of(7, 8));
  const around = Uint8Array.of(9, 9, ...KEY, 9);
  const view = new DataView(into.buffer);
  const find = (start: number) => {
    reader.readSeed();
    const hash = reader.hashOf(around, start, KEY.length);
    return reader.findHashed(hash, around, start, KEY.length, view, 0);
  };
  assertEquals(find(2), 2);
  assertEquals(into.subarray(0, 2), Uint8Array.of(7, 8));
  assertEquals(find(1), MISS);
});

test("misses what is not there: in an empty store, among others, when it was removed", () => {
  const { store, reader, into } = made();
  assertEquals(reader.find(KEY, into, 0), MISS);
  store.set(Uint8Array.of(9), KEY);
  assertEquals(reader.find(KEY, into, 0), MISS);
  store.set(KEY, KEY);
  store.delete(KEY);
  assertEquals(reader.find(KEY, into, 0), MISS);
  store.clear();
  assertEquals(reader.find(KEY, into, 0), MISS);
});

test("finds the empty key", () => {
  const { store, reader, into } = made();
  store.set(new Uint8Array(), Uint8Array.of(7));
  assertEquals([reader.find(new Uint8Array(), into, 0), into[0]], [1, 7]);
});

test("asks for keys and values that stand outside", () => {
  const { store, reader, into } = made();
  store.set(KEY, new Uint8Array(LARGE));
  assertEquals(reader.find(KEY, into, 0), ASK);
  const large = new Uint8Array(LARGE);
  store.set(large, KEY);
  assertEquals(reader.find(large, into, 0), ASK);
});

test("asks for a value that does not fit, and takes one that just does", () => {
  const { store, reader } = made();
  store.set(KEY, new Uint8Array(10));
  assertEquals(reader.find(KEY, new Uint8Array(12), 3), ASK);
  assertEquals(reader.find(KEY, new Uint8Array(12), 2), 10);
});

test("asks when the time of an entry is over, and tells when it will be", () => {
  const { store, reader, clock, into } = made();
  store.set(KEY, KEY, 1_050);
  assertEquals([reader.find(KEY, into, 0), reader.expiresAt], [4, 1_050]);
  clock.now = 1_049;
  assertEquals(reader.find(KEY, into, 0), 4);
  clock.now = 1_050;
  assertEquals(reader.find(KEY, into, 0), ASK);
  store.sweep(1);
  assertEquals(reader.find(KEY, into, 0), MISS);
  store.set(KEY, KEY);
  assertEquals([reader.find(KEY, into, 0), reader.expiresAt], [4, Infinity]);
});

test("tells the version, also one of more than 32 bits", () => {
  const { store, reader, context, into } = made();
  for (const before of [0, 2 ** 31, 2 ** 32 + 5, 2 ** 47]) {
    context.continueFrom(before);
    const version = store.set(KEY, KEY);
    assertEquals([reader.find(KEY, into, 0), reader.version], [4, version]);
  }
});

test("asks while a change goes on, and sees all of it or nothing", () => {
  const { store, reader, context, into } = made();
  const other = Uint8Array.of(9);
  store.set(KEY, Uint8Array.of(1));
  context.sections!.begin();
  store.set(KEY, Uint8Array.of(2));
  assertEquals(reader.find(KEY, into, 0), ASK);
  store.set(other, Uint8Array.of(2));
  assertEquals(reader.find(other, into, 0), ASK);
  context.sections!.end();
  assertEquals([reader.find(KEY, into, 0), into[0]], [1, 2]);
  const { moment } = reader;
  assertEquals([reader.find(other, into, 0), into[0]], [1, 2]);
  assertEquals(reader.moment, moment);
  store.set(other, Uint8Array.of(3));
  reader.find(other, into, 0);
  assert(reader.moment !== moment);
});

test("looks again when something changes while it looks, and asks when that goes on", () => {
  const { store, reader, clock, into, context } = made();
  let changes = 0;
  store.set(KEY, Uint8Array.of(1), 5_000);
  const busy = new StoreReader(store.shared!, () => {
    if (changes > 0) store.set(KEY, Uint8Array.of(100 + --changes), 5_000);
    return clock.now;
  });
  context.sections!.onShared = (news) => news.kind !== "order" && busy.take(news);
  changes = 2;
  assertEquals([busy.find(KEY, into, 0), into[0]], [1, 100]);
  changes = 1_000;
  assertEquals(busy.find(KEY, into, 0), ASK);
  assertGreater(changes, 900);
  assertEquals(reader.find(KEY, into, 0), 1);
});

test("asks for everything while the store is closed", () => {
  const { store, reader, context, into } = made();
  store.set(KEY, KEY);
  context.sections!.closed = true;
  assertEquals([reader.find(KEY, into, 0), reader.find(Uint8Array.of(9), into, 0)], [ASK, ASK]);
  context.sections!.closed = false;
  assertEquals(reader.find(KEY, into, 0), 4);
});

test("asks while it has not heard of a segment or of a table", () => {
  const { store, reader, context, into } = made();
  const news: SharedNews[] = [];
  context.sections!.onShared = (piece) => news.push(piece);
  store.set(KEY, KEY);
  assertEquals(news.map(({ kind }) => kind), ["segment", "table"]);
  for (const piece of news) {
    assertEquals(reader.find(KEY, into, 0), ASK);
    if (piece.kind !== "order") reader.take(piece);
  }
  assertEquals(reader.find(KEY, into, 0), 4);
});

test("asks for what is in memory that has the number of memory which it knows", () => {
  const { store, reader, context, into } = made();
  store.set(KEY, KEY);
  context.sections!.onShared = () => {};
  for (let round = 0; round < 3; round++) {
    store.clear();
    store.set(KEY, Uint8Array.of(5));
    assertEquals(reader.find(KEY, into, 0), ASK);
  }
  assertEquals(new StoreReader(store.shared!, () => 0).find(KEY, into, 0), 1);
});

test("forgets memory when that is given away, and not what has its number since", () => {
  const { store, reader, context, into } = made();
  const news: SharedNews[] = [];
  store.set(KEY, KEY);
  context.sections!.onShared = (piece) => news.push(piece);
  store.clear();
  store.set(KEY, Uint8Array.of(5));
  const late = new StoreReader(store.shared!, () => 0);
  for (const piece of news) {
    if (piece.kind === "order") continue;
    reader.take(piece);
    if (piece.buffer === undefined) late.take(piece);
  }
  assertEquals([reader.find(KEY, into, 0), late.find(KEY, into, 0)], [1, 1]);
});

test("finds everything at every moment of growing and shrinking", () => {
  const { store, reader, into } = made();
  const keyOf = (number: number) => Uint8Array.of(number & 255, number >> 8);
  const total = 2_000;
  const check = (from: number, to: number) => {
    for (let i = 0; i < total; i++) {
      const answer = reader.find(keyOf(i), into, 0);
      if (i < from || i >= to) assertEquals(answer, MISS);
      else if (answer !== 2 || into[0] !== (i & 255) || into[1] !== i >> 8) assert(false, `${i}`);
    }
  };
  for (let i = 0; i < total; i++) {
    store.set(keyOf(i), keyOf(i));
    if (i % 37 === 0) check(0, i + 1);
  }
  for (let i = 0; i < total; i++) {
    store.delete(keyOf(i));
    if (i % 37 === 0) check(i + 1, total);
  }
});

test("answers something, and ends, whatever is in the memory", () => {
  const random = new Random(7);
  const { store, reader, context, into } = made();
  for (let i = 0; i < 300; i++) store.set(random.bytes(i % 9), random.bytes(random.below(200)));
  context.sections!.onShared = () => {};
  const { control, pieces } = store.shared!;
  const tables = pieces.filter(({ kind }) => kind === "table");
  for (let round = 0; round < 300; round++) {
    // The generations stay, so that the reader goes on to look at the rest.
    for (const { buffer } of round % 2 === 0 ? pieces : tables) {
      const words = new Int32Array(buffer!);
      for (let i = 0; i < 200; i++) words[random.below(words.length)] = random.below(2 ** 32) | 0;
    }
    if (round > 200) new Int32Array(control)[random.below(4)] = random.below(2 ** 32) | 0;
    if (round > 200) new Int32Array(control)[6 + random.below(4)] = random.below(2 ** 32) | 0;
    for (let i = 0; i < 30; i++) {
      const answer = reader.find(random.bytes(i % 9), into, 0);
      assert(answer >= ASK && answer < ROOM);
    }
  }
});

test("asks for what has moved to a segment that has the number of another one since", () => {
  const { store, reader, context, into } = made();
  const keys = Array.from({ length: 200 }, (_, i) => Uint8Array.of(i, 1));
  const write = (round: number, length: number) => {
    for (const key of keys) store.set(key, new Uint8Array(length).fill(round));
  };
  write(1, 8_000);
  write(2, 8_000); // No table is made from here on.
  const [gone, again] = [new Set<number>(), new Set<number>()];
  context.sections!.onShared = (news) => {
    assert(news.kind === "segment");
    if (news.buffer === undefined) gone.add(news.number);
    else if (gone.has(news.number)) again.add(news.number);
  };
  let asked = 0;
  for (let round = 3; round < 9; round++) {
    write(round, round % 2 === 0 ? 8_000 : 10);
    for (const key of keys) {
      const answer = reader.find(key, into, 0);
      if (answer === ASK) asked++;
      else assertEquals([answer, into[0]], [round % 2 === 0 ? 8_000 : 10, round]);
    }
  }
  assertGreater(again.size, 0);
  assertGreater(asked, 100);
});

test("copies nothing from behind the end of a segment, whatever length it reads", () => {
  const { store, reader } = made();
  store.set(KEY, new Uint8Array(8).fill(1));
  const segment = store.shared!.pieces.find(({ kind }) => kind === "segment")!;
  const words = new Int32Array(segment.buffer!);
  for (let at = 1; at < words.length; at += 4) words[at] = 0xffff;
  assertEquals(reader.find(KEY, new Uint8Array(70_000), 0), ASK);
});

/** The hashes of some keys, which were looked at together. */
function aheadOf(reader: StoreReader, keys: readonly Uint8Array[]): Int32Array {
  reader.readSeed();
  const hashes = Int32Array.from(keys, (key) => reader.hashOf(key, 0, key.length));
  reader.lookAhead(hashes, keys.length);
  return hashes;
}

test("finds by hashes that it has looked at what it finds by keys, while entries move and tables grow", () => {
  const { store, reader, context, clock, into } = made();
  const other = new StoreReader(store.shared!, () => clock.now);
  context.sections!.onShared = (news) =>
    news.kind !== "order" && [reader, other].forEach((each) => each.take(news));
  const random = new Random(21);
  const entries = new Map<number, number>();
  let empty = 0;
  const keyOf = (number: number) => Uint8Array.of(number & 255, number >> 8);
  const write = (number: number, isSet: boolean) => {
    if (isSet) {
      const length = 1 + random.below(random.of([9, 900]));
      store.set(keyOf(number), new Uint8Array(length).fill(number));
      entries.set(number, length);
    } else if (entries.delete(number)) {
      store.delete(keyOf(number));
      if (entries.size === 0) empty++;
    }
  };
  for (let round = 0; round < 4_000; round++) {
    const isGrowing = round < 2_000;
    const chosen = Array.from({ length: 1 + random.below(MAX_AHEAD) }, () => random.below(3_000));
    const hashes = aheadOf(reader, chosen.map(keyOf));
    const emptyBefore = empty;
    for (let writes = random.below(6); writes > 0; writes--) {
      const [number] = random.once(3) ? chosen : entries.keys().take(1);
      if (isGrowing) write(random.below(3_000), !random.once(9));
      else if (number !== undefined) write(number, random.once(9));
    }
    for (const [i, number] of chosen.entries()) {
      const key = keyOf(number);
      const answer = reader.findHashed(hashes[i]!, key, 0, 2, new DataView(into.buffer), 3);
      if (answer === ASK && empty > emptyBefore) continue;
      const expected = entries.get(number) ?? MISS;
      assert(answer === expected && (answer === MISS || into[3] === (number & 255)));
      assertEquals(other.find(key, into, 3), expected);
    }
  }
  assertGreater(empty, 0);
});

test("asks by hashes when the store was empty meanwhile, and does not miss what never was missing", () => {
  const { store, reader, context, into } = made();
  const other = Uint8Array.of(9);
  store.set(KEY, Uint8Array.of(1));
  store.set(other, Uint8Array.of(1));
  reader.readSeed();
  const before = reader.hashOf(KEY, 0, KEY.length);
  context.sections!.begin();
  store.clear();
  store.set(KEY, Uint8Array.of(2));
  store.set(other, Uint8Array.of(2));
  context.sections!.end();
  const after = reader.hashOf(other, 0, other.length);
  assertEquals(reader.findHashed(before, KEY, 0, KEY.length, new DataView(into.buffer), 0), ASK);
  assertEquals(reader.findHashed(after, other, 0, other.length, new DataView(into.buffer), 0), ASK);
  const [again] = aheadOf(reader, [KEY]);
  assertEquals([
    reader.findHashed(again!, KEY, 0, KEY.length, new DataView(into.buffer), 0),
    into[0],
  ], [1, 2]);
});

test("looks ahead to nothing that does harm, whatever is in the memory, and whatever of it is missing", () => {
  const random = new Random(22);
  for (let round = 0; round < 60; round++) {
    const { store, reader, context, into } = made();
    for (let i = 0, count = random.below(300); i < count; i++) {
      store.set(random.bytes(i % 9), random.bytes(i));
    }
    context.sections!.onShared = () => {};
    const { control, pieces } = store.shared!;
    for (const piece of pieces) {
      if (random.once(4)) reader.take({ ...piece, buffer: undefined });
      const words = new Int32Array(piece.buffer!);
      const most = random.of([1, 2 ** 8, 2 ** 18, 2 ** 32]);
      for (let at = 0; at < words.length; at += 1 + random.below(3)) words[at] = random.below(most);
    }
    const words = new Int32Array(control);
    for (let looks = 0; looks < 50; looks++) {
      if (round % 2 === 0) {
        words[2 + random.below(10)] = random.of([0, 1, 31, random.below(2 ** 32)]);
      }
      const hashes = Int32Array.from(
        { length: random.below(MAX_AHEAD + 1) },
        () => random.below(2 ** 32),
      );
      reader.readSeed();
      reader.lookAhead(hashes, hashes.length);
      for (const hash of hashes) {
        const answer = reader.findHashed(
          hash,
          KEY,
          0,
          random.below(5),
          new DataView(into.buffer),
          0,
        );
        assert(answer >= ASK && answer < ROOM);
      }
    }
  }
});

test("copies values of all lengths from all places to all places, with nothing before or behind them", () => {
  const { store, reader } = made();
  const random = new Random(23);
  for (let keyLength = 0; keyLength < 8; keyLength++) {
    for (let length = 0; length <= 40; length++) {
      const [key, value] = [random.bytes(keyLength), random.bytes(length)];
      store.set(key, value, random.once(2) ? 5_000 : undefined);
      for (let at = 0; at < 8; at++) {
        const all = new Uint8Array(80).fill(0xee);
        const skipped = random.below(9);
        assertEquals(reader.find(key, all.subarray(skipped, skipped + at + length), at), length);
        assertEquals(all.slice(skipped + at, skipped + at + length), value);
        assert(all.fill(0xee, skipped + at, skipped + at + length).every((byte) => byte === 0xee));
      }
    }
  }
});
