/**
 * The options of the command `load`.
 *
 * @module
 */

import type { Address } from "../client/mod.ts";
import { DEFAULT_TIMEOUT } from "../client/options.ts";
import { CAFE } from "../load/cafe.ts";
import { MEMCACHED_BINARY } from "../load/memcached_binary.ts";
import { MEMCACHED_META } from "../load/memcached_meta.ts";
import type { Mix } from "../load/mod.ts";
import type { LoadProtocol } from "../load/protocol.ts";
import { RESP } from "../load/resp.ts";
import { UsageError } from "./error.ts";
import { type OptionValues, switchOption, valueOption } from "./options.ts";
import {
  formatAddress,
  formatTime,
  parseAddress,
  parseCount,
  parseSize,
  parseTime,
  parseTimeout,
} from "./quantities.ts";
import { TLS_CLIENT_OPTIONS } from "./tls.ts";

/** A server that is named. */
export interface NamedServer {
  /** Its name; undefined where its address stands for it. */
  readonly name: string | undefined;
  /** Where it listens. */
  readonly address: Address;
}

const PROTOCOLS: readonly LoadProtocol[] = [CAFE, RESP, MEMCACHED_BINARY, MEMCACHED_META];

/** The requests, as a mix names them. */
const OPS = { get: "GET", set: "SET", incr: "INCR", del: "DELETE", ping: "PING" } as const;

const DEFAULTS = {
  connections: 50,
  depth: 1,
  keys: 100_000,
  keySize: 16,
  valueSize: [64, 64],
  skew: 0,
  mix: { GET: 90, SET: 10 },
  duration: 10_000,
  warmup: 1_000,
  seed: 1,
} as const;

/** What is off, or the same for all commands. */
const OFF = { rate: undefined, prefill: false, verify: false, timeout: DEFAULT_TIMEOUT } as const;

/** One server is measured in one go, several in so many rounds. */
const ROUNDS = 15;

/** The options of the command. */
export const LOAD_OPTIONS = {
  connect: valueOption(
    "ADDRESS",
    "the servers, each [NAME=]ADDRESS, with commas between (default: $CORTADO, or 127.0.0.1:51966)",
    parseServers,
  ),
  protocol: valueOption(
    "NAME",
    "cafe, resp, memcached-binary or memcached-meta, or with commas one for each (default cafe)",
    parseProtocols,
  ),
  connections: valueOption(
    "N",
    `connections to each server (default ${DEFAULTS.connections})`,
    parseCount,
  ),
  depth: valueOption(
    "N",
    `requests of a connection that are on their way (default ${DEFAULTS.depth})`,
    parseCount,
  ),
  keys: valueOption("N", `how many keys there are (default ${DEFAULTS.keys})`, parseCount),
  skew: valueOption(
    "X",
    "the exponent of Zipf's law for keys; 0: all alike (default 0)",
    parseSkew,
  ),
  keySize: valueOption("SIZE", `the size of keys (default ${DEFAULTS.keySize})`, parseSize),
  valueSize: valueOption(
    "SIZE",
    "the size of values, or the least and the largest: 16-4KiB (default 64)",
    parseSizes,
  ),
  mix: valueOption(
    "SHARES",
    "which requests: get, set, incr, del, ping (default get=90,set=10)",
    parseMix,
  ),
  rate: valueOption(
    "N/s",
    "send so many a second, each at its time, and count latency from then (default: no limit)",
    parseRate,
  ),
  duration: valueOption(
    "TIME",
    `how long each server is asked (default ${formatTime(DEFAULTS.duration)})`,
    parseTimeout,
  ),
  count: valueOption("N", "how many requests each gets, instead of --duration", parseCount),
  rounds: valueOption(
    "N",
    `in how many slices, by turns (default 1, with several servers ${ROUNDS})`,
    parseCount,
  ),
  warmup: valueOption(
    "TIME",
    `for how long before that, without being counted (default ${formatTime(DEFAULTS.warmup)})`,
    parseTime,
  ),
  prefill: switchOption("store all keys first"),
  verify: switchOption("check that values which are read are those that are stored"),
  seed: valueOption("N", "another one draws other requests (default 1)", parseCount),
  json: switchOption("print one JSON object"),
  timeout: valueOption(
    "TIME",
    `how long connecting and a reply may take; 0: any time (default ${
      formatTime(DEFAULT_TIMEOUT)
    })`,
    parseTimeout,
  ),
  ...TLS_CLIENT_OPTIONS,
};

