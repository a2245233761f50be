/**
 * Kinds of settings: what their values may be, as Redis says it.
 *
 * @module
 */

import { MAX_INT64 } from "../model/mod.ts";
import type { Services } from "./context.ts";

/** A value that a setting does not take; the message is the reason. */
export class SettingError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "SettingError";
}

/** A setting. */
export interface Setting {
  /** Its name. */
  readonly name: string;
  /** Whether only its full name shows it. */
  readonly hidden?: boolean;
  /** Its value. */
  readonly get: (services: Services) => string;
  /**
   * Changes it. Without this it cannot be changed.
   *
   * @throws {SettingError} When the value is none that it may have.
   */
  readonly set?: (services: Services, value: string) => void;
  /** Gives what brings its present value back, also one that `set` would not take. */
  readonly keep?: (services: Services) => () => void;
  /**
   * Whether it goes with the other settings, when all settings of a request are changed.
   *
   * @throws {SettingError} When it does not: all are what they were then.
   */
  readonly check?: (services: Services) => void;
  /**
   * Does what follows from its change, when all settings of a request are changed.
   *
   * @throws {SettingError} When that cannot be done.
   */
  readonly apply?: (services: Services) => void;
}

/** What a value of some kind is in the program and in text. */
export interface Kind<T> {
  /** Throws a {@linkcode SettingError} when it is not of this kind. */
  parse(text: string): T;
  /** The text of a value. */
  format(value: T): string;
}

/** The largest integer that Redis has; a bigger one here is not exact, which makes no difference. */
export const MAX_INTEGER = 2 ** 63;
/** The largest that fits into 31 bits. */
export const MAX_INT = 2 ** 31 - 1;

/** A setting of a kind, that a field holds. */
export function setting<T>(
  name: string,
  kind: Kind<T>,
  get: (services: Services) => T,
  set?: (services: Services, value: T) => void,
): Setting {
  return {
    name,
    get: (services) => kind.format(get(services)),
    ...(set && {
      set: (services, text) => set(services, kind.parse(text)),
      keep(services) {
        const value = get(services);
        return () => set(services, value);
      },
    }),
  };
}

/** A whole number in a range. */
export function wholeNumber(least: number, most: number): Kind<number> {
  return {
    parse(text) {
      if (!/^-?\d{1,19}$/.test(text)) {
        throw new SettingError("argument couldn't be parsed into an integer");
      }
      return checked(Number(text), least, most);
    },
    format: String,
  };
}

/** The units of memory, in bytes. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 1_024,
  m: 1e6,
  mb: 1_024 ** 2,
  g: 1e9,
  gb: 1_024 ** 3,
};

/** Bytes, with a unit or without. */
export function bytes(least = 0, most: number = MAX_INTEGER): Kind<number> {
  return { parse: (text) => checked(parseBytes(text), least, most), format: String };
}

/** A text with a unit as bytes. */
export function parseBytes(text: string): number {
  const [, digits, unit] = /^(\d{1,19})([a-z]{0,2})$/.exec(text.toLowerCase()) ?? [];
  const size = unit === undefined ? undefined : UNITS[unit];
  if (size === undefined) throw new SettingError("argument must be a memory value");
  return Number(digits) * size;
}

/** Bytes, or a share of the memory in percent, which is below 0 then. */
export const BYTES_OR_PERCENT: Kind<number> = {
  parse(text) {
    const percent = /^(\d{1,9})%$/.exec(text)?.[1];
    if (percent === undefined) return parseBytes(text);
    if (Number(percent) <= 100) return -Number(percent);
    throw new SettingError("percentage argument must be less or equal to 100");
  },
  format: (value) => value < 0 ? `${-value}%` : String(value),
};

/** Yes or no. */
export const YES_OR_NO: Kind<boolean> = {
  parse(text) {
    const word = text.toLowerCase();
    if (word === "yes" || word === "no") return word === "yes";
    throw new SettingError("argument must be 'yes' or 'no'");
  },
  format: (value) => value ? "yes" : "no",
};

/** One of some words. */
export function oneOf<T extends string>(words: readonly T[]): Kind<T> {
  return {
    parse(text) {
      const found = words.find((word) => word === text.toLowerCase());
      if (found !== undefined) return found;
      throw new SettingError(`argument(s) must be one of the following: ${words.join(", ")}`);
    },
    format: String,
  };
}

/** Any text. */
export const TEXT: Kind<string> = { parse: (text) => text, format: (text) => text };

/** Redis takes all integers of 64 bits; those that are not exact here become the largest that is. */
function checked(value: number, least: number, most: number): number {
  if (value >= least && value <= most) return Math.min(value, Number.MAX_SAFE_INTEGER);
  const last = most === MAX_INTEGER ? MAX_INT64 : most;
  throw new SettingError(`argument must be between ${least} and ${last} inclusive`);
}
