/**
 * The figures of a load, for people.
 *
 * @module
 */

import { oneLine } from "../inspect/printable.ts";
import { describe } from "./error.ts";
import { formatMix, type LoadPlan } from "./load_options.ts";
import { tellSize } from "./quantities.ts";
import type { Comparison, LoadFigures } from "./load_figures.ts";
import { histogramText, short, timesText, whole } from "./times.ts";

/** All figures, in lines. */
export function loadText(
  plan: LoadPlan,
  servers: readonly LoadFigures[],
  comparison: readonly Comparison[],
): string {
  const compared = comparison.length > 0 ? [comparisonText(comparison)] : [];
  return [planText(plan), ...servers.map(serverText), ...compared].join("\n");
}

function planText(plan: LoadPlan): string {
  const { connections, depth, mix, keys, keySize, valueSize, skew, rate, rounds, seed } = plan;
  const [least, largest] = valueSize.map(tellSize);
  return [
    `${whole(connections)} connections, depth ${depth}`,
    formatMix(mix),
    `${whole(keys)} keys of ${tellSize(keySize)}${skew > 0 ? `, skew ${skew}` : ""}`,
    `values of ${least === largest ? least : `${least} to ${largest}`}`,
    ...rate === undefined ? [] : [`${whole(rate)} a second`],
    ...rounds === 1 ? [] : [`${rounds} rounds`],
    `seed ${seed}\n`,
  ].join(", ");
}

function serverText(figures: LoadFigures): string {
  const { name, address, protocol, requests, seconds, misses, errors, lateness } = figures;
  const rows = [
    [
      "requests",
      `${whole(requests)} in ${seconds.toFixed(1)} s: ${whole(figures.requestsPerSecond)} a second`,
    ],
    [
      "sent",
      `${short(figures.megabytesSentPerSecond)} MB/s, ${
        figures.bytesSentPerRequest.toFixed(1)
      } bytes a request`,
    ],
    [
      "received",
      `${short(figures.megabytesReceivedPerSecond)} MB/s, ${
        figures.bytesReceivedPerRequest.toFixed(1)
      } bytes a request`,
    ],
    [
      "own CPU",
      `${figures.ownCpuMicrosPerRequest.toFixed(2)} us a request, ${
        Math.round(100 * figures.ownCpuPart)
      }% of a processor`,
    ],
    ["latency, ms", timesText(figures.latency)],
    ...lateness ? [["sent late, ms", timesText(lateness)]] : [],
    ...lateness?.unsent ? [["not sent", `${whole(lateness.unsent)} of those that were due`]] : [],
    ...misses > 0 ? [["no such key", whole(misses)]] : [],
    ...Object.entries(errors).map(([code, { count, message }]) => [
      "errors",
      `${whole(count)} of ${describe(code)}; the first: ${describe(message)}`,
    ]),
  ];
  const title = name === address ? `${address}, ${protocol}` : `${name} (${address}, ${protocol})`;
  return [
    oneLine(title),
    ...rows.map(([left = "", right = ""]) => `  ${left.padEnd(14)} ${right}`),
    ...histogramText(figures.histogram),
    "",
  ].join("\n");
}

const HEAD = [
  "server",
  "requests/s",
  "quartile",
  "ratio",
  "quartile",
  "p50, ms",
  "ratio",
  "p99, ms",
];

/** The servers in lines, with ratios to the first. */
function comparisonText(comparison: readonly Comparison[]): string {
  const rows = comparison.map(({ name, requestsPerSecond: rate, p50, p99 }) => [
    oneLine(name),
    whole(rate.median),
    whole(rate.quartile),
    rate.medianRatio.toFixed(2),
    rate.quartileRatio.toFixed(2),
    short(p50.median),
    p50.medianRatio.toFixed(2),
    short(p99.median),
    p99.medianRatio.toFixed(2),
  ]);
  const all = [[...HEAD, "ratio"], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return [
    "Medians of the rounds, the quartile on the better side, and ratios to the first server:",
    ...all.map((row) =>
      row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)
      ).join("  ")
    ),
    "",
  ].join("\n");
}
