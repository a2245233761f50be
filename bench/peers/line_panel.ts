/**
 * Lines: what a request costs as the work grows. Both scales are logarithmic.
 *
 * @module
 */

import type { Group } from "./figures.ts";
import {
  coloursOf,
  HEAD_HEIGHT,
  headOf,
  type Panel,
  PANEL_WIDTH,
  round,
  shortNumber,
  textAt,
} from "./panel.ts";

const HEIGHT = 200;
/** Room for the numbers on the left, and for half of the last one below. */
const LEFT = 44;
const RIGHT = 24;

/** A place on the panel for each value. */
type Scale = (value: number) => number;

/** Draws a line for each server. */
export function linePanel(axis: string, groups: readonly Group[]): Panel {
  const points = groups.flatMap(({ at, figures }) =>
    figures.map(({ name, cpu }) => ({ name, x: at!.value, y: cpu.quartile }))
  );
  const bottom = HEAD_HEIGHT + HEIGHT;
  const ticks = ticksFor(points.map(({ y }) => y));
  const xs = groups.map(({ at }) => at!.value);
  const x = logarithmic(xs, LEFT, PANEL_WIDTH - RIGHT);
  const y = logarithmic(ticks, bottom, HEAD_HEIGHT);
  const colours = coloursOf(points.map(({ name }) => name));
  let content = headOf(
    `GET: more ${axis}`,
    `microseconds of the server's CPU a request, quartile`,
    colours,
  );
  for (const tick of ticks) {
    content += `<path class="grid" d="M${LEFT} ${round(y(tick))}H${PANEL_WIDTH - RIGHT}"/>` +
      textAt(LEFT - 8, y(tick) + 4, shortNumber(tick), "muted", "end");
  }
  for (const value of xs) {
    content += `<path class="grid" d="M${round(x(value))} ${bottom}v5"/>` +
      textAt(x(value), bottom + 20, labelOf(axis, value), "muted", "middle");
  }
  for (const [name, colour] of colours) {
    const own = points.filter((point) => point.name === name)
      .map((point) => [round(x(point.x)), round(y(point.y))]);
    content += `<path class="line" stroke="${colour}" d="M${own.map(String).join("L")}"/>`;
    for (const [cx, cy] of own) content += `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
  }
  return { height: bottom + 28, content };
}

/** A logarithmic scale from the least of `values` to the largest. */
function logarithmic(values: readonly number[], from: number, to: number): Scale {
  const [least, largest] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  return (value) => from + (to - from) * (Math.log(value) - least) / (largest - least || 1);
}

/** 1, 2 and 5 of each power of ten, from below the least value to above the largest; or the powers only. */
function ticksFor(values: readonly number[]): number[] {
  const [least, largest] = [Math.min(...values), Math.max(...values)];
  const steps = largest / least > 200 ? [1] : [1, 2, 5];
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.log10(largest) + 1; power++) {
    all.push(...steps.map((step) => step * 10 ** power));
  }
  const first = all.findLastIndex((tick) => tick <= least);
  const last = all.findIndex((tick) => tick >= largest);
  return all.slice(first, last + 1);
}

function labelOf(axis: string, value: number): string {
  if (!axis.startsWith("bytes")) return shortNumber(value);
  if (value >= 1_048_576) return `${value / 1_048_576} MiB`;
  return value >= 1_024 ? `${value / 1_024} KiB` : `${value} B`;
}
