import { assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import fc from "fast-check";
import { COUNT, type Opened, openOn, START, turns } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";

/** One step of a test: what is done to the databases, to the journal, and to the model. */
type Step =
  | { readonly do: "set"; readonly at: Place; readonly value: string; readonly ttl: number }
  | { readonly do: "append"; readonly at: Place; readonly value: string }
  | { readonly do: "get" | "delete"; readonly at: Place }
  | { readonly do: "expire"; readonly at: Place; readonly ttl: number }
  | { readonly do: "swap"; readonly pair: readonly [number, number] }
  | { readonly do: "clear" | "scan"; readonly database: number }
  | { readonly do: "sweep"; readonly budget: number }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "settle"; readonly durable: boolean }
  | { readonly do: "flush" | "tick" | "compact" | "close" | "kill" | "read all" };

/** The number of a database, and a key. */
type Place = readonly [number, string];

/** What the model knows of an entry; the value is in hex. */
interface Known {
  value: string;
  expiresAt: number;
  version: number;
}

const database = fc.nat(COUNT - 1);
const KEYS = ["", "00", "6b", "6b00", "6b31", "6b3132", "ff", "61".repeat(40), "62".repeat(65_535)];
const key = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...KEYS.slice(0, -1)) },
  { weight: 1, arbitrary: fc.constantFrom(...KEYS) },
);
const at = fc.tuple(database, key);
const short = fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.toHex());
const value = fc.oneof(
  { weight: 80, arbitrary: short },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 32_768, 65_536).map((size) => "fe".repeat(size)) },
);
/** In milliseconds; 0 for no expiry. */
const ttl = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 }));

function step<K extends Step["do"]>(
  weight: number,
  name: K,
  fields: { readonly [F in keyof Omit<Extract<Step, { do: K }>, "do">]: fc.Arbitrary<unknown> },
): fc.WeightedArbitrary<Step> {
  const arbitrary = fc.record({ do: fc.constant(name), ...fields }) as fc.Arbitrary<unknown>;
  return { weight, arbitrary: arbitrary as fc.Arbitrary<Step> };
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  step(30, "set", { at, value, ttl }),
  step(30, "append", { at, value }),
  step(20, "get", { at }),
  step(10, "delete", { at }),
  step(12, "expire", { at, ttl }),
  step(3, "swap", { pair: fc.tuple(database, database) }),
  step(1, "clear", { database }),
  step(4, "scan", { database }),
  step(4, "sweep", { budget: fc.nat(4) }),
  step(14, "advance", { ms: fc.nat(12) }),
  step(10, "settle", { durable: fc.boolean() }),
  step(1, "flush", {}),
  step(2, "tick", {}),
  step(2, "compact", {}),
  step(1, "close", {}),
  step(1, "kill", {}),
  step(1, "read all", {}),
);

/** Databases with a journal, maps that ought to say the same, and the clock of both. */
class Pair {
  readonly #clock = { now: START };
  #disk = new MemoryDisk();
  #opened!: Opened;
  readonly #model = Array.from({ length: COUNT }, () => new Map<string, Known>());
  /** The highest version so far. */
  #version = 0;

  /** Opens the journal, at first and again: then all must be as it was. */
  async open(): Promise<void> {
    this.#opened = await openOn(this.#disk, { clock: this.#clock, pause: () => turns(2) });
    // A process may have been killed when it had made a journal, and had not written to it.
    assertEquals(this.#opened.log.filter((line) => !line.includes("it is empty")), []);
    this.#checkAll();
    assertEquals(this.#opened.databases.version, this.#version);
  }

  /** Ends the process, killed or not. */
  async end(isKilled: boolean): Promise<void> {
    const { journal } = this.#opened;
    if (isKilled) {
      assertEquals(await journal.settle(false), undefined);
      this.#disk = this.#disk.killed();
    } else {
      await journal.close();
      assertEquals(this.#disk.open, 0);
    }
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case "settle":
        return assertEquals(await this.#opened.journal.settle(step.durable), undefined);
      case "tick":
        return await this.#opened.journal.tick();
      case "compact":
        return void this.#opened.journal.compact();
      case "kill":
      case "close":
        await this.end(step.do === "kill");
        return await this.open();
      default:
        this.#change(step);
        this.#opened.journal.endGroup();
    }
  }

  #change(step: Step): void {
    const { databases } = this.#opened;
    switch (step.do) {
      case "set":
        return this.#set(step.at, step.value, this.#at(step.ttl));
      case "append":
        return this.#append(step.at, step.value);
      case "get":
        return this.#check(step.at);
      case "delete":
        return this.#delete(step.at);
      case "expire":
        return this.#expire(step.at, this.#at(step.ttl));
      case "swap":
        return this.#swap(...step.pair);
      case "scan":
        return this.#scan(step.database);
      case "sweep":
        return void databases.sweep(step.budget);
      case "advance":
        return this.#advance(step.ms);
      case "clear":
        return this.#clear(step.database);
      case "flush":
        return this.#model.forEach((_, database) => this.#clear(database));
      case "read all":
        return this.#checkAll();
    }
  }

  #at(ttl: number): number {
    return ttl === 0 ? Infinity : this.#clock.now + ttl;
  }

  #set(at: Place, value: string, expiresAt: number): void {
    const [store, key] = this.#store(at);
    const version = this.#newVersion(store.set(key, Uint8Array.fromHex(value), expiresAt));
    this.#model[at[0]]!.set(at[1], { value, expiresAt, version });
  }

