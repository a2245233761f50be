/**
 * The figures of a load, for people.
 *
 * @module
 */

import { describe } from "./error.ts";
import { formatMix, type LoadPlan } from "./load_options.ts";
import { formatSize } from "./quantities.ts";
import type { Comparison, LoadFigures, TimeFigures } from "./load_figures.ts";

/** How wide the bars of a histogram are, in characters. */
const WIDTH = 40;
/** The last of these that a time is not above names its row of the histogram, with a power of ten. */
const STEPS = [1, 2, 5];

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
  const [least, largest] = valueSize.map(formatSize);
  return [
    `${whole(connections)} connections, depth ${depth}`,
    formatMix(mix),
    `${whole(keys)} keys of ${keySize} bytes${skew > 0 ? `, skew ${skew}` : ""}`,
    `values of ${least === largest ? least : `${least} to ${largest}`} bytes`,
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
    title,
    ...rows.map(([left = "", right = ""]) => `  ${left.padEnd(14)} ${right}`),
    ...histogramText(figures),
    "",
  ].join("\n");
}

function timesText({ min, mean, p50, p90, p99, p999, p9999, max }: TimeFigures): string {
  const times = { min, mean, p50, p90, p99, "p99.9": p999, "p99.99": p9999, max };
  return Object.entries(times).map(([name, time]) => `${name} ${short(time)}`).join("  ");
}

/** Rows of 1, 2 and 5 times a power of ten, from the first that has times to the last. */
function histogramText({ histogram, requests }: LoadFigures): string[] {
  const rows = new Map<number, number>();
  for (const [time, count] of histogram) {
    const edge = edgeOf(time);
    for (let row = [...rows.keys()].at(-1) ?? edge; row < edge;) {
      row = nextEdge(row);
      rows.set(row, 0);
    }
    rows.set(edge, (rows.get(edge) ?? 0) + count);
  }
  const most = Math.max(...rows.values());
  return [...rows].map(([edge, count]) => {
    const bar = "#".repeat(Math.ceil(WIDTH * count / most)).padEnd(WIDTH);
    const part = (100 * count / requests).toFixed(2).padStart(6);
    return `  ${`<= ${edge} ms`.padStart(14)} |${bar}| ${part}%  ${whole(count)}`;
  });
}

/** The least edge that a time is not above. */
function edgeOf(time: number): number {
  let edge = 0.001;
  while (edge < time) edge = nextEdge(edge);
  return edge;
}

function nextEdge(edge: number): number {
  const power = Math.floor(Math.log10(edge) + 1e-9);
  const step = STEPS.indexOf(Math.round(edge / 10 ** power));
  const next = step === STEPS.length - 1 ? 10 ** (power + 1) : STEPS[step + 1]! * 10 ** power;
  return Number(next.toPrecision(1)); // Without the error of the powers.
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
    name,
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

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Three digits that count, or more before the point. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
