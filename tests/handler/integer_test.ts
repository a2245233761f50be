import { parseInteger } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { hex, utf8 } from "../codec/helpers.ts";

/** The same rule, said by an expression and a bigint. */
function expected(text: string): bigint | undefined {
  if (!/^(0|-?[1-9][0-9]*)$/.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
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
        assertEquals(parseInteger(utf8(value.toString())), value);
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
