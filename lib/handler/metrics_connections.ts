/**
 * The metrics of connections.
 *
 * @module
 */

import type { Services } from "./context.ts";
import { counter, gauge } from "./metric.ts";
import type { Metric, Sample } from "./metrics.ts";

function byProtocol({ clients }: Services): readonly Sample<number>[] {
  return Object.entries(clients.byProtocol).map(([protocol, value]) => ({
    labels: { protocol },
    value,
  }));
}

/** The metrics of connections. */
export const CONNECTION_METRICS: readonly Metric[] = [
  {
    name: "cortado_connections",
    help: "Connections, by protocol; none: nothing has come from them yet.",
    type: "gauge",
    read: byProtocol,
  },
  gauge(
    "cortado_connections_limit",
    "How many connections there may be (option maxConnections).",
    ({ limits }) => limits.maxConnections,
  ),
  counter(
    "cortado_connections_accepted_total",
    "Connections that were accepted.",
    ({ counters }) => counters.accepted,
  ),
  counter(
    "cortado_connections_refused_total",
    "Connections that were refused because there were too many.",
    ({ counters }) => counters.refused,
  ),
  {
    name: "cortado_connections_ended_total",
    help: "Connections that ended, by the reason.",
    type: "counter",
    read: ({ statistics }) =>
      [...statistics.endings].map(([reason, value]) => ({ labels: { reason }, value })),
  },
  counter(
    "cortado_received_bytes_total",
    "Bytes that were read from connections.",
    ({ counters }) => counters.bytesIn,
  ),
  counter(
    "cortado_sent_bytes_total",
    "Bytes that were written to connections.",
    ({ counters }) => counters.bytesOut,
  ),
  counter("cortado_reads_total", "Reads from connections.", ({ counters }) => counters.reads),
  counter("cortado_writes_total", "Writes to connections.", ({ counters }) => counters.writes),
  gauge(
    "cortado_buffer_bytes",
    "Requests and replies that are held for all connections (option maxBufferMemory limits it).",
    ({ system }) => system.bufferBytes,
  ),
  gauge(
    "cortado_channels",
    "Channels that somebody is subscribed to.",
    ({ channels }) => channels.size,
  ),
  gauge(
    "cortado_patterns",
    "Patterns of channels that somebody is subscribed to.",
    ({ channels }) => channels.patternCount,
  ),
];
