import {
  Databases,
  DatabasesReader,
  LARGE,
  MAX_AHEAD,
  type SharedNews,
} from "../../../lib/store/mod.ts";
import {
  Answered,
  ANSWERED_BYTES,
  AnsweredReader,
  type Answers,
} from "../../../lib/server/workers/answered.ts";
import { Answerer, type Reply, STOP } from "../../../lib/server/plain/answerer.ts";
import { DIALECTS, permitFor } from "../../../lib/server/plain/permit.ts";
import { assert, assertEquals, assertGreater } from "@std/assert";
import { concat } from "@std/bytes";
import { textOf, utf8 } from "../../codec/helpers.ts";
import { Random } from "../../random.ts";
import { frame, GET, parseReplies } from "../frames.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `an answerer ${name}`, permissions: "none", fn });
}

const RESP = permitFor(DIALECTS.RESP2, 0);
const CAFE = permitFor(DIALECTS.CAFE, 0);

/** Databases, an answerer that is told of their memory when the test says so, and what was answered. */
class Ends {
  readonly clock = { now: Date.now() };
  readonly databases = new Databases({ shared: true, now: () => this.clock.now });
  readonly news: SharedNews[] = [];
  readonly keys: string[] = [];
  readonly answerer: Answerer;
  readonly #reader: DatabasesReader;
  readonly #figures: AnsweredReader;

  constructor(random?: () => number) {
    const figures = new SharedArrayBuffer(ANSWERED_BYTES);
    this.#figures = new AnsweredReader(figures, 0);
    this.#reader = new DatabasesReader(this.databases.shared!);
    this.answerer = new Answerer({
      finderOf: (database) => this.#reader.at(database),
      maxKeySize: 65_535,
      tally: new Answered(figures, 0),
      onKey: (key, database) => this.keys.push(`${textOf(key)} of ${database}`),
      ...random && { random },
    });
    this.databases.sections!.onShared = (news) => this.news.push(structuredClone(news));
  }

  set(key: string, value: string | Uint8Array, database = 0, expiresAt?: number): void {
    const bytes = typeof value === "string" ? utf8(value) : value;
    this.databases.at(database).set(utf8(key), bytes, expiresAt);
    this.tell();
  }

  tell(): void {
    for (const news of this.news.splice(0)) this.#reader.take(news);
  }

  /** The answers to a stream, where and why they stop; the room is given back. */
  answer(bytes: Uint8Array, permit: number): [answers: Uint8Array, end: number, stop: number] {
    const reply = this.answerer.answer(bytes, 0, bytes.length, permit);
    const { end, stop } = this.answerer;
    if (reply === undefined) return [new Uint8Array(), end, stop];
    this.answerer.giveBack(reply);
    return [reply.bytes.slice(0, reply.size), end, stop];
  }

  /** The same of text. */
  say(text: string, permit = RESP): [answers: string, end: number, stop: number] {
    const [answers, end, stop] = this.answer(utf8(text), permit);
    return [textOf(answers), end, stop];
  }

  /** What was counted since. */
  counted(): { answers: Answers[]; bytes: number[]; times: number } {
    const told = { answers: [] as Answers[], bytes: [] as number[], times: 0 };
    const sink = {
      onAnswers: (answers: Answers) => told.answers.push(answers),
      onAnsweredBytes: (
        { writes, bytesIn, bytesOut }: Record<"writes" | "bytesIn" | "bytesOut", number>,
      ) => told.bytes.push(writes, bytesIn, bytesOut),
      onAnswerTimes: ({ buckets }: { readonly buckets: Float64Array }) =>
        told.times += buckets.reduce((sum, count) => sum + count, 0),
      onKey() {},
    };
    this.#figures.tell(sink);
    this.#figures.tellTimes(sink);
    return told;
  }
}

/** Plain GETs of RESP. */
function gets(...keys: readonly string[]): string {
  return keys.map((key) => `*2\r\n$3\r\nGET\r\n$${key.length}\r\n${key}\r\n`).join("");
}

function bulk(value: string): string {
  return `$${value.length}\r\n${value}\r\n`;
}

test("answers hits and misses in each version of RESP, of the database that it is permitted", () => {
  const ends = new Ends();
  ends.set("a", "zero");
  ends.set("a", "three", 3);
  ends.set("b", "", 3);
  const text = gets("a", "b", "c");
  for (const [dialect, none] of [[DIALECTS.RESP2, "$-1\r\n"], [DIALECTS.RESP3, "_\r\n"]] as const) {
    const first = bulk("zero") + none + none;
    assertEquals(ends.say(text, permitFor(dialect, 0)), [first, text.length, STOP.END]);
    const third = bulk("three") + bulk("") + none;
    assertEquals(ends.say(text, permitFor(dialect, 3)), [third, text.length, STOP.END]);
  }
});

