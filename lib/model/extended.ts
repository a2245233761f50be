/**
 * Floating-point numbers of 80 bits, the `long double` of C on x86-64: INCRBYFLOAT calculates with them.
 *
 * Everything is exact, in integers, and rounded once, to the nearest number and of two to the even one.
 *
 * @module
 */

/** The number `mantissa * 2^exponent`; infinite when the exponent is. */
export interface Extended {
  /** At most 64 bits and a sign. */
  readonly mantissa: bigint;
  /** The power of two. */
  readonly exponent: number;
}

/** Bits of a mantissa. */
const PRECISION = 64;

/** The exponent of the smallest number over 0. */
const MIN_EXPONENT = -16_445;

/** No finite number reaches two to this power. */
const MAX_EXPONENT = 16_384;

/** A longer text is refused, as Redis does. */
const MAX_LENGTH = 5_119;

/** The number 0. */
export const EXTENDED_ZERO: Extended = { mantissa: 0n, exponent: 0 };

const LATIN1 = new TextDecoder("latin1");

const DECIMAL = /^(\d*)\.?(\d*)(?:e([+-]?\d+))?$/;
const HEXADECIMAL = /^0x([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/;
const INFINITE = /^inf(inity)?$/;

/**
 * The number that bytes write, strictly, with what C allows: decimal or hexadecimal digits, a point, an
 * exponent, or infinity, in letters of any case.
 *
 * @returns `undefined` when they write none, or one that is too large, or so small that it would be 0.
 *
 * @example
 * ```ts
 * import { addExtended, formatExtended, parseExtended } from "@cortado/cortado/model";
 * import { assertEquals } from "@std/assert";
 *
 * const parse = (text: string) => parseExtended(new TextEncoder().encode(text))!;
 * assertEquals(formatExtended(addExtended(parse("0.1"), parse("2e-1"))!), "0.3");
 * ```
 */
export function parseExtended(bytes: Uint8Array): Extended | undefined {
  if (bytes.length > MAX_LENGTH) return undefined;
  const text = LATIN1.decode(bytes).toLowerCase();
  const unsigned = /^[+-]/.test(text) ? text.slice(1) : text;
  const magnitude = parseMagnitude(unsigned);
  return magnitude && text.startsWith("-") ? negated(magnitude) : magnitude;
}

/** The sum, rounded; `undefined` when it is not finite. */
export function addExtended(a: Extended, b: Extended): Extended | undefined {
  if (isInfinite(a) || isInfinite(b)) return undefined;
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = (a.mantissa << BigInt(a.exponent - exponent)) +
    (b.mantissa << BigInt(b.exponent - exponent));
  const rounded = roundedTo64(sum < 0n ? -sum : sum, exponent);
  if (isInfinite(rounded)) return undefined;
  return sum < 0n ? negated(rounded) : rounded;
}

/** Redis writes so many digits behind the point, and then leaves zeros at their end out. */
const PLACES = 17;

/** A finite number as Redis writes it for people, without an exponent. */
export function formatExtended({ mantissa, exponent }: Extended): string {
  const magnitude = (mantissa < 0n ? -mantissa : mantissa) * 10n ** BigInt(PLACES);
  const digits = shifted(magnitude, exponent).toString().padStart(PLACES + 1, "0");
  const fraction = digits.slice(-PLACES).replace(/0+$/, "");
  const whole = digits.slice(0, -PLACES);
  const text = fraction === "" ? whole : `${whole}.${fraction}`;
  return mantissa < 0n && text !== "0" ? `-${text}` : text;
}

function parseMagnitude(text: string): Extended | undefined {
  if (INFINITE.test(text)) return { mantissa: 1n, exponent: Infinity };
  const [, whole, fraction, power] = DECIMAL.exec(text) ?? HEXADECIMAL.exec(text) ?? [];
  if (whole === undefined || whole + fraction! === "") return undefined;
  const isHex = text.startsWith("0x");
  const digits = BigInt((isHex ? "0x" : "") + whole + fraction!);
  if (digits === 0n) return EXTENDED_ZERO;
  const value = isHex
    ? scaledByTwo(digits, Number(power ?? 0) - 4 * fraction!.length)
    : scaledByTen(digits, Number(power ?? 0) - fraction!.length);
  return value.mantissa === 0n || isInfinite(value) ? undefined : value;
}

/** More than any exponent that does not make infinity or 0 of the longest text. */
const HUGE = 100_000;

function scaledByTwo(digits: bigint, power: number): Extended {
  return roundedTo64(digits, Math.max(-HUGE, Math.min(HUGE, power)));
}

function scaledByTen(digits: bigint, power: number): Extended {
  const decimals = digits.toString().length + power;
  if (decimals > MAX_EXPONENT) return roundedTo64(1n, HUGE);
  if (decimals < MIN_EXPONENT) return roundedTo64(1n, -HUGE);
  if (power >= 0) return roundedTo64(digits * 10n ** BigInt(power), 0);
  const divisor = 10n ** BigInt(-power);
  // Enough bits for the mantissa and one more; the last bit tells whether there are others behind it.
  const shift = Math.max(0, PRECISION + 2 + bitsOf(divisor) - bitsOf(digits));
  const dividend = digits << BigInt(shift);
  const rest = dividend % divisor === 0n ? 0n : 1n;
  return roundedTo64((dividend / divisor << 1n) | rest, -shift - 1);
}

/** The nearest number to `magnitude * 2^exponent` that has a mantissa of 64 bits. */
function roundedTo64(magnitude: bigint, exponent: number): Extended {
  const bits = bitsOf(magnitude);
  const excess = Math.max(0, bits - PRECISION, MIN_EXPONENT - exponent);
  const mantissa = shifted(magnitude, -excess);
  if (mantissa === 0n) return EXTENDED_ZERO;
  if (bitsOf(mantissa) + exponent + excess > MAX_EXPONENT) return { mantissa, exponent: Infinity };
  return { mantissa, exponent: exponent + excess };
}

/** A number, not negative, times a power of two, rounded to the nearest integer and of two to the even one. */
function shifted(value: bigint, power: number): bigint {
  if (power >= 0) return value << BigInt(power);
  const places = BigInt(-power);
  const floor = value >> places;
  const rest = value - (floor << places);
  const half = 1n << (places - 1n);
  const up = rest > half || (rest === half && (floor & 1n) === 1n);
  return up ? floor + 1n : floor;
}

function negated({ mantissa, exponent }: Extended): Extended {
  return { mantissa: -mantissa, exponent };
}

function isInfinite({ exponent }: Extended): boolean {
  return exponent === Infinity;
}

/** How many bits a number, not negative, has. */
function bitsOf(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
