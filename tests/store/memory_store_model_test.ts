import { MemoryStore } from "../../lib/store/mod.ts";
import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import fc from "fast-check";

/** One step of a test: what is done to the store and to the model. */
type Step =
  | { readonly do: "set"; readonly key: number; readonly value: string; readonly ttl: number }
  | { readonly do: "append"; readonly key: number; readonly value: string }
  | { readonly do: "get" | "delete"; readonly key: number }
  | { readonly do: "expire"; readonly key: number; readonly ttl: number }
  | { readonly do: "sweep"; readonly budget: number }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "scan"; readonly prefix: string };

/** What the model knows of an entry; the value is in hex. */
interface Known {
  value: string;
  expiresAt: number;
}

/** Keys in hex: few enough that steps meet, with prefixes of one another, and long ones of any kind. */
const KEYS = [
  ...["", "00", "0000", "00ff", "ff", "61", "6162", "616263", "62", "c328", "0d0a", "7f"],
  ...[40, 1_000, 32_767, 32_768, 65_535].map((length) => "61".repeat(length)),
];

/** Lengths about which a value is kept in another way: at the ends of size classes, inside or outside. */
const BORDERS = [8, 24, 984, 1_023, 1_024, 1_025, 4_056, 16_000, 32_767, 32_768, 40_000, 65_536];

const key = fc.oneof(
  { weight: 12, arbitrary: fc.nat(11) },
  { weight: 1, arbitrary: fc.nat(KEYS.length - 1) },
);
const short = fc.uint8Array({ maxLength: 24 }).map((bytes) => bytes.toHex());
const long = fc.record({
  border: fc.constantFrom(...BORDERS),
  beside: fc.integer({ min: -3, max: 3 }),
  byte: fc.uint8Array({ minLength: 1, maxLength: 1 }),
}).map(({ border, beside, byte }) => byte.toHex().repeat(border + beside));
const value = fc.oneof({ weight: 12, arbitrary: short }, { weight: 1, arbitrary: long });
/** In milliseconds; 0 for no expiry. */
const ttl = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("set" as const), key, value, ttl }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("get" as const), key }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("append" as const), key, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("expire" as const), key, ttl }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sweep" as const), budget: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("advance" as const), ms: fc.nat(8) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("scan" as const),
      prefix: fc.constantFrom("", "00", "61", "6162"),
    }),
  },
);

/** The store, a plain map that ought to say the same, and the clock of both. */
class Pair {
  #now = 1_000;
  readonly #store = new MemoryStore({ now: () => this.#now });
  readonly #model = new Map<string, Known>();
  /** The highest version so far. */
  #version = 0;
  /** Values that the store handed out, and what they were then. */
  readonly #handedOut: (readonly [Uint8Array, string])[] = [];

  take(step: Step): void {
    switch (step.do) {
      case "set":
        return this.#set(KEYS[step.key]!, step.value, this.#at(step.ttl));
      case "append":
        return this.#append(KEYS[step.key]!, step.value);
      case "get":
        return this.#check(KEYS[step.key]!);
      case "delete":
        return this.#delete(KEYS[step.key]!);
      case "expire":
        return this.#expire(KEYS[step.key]!, this.#at(step.ttl));
      case "sweep":
        return this.#sweep(step.budget);
      case "advance":
        return this.#advance(step.ms);
      case "scan":
        return this.#scan(step.prefix);
    }
  }

  /** What must hold at the end: all that expired is gone once it was looked for, and nothing else. */
  finish(): void {
    for (const key of KEYS) this.#check(key);
    while (this.#store.sweep(100) > 0);
    const model = [...this.#model];
    assertEquals(this.#store.size, model.length);
    const bytes = model.reduce((sum, [key, { value }]) => sum + key.length + value.length, 0) / 2;
    assertEquals(this.#store.bytes, bytes);
    const expiring = model.filter(([, { expiresAt }]) => expiresAt !== Infinity);
    assertEquals(this.#store.expiringSize, expiring.length);
    for (const [value, was] of this.#handedOut) assertEquals(value.toHex(), was);
  }

  #at(ttl: number): number {
    return ttl === 0 ? Infinity : this.#now + ttl;
  }

  #set(key: string, value: string, expiresAt: number): void {
    this.#newVersion(
      this.#store.set(Uint8Array.fromHex(key), Uint8Array.fromHex(value), expiresAt),
    );
    this.#model.set(key, { value, expiresAt });
    this.#check(key);
  }

  #append(key: string, tail: string): void {
    const { value, expiresAt } = this.#model.get(key) ?? { value: "", expiresAt: Infinity };
    this.#model.set(key, { value: value + tail, expiresAt });
    assertEquals(
      this.#store.append(Uint8Array.fromHex(key), Uint8Array.fromHex(tail)),
      (value.length + tail.length) / 2,
    );
    this.#newVersion(this.#store.get(Uint8Array.fromHex(key))!.version);
    this.#check(key);
  }

  #delete(key: string): void {
    assertEquals(this.#store.delete(Uint8Array.fromHex(key)), this.#model.delete(key));
    this.#check(key);
  }

  #expire(key: string, expiresAt: number): void {
    const known = this.#model.get(key);
    assertEquals(this.#store.expire(Uint8Array.fromHex(key), expiresAt), known !== undefined);
    if (known === undefined) return;
    known.expiresAt = expiresAt;
    this.#newVersion(this.#store.get(Uint8Array.fromHex(key))!.version);
  }

  #sweep(budget: number): void {
    const before = this.#store.size;
    const removed = this.#store.sweep(budget);
    assert(removed <= budget);
    assertEquals(this.#store.size, before - removed);
    assertGreaterOrEqual(this.#store.size, this.#model.size);
  }

  #advance(ms: number): void {
    this.#now += ms;
    for (const [key, { expiresAt }] of this.#model) {
      if (expiresAt <= this.#now) this.#model.delete(key);
    }
  }

  #scan(prefix: string): void {
    const keys: Uint8Array[] = [];
    let cursor = 0;
    do {
      const page = this.#store.scan(Uint8Array.fromHex(prefix), cursor);
      keys.push(...page.keys);
      cursor = page.cursor;
    } while (cursor !== 0);
    const expected = [...this.#model.keys()].filter((key) => key.startsWith(prefix));
    assertEquals(keys.map((key) => key.toHex()).sort(), expected.sort());
  }

  #check(key: string): void {
    const entry = this.#store.get(Uint8Array.fromHex(key));
    const known = this.#model.get(key);
    assertEquals(entry?.value.toHex(), known?.value);
    assertEquals(entry?.expiresAt, known?.expiresAt);
    if (entry !== undefined) this.#handedOut.push([entry.value, known!.value]);
  }

  #newVersion(version: number): void {
    assertGreater(version, this.#version);
    this.#version = version;
  }
}

Deno.test({
  name: "MemoryStore says what a plain map says, over 20,000 steps and with time going on",
  permissions: "none",
  fn() {
    let steps = 0;
    const sequence = fc.array(step, { minLength: 200, maxLength: 400, size: "max" });
    fc.assert(
      fc.property(sequence, (sequence) => {
        const pair = new Pair();
        for (const step of sequence) pair.take(step);
        pair.finish();
        steps += sequence.length;
      }),
      { seed: 0xcafe, numRuns: 110 },
    );
    assertGreaterOrEqual(steps, 20_000);
  },
});
