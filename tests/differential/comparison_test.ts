/** The comparison itself: it finds differences, and finds none between two of the same server. */

import { assert, assertEquals } from "@std/assert";
import { raw, shown } from "../resp/helpers.ts";
import { differenceOf, type Sequence } from "./compare.ts";
import type { Socket, Words } from "./connection.ts";
import { areAlike, comparable } from "./rules.ts";
import { arityOf, makeSequence, NAMES, THEMES } from "./sequences.ts";
import { isInstalled, type Side, startRedis } from "./sides.ts";
import { shrink } from "./shrink.ts";
import { tryOut } from "./trial.ts";
import { WRITTEN } from "./written.ts";

const installed = await isInstalled();
const reason = installed ? "" : " (ignored: redis-server is not installed)";

function test(name: string, fn: (sides: readonly [Side, Side]) => Promise<void>): void {
  Deno.test({
    name: `${name}${reason}`,
    ignore: !installed,
    async fn() {
      await using one = await startRedis();
      await using other = await startRedis();
      await fn([one, other]);
    },
  });
}

/** A side of which one text in what it sends is another, of the same length. */
function forged(side: Side, from: string, to: string): Side {
  const forge = (socket: Socket): Socket => ({
    async read(room) {
      const count = await socket.read(room);
      if (count !== null) room.set(raw(shown(room.subarray(0, count)).replaceAll(from, to)));
      return count;
    },
    write: (bytes) => socket.write(bytes),
    close: () => socket.close(),
  });
  return {
    name: "forged",
    connect: async () => forge(await side.connect()),
    [Symbol.asyncDispose]: () => side[Symbol.asyncDispose](),
  };
}

function sequence(version: 2 | 3, ...steps: readonly Words[]): Sequence {
  return { steps: steps.map((words) => ({ on: 0, words })), connections: 1, version };
}

test("two redis-servers answer alike: what is compared does not depend on chance", async (sides) => {
  for (const version of [2, 3] as const) {
    for (const theme of THEMES) {
      for (let seed = 1; seed <= 3; seed++) {
        const random = makeSequence(theme, version, seed, 80);
        assertEquals(await tryOut(sides, `${theme.name}, seed ${seed}`, random), undefined);
      }
    }
    for (const name of NAMES) {
      assertEquals(await tryOut(sides, name, arityOf(name, version)), undefined);
    }
  }
  for (const [name, sequences] of Object.entries(WRITTEN)) {
    for (const written of sequences) assertEquals(await tryOut(sides, name, written), undefined);
  }
});

test("a byte that differs is found, wherever it is", async ([redis, other]) => {
  const forgeries: readonly (readonly [from: string, to: string, Sequence])[] = [
    ["+PONG", "+PONK", sequence(2, ["PING"])],
    [":1\r", ":2\r", sequence(2, ["INCR", "a"])],
    ["-ERR unknown", "-ERR unknowm", sequence(2, ["NOPE"])],
    ["$-1", "*-1", sequence(2, ["GET", "a"])],
    ["\xff", "\xfe", sequence(2, ["ECHO", "\r\n\xff"])],
    ["key:1", "key:2", sequence(2, ["MSET", "key:1", "", "b", ""], ["KEYS", "*"])],
    ["key:1", "key:2", sequence(2, ["MULTI"], ["ECHO", "key:1"], ["EXEC"])],
    ["text", "texT", sequence(3, ["SUBSCRIBE", "ch"], ["PUBLISH", "ch", "text"], ["PING"])],
    ["final", "finaL", sequence(2, ["SET", "a", "final"])],
    [":-1", ":-2", sequence(2, ["SET", "a", "1"], ["TTL", "a"])],
  ];
  for (const [from, to, played] of forgeries) {
    assert(await differenceOf([redis, forged(other, from, to)], played) !== undefined, from);
  }
});

test("a difference is told with its seed, its steps and both replies", async ([redis, other]) => {
  const theme = { ...THEMES[0]!, name: "some", first: [{ on: 0, words: ["PING"] }] };
  const sides = [redis, forged(other, "+PONG", "+PONK")] as const;
  const report = await tryOut(sides, "some, seed 1", makeSequence(theme, 2, 1, 40));
  assert(report?.includes("some, seed 1: RESP2, 1 of 40 steps:\n  0> PING\n"), report);
  assert(report?.includes(`redis: "+PONG\\r\\n"\n  forged: "+PONK\\r\\n"`), report);
});

Deno.test({
  name: "a list is shrunk to the items that a difference needs",
  permissions: "none",
  async fn() {
    const items = Array.from({ length: 100 }, (_, i) => i);
    const needed = [17, 18, 76];
    const differs = (some: readonly number[]) =>
      Promise.resolve(needed.every((item) => some.includes(item)));
    assertEquals(await shrink(items, differs), needed);
    let calls = 0;
    await shrink(items, (some) => (calls++, differs(some)), 10);
    assertEquals(calls, 10);
  },
});

Deno.test({
  name: "replies are compared by the rule of their command",
  permissions: "none",
  fn() {
    const alike = (rule: Parameters<typeof comparable>[1], one: string, other: string) =>
      areAlike(comparable(one, rule), comparable(other, rule));
    assert(alike("exact", ":1\r\n", ":1\r\n"));
    assert(!alike("exact", ":1\r\n", ":2\r\n"));
    assert(alike("seconds", ":100000\r\n", ":99999\r\n"));
    assert(!alike("seconds", ":100000\r\n", ":100100\r\n"));
    assert(!alike("seconds", ":-1\r\n", ":-2\r\n"));
    assert(!alike("milliseconds", ":100000\r\n", ":200000\r\n"));
    assert(alike("unordered", "*2\r\n$1\r\na\r\n$1\r\nb\r\n", "*2\r\n$1\r\nb\r\n$1\r\na\r\n"));
    assert(!alike("unordered", "*1\r\n$1\r\na\r\n", "*1\r\n$1\r\nb\r\n"));
    assert(alike("kind", "$1\r\na\r\n", "$1\r\nb\r\n"));
    assert(!alike("kind", "$1\r\na\r\n", "$-1\r\n"));
    assert(!alike("kind", "-ERR a\r\n", "-ERR b\r\n"));
  },
});