/** What is to be done, with the defaults filled in. */
export interface LoadPlan {
  /** Connections to each server. */
  readonly connections: number;
  /** How many requests of each are on their way. */
  readonly depth: number;
  /** How many keys there are. */
  readonly keys: number;
  /** How unequally they are drawn. */
  readonly skew: number;
  /** How many bytes each has. */
  readonly keySize: number;
  /** The least and the largest size of values. */
  readonly valueSize: readonly [least: number, largest: number];
  /** Which requests. */
  readonly mix: Mix;
  /** Requests a second, for an open loop. */
  readonly rate: number | undefined;
  /** For how many milliseconds each server is asked, or */
  readonly duration: number | undefined;
  /** how many requests each gets. */
  readonly count: number | undefined;
  /** In how many slices. */
  readonly rounds: number;
  /** How long before that, in milliseconds. */
  readonly warmup: number;
  /** Whether all keys are stored first. */
  readonly prefill: boolean;
  /** Whether values are checked. */
  readonly verify: boolean;
  /** What requests are drawn from. */
  readonly seed: number;
  /** How long a reply may take, in milliseconds. */
  readonly timeout: number;
}

/**
 * What is to be done with so many servers.
 *
 * @throws {UsageError} When options contradict each other.
 */
export function planOf(values: OptionValues<typeof LOAD_OPTIONS>, servers: number): LoadPlan {
  // What is said of the connections and of the output is no part of the plan.
  const { connect: _to, protocol: _spoken, tls: _tls, ca: _ca, json: _json, ...given } = values;
  const { count } = given;
  if (count !== undefined && values.duration !== undefined) {
    throw new UsageError("Cannot send both for --duration and by --count: give one of them");
  }
  const rounds = values.rounds ?? (servers > 1 ? ROUNDS : 1);
  for (const [name, value] of Object.entries({ rounds, count, duration: values.duration })) {
    if (value === 0) throw new UsageError(`Option --${name}: 0 is too little`);
  }
  return {
    ...DEFAULTS,
    ...OFF,
    ...given,
    duration: count === undefined ? given.duration ?? DEFAULTS.duration : undefined,
    count,
    rounds,
  };
}

/**
 * The protocol of each server.
 *
 * @throws {UsageError} When there are neither one nor as many as servers.
 */
export function protocolsOf(
  given: readonly LoadProtocol[] = [CAFE],
  servers: number,
): readonly LoadProtocol[] {
  if (given.length === servers) return given;
  if (given.length === 1) return Array.from({ length: servers }, () => given[0]!);
  throw new UsageError(
    `Cannot speak ${given.length} protocols with ${servers} servers: give one, or one for each`,
  );
}

function parseServers(text: string): readonly NamedServer[] {
  const servers = text.split(",").map((word) => {
    const [, name, address = word] = /^([^=:/]+)=(.*)$/s.exec(word) ?? [];
    return { name, address: parseAddress(address) };
  });
  const names = servers.map(({ name, address }) => name ?? formatAddress(address));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return servers;
  throw new RangeError(`two servers are ${JSON.stringify(twice)}: name them, as in a=HOST:PORT`);
}

function parseProtocols(text: string): readonly LoadProtocol[] {
  return text.split(",").map((word) => {
    const protocol = PROTOCOLS.find(({ name }) => name === word);
    if (protocol !== undefined) return protocol;
    const names = PROTOCOLS.map(({ name }) => name).join(", ");
    throw new RangeError(`${JSON.stringify(word)} is no protocol: give one of ${names}`);
  });
}

function parseMix(text: string): Mix {
  const mix: Partial<Record<keyof Mix, number>> = {};
  for (const word of text.split(",")) {
    const [, name = "", share = ""] = /^([a-z]+)=(\d+(?:\.\d+)?)$/.exec(word) ?? [];
    const op = Object.hasOwn(OPS, name) ? OPS[name as keyof typeof OPS] : undefined;
    if (op === undefined || mix[op] !== undefined) {
      throw new RangeError(
        `${
          JSON.stringify(word)
        } is no share: give each of get, set, incr, del and ping once, as in get=90,set=10`,
      );
    }
    mix[op] = Number(share);
  }
  if (Object.values(mix).some((share) => share > 0)) return mix;
  throw new RangeError("no share is above 0");
}

/** The mix as it is given: `get=90,set=10`. */
export function formatMix(mix: Mix): string {
  return Object.entries(OPS).flatMap(([name, op]) => mix[op] ? [`${name}=${mix[op]}`] : []).join();
}

function parseRate(text: string): number {
  const rate = parseCount(text.replace(/\/s$/, ""));
  if (rate > 0) return rate;
  throw new RangeError("it must be 1/s at least");
}

function parseSkew(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new RangeError(`${JSON.stringify(text)} is no number from 0, such as 0.99`);
}

function parseSizes(text: string): readonly [least: number, largest: number] {
  const [least = "", largest = least] = text.split("-", 2);
  return [parseSize(least), parseSize(largest)];
}
