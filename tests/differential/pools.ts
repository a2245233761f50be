/** Arguments from small pools, so that commands meet on the same keys. */

import type { Random } from "../random.ts";

export const KEYS: readonly string[] = ["a", "b", "foo", "key:1", "key:2", "\xff\x00\r\n"];

/**
 * No integer lies between a million and 2^32: as an offset it would be in range, and let both servers
 * allocate hundreds of megabytes.
 */
const INTEGERS: readonly string[] = [
  "0",
  "1",
  "-1",
  "2",
  "7",
  "10",
  "-3",
  "100",
  "9223372036854775807",
  "9223372036854775806",
  "-9223372036854775808",
  "9223372036854775808",
  "-9223372036854775809",
  "18446744073709551616",
];

/** What is no integer, although some of it looks like one. */
const NO_INTEGERS: readonly string[] = [
  "",
  "abc",
  " 1",
  "1 ",
  "+1",
  "-0",
  "007",
  "1.0",
  "0x10",
  "1e3",
  "1\x00",
  "nan",
  "inf",
];

const FLOATS: readonly string[] = [
  "0",
  "1.5",
  "-1.5",
  "0.1",
  "0.2",
  "3.0e3",
  "5.0e-5",
  "-200",
  "10.50",
  ".5",
  "5.",
  "1e17",
  "123456789.123456789",
  "9007199254740993",
];

const NO_FLOATS: readonly string[] = ["", "abc", " 1", "1 ", "nan", "inf", "-inf", "1e5000", "1,5"];

const TEXTS: readonly string[] = ["", "x", "foobar", "hello world", "ohmytext", "mynewtext"];

const BYTES: readonly string[] = [
  "\x00",
  "\xff\xf0\x00",
  "\x00\xff\xf0",
  "\r\n",
  "\xc3\xa9",
  "\x80",
];

const PATTERNS: readonly string[] = [
  "*",
  "a",
  "?",
  "foo*",
  "*o*",
  "key:[12]",
  "key:[^1]",
  "key:[0-1]",
  "[z-a]",
  "\\a",
  "*\r\n",
  "key:*[",
  "",
];

/** Times as absolute seconds: long after any that a relative one leads to. */
const FAR: readonly number[] = [20_000_000_000, 20_000_000_001, 30_000_000_000];

/** Times that no key can be given, or that have passed. */
const NO_TIMES: readonly string[] = ["0", "-1", "-9223372036854775808", "9223372036854775807"];

/** How many relative times there are before they repeat; a prime. */
const TIMES = 9_973;

/** Where the arguments of a sequence come from. */
export class Pools {
  readonly random: Random;
  #times = 0;

  constructor(random: Random) {
    this.random = random;
  }

  once(times: number): boolean {
    return this.random.once(times);
  }

  of<T>(choices: readonly T[]): T {
    return this.random.of(choices);
  }

  /** From `least` to `most` of something. */
  some<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.random.below(most - least + 1) }, make);
  }

  key(): string {
    return this.once(40) ? "" : this.of(KEYS);
  }

  value(): string {
    if (this.once(25)) return this.long();
    const pools = [INTEGERS, INTEGERS, TEXTS, TEXTS, BYTES, FLOATS, NO_INTEGERS];
    return this.of(this.of(pools));
  }

  /** Some hundred bytes, at times some thousand. */
  long(): string {
    const size = this.random.below(this.once(4) ? 2_000 : 300);
    return this.once(2) ? "abc".repeat(size / 3) : this.random.text(size);
  }

  integer(): string {
    return this.of(this.once(8) ? NO_INTEGERS : INTEGERS);
  }

  float(): string {
    if (this.once(8)) return this.of(NO_FLOATS);
    return this.of(this.once(4) ? INTEGERS : FLOATS);
  }

  /** A place in a value, which may be out of it, or no place. */
  index(): string {
    if (this.once(12)) return this.integer();
    return String(this.random.below(24) - 12);
  }

  /** Where to write bytes; too far is as far as only an error can be. */
  offset(): string {
    if (this.once(10)) return this.of(["-1", "536870912", "4294967296", "abc", ""]);
    return String(this.random.below(this.once(10) ? 600 : 12));
  }

  /** Where to write bits. */
  bit(): string {
    if (this.once(10)) return this.of(["-1", "4294967296", "9223372036854775807", "abc", ""]);
    return String(this.random.below(this.once(10) ? 2_000 : 40));
  }

  pattern(): string {
    return this.of(PATTERNS);
  }

  database(): string {
    return this.once(10) ? this.of(["15", "16", "-1", "abc", ""]) : this.of(["0", "1", "2"]);
  }

  /** Seconds from now. None comes twice: which of two is later must not depend on the clock. */
  seconds(): string {
    if (this.once(10)) return this.of(this.once(3) ? NO_INTEGERS : NO_TIMES);
    return String(this.#relative());
  }

  milliseconds(): string {
    if (this.once(10)) return this.of(this.once(3) ? NO_INTEGERS : NO_TIMES);
    return String(this.#relative() * 1_000);
  }

  /** A time in seconds since 1970. */
  time(): string {
    return this.once(10) ? this.of(this.once(3) ? NO_INTEGERS : NO_TIMES) : String(this.of(FAR));
  }

  timeInMilliseconds(): string {
    if (this.once(10)) return this.of(this.once(3) ? NO_INTEGERS : NO_TIMES);
    return String(this.of(FAR) * 1_000 + this.random.below(2));
  }

  /** An option that sets when a key ends. */
  expiry(): string[] {
    switch (this.random.below(this.once(6) ? 5 : 4)) {
      case 0:
        return ["EX", this.seconds()];
      case 1:
        return ["PX", this.milliseconds()];
      case 2:
        return ["EXAT", this.time()];
      case 3:
        return ["PXAT", this.timeInMilliseconds()];
      default:
        return [this.of(["EX", "PX", "EXAT", "PXAT"])];
    }
  }

  /** Some of the options, each in any case, in any order. */
  options(...choices: readonly (() => string[])[]): string[] {
    const chosen = choices.filter(() => this.once(4)).map((make) => make());
    if (this.once(30)) chosen.push([this.of(["NOPE", "", "1", ...KEYS])]);
    const order = chosen.map((words) => ({ words, place: this.random.below(1_000) }));
    return order.sort((a, b) => a.place - b.place).flatMap(({ words: [name = "", ...rest] }) => [
      this.anyCase(name),
      ...rest,
    ]);
  }

  /** Options without arguments. */
  flags(...names: readonly string[]): string[] {
    return this.options(...names.map((name) => () => [name]));
  }

  anyCase(word: string): string {
    if (!this.once(3)) return word;
    return Array.from(word, (c) => this.once(2) ? c.toLowerCase() : c.toUpperCase()).join("");
  }

  #relative(): number {
    this.#times = (this.#times + 3_571) % TIMES;
    return 100_000 + this.#times * 100;
  }
}
