/**
 * The figures that the console shows.
 *
 * @module
 */

import {
  Histogram,
  type ProtocolFigures,
  quoted,
  type Services,
  VERSION,
} from "../../handler/mod.ts";

/** So many slow requests are told. */
const SLOW = 256;
/** So many hot keys. */
const HOT = 64;

const PROTOCOLS = ["cafe", "resp"] as const;

/**
 * What the server did since its start, or the last reset, and what it has now. Who asks twice knows what came
 * between: nothing is kept here for who looks.
 */
export function overview(services: Services): unknown {
  const { clients, counters, databases, limits, settings, statistics, system } = services;
  const { requests, errors, accepted, refused, hits, misses, evicted, bytesIn, bytesOut } =
    counters;
  return {
    version: VERSION,
    runtime: system.runtime,
    now: databases.now(),
    startedAt: services.startedAt,
    requests,
    errors,
    hits,
    misses,
    evicted,
    received: bytesIn,
    sent: bytesOut,
    protocols: Object.fromEntries(PROTOCOLS.map((name) => [name, told(statistics[name])])),
    lag: statistics.lag.times(),
    connections: { ...clients.byProtocol, accepted, refused, limit: limits.maxConnections },
    memory: system.memory(),
    buffers: system.bufferBytes,
    store: {
      keys: databases.total(({ size }) => size),
      expired: databases.total(({ expired }) => expired),
      used: databases.total(({ used }) => used),
      held: databases.total(({ memory }) => memory),
      limit: settings.maxMemory,
    },
    journal: services.journal && { failed: services.journal.failure !== undefined },
  };
}

/** The requests of a protocol, and how long they took. */
function told({ commands, requests }: ProtocolFigures): unknown {
  const all = new Histogram();
  for (const figures of commands) if (figures.calls > 0) all.include(figures.times);
  return { requests, times: all.times() };
}

/** The slowest requests of late, the last one first. */
export function slowLog({ statistics, settings }: Services): unknown {
  const entries = statistics.slowLog.newest(SLOW).map(({ args, ...entry }) => ({
    ...entry,
    args: args.map(quoted),
  }));
  return { entries, total: statistics.slowLog.length, threshold: settings.slowerThan };
}

/** The keys that most requests are about. */
export function hotKeys({ statistics }: Services): unknown {
  const keys = statistics.hotKeys.top(HOT).map((hot) => ({ ...hot, key: hot.key.toHex() }));
  return { keys };
}
