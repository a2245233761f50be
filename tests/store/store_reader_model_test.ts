import {
  ASK,
  LARGE,
  MemoryStore,
  MISS,
  type SharedPiece,
  StoreContext,
  StoreReader,
} from "../../lib/store/mod.ts";
import { Random } from "../random.ts";
import { assert, assertEquals, assertGreater } from "@std/assert";

const KEYS = 3_000;
const LENGTHS = [0, 1, 3, 4, 24, 63, 64, 65, 200, 1_023, 1_024, 4_056, 20_000, LARGE - 1, LARGE];
/** The readers have room for so much, which is not enough for all values. */
const ROOM = 32_000;

/** A store with two readers: one that learns at once, and one that learns when it occurs to it. */
class Trio {
  readonly clock = { now: 1_000 };
  readonly context = new StoreContext(() => this.clock.now, undefined, true);
  readonly store = new MemoryStore({ context: this.context });
  readonly prompt = new StoreReader(this.store.shared!, () => this.clock.now);
  readonly late = new StoreReader(this.store.shared!, () => this.clock.now);
  readonly #random: Random;
  readonly #news: SharedPiece[] = [];
  readonly #numbers = new Set<string>();
  readonly #into = new Uint8Array(ROOM);
  /** How many numbers of segments were used again, and how often the late reader did not know. */
  reused = 0;
  asked = 0;
  answered = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.context.sections!.onShared = (news) => {
      if (news.kind === "order") return;
      this.prompt.take(news);
      this.#news.push(news);
      if (news.kind !== "segment") return;
      const name = `${news.number}`;
      if (news.buffer !== undefined && this.#numbers.has(name)) this.reused++;
      this.#numbers.add(name);
    };
  }

  key(number: number): Uint8Array {
    const key = new Uint8Array(number % 7 === 0 ? 1 + number % 90 : 2);
    new DataView(key.buffer).setUint8(0, number & 255);
    if (key.length > 1) key[1] = number >> 8;
    return key;
  }

  /** Does one thing, of which a few touch many entries. */
  step(): void {
    const random = this.#random;
    const key = this.key(random.below(KEYS));
    switch (random.below(16)) {
      case 0:
        return void this.store.append(key, random.bytes(random.below(100)));
      case 1:
      case 2:
        return void this.store.delete(key);
      case 3:
        return void this.store.expire(key, this.#expiry());
      case 4:
        this.clock.now += random.below(4);
        return void this.store.sweep(random.below(4));
      case 5:
        return random.once(20) ? this.store.clear() : undefined;
      case 6:
        return random.once(4) ? this.#many(random.below(KEYS)) : undefined;
      case 7:
        return this.#learn();
      default:
        return void this.store.set(key, this.#value(), this.#expiry());
    }
  }

  /** What each reader says of a key must be what the owner says, or that it has to be asked. */
  check(number: number): void {
    const key = this.key(number);
    const late = this.late.find(key, this.#into, 0);
    const isRight = late === ASK ? undefined : [late, this.#into.subarray(0, late).toHex()];
    const prompt = this.prompt.find(key, this.#into, 0);
    const { expired } = this.store;
    const entry = this.store.peek(key);
    if (late === ASK) this.asked++;
    else this.answered++;
    if (entry === undefined) {
      assertEquals(prompt, this.store.expired > expired ? ASK : MISS);
      assert(late === MISS || late === ASK);
    } else if (entry.valueLength >= ROOM) {
      assertEquals([prompt, late], [ASK, ASK]);
    } else {
      const value = this.#into.subarray(0, entry.valueLength).toHex();
      assertEquals([prompt, value], [entry.valueLength, entry.value.toHex()]);
      if (isRight !== undefined) assertEquals(isRight, [prompt, value]);
      const { expiresAt, version } = this.prompt;
      assertEquals([expiresAt, version], [entry.expiresAt, entry.version]);
    }
  }

  checkSome(count: number): void {
    for (let i = 0; i < count; i++) this.check(this.#random.below(KEYS));
  }

  /** Adds or removes many in a row, with looks between: the table grows or shrinks meanwhile. */
  #many(from: number): void {
    const count = this.#random.below(1_000);
    const [adds, value] = [this.#random.once(2), this.#value()];
    for (let i = 0; i < count; i++) {
      const key = this.key((from + i) % KEYS);
      if (adds) this.store.set(key, value);
      else this.store.delete(key);
      if (i % 8 === 0) this.checkSome(1);
    }
  }

  #learn(): void {
    for (const piece of this.#news.splice(0)) this.late.take(piece);
  }

  #value(): Uint8Array {
    return this.#random.bytes(this.#random.of(LENGTHS));
  }

  #expiry(): number {
    return this.#random.once(5) ? this.clock.now + this.#random.below(60) : Infinity;
  }
}

Deno.test({
  name: "StoreReader says what its owner says after each of 24,000 steps, whatever it has learnt",
  permissions: "none",
  fn() {
    let [reused, asked, answered] = [0, 0, 0];
    for (let seed = 0; seed < 12; seed++) {
      const trio = new Trio(seed);
      for (let step = 0; step < 2_000; step++) {
        trio.step();
        trio.checkSome(3);
      }
      for (let number = 0; number < KEYS; number++) trio.check(number);
      reused += trio.reused;
      asked += trio.asked;
      answered += trio.answered;
    }
    assertGreater(reused, 100);
    assertGreater(asked, 1_000);
    assertGreater(answered, 10_000);
  },
});