test("answers hits and misses of CAFE, with their ids", () => {
  const ends = new Ends();
  ends.set("a", "zero");
  ends.set("a", "three", 3);
  const bytes = concat([
    frame({ opcode: GET, key: "a", id: 7 }),
    frame({ opcode: GET, key: "a" }),
    frame({ opcode: GET, key: "b", id: 0xffffffff }),
  ]);
  for (const [database, value] of [[0, "zero"], [3, "three"]] as const) {
    const [answers, end, stop] = ends.answer(bytes, permitFor(DIALECTS.CAFE, database));
    assertEquals([end, stop], [bytes.length, STOP.END]);
    const replies = parseReplies(answers).map((
      reply,
    ) => [reply.type, reply.id, textOf(reply.value)]);
    assertEquals(replies, [["OK", 7, value], ["OK", undefined, value], ["MISS", 0xffffffff, ""]]);
  }
});

test("counts what it has answered, by protocol, and what it has read and written for it", () => {
  const ends = new Ends();
  ends.set("a", "value");
  const text = gets("a", "b", "a");
  ends.say(text);
  ends.say("PING\r\n");
  ends.answer(frame({ opcode: GET, key: "b" }), CAFE);
  assertEquals(ends.counted(), {
    answers: [{ protocol: "resp", hits: 2, misses: 1 }, { protocol: "cafe", hits: 0, misses: 1 }],
    bytes: [2, text.length + 13, 11 + 5 + 11 + 12],
    times: 4,
  });
});

test("stops at what is cut, and at what is another request, behind the answers before", () => {
  const ends = new Ends();
  ends.set("a", "value");
  const whole = gets("a", "a");
  const next = gets("longer");
  for (let size = 1; size < next.length; size++) {
    const cut = whole + next.slice(0, size);
    assertEquals(ends.say(cut), [bulk("value").repeat(2), whole.length, STOP.CUT]);
    assertEquals(ends.say(next.slice(0, size)), ["", 0, STOP.CUT]);
  }
  for (
    const other of [
      "PING\r\n",
      "*1\r\n$4\r\nPING\r\n",
      gets("a").replace("GET", "DEL"),
      "\r\n",
      "x",
    ]
  ) {
    assertEquals(ends.say(whole + other + whole), [
      bulk("value").repeat(2),
      whole.length,
      STOP.ASK,
    ]);
    assertEquals(ends.say(other), ["", 0, STOP.ASK]);
  }
});

test("looks at its part of the bytes only, and leaves them as they are", () => {
  const ends = new Ends();
  ends.set("a", "value");
  const text = gets("x", "a", "a", "x");
  const bytes = utf8(text);
  const size = gets("a").length;
  const reply = ends.answerer.answer(bytes, size, 3 * size, RESP)!;
  assertEquals([ends.answerer.end, ends.answerer.stop], [3 * size, STOP.END]);
  assertEquals(textOf(reply.bytes.subarray(0, reply.size)), bulk("value").repeat(2));
  assertEquals(textOf(bytes), text);
});

test("leaves values and keys that are too long to the owner", () => {
  const ends = new Ends();
  const largest = "v".repeat(LARGE - 1);
  ends.set("largest", largest);
  ends.set("large", new Uint8Array(LARGE));
  ends.set("k".repeat(999), "long");
  const known = gets("largest", "k".repeat(999));
  const answers = bulk(largest) + bulk("long");
  assertEquals(ends.say(known + gets("large")), [answers, known.length, STOP.ASK]);
  assertEquals(ends.say(known + gets("k".repeat(1_000))), [answers, known.length, STOP.ASK]);
});

test("leaves what has expired to the owner, and in CAFE what will", () => {
  const ends = new Ends();
  const now = Date.now();
  ends.set("stays", "1");
  ends.set("ends", "2", 0, now + 1e9);
  ends.set("ended", "3", 0, now + 1e9);
  const known = gets("stays", "ends");
  assertEquals(ends.say(known), [bulk("1") + bulk("2"), known.length, STOP.END]);
  const bytes = concat(["stays", "ends", "stays"].map((key) => frame({ opcode: GET, key })));
  const [answers, end, stop] = ends.answer(bytes, CAFE);
  assertEquals(parseReplies(answers).map(({ value }) => textOf(value)), ["1"]);
  assertEquals([end, stop], [17, STOP.ASK]);
  // The answerer goes by the clock of the machine.
  ends.clock.now = now - 2_000;
  ends.set("ended", "3", 0, now - 1_000);
  assertEquals(ends.say(known + gets("ended")), [bulk("1") + bulk("2"), known.length, STOP.ASK]);
});

