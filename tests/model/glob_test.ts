import { globMatches } from "../../lib/model/mod.ts";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { utf8 } from "../codec/helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `globMatches ${name}`, permissions: "none", fn });
}

function matches(pattern: string, text: string, ignoreCase?: boolean): boolean {
  return globMatches(utf8(pattern), utf8(text), ignoreCase);
}

/** Pattern, text, and whether they match. */
const CASES: readonly (readonly [string, string, boolean])[] = [
  ["", "", true],
  ["", "a", false],
  ["a", "", false],
  ["*", "a", true],
  ["*", "", false], // Redis never looks at a pattern for an empty text.
  ["**", "", false],
  ["a*", "a", true],
  ["a**", "a", true],
  ["*a", "ba", true],
  ["*a*", "bab", true],
  ["*a*b", "xaxbx", false],
  ["*ab", "aab", true],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["?", "\n", true],
  ["h[ae]llo", "hello", true],
  ["h[ae]llo", "hillo", false],
  ["h[^e]llo", "hallo", true],
  ["h[^e]llo", "hello", false],
  ["[a-c]", "b", true],
  ["[a-c]", "d", false],
  ["[c-a]", "b", true],
  ["[a-]", "-", false], // A range from `a` to `]`, in a set that is not closed.
  ["[a-]", "_", true],
  ["[a-", "-", true],
  ["[]", "]", false], // An empty set.
  ["[^]", "a", true],
  ["[^]", "", false],
  ["[", "[", false],
  ["[^", "x", true],
  ["[abc", "c", true],
  ["[abc", "d", false],
  ["[\\]a]", "]", true],
  ["[\\", "\\", true],
  ["a[b]*c", "abxxc", true],
  ["\\*", "*", true],
  ["\\*", "a", false],
  ["\\", "\\", true],
  ["a\\", "a\\", true],
  ["\\a", "a", true],
  ["key:[12]", "key:2", true],
  ["*[0-9]x", "a1x2x", true],
];

for (const [pattern, text, expected] of CASES) {
  const says = expected ? "matches" : "does not match";
  test(`${JSON.stringify(pattern)} ${says} ${JSON.stringify(text)}`, () => {
    assertEquals(matches(pattern, text), expected);
  });
}

test("minds the case of letters, unless it is told not to", () => {
  assertEquals(matches("FOO*", "foobar"), false);
  assertEquals(matches("FOO*", "foobar", true), true);
  assertEquals(matches("[A-C]x", "bX", true), true);
  assertEquals(matches("[^a]", "A", true), false);
  assertEquals(matches("[@", "`", true), false); // Not letters, though one bit apart.
  assertEquals(matches("\\A", "a", true), true);
  assertEquals(matches("[\\A]", "a", true), false);
});

test("compares bytes, all 256 of them", () => {
  for (let byte = 0; byte < 256; byte++) {
    const text = Uint8Array.of(byte);
    assertEquals(globMatches(Uint8Array.of(0x5b, 0, 0x2d, 255, 0x5d), text), true);
    assertEquals(globMatches(Uint8Array.of(0x5c, byte), text), true);
    assertEquals(globMatches(Uint8Array.of(0x5c, byte ^ 1), text), false);
  }
});

test("ends soon with many stars and a text that nearly matches", () => {
  const text = "a".repeat(10_000);
  assertEquals(matches("a*".repeat(100) + "b", text), false);
  assertEquals(matches("*a".repeat(5_000), text), true);
  assertEquals(matches("*?".repeat(5_001) + "b", text), false);
});

/** The meaning of patterns without `[`, said by recursion: what a star takes is tried out. */
function model(pattern: string, text: string): boolean {
  const [item, next] = pattern;
  if (item === undefined) return text === "";
  if (item === "*") {
    return model(pattern.slice(1), text) || (text !== "" && model(pattern, text.slice(1)));
  }
  if (text === "") return false;
  const isEscape = item === "\\" && next !== undefined;
  const literal = isEscape ? next : item;
  const same = (item === "?") || literal === text[0];
  return same && model(pattern.slice(isEscape ? 2 : 1), text.slice(1));
}

test("says what a recursive model says, for 20,000 patterns and texts", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "\\"), maxLength: 9 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      assertEquals(matches(pattern, text), model(pattern, text), `${pattern} and ${text}`);
    }),
    { seed: 0xcafe, numRuns: 20_000 },
  );
});

test("takes a set for what a list of its bytes says, whatever stands around it", () => {
  const byte = fc.constantFrom("a", "b", "c", "d", "e");
  const members = fc.array(fc.oneof(byte, fc.tuple(byte, byte).map(([a, b]) => `${a}-${b}`)), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(members, byte, fc.boolean(), (members, byte, negated) => {
      const isIn = members.some((member) => {
        const [low, high] = [member[0]!, member.at(-1)!].sort() as [string, string];
        return byte >= low && byte <= high;
      });
      const pattern = `x[${negated ? "^" : ""}${members.join("")}]*y`;
      assertEquals(matches(pattern, `x${byte}zy`), isIn !== negated, pattern);
    }),
    { seed: 0xcafe, numRuns: 5_000 },
  );
});
