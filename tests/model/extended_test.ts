import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { addExtended, formatExtended, parseExtended } from "../../lib/model/mod.ts";
import { utf8 } from "../codec/helpers.ts";

/** What INCRBYFLOAT makes of two texts; `bad` for one that is no number, `inf` for no finite sum. */
function plus(a: string, b: string): string {
  const [one, other] = [parseExtended(utf8(a)), parseExtended(utf8(b))];
  if (one === undefined || other === undefined) return "bad";
  const sum = addExtended(one, other);
  return sum === undefined ? "inf" : formatExtended(sum);
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

// What redis-server 7.0 answers on x86-64.
const SUMS: readonly (readonly [string, string, string])[] = [
  ["0.1", "0.2", "0.3"],
  ["3.0", "1.1", "4.1"],
  ["5.0e3", "200", "5200"],
  ["1.5", "-1.5", "0"],
  ["-0", "-0", "0"],
  [".5", "5.", "5.5"],
  ["+1", "1E-2", "1.01"],
  ["17179869184", "1.5", "17179869185.5"],
  ["0x1.8p-3", "0X10", "16.1875"],
  ["9223372036854775807", "9223372036854775807", "18446744073709551614"],
  ["18446744073709551615", "1", "18446744073709551616"],
  ["18446744073709551616", "1", "18446744073709551616"],
  ["18446744073709551616", "3", "18446744073709551620"],
  ["36893488147419103232", "-2", "36893488147419103230"],
  ["3.14159265358979323846264338327950288", "0", "3.14159265358979324"],
  ["1e20", "1e-17", "100000000000000000000"],
  ["0.000000000000000004", "0", "0"],
  ["-0.000000000000000004", "0", "0"],
  ["0.000000000000000006", "0", "0.00000000000000001"],
  ["1e-4950", "0", "0"],
  ["0e999999999999", "1", "1"],
  ["1e4932", "1e4932", "inf"],
  ["inf", "1", "inf"],
  ["-INFINITY", "inf", "inf"],
];

for (const [a, b, sum] of SUMS) {
  test(`${a} and ${b} are ${sum}`, () => {
    assertEquals([plus(a, b), plus(b, a)], [sum, sum]);
  });
}

const NO_NUMBERS = [
  "",
  ".",
  "-",
  "--5",
  "e5",
  "1e",
  "1e+",
  "1e5.5",
  " 1",
  "1 ",
  "1\0",
  "1_0",
  "1,5",
]
  .concat(["nan", "infin", "0x", "0x.", "0x1p", "0xg", "1f", "é", "1e4933", "-1e4933", "1e-4951"])
  .concat([
    "1e99999999999999999999",
    "1e-99999999999999999999",
    "0x1p16384",
    "1".padEnd(5_120, "0"),
  ]);

for (const text of NO_NUMBERS) {
  test(`${JSON.stringify(text.slice(0, 30))} is no number`, () =>
    assertEquals(plus(text, "0"), "bad"));
}

test("the smallest number is told from 0, the largest from infinity", () => {
  const smallest = parseExtended(utf8("0x1p-16445"))!;
  assertEquals(smallest, { mantissa: 1n, exponent: -16_445 });
  assertEquals(parseExtended(utf8("1.9e-4951")), smallest);
  assertEquals(parseExtended(utf8("0x1p-16446")), undefined);
  const largest = { mantissa: 2n ** 64n - 1n, exponent: 16_320 };
  assertEquals(parseExtended(utf8("0x1.fffffffffffffffep16383")), largest);
  assertEquals(parseExtended(utf8("0x1.ffffffffffffffffp16383")), undefined);
  assertEquals(formatExtended(largest).length, 4_933);
});

test("a number between two others is rounded to the nearest, and in the middle to the even one", () => {
  const bits = (text: string) => parseExtended(utf8(text))!.mantissa;
  assertEquals(bits("0x1.ffffffffffffffff"), 2n ** 64n);
  assertEquals(bits("36893488147419103233"), 2n ** 63n); // 2^65 + 1.
  assertEquals(plus("36893488147419103234", "0"), "36893488147419103232"); // 2^65 + 2, in the middle.
  assertEquals(plus("36893488147419103238", "0"), "36893488147419103240"); // 2^65 + 6, in the middle.
});

test("sums of hundredths up to 16 show no trace of the binary fractions between", () => {
  const hundredths = fc.integer({ min: -800, max: 800 });
  const decimal = (value: number) =>
    (value < 0 ? "-" : "") + Math.floor(Math.abs(value) / 100) +
    "." + String(Math.abs(value) % 100).padStart(2, "0");
  fc.assert(
    fc.property(hundredths, hundredths, (a, b) => {
      const short = decimal(a + b).replace(/\.?0+$/, "").replace(/^-0$/, "0");
      assertEquals(plus(decimal(a), decimal(b)), short);
    }),
    { seed: 7, numRuns: 2_000 },
  );
});
