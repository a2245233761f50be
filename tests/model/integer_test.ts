import {
  fits64,
  formatInteger,
  MAX_INT64,
  MIN_INT64,
  narrowed,
  parseInteger,
  sum,
} from "../../lib/model/mod.ts";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { hex, textOf, utf8 } from "../codec/helpers.ts";

/** The same rule, said by an expression and a bigint. */
function expected(text: string): number | bigint | undefined {
  if (!/^(0|-?[1-9][0-9]*)$/.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? narrowed(value) : undefined;
}

function check(text: string): void {
  assertEquals(parseInteger(utf8(text)), expected(text), JSON.stringify(text));
}

Deno.test({
  name: "parseInteger reads every 64-bit integer that a bigint prints",
  permissions: "none",
  fn() {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        assertEquals(parseInteger(utf8(value.toString())), narrowed(value));
      }),
      { seed: 1, numRuns: 5_000 },
    );
  },
});

Deno.test({
  name: "parseInteger agrees with a bigint on digits, signs, spaces and letters",
  permissions: "none",
  fn() {
    const character = fc.constantFrom(..."0123456789019-+ x.");
    const text = fc.string({ unit: character, maxLength: 22 });
    fc.assert(fc.property(text, check), { seed: 2, numRuns: 20_000 });
    const digits = fc.string({
      unit: fc.constantFrom(..."0123456789"),
      minLength: 14,
      maxLength: 20,
    });
    fc.assert(fc.property(digits, (digits) => check(digits)), { seed: 3, numRuns: 5_000 });
    fc.assert(fc.property(digits, (digits) => check(`-${digits}`)), { seed: 4, numRuns: 5_000 });
  },
});

Deno.test({
  name: "parseInteger is exact around every power of ten and both limits",
  permissions: "none",
  fn() {
    const edges = [2n ** 53n, 2n ** 63n, 2n ** 64n];
    for (let power = 1n; power < 10n ** 20n; power *= 10n) edges.push(power);
    for (const edge of edges) {
      for (const near of [edge - 1n, edge, edge + 1n]) {
        check(near.toString());
        check((-near).toString());
      }
    }
  },
});

Deno.test({
  name: "parseInteger refuses bytes that are no ASCII digits",
  permissions: "none",
  fn() {
    for (const bytes of ["", "2d", "2d30", "00", "31 00", "b1", "31 0a", "2f", "3a", "d9a1"]) {
      assertEquals(parseInteger(hex(bytes)), undefined, bytes);
    }
  },
});

Deno.test({
  name: "parseInteger reads between two places, and gives a number where that is exact",
  permissions: "none",
  fn() {
    assertEquals(parseInteger(utf8("7-127"), 1, 4), -12);
    assertEquals(parseInteger(utf8("9007199254740991")), Number.MAX_SAFE_INTEGER);
    assertEquals(parseInteger(utf8("9007199254740992")), 9007199254740992n);
    assertEquals(parseInteger(utf8("-9223372036854775808")), -(2n ** 63n));
  },
});

Deno.test({
  name: "sum is exact, and undefined over 64 bits",
  permissions: "none",
  fn() {
    const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(i64, i64, (a, b) => {
        assertEquals(sum(narrowed(a), narrowed(b)), fits64(a + b) ? narrowed(a + b) : undefined);
      }),
      { seed: 5, numRuns: 5_000 },
    );
    assertEquals(sum(Number.MAX_SAFE_INTEGER, 1), 2n ** 53n);
    assertEquals(sum(2n ** 53n, -1), Number.MAX_SAFE_INTEGER);
  },
});

Deno.test({
  name: "formatInteger writes what parseInteger reads",
  permissions: "none",
  fn() {
    const edges = [0, 9, 10, -1, 2 ** 53 - 1, 1 - 2 ** 53, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];
    for (const value of edges) assertEquals(textOf(formatInteger(value)), String(value));
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.nat(18),
        (wide, cut) => {
          const value = narrowed(wide / 10n ** BigInt(cut));
          assertEquals(textOf(formatInteger(value)), String(value));
          assertEquals(parseInteger(formatInteger(value)), value);
        },
      ),
      { seed: 6, numRuns: 5_000 },
    );
  },
});

Deno.test("MIN_INT64 and MAX_INT64 are the last integers that fit 64 bits", {
  permissions: "none",
}, () => {
  assertEquals([MIN_INT64, MAX_INT64].map(fits64), [true, true]);
  assertEquals([MIN_INT64 - 1n, MAX_INT64 + 1n].map(fits64), [false, false]);
});
