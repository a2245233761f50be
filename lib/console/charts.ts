/**
 * Charts over time, drawn by uPlot, which is a script of its own (lib/server/admin/page/vendor/uplot).
 *
 * @module
 */

import { element, say } from "./dom.ts";

/** Values over time; null where there is none. */
export type Series = readonly (number | null)[];

/** What the console uses of uPlot. */
interface Plot {
  setData(data: readonly Series[]): void;
  setSize(size: { readonly width: number; readonly height: number }): void;
  destroy(): void;
  readonly cursor: { readonly idx?: number | null };
}

interface PlotOptions {
  readonly width: number;
  readonly height: number;
  readonly [option: string]: unknown;
}

declare const uPlot: new (
  options: PlotOptions,
  data: readonly Series[],
  target: HTMLElement,
) => Plot;

/** A line of a chart. */
export interface Line {
  /** What it is called. */
  readonly label: string;
  /** The variable of the style sheet that its colour is. */
  readonly color: string;
  /** Its dashes, so that it is told from others without colours. */
  readonly dash?: readonly number[];
}

/** What a chart is made of. */
export interface ChartOptions {
  /** Its title. */
  readonly title: string;
  /** Its lines. */
  readonly lines: readonly Line[];
  /** A value as text. */
  readonly text: (value: number) => string;
  /** Whether its scale is a logarithm. */
  readonly isLogarithmic?: boolean;
  /** By how much the marks of its scale may differ. Default: as uPlot thinks best. */
  readonly steps?: readonly number[];
}

/** Steps for bytes: powers of two. */
export const BYTE_STEPS: readonly number[] = Array.from({ length: 48 }, (_, at) => 2 ** at);
/** Steps for what is counted: no halves. */
export const COUNT_STEPS: readonly number[] = Array.from(
  { length: 24 },
  (_, at) => [1, 2, 5][at % 3]! * 10 ** Math.floor(at / 3),
);

/** Steps of the axis of time: its labels have no parts of a second. */
const TIME_STEPS: readonly number[] = [1, 60, 3_600].flatMap((unit) =>
  [1, 2, 5, 10, 15, 30].map((count) => count * unit)
);

const HEIGHT = 180;
const NONE: readonly Series[] = [];

/** A chart. */
export class Chart {
  /** The chart with its title. */
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #target = element("div", { class: "plot" });
  readonly #time = element("span", { class: "time" });
  /** Where the last values stand, or those at the pointer. */
  readonly #values: readonly HTMLElement[];
  #plot: Plot | undefined = undefined;
  #data = NONE;

  /** Makes one that has a size when it is shown. */
  constructor(options: ChartOptions, ...controls: readonly HTMLElement[]) {
    this.#options = options;
    this.#values = options.lines.map(() => element("span", { class: "figure" }, "–"));
    const legend = options.lines.map(({ label, color, dash }, at) => {
      const swatch = element("span", { class: "swatch" });
      swatch.style.borderTop = `3px ${styleOf(dash)} var(${color})`;
      return element("li", {}, swatch, `${label} `, this.#values[at]!);
    });
    this.element = element(
      "figure",
      { class: "panel chart" },
      element("figcaption", {}, element("h2", {}, options.title), ...controls),
      element("ul", { class: "legend", "aria-hidden": "true" }, ...legend, this.#time),
      this.#target,
    );
    this.#target.setAttribute("role", "img");
    new ResizeObserver(() => this.#resize()).observe(this.#target);
  }

  /** Shows values: the times in seconds since 1970, then those of each line. */
  show(data: readonly Series[]): void {
    this.#data = data;
    if (this.#plot === undefined) this.repaint();
    else this.#plot.setData(data);
    if (!this.#target.matches(":hover")) this.#say(undefined);
    const last = this.#options.lines.map(({ label }, at) => `${label} ${this.#textAt(at, -1)}`);
    this.#target.setAttribute("aria-label", `${this.#options.title}: ${last.join(", ")}`);
  }

  /** Says the values of a place, or the last ones. */
  #say(place: number | null | undefined): void {
    const at = place ?? -1;
    for (const [line, value] of this.#values.entries()) say(value, this.#textAt(line, at));
    const time = this.#data[0]?.at(at);
    say(this.#time, typeof place === "number" && typeof time === "number" ? clock(time) : "");
  }

  #textAt(line: number, at: number): string {
    const value = this.#data[line + 1]?.at(at);
    return value === null || value === undefined ? "–" : this.#options.text(value);
  }

  /** Draws it anew, in the colours of now. */
  repaint(): void {
    const width = this.#target.clientWidth;
    if (width === 0 || this.#data.length === 0) return;
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#plotOptions(width), this.#data, this.#target);
  }

  #resize(): void {
    const width = this.#target.clientWidth;
    if (width === 0) return;
    if (this.#plot === undefined) this.repaint();
    else this.#plot.setSize({ width, height: HEIGHT });
  }

  #plotOptions(width: number): PlotOptions {
    const { lines, text, isLogarithmic = false, steps } = this.#options;
    const [ink, grid] = [this.#color("--dim"), this.#color("--line")];
    const filter = isLogarithmic ? { filter: powersOnly } : {};
    const marks = { stroke: grid, width: 1 };
    const axis = { stroke: ink, grid: marks, ticks: marks };
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      hooks: { setCursor: [({ cursor }: Plot) => this.#say(cursor.idx)] },
      scales: {
        x: { time: true },
        y: isLogarithmic ? { distr: 3, range: powers } : { range: fromZero },
      },
      axes: [
        {
          ...axis,
          size: 32,
          space: 80,
          incrs: TIME_STEPS,

          values: (_: unknown, splits: readonly number[]) => splits.map(clock),
        },
        {
          ...{ ...axis, ...filter, grid: { ...marks, ...filter }, ticks: { ...marks, ...filter } },
          size: 70,
          ...steps && { incrs: steps },
          values: (_: unknown, splits: readonly (number | null)[]) =>
            splits.map((split) => split === null ? "" : text(split)),
        },
      ],
      series: [
        {},
        ...lines.map(({ label, color, dash }) => ({
          label,
          stroke: this.#color(color),
          width: 2,
          dash,
          points: { show: false },
        })),
      ],
    };
  }

  /** A colour of the style sheet as a canvas takes it. */
  #color(variable: string): string {
    const probe = element("span", { hidden: true });
    probe.style.color = `var(${variable})`;
    this.element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }
}

function clock(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString([], { hour12: false });
}

function fromZero(_: unknown, __: number, most: number | null): [number, number] {
  return [0, Math.max(1, (most ?? 0) * 1.1)];
}

function powers(_: unknown, least: number | null, most: number | null): [number, number] {
  const low = 10 ** Math.floor(Math.log10(Math.max(0.1, least ?? 1)));
  return [low, Math.max(low * 10, 10 ** Math.ceil(Math.log10(Math.max(1, most ?? 1))))];
}

/** Of the marks of a logarithmic scale only those at powers of ten. */
function powersOnly(_: unknown, splits: readonly number[]): (number | null)[] {
  return splits.map((split) =>
    Number.isInteger(Math.round(1e6 * Math.log10(split)) / 1e6) ? split : null
  );
}

/** How dashes look as the border of an element. */
function styleOf(dash: readonly number[] | undefined): string {
  if (dash === undefined) return "solid";
  return dash[0]! > 2 ? "dashed" : "dotted";
}
