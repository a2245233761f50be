/**
 * The metrics of requests, by protocol and command.
 *
 * @module
 */

import type { Services } from "./context.ts";
import { counter, gauge } from "./metric.ts";
import type { Metric, Sample } from "./metrics.ts";
import { type CommandFigures, OTHER } from "./protocol_figures.ts";

const PROTOCOLS = ["cafe", "resp"] as const;

/** A value of each command that was sent. */
function ofCommands<Value>(
  { statistics }: Services,
  valueOf: (figures: CommandFigures) => Value,
): readonly Sample<Value>[] {
  return PROTOCOLS.flatMap((protocol) =>
    statistics[protocol].commands.filter(({ sent }) => sent).map((figures) => ({
      labels: { protocol, command: figures.name },
      value: valueOf(figures),
    }))
  );
}

/** What is no code counts as one: a label has few values. */
const CODE = /^[A-Z_]{1,32}$/;

function errors({ statistics }: Services): readonly Sample<number>[] {
  return PROTOCOLS.flatMap((protocol) => {
    const counts = new Map<string, number>();
    for (const [kind, count] of statistics[protocol].errors) {
      const code = CODE.test(kind) ? kind : OTHER;
      counts.set(code, (counts.get(code) ?? 0) + count);
    }
    return [...counts].map(([code, value]) => ({ labels: { protocol, code }, value }));
  });
}

/** Looks at keys below which no part of them is told: it would be chance. */
const MIN_WEIGHT = 100;

/** The metrics of requests. */
export const COMMAND_METRICS: readonly Metric[] = [
  counter(
    "cortado_requests_total",
    "Requests that were carried out or refused.",
    ({ counters }) => counters.requests,
  ),
  {
    name: "cortado_errors_total",
    help: "Error replies, by protocol and code.",
    type: "counter",
    read: errors,
  },
  {
    name: "cortado_command_calls_total",
    help: "Requests that were carried out, by protocol and command.",
    type: "counter",
    read: (services) => ofCommands(services, ({ calls }) => calls),
  },
  {
    name: "cortado_command_failed_total",
    help: "Requests that were carried out and answered with an error.",
    type: "counter",
    read: (services) => ofCommands(services, ({ failed }) => failed),
  },
  {
    name: "cortado_command_rejected_total",
    help: "Requests that were refused before they were carried out.",
    type: "counter",
    read: (services) => ofCommands(services, ({ rejected }) => rejected),
  },
  {
    name: "cortado_command_duration_seconds",
    help: "How long requests took to carry out; quick ones share the time of those they came with.",
    type: "histogram",
    read: (services) => ofCommands(services, ({ times }) => times),
  },
  gauge(
    "cortado_slow_log_entries",
    "Slow requests that are kept (SLOWLOG GET, STATS slowlog).",
    ({ statistics }) => statistics.slowLog.length,
  ),
  gauge(
    "cortado_hot_keys",
    "Keys that are kept to find those that most requests are about (STATS hotkeys).",
    ({ statistics }) => statistics.hotKeys.size,
  ),
  gauge(
    "cortado_hottest_key_ratio",
    "Which part of all uses of keys is of the hottest one, from a sample; none while that is small.",
    ({ statistics: { hotKeys } }) =>
      hotKeys.weight < MIN_WEIGHT ? undefined : hotKeys.top(1)[0]?.share,
  ),
];
