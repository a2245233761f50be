/**
 * The sections of INFO that tell what the server is and holds.
 *
 * @module
 */

import { REDIS_VERSION, VERSION } from "./about.ts";
import type { Services } from "./context.ts";
import type { InfoFields } from "./info.ts";

const DAY = 86_400;

function server({ databases, startedAt, system }: Services): InfoFields {
  const now = databases.now();
  const uptime = Math.max(0, Math.floor((now - startedAt) / 1_000));
  return {
    redis_version: REDIS_VERSION,
    cortado_version: VERSION,
    redis_mode: "standalone",
    os: system.platform,
    arch_bits: 64,
    runtime: system.runtime,
    process_id: system.pid,
    process_supervised: "no",
    run_id: system.runId,
    tcp_port: system.port,
    server_time_usec: Math.floor(now * 1_000),
    uptime_in_seconds: uptime,
    uptime_in_days: Math.floor(uptime / DAY),
    hz: 10,
    configured_hz: 10,
    lru_clock: lruClock(now),
    executable: system.executable,
    config_file: "",
    io_threads_active: 0,
  };
}

/** The time in seconds, in 24 bits. */
export function lruClock(ms: number): number {
  return Math.floor(ms / 1_000) % 2 ** 24;
}

function clients({ clients, limits }: Services): InfoFields {
  return {
    connected_clients: clients.size,
    cluster_connections: 0,
    maxclients: limits.maxConnections,
    client_recent_max_input_buffer: 0,
    client_recent_max_output_buffer: 0,
    blocked_clients: [...clients].filter(({ blocked }) => blocked).length,
    tracking_clients: 0,
    clients_in_timeout_table: 0,
  };
}

/** There are no replicas. */
function replication({ system }: Services): InfoFields {
  return {
    role: "master",
    connected_slaves: 0,
    master_failover_state: "no-failover",
    master_replid: system.runId,
    master_replid2: "0".repeat(40),
    master_repl_offset: 0,
    second_repl_offset: -1,
    repl_backlog_active: 0,
    repl_backlog_size: 0,
    repl_backlog_first_byte_offset: 0,
    repl_backlog_histlen: 0,
  };
}

function cpu({ system }: Services): InfoFields {
  const used = system.cpu();
  return {
    used_cpu_sys: used.system.toFixed(6),
    used_cpu_user: used.user.toFixed(6),
    used_cpu_sys_children: "0.000000",
    used_cpu_user_children: "0.000000",
  };
}

function cluster(): InfoFields {
  return { cluster_enabled: 0 };
}

/** A line for each database that is not empty. What entries have left to live is not averaged. */
function keyspace({ databases }: Services): InfoFields {
  const fields: Record<string, string> = {};
  for (let index = 0; index < databases.count; index++) {
    const { size, expiringSize } = databases.at(index);
    if (size > 0) fields[`db${index}`] = `keys=${size},expires=${expiringSize},avg_ttl=0`;
  }
  return fields;
}

/** The sections that tell what the server is and holds. */
export const STATE_SECTIONS = {
  server,
  clients,
  replication,
  cpu,
  cluster,
  keyspace,
} as const;
