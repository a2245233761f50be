/**
 * The sections of INFO that tell what was counted, and CONFIG RESETSTAT.
 *
 * @module
 */

import { ok, type ResetStatsRequest, type Response } from "../model/mod.ts";
import type { Peer, Services } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import type { InfoFields } from "./info.ts";
import { usedMemory } from "./memory.ts";

const KILO = 1_024;

function stats({ counters, databases, channels, statistics }: Services): InfoFields {
  const { rates } = statistics;
  return {
    total_connections_received: counters.accepted,
    total_commands_processed: counters.requests,
    instantaneous_ops_per_sec: Math.round(rates.of(0)),
    total_net_input_bytes: counters.bytesIn,
    total_net_output_bytes: counters.bytesOut,
    total_net_repl_input_bytes: 0,
    total_net_repl_output_bytes: 0,
    instantaneous_input_kbps: (rates.of(1) / KILO).toFixed(2),
    instantaneous_output_kbps: (rates.of(2) / KILO).toFixed(2),
    rejected_connections: counters.refused,
    sync_full: 0,
    sync_partial_ok: 0,
    sync_partial_err: 0,
    expired_keys: databases.total(({ expired }) => expired) - statistics.expiredBefore,
    expired_stale_perc: "0.00",
    expired_time_cap_reached_count: 0,
    evicted_keys: counters.evicted,
    evicted_clients: 0,
    keyspace_hits: counters.hits,
    keyspace_misses: counters.misses,
    pubsub_channels: channels.size,
    pubsub_patterns: channels.patternCount,
    pubsubshard_channels: 0,
    latest_fork_usec: 0,
    total_forks: 0,
    migrate_cached_sockets: 0,
    tracking_total_keys: 0,
    tracking_total_items: 0,
    tracking_total_prefixes: 0,
    unexpected_error_replies: 0,
    total_error_replies: counters.errors,
    total_reads_processed: counters.reads,
    total_writes_processed: counters.writes,
  };
}

/** A line for each command that was sent. */
function commandStats({ statistics }: Services): InfoFields {
  const fields: Record<string, string> = {};
  for (const [name, { sent, calls, micros, rejected, failed }] of statistics.commands) {
    if (!sent) continue; // INFO itself, the first time.
    const each = calls === 0 ? 0 : micros / calls;
    fields[`cmdstat_${name}`] = `calls=${calls},usec=${Math.round(micros)},` +
      `usec_per_call=${each.toFixed(2)},rejected_calls=${rejected},failed_calls=${failed}`;
  }
  return fields;
}

/** A line for each kind of error that was replied. */
function errorStats({ statistics }: Services): InfoFields {
  const rows = [...statistics.errors].map((
    [kind, count],
  ) => [`errorstat_${kind}`, `count=${count}`]);
  return Object.fromEntries(rows);
}

/** A line for each command that was carried out, with the percentiles of its times. */
function latencyStats({ statistics, settings }: Services): InfoFields {
  const fields: Record<string, string> = {};
  for (const [name, { times }] of statistics.commands) {
    if (times.count === 0) continue;
    const parts = settings.percentiles.map((percent) =>
      `p${percent}=${times.percentile(percent).toFixed(3)}`
    );
    fields[`latency_percentiles_usec_${name}`] = parts.join(",");
  }
  return fields;
}

/** The sections that tell what was counted. */
export const FIGURE_SECTIONS = { stats, commandStats, errorStats, latencyStats } as const;

/** Begins to count anew; what is open, stored or subscribed still counts. */
function resetStats(_: ResetStatsRequest, { services }: Peer): Response {
  const { counters, databases, statistics } = services;
  statistics.gather(); // What was counted before is not to come afterwards.
  const { connections } = counters;
  for (const name of Object.keys(counters) as (keyof typeof counters)[]) counters[name] = 0;
  counters.connections = connections;
  statistics.reset();
  statistics.expiredBefore = databases.total(({ expired }) => expired);
  statistics.peakMemory = usedMemory(databases);
  return ok();
}

/** The handler of CONFIG RESETSTAT. */
export const FIGURE_HANDLERS: Handlers<ResetStatsRequest> = { RESET_STATS: resetStats };
