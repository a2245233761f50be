/**
 * Floating-point numbers as Redis writes them.
 *
 * @module
 */

/** So many digits tell every double apart, and Redis 7.0 writes that many. */
const DIGITS = 17;

/**
 * More digits than a double can share with half a unit of its 17th digit without being exactly that: of
 * all doubles the nearest to such a tie differs from it in the first 40.
 */
const TIE_DIGITS = 100;

/** A double in decimal. A sign, a fraction and an exponent may stand; nothing else may. */
const DOUBLE = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["nan", NaN],
  ["-nan", NaN],
]);

/**
 * The double as C's `%.17g` prints it: 17 significant digits, zeros at the end left out, an exponent of
 * two digits or more when it is below -4 or above 16; `inf`, `-inf` and `nan`.
 */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? "-0" : String(value);
  const [mantissa, exponentText] = roundedToEven(value).split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= DIGITS) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${withoutZeros(mantissa!)}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  return withoutZeros(moved(mantissa!, exponent));
}

/**
 * The double that a text writes in decimal, or `inf`, `-inf`, `nan`.
 *
 * @returns `undefined` when it writes none.
 */
export function parseDouble(text: string): number | undefined {
  return SPECIAL.get(text) ?? (DOUBLE.test(text) ? Number(text) : undefined);
}

/** Digits and exponent. C rounds a tie to the even digit, JavaScript rounds it up. */
function roundedToEven(value: number): string {
  const up = value.toExponential(DIGITS - 1);
  const [digits, exponent] = value.toExponential(TIE_DIGITS).split("e");
  const tail = digits!.slice(digits!.indexOf(".") + DIGITS);
  if (!/^50*$/.test(tail)) return up;
  const down = `${digits!.slice(0, -tail.length)}e${exponent}`;
  return /[02468]e/.test(down) ? down : up;
}

/** The digits `d.ddd` with the point moved by `exponent` places. */
function moved(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function withoutZeros(digits: string): string {
  return digits.replace(/\.0*$|(\.\d*[1-9])0+$/, "$1");
}