  #append(at: Place, tail: string): void {
    const [store, key] = this.#store(at);
    const known = this.#model[at[0]]!.get(at[1]);
    const value = (known?.value ?? "") + tail;
    assertEquals(store.append(key, Uint8Array.fromHex(tail)), value.length / 2);
    const version = this.#newVersion(store.versionOf(key));
    this.#model[at[0]]!.set(at[1], { value, expiresAt: known?.expiresAt ?? Infinity, version });
  }

  #delete(at: Place): void {
    const [store, key] = this.#store(at);
    const isThere = this.#model[at[0]]!.delete(at[1]);
    assertEquals(store.delete(key), isThere);
    if (isThere) this.#newVersion(this.#opened.databases.version);
  }

  #expire(at: Place, expiresAt: number): void {
    const [store, key] = this.#store(at);
    const known = this.#model[at[0]]!.get(at[1]);
    assertEquals(store.expire(key, expiresAt), known !== undefined);
    if (known === undefined) return;
    known.expiresAt = expiresAt;
    known.version = this.#newVersion(this.#opened.databases.version);
  }

  #swap(first: number, second: number): void {
    this.#opened.databases.swap(first, second);
    const model = this.#model;
    [model[first], model[second]] = [model[second]!, model[first]!];
  }

  /** A store that has only what has expired may take a version, or none. */
  #clear(database: number): void {
    this.#opened.databases.at(database).clear();
    this.#model[database]!.clear();
    this.#version = Math.max(this.#version, this.#opened.databases.version);
  }

  #scan(database: number): void {
    const store = this.#opened.databases.at(database);
    const keys: string[] = [];
    let cursor = 0;
    do {
      const page = store.scan(new Uint8Array(), cursor);
      keys.push(...page.keys.map((key) => key.toHex()));
      cursor = page.cursor;
    } while (cursor !== 0);
    assertEquals(keys.sort(), [...this.#model[database]!.keys()].sort());
  }

  #advance(ms: number): void {
    this.#clock.now += ms;
    for (const entries of this.#model) {
      for (const [key, { expiresAt }] of entries) {
        if (expiresAt <= this.#clock.now) entries.delete(key);
      }
    }
  }

  #check(at: Place): void {
    const [store, key] = this.#store(at);
    const entry = store.get(key);
    const known = this.#model[at[0]]!.get(at[1]);
    const found = entry && [entry.value.toHex(), entry.expiresAt, entry.version];
    assertEquals(found, known && [known.value, known.expiresAt, known.version]);
  }

  #checkAll(): void {
    for (let database = 0; database < COUNT; database++) {
      for (const key of KEYS) this.#check([database, key]);
      this.#scan(database);
    }
  }

  #store([database, key]: Place) {
    return [this.#opened.databases.at(database), Uint8Array.fromHex(key)] as const;
  }

  #newVersion(version: number): number {
    assertGreater(version, this.#version);
    return this.#version = version;
  }
}

Deno.test({
  name:
    "Databases with a journal say what plain maps say, over 100,000 steps, 1,000 of which end the " +
    "process and begin the next one",
  permissions: "none",
  async fn() {
    let [count, ends] = [0, 0];
    const sequences = fc.array(steps, { minLength: 500, maxLength: 1_000, size: "max" });
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        const pair = new Pair();
        await pair.open();
        for (const step of sequence) await pair.take(step);
        await pair.end(false);
        count += sequence.length;
        ends += sequence.filter((step) => step.do === "kill" || step.do === "close").length;
      }),
      { seed: 0xcafe, numRuns: 140 },
    );
    assertGreaterOrEqual(count, 100_000);
    assertGreaterOrEqual(ends, 1_000);
  },
});
