import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { common, commonPieces } from "../../lib/handler/lcs.ts";
import {
  CommandError,
  type CommonRequest,
  count,
  list,
  ok,
  type Response,
} from "../../lib/model/mod.ts";
import { utf8 } from "../codec/helpers.ts";
import { eventsOf } from "./events.ts";
import { Bench } from "./helpers.ts";

function request(options: Partial<CommonRequest> = {}): CommonRequest {
  const both = { key: utf8("a"), other: utf8("b") } as const;
  return { op: "COMMON", ...both, want: "text", minPiece: 0, withLengths: false, ...options };
}

/** Carries it out where values may be longer. */
function run(bench: Bench, options: Partial<CommonRequest> = {}): Response {
  return common(request(options), { ...bench.peer, maxValueSize: 1_000 });
}

/** A bench whose keys `a` and `b` have these values. */
function benchOf(one: string, other: string): Bench {
  const bench = new Bench();
  bench.peer.store.set(utf8("a"), utf8(one));
  bench.peer.store.set(utf8("b"), utf8(other));
  return bench;
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("COMMON answers with the subsequence, its length, or its pieces from the last one on", () => {
  const bench = benchOf("ohmytext", "mynewtext");
  assertEquals(run(bench), ok(utf8("mytext")));
  assertEquals(run(bench, { want: "length" }), count(6));
  const span = (from: number, to: number) => list([count(from), count(to)]);
  const [text, my] = [[span(4, 7), span(5, 8)], [span(2, 3), span(0, 1)]] as const;
  const pieces = (...items: Parameters<typeof list>[0][]) =>
    list([list(items.map((item) => list(item))), count(6)]);
  assertEquals(run(bench, { want: "pieces" }), pieces(text, my));
  assertEquals(run(bench, { want: "pieces", minPiece: 4 }), pieces(text));
  assertEquals(
    run(bench, { want: "pieces", withLengths: true }),
    pieces([...text, count(4)], [...my, count(2)]),
  );
});

test("COMMON counts a missing key as empty, and announces that it is missing", () => {
  const bench = new Bench();
  const events = eventsOf(bench);
  assertEquals(run(bench), ok(new Uint8Array(0)));
  assertEquals(run(bench, { want: "length" }), count(0));
  assertEquals(run(bench, { want: "pieces" }), list([list([]), count(0)]));
  assertEquals(events.slice(0, 2), ["0 keymiss a", "0 keymiss b"]);
});

test("COMMON refuses values whose table would take more than a value may have", () => {
  const bench = benchOf("", "123456789"); // 4 * 1 * 10 bytes are the limit.
  assertEquals(bench.run(request({ want: "length" })), count(0));
  bench.peer.store.set(utf8("a"), utf8("1"));
  const message = "Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len";
  bench.assertError(request(), "BAD_REQUEST", message);
});

test("COMMON refuses a table that is too large for an array, however long values may be", () => {
  const bench = benchOf("a".repeat(20_000), "b".repeat(20_000));
  const peer = { ...bench.peer, maxValueSize: Number.MAX_SAFE_INTEGER };
  const message = "Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len";
  assertThrows(() => common(request(), peer), CommandError, message);
});

/** The length of the longest common subsequence, by its definition. */
function lengthOf(one: string, other: string): number {
  if (one === "" || other === "") return 0;
  if (one[0] === other[0]) return 1 + lengthOf(one.slice(1), other.slice(1));
  return Math.max(lengthOf(one.slice(1), other), lengthOf(one, other.slice(1)));
}

test("the pieces are the longest subsequence of both, as few as stand apart", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 7 });
  fc.assert(
    fc.property(word, word, (one, other) => {
      const pieces = commonPieces(utf8(one), utf8(other)).toReversed();
      let [end, endOther, length] = [-1, -1, 0];
      for (const piece of pieces) {
        const { at, atOther } = piece;
        const text = one.slice(at, at + piece.length);
        assertEquals(text, other.slice(atOther, atOther + piece.length));
        assertEquals([at > end || atOther > endOther, at >= end, atOther >= endOther], [
          true,
          true,
          true,
        ]);
        [end, endOther] = [at + piece.length, atOther + piece.length];
        length += piece.length;
      }
      assertEquals(length, lengthOf(one, other));
    }),
    { seed: 3, numRuns: 1_000 },
  );
});

test("bytes that are no text are compared as bytes", () => {
  const [piece] = commonPieces(Uint8Array.of(0, 255, 128), Uint8Array.of(255, 128, 0));
  assertEquals(piece, { at: 1, atOther: 0, length: 2 });
});
