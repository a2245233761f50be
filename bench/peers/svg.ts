/**
 * Comparisons as one picture, which takes its colours from whether the reader has a light or a dark screen.
 *
 * @module
 */

import { barPanel } from "./bar_panel.ts";
import type { Comparison, Group } from "./figures.ts";
import { linePanel } from "./line_panel.ts";
import { type Panel, PANEL_WIDTH } from "./panel.ts";

const COLUMNS = 2;
const GAP = 24;

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: var(--text); }
.title { font-size: 15px; font-weight: 600; }
.muted { fill: var(--muted); }
.page { fill: var(--page); }
.grid { stroke: var(--grid); fill: none; }
.one { stroke: var(--muted); stroke-dasharray: 3 3; fill: none; }
.line { fill: none; stroke-width: 2; }
:root { --page: #ffffff; --text: #1f2328; --muted: #59636e; --grid: #d8dee4;
  --cafe: #0969da; --resp: #54aeff; --a: #8c959f; --b: #d4762c; --c: #8250df; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --text: #f0f6fc; --muted: #9198a1; --grid: #30363d;
    --cafe: #4493f8; --resp: #a5d6ff; --a: #7d8590; --b: #e39a53; --c: #ab7df8; }
}`;

/** Draws comparisons; what has no groups to be shown is left out. */
export function picture(comparisons: readonly Comparison[]): string {
  const panels = comparisons.flatMap(panelsOf);
  const width = COLUMNS * PANEL_WIDTH + (COLUMNS + 1) * GAP;
  let top = GAP;
  let body = "";
  for (let at = 0; at < panels.length; at += COLUMNS) {
    const row = panels.slice(at, at + COLUMNS);
    row.forEach(({ content }, column) => {
      const left = GAP + column * (PANEL_WIDTH + GAP);
      body += `<g transform="translate(${left} ${top})">${content}</g>\n`;
    });
    top += Math.max(...row.map(({ height }) => height)) + GAP;
  }
  const size = `width="${width}" height="${top}" viewBox="0 0 ${width} ${top}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">
<title>Cortado beside other servers</title>
<desc>${comparisons.map(({ title }) => title).join("; ")}</desc>
<style>${STYLE}
</style>
<rect class="page" width="${width}" height="${top}" rx="8"/>
${body}</svg>
`;
}

/** Lines for what grows, and bars for what else is to be shown. */
function panelsOf({ title, groups, shown }: Comparison): Panel[] {
  const axes = Map.groupBy(groups.filter(({ at }) => at !== undefined), ({ at }) => at!.axis);
  const lines = [...axes].map(([axis, groups]) => linePanel(axis, groups));
  const bars = shown.flatMap((load): Group[] => groups.filter((group) => group.load === load));
  return bars.length > 0 ? [barPanel(title, bars), ...lines] : lines;
}
