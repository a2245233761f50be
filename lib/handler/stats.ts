/**
 * STATS of CAFE: the figures of the server, in sections.
 *
 * @module
 */

import { CommandError, type Response, type StatsRequest, text } from "../model/mod.ts";
import { VERSION } from "./about.ts";
import type { Peer, Services } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { heldMemory, usedMemory } from "./memory.ts";
import { journalFigures } from "./persistence.ts";
import type { CommandFigures } from "./protocol_figures.ts";
import { quoted } from "./quoted.ts";
import { runtimeFigures } from "./runtime.ts";
import type { SlowEntry } from "./slow_log.ts";

/** Names and values, in order. */
type Figures = Readonly<Record<string, string | number>>;

const UTF8 = new TextDecoder();

/** The percentiles of times that are told. */
const PERCENTILES: readonly number[] = [50, 90, 99, 99.9, 99.99];

/** So many keys are told. */
const HOT_KEYS = 16;

/** The sections that are told together. */
const SECTIONS: Readonly<Record<string, (services: Services) => Figures>> = {
  server: ({ databases, startedAt }) => ({
    server: `cortado ${VERSION}`,
    uptime_ms: Math.max(0, Math.floor(databases.now() - startedAt)),
  }),
  connections: ({ clients, counters, system }) => ({
    connections: counters.connections,
    connections_cafe: clients.byProtocol.cafe,
    connections_resp: clients.byProtocol.resp,
    connections_accepted: counters.accepted,
    connections_refused: counters.refused,
    bytes_received: counters.bytesIn,
    bytes_sent: counters.bytesOut,
    buffer_bytes: system.bufferBytes,
  }),
  requests: ({ counters }) => ({ requests: counters.requests, errors: counters.errors }),
  store: ({ databases }) => ({
    keys: databases.total(({ size }) => size),
    keys_with_expiry: databases.total(({ expiringSize }) => expiringSize),
    keys_expired: databases.total(({ expired }) => expired),
    bytes: databases.total(({ bytes }) => bytes),
    memory_used: usedMemory(databases),
    memory_held: heldMemory(databases),
  }),
  channels: ({ channels }) => ({ channels: channels.size }),
  journal: journalFigures,
};

/** The sections that are told only when they are asked for: they are long. */
const ASKED_FOR: Readonly<Record<string, (services: Services) => Figures>> = {
  commands: ({ statistics }) =>
    Object.fromEntries(
      [...statistics.commands].filter(([, { sent }]) => sent).map(([name, figures]) => [
        name,
        commandText(figures),
      ]),
    ),
  errors: ({ statistics: { cafe, resp } }) => ({
    ...errorFigures("cafe", cafe.errors),
    ...errorFigures("resp", resp.errors),
  }),
  runtime: runtimeFigures,
  slowlog: ({ statistics }) =>
    Object.fromEntries(
      statistics.slowLog.newest(Infinity).map((entry) => [`slow_${entry.id}`, slowText(entry)]),
    ),
  hotkeys: ({ statistics }) =>
    Object.fromEntries(
      statistics.hotKeys.topAsText(HOT_KEYS).map((hot, at) => [
        `hotkey_${at + 1}`,
        `${percentText(hot.share)} db${hot.database} ${hot.key}`,
      ]),
    ),
};

/** The sections that show keys and values of others: who may use SLOWLOG may have them. */
export const PRIVATE_SECTIONS: readonly string[] = ["slowlog", "hotkeys"];

const ALL = { ...SECTIONS, ...ASKED_FOR };

function commandText({ calls, rejected, failed, times }: CommandFigures): string {
  const parts = [`calls=${calls}`, `rejected=${rejected}`, `failed=${failed}`];
  for (const percent of times.count === 0 ? [] : PERCENTILES) {
    parts.push(`p${percent}_us=${times.percentile(percent)}`);
  }
  return parts.join(" ");
}

function errorFigures(protocol: string, errors: ReadonlyMap<string, number>): Figures {
  return Object.fromEntries([...errors].map(([kind, count]) => [`${protocol}_${kind}`, count]));
}

function slowText({ time, micros, address, args }: SlowEntry): string {
  const when = new Date(time).toISOString();
  return `${when} ${Math.floor(micros)}us ${address} ${args.map(quoted).join(" ")}`;
}

/** A part of 1 in percent. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

/** The figures of one section, or of those that are told together, as lines `name: value`. */
function stats(request: StatsRequest, { services }: Peer): Response {
  const name = UTF8.decode(request.section);
  const sections = name === "" ? Object.keys(SECTIONS) : [name];
  const lines = sections.flatMap((section) => {
    if (!Object.hasOwn(ALL, section)) {
      const known = Object.keys(ALL).join(", ");
      throw new CommandError(
        "BAD_REQUEST",
        `Cannot show section ${JSON.stringify(section.slice(0, 64))}: there are ${known}`,
      );
    }
    return Object.entries(ALL[section as keyof typeof ALL]!(services));
  });
  return text(lines.map(([name, value]) => `${name}: ${value}\n`).join(""));
}

/** The handler of STATS. */
export const STATS_HANDLERS: Handlers<StatsRequest> = { STATS: stats };
