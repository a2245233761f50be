/**
 * Numbers, sizes, times and addresses as people write them. Every function throws a `RangeError` whose
 * message says what was found and what may stand there.
 *
 * @module
 */

import type { Address } from "../client/mod.ts";
import { MAX_TIMEOUT } from "../client/options.ts";
import { DEFAULT_PORT, formatHostPort } from "../server/address.ts";

const SIZE_UNITS: Units = { "": 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 };
const TIME_UNITS: Units = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

type Units = Readonly<Record<string, number>>;

/**
 * A whole number from 0, written in digits.
 *
 * @throws {RangeError} When it is written in another way, or exceeds 2^53 - 1.
 */
export function parseCount(text: string): number {
  return scaled(text, { "": 1 }, "a whole number from 0");
}

/**
 * A size in bytes: a plain number, or one with KiB, MiB or GiB behind it.
 *
 * @throws {RangeError} When it is written in another way, or exceeds 2^53 - 1 bytes.
 */
export function parseSize(text: string): number {
  return scaled(text, SIZE_UNITS, "a size, such as 65536, 64KiB, 64MiB or 1GiB");
}

/**
 * A time in milliseconds: a number with ms, s, m, h or d behind it, or 0. What another plain number means is
 * not guessed.
 *
 * @throws {RangeError} When it is written in another way, or exceeds 2^53 - 1 milliseconds.
 */
export function parseTime(text: string): number {
  if (/^0+$/.test(text)) return 0;
  if (/^\d+$/.test(text)) {
    throw new RangeError(`${quoted(text)} has no unit: give ${text}s or ${text}ms`);
  }
  return scaled(text, TIME_UNITS, "a time, such as 500ms, 10s, 5m, 1h or 7d");
}

/**
 * A time from 1 millisecond: how long an entry is to live.
 *
 * @throws {RangeError} When it is 0, or no time.
 */
export function parseTtl(text: string): number {
  const ttl = parseTime(text);
  if (ttl > 0) return ttl;
  throw new RangeError(`${quoted(text)} is too short: the least is 1ms`);
}

/**
 * A time in milliseconds that a timer takes.
 *
 * @throws {RangeError} When it is longer, or no time.
 */
export function parseTimeout(text: string): number {
  const time = parseTime(text);
  if (time <= MAX_TIMEOUT) return time;
  throw new RangeError(`${quoted(text)} is too long: the limit is ${MAX_TIMEOUT}ms, 24 days`);
}

/**
 * A TCP port.
 *
 * @throws {RangeError} When it is not a whole number from 0 to 65535.
 */
export function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new RangeError(`${quoted(text)} is not a port: give a whole number from 0 to 65535`);
}

/**
 * A signed 64-bit integer.
 *
 * @throws {RangeError} When it is written in another way, or does not fit into 64 bits.
 */
export function parseInteger(text: string): bigint {
  if (/^[+-]?\d{1,19}$/.test(text)) {
    const integer = BigInt(text.replace(/^\+/, ""));
    if (integer === BigInt.asIntN(64, integer)) return integer;
  }
  throw new RangeError(`${quoted(text)} is not a signed 64-bit integer, such as 1 or -10`);
}

/**
 * The name or address of a host; an IPv6 address may stand in brackets, and is returned without them.
 *
 * @throws {RangeError} When it is empty or has a port behind it.
 */
export function parseHost(text: string): string {
  const host = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  const isName = /^[^\s:[\]/]+$/.test(host);
  const isIpv6 = /^[\da-f.]*:[\da-f.]*:[\da-f.:]*(%\w+)?$/i.test(host);
  if (isName || isIpv6) return host;
  throw new RangeError(`${quoted(text)} is not a host, such as 127.0.0.1, localhost or ::1`);
}

/**
 * Where to connect to: `HOST:PORT`, `[IPV6]:PORT`, `HOST` with the default port, or `unix:PATH`.
 *
 * @throws {RangeError} When it is written in another way.
 */
export function parseAddress(text: string): Address {
  if (text.startsWith("unix:") && text.length > 5) return { path: text.slice(5) };
  const parts = /^(?<host>\[[^\]]+\]|[^:[\]]+)(?::(?<port>\d+))?$/.exec(text)?.groups;
  if (parts === undefined) {
    throw new RangeError(`${quoted(text)} is not HOST:PORT, [IPV6]:PORT or unix:PATH`);
  }
  const { host = "", port } = parts;
  return {
    hostname: parseHost(host),
    port: port === undefined ? DEFAULT_PORT : parsePort(port),
  };
}

/** The address as {@linkcode parseAddress} reads it. */
export function formatAddress(address: Address): string {
  if ("path" in address) return `unix:${address.path}`;
  return formatHostPort(address);
}

function scaled(text: string, units: Units, what: string): number {
  const [, digits, unit] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = unit !== undefined && Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (factor === undefined) throw new RangeError(`${quoted(text)} is not ${what}`);
  const value = Number(digits) * factor;
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`${quoted(text)} is too large: the limit is 2^53 - 1`);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** The size in the largest unit that divides it, as {@linkcode parseSize} reads it. */
export function formatSize(bytes: number): string {
  return inUnits(bytes, SIZE_UNITS);
}

/** The time in the largest unit that divides it, as {@linkcode parseTime} reads it. */
export function formatTime(milliseconds: number): string {
  return inUnits(milliseconds, TIME_UNITS);
}

/** The size as it is told: `64 MiB`. */
export function tellSize(bytes: number): string {
  return spaced(formatSize(bytes)).replace(/^\d+$/, "$& bytes");
}

/** The time as it is told: `5 s`. */
export function tellTime(milliseconds: number): string {
  return spaced(formatTime(milliseconds));
}

function spaced(text: string): string {
  return text.replace(/^(\d+)(\D)/, "$1 $2");
}

function inUnits(value: number, units: Units): string {
  const fitting = Object.entries(units).filter(([, factor]) => value > 0 && value % factor === 0);
  const [unit, factor] = fitting.at(-1) ?? ["", 1];
  return `${value / factor}${unit}`;
}