test("leaves all to the owner while the databases are closed, and inside a change", () => {
  const ends = new Ends();
  ends.set("a", "old");
  const text = gets("a", "b");
  const sections = ends.databases.sections!;
  sections.closed = true;
  assertEquals(ends.say(text), ["", 0, STOP.ASK]);
  sections.closed = false;
  assertEquals(ends.say(text)[2], STOP.END);
  sections.begin();
  ends.set("a", "new");
  assertEquals(ends.say(text), ["", 0, STOP.ASK]);
  ends.set("b", "new");
  assertEquals(ends.say(text), ["", 0, STOP.ASK]);
  sections.end();
  assertEquals(ends.say(text), [bulk("new") + bulk("new"), text.length, STOP.END]);
});

test("leaves to the owner what stands in memory that it was not told of, and databases that were swapped", () => {
  const ends = new Ends();
  const text = gets("a");
  ends.databases.at(0).set(utf8("a"), utf8("first"));
  assertEquals(ends.say(text), ["", 0, STOP.ASK]);
  ends.tell();
  assertEquals(ends.say(text), [bulk("first"), text.length, STOP.END]);
  ends.databases.swap(0, 3);
  assertEquals(ends.say(text), ["", 0, STOP.ASK]);
  assertEquals(ends.say(text, permitFor(DIALECTS.RESP2, 3)), ["", 0, STOP.ASK]);
  ends.tell();
  assertEquals(ends.say(text)[0], "$-1\r\n");
  assertEquals(ends.say(text, permitFor(DIALECTS.RESP2, 3))[0], bulk("first"));
  ends.databases.at(3).clear();
  ends.databases.at(3).set(utf8("a"), utf8("second"));
  assertEquals(ends.say(text, permitFor(DIALECTS.RESP2, 3)), ["", 0, STOP.ASK]);
  ends.tell();
  assertEquals(ends.say(text, permitFor(DIALECTS.RESP2, 3))[0], bulk("second"));
});

test("answers as many as there are, each once and in order, however many it looks at together", () => {
  const ends = new Ends();
  for (let i = 0; i < 200; i += 2) ends.set(`key ${i}`, `value ${i}`);
  for (const count of [1, 2, MAX_AHEAD - 1, MAX_AHEAD, MAX_AHEAD + 1, 2 * MAX_AHEAD, 999]) {
    const text = gets(...Array.from({ length: count }, (_, i) => `key ${i % 200}`));
    const one = (i: number) => i % 2 === 0 ? bulk(`value ${i % 200}`) : "$-1\r\n";
    const expected = Array.from({ length: count }, (_, i) => one(i)).join("");
    assertEquals(ends.say(text), [expected, text.length, STOP.END]);
    assertEquals(ends.say(`${text}PING\r\n${text}`), [expected, text.length, STOP.ASK]);
  }
});

test("stops when the answers are full, and goes on behind them without loss or repetition", () => {
  for (const permit of [RESP, permitFor(DIALECTS.RESP3, 0), CAFE]) {
    const ends = new Ends();
    const random = new Random(31);
    const values = Array.from(
      { length: 50 },
      () => "v".repeat(random.below(random.of([9, 2_000, LARGE]))),
    );
    for (const [i, value] of values.entries()) if (i % 5 > 0) ends.set(`${i}`, value);
    const asked = Array.from({ length: 400 }, () => random.below(50));
    const isCafe = permit === CAFE;
    const bytes = isCafe
      ? concat(asked.map((i, id) => frame({ opcode: GET, key: `${i}`, id })))
      : utf8(gets(...asked.map(String)));
    const answers: Uint8Array[] = [];
    let full = 0;
    for (let at = 0; at < bytes.length;) {
      const reply = ends.answerer.answer(bytes, at, bytes.length, permit)!;
      const { end, stop } = ends.answerer;
      assert(end > at && reply.size < 65_536 + LARGE + 64);
      assertEquals(stop, end === bytes.length ? STOP.END : STOP.FULL);
      if (stop === STOP.FULL) assertGreater(reply.size, 65_535);
      answers.push(reply.bytes.slice(0, reply.size));
      ends.answerer.giveBack(reply);
      at = end;
      full++;
    }
    assertGreater(full, 10);
    if (isCafe) {
      const replies = parseReplies(concat(answers));
      assertEquals(replies.map(({ id }) => id), asked.map((_, id) => id));
      const expected = asked.map((i) => i % 5 > 0 ? values[i] : "");
      assertEquals(replies.map(({ value }) => textOf(value)), expected);
    } else {
      const none = permit === RESP ? "$-1\r\n" : "_\r\n";
      const expected = asked.map((i) => i % 5 > 0 ? bulk(values[i]!) : none);
      assert(textOf(concat(answers)) === expected.join(""));
    }
    const { answers: [counted] } = ends.counted();
    assertEquals(counted!.hits + counted!.misses, asked.length);
  }
});

