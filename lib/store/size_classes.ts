/**
 * The sizes of blocks.
 *
 * @module
 */

/** Sizes are counted in units of so many bytes. */
export const UNIT = 16;
/** Up to so many units there is a class for each. */
const LINEAR = 64;
const LINEAR_EXPONENT = 6;
/** From there on, so many classes for each doubling: a block is at most an eighth too large. */
const PER_DOUBLING = 8;
const DOUBLINGS = 7;

/** Classes are numbered from 1 to this. */
export const LAST_CLASS: number = LINEAR + DOUBLINGS * PER_DOUBLING;

const UNITS = Uint16Array.from({ length: LAST_CLASS + 1 }, (_, size) => {
  if (size <= LINEAR) return size;
  const doubling = Math.floor((size - LINEAR - 1) / PER_DOUBLING);
  const step = (size - LINEAR - 1) % PER_DOUBLING + 1;
  return (LINEAR << doubling) + step * (LINEAR / PER_DOUBLING << doubling);
});

/** How many units a block of a class has. */
export function unitsOf(size: number): number {
  return UNITS[size]!;
}

/** How many bytes a block of a class has. */
export function bytesOf(size: number): number {
  return UNITS[size]! * UNIT;
}

/** The smallest class that holds so many bytes, from 1 to those of the last class. */
export function classFor(bytes: number): number {
  const units = (bytes + UNIT - 1) >>> 4;
  if (units <= LINEAR) return units;
  const exponent = 31 - Math.clz32(units - 1); // 2^exponent < units <= 2^(exponent + 1)
  const step = exponent - 3;
  const steps = (units - (1 << exponent) + (1 << step) - 1) >>> step;
  return LINEAR + (exponent - LINEAR_EXPONENT) * PER_DOUBLING + steps;
}

/** The largest class that fits into so many units, from 1. */
export function classWithin(units: number): number {
  if (units >= UNITS[LAST_CLASS]!) return LAST_CLASS;
  const size = classFor(units * UNIT);
  return UNITS[size]! > units ? size - 1 : size;
}
