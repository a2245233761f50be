/**
 * Where the values of options come from.
 *
 * @module
 */

import { flagOf } from "./options.ts";

/** Who set an option. */
export interface Origin {
  /** In the log, as `flag --port`. */
  readonly told: string;
  /** At the head of an error about the value, as `Option --port`. */
  readonly named: string;
}

/** A value, and who gave it. */
export interface Given {
  /** What the option's parser made of it. */
  readonly value: unknown;
  /** Who gave it. */
  readonly origin: Origin;
}

/** What one place says, by the names of options. */
export type GivenOptions = ReadonlyMap<string, Given>;

/** Nobody set it. */
export const BY_DEFAULT: Origin = { told: "default", named: "The default" };

/** The values of flags. */
export function givenByFlags(flags: Readonly<Record<string, unknown>>): GivenOptions {
  return new Map(
    Object.entries(flags).map(([name, value]) => {
      const flag = flagOf(name);
      return [name, { value, origin: { told: `flag ${flag}`, named: `Option ${flag}` } }];
    }),
  );
}
