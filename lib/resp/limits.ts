/**
 * Limits of the decoders.
 *
 * @module
 */

/**
 * The limits with the defaults filled in.
 *
 * @throws {RangeError} When one is not a whole number from 0.
 */
export function limitsOf<Name extends string>(
  defaults: Readonly<Record<Name, number>>,
  given: { readonly [name in NoInfer<Name>]?: number },
): Readonly<Record<Name, number>> {
  const limits: Record<Name, number> = { ...defaults };
  for (const name of Object.keys(defaults) as Name[]) {
    const value = given[name] ?? defaults[name];
    if (!(Number.isSafeInteger(value) && value >= 0)) {
      throw new RangeError(`Cannot use ${name} ${value}: it must be a whole number from 0`);
    }
    limits[name] = value;
  }
  return limits;
}