test("tells of one key in about 256, hit or missed, with its database", () => {
  const random = new Random(32);
  const ends = new Ends(() => random.below(1_000_000) / 1_000_000);
  ends.set("hit", "value", 5);
  const text = gets(...Array.from({ length: 128 }, (_, i) => i % 4 === 0 ? "hit" : "miss"));
  for (let round = 0; round < 800; round++) ends.say(text, permitFor(DIALECTS.RESP3, 5));
  const hits = ends.keys.filter((key) => key === "hit of 5").length;
  const misses = ends.keys.filter((key) => key === "miss of 5").length;
  assertEquals(hits + misses, ends.keys.length);
  assert(ends.keys.length > 350 && ends.keys.length < 450, `${ends.keys.length} of 400`);
  assert(hits > 60 && hits < 140, `${hits} of 100`);
});

test("tells of the key that its turn falls on, from the next one to the one behind 511", () => {
  for (const [random, turn] of [[0, 1], [0.5, 256], [0.999, 511]] as const) {
    const ends = new Ends(() => random);
    const asked = Array.from({ length: 1_100 }, (_, i) => `${i + 1}`);
    ends.say(gets(...asked.slice(0, 600)));
    ends.say(gets(...asked.slice(600)));
    const turns = asked.filter((_, i) => (i + 1) % turn === 0).map((key) => `${key} of 0`);
    assertEquals(ends.keys, turns);
  }
});

test("does not write to answers that are under way, and uses their rooms again behind them", () => {
  const ends = new Ends();
  const random = new Random(33);
  for (let i = 0; i < 30; i++) ends.set(`${i}`, `${i % 10}`.repeat(i * 100));
  const underWay: { readonly reply: Reply; readonly copy: Uint8Array }[] = [];
  const rooms = new Set<ArrayBufferLike>();
  for (let round = 0; round < 2_000; round++) {
    const bytes = utf8(
      gets(...Array.from({ length: 1 + random.below(20) }, () => `${random.below(30)}`)),
    );
    const reply = ends.answerer.answer(bytes, 0, bytes.length, RESP)!;
    assert(underWay.every((other) => other.reply.bytes.buffer !== reply.bytes.buffer));
    rooms.add(reply.bytes.buffer);
    underWay.push({ reply, copy: reply.bytes.slice(0, reply.size) });
    while (underWay.length > 20 || underWay.length > 0 && random.once(2)) {
      const [{ reply, copy }] = underWay.splice(random.below(underWay.length), 1) as [
        typeof underWay[0],
      ];
      assertEquals(reply.bytes.subarray(0, reply.size), copy);
      ends.answerer.giveBack(reply);
    }
  }
  assert(rooms.size < 45, `${rooms.size} rooms`);
});

test("has small rooms for small answers, and leaves others to the owner when 64 large ones are under way", () => {
  const ends = new Ends();
  ends.set("small", "v".repeat(1_013));
  ends.set("large", "v".repeat(1_016));
  const [small, large] = [utf8(gets("small")), utf8(gets("large"))];
  const answer = (bytes: Uint8Array) => ends.answerer.answer(bytes, 0, bytes.length, RESP);
  const first = answer(small)!;
  assertEquals([first.size, first.bytes.length], [1_022, 1_024]);
  const replies = Array.from({ length: 64 }, () => answer(large)!);
  assert(replies.every(({ size, bytes }) => size === 1_025 && bytes.length > 65_536));
  assertEquals(new Set(replies.map(({ bytes }) => bytes.buffer)).size, 64);
  assertEquals(answer(large), undefined);
  assertEquals([ends.answerer.end, ends.answerer.stop], [0, STOP.ASK]);
  const mixed = answer(concat([small, large, small]))!;
  assertEquals([mixed.size, ends.answerer.end, ends.answerer.stop], [
    1_022,
    small.length,
    STOP.ASK,
  ]);
  ends.answerer.giveBack(mixed);
  ends.answerer.giveBack(first);
  ends.answerer.giveBack(replies.pop()!);
  assertEquals(answer(small)!.bytes.buffer, first.bytes.buffer);
  assertEquals(answer(large)?.size, 1_025);
  assertEquals(answer(large), undefined);
});
