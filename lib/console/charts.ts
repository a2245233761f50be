/**
 * Charts over time, drawn by uPlot, which is a script of its own (lib/server/admin/page/vendor/uplot).
 *
 * @module
 */

import { element } from "./dom.ts";

/** Values over time; null where there is none. */
export type Series = readonly (number | null)[];

/** What the console uses of uPlot. */
interface Plot {
  setData(data: readonly Series[]): void;
  setSize(size: { readonly width: number; readonly height: number }): void;
  destroy(): void;
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
}

const HEIGHT = 190;
const NONE: readonly Series[] = [];

/** A chart. */
export class Chart {
  /** The chart with its title. */
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #target = element("div", { class: "plot" });
  #plot: Plot | undefined = undefined;
  #data = NONE;

  /** Makes one that has a size when it is shown. */
  constructor(options: ChartOptions, ...controls: readonly HTMLElement[]) {
    this.#options = options;
    this.element = element(
      "figure",
      { class: "panel chart" },
      element("figcaption", {}, element("h2", {}, options.title), ...controls),
      this.#target,
    );
    new ResizeObserver(() => this.#resize()).observe(this.#target);
  }

  /** Shows values: the times in seconds since 1970, then those of each line. */
  show(data: readonly Series[]): void {
    this.#data = data;
    if (this.#plot === undefined) this.repaint();
    else this.#plot.setData(data);
    const last = this.#options.lines.map(({ label }, at) => {
      const value = data[at + 1]?.at(-1);
      return `${label} ${
        value === null || value === undefined ? "none" : this.#options.text(value)
      }`;
    });
    this.#target.setAttribute("role", "img");
    this.#target.setAttribute("aria-label", `${this.#options.title}: ${last.join(", ")}`);
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
    const { lines, text, isLogarithmic = false } = this.#options;
    const [ink, grid] = [this.#color("--dim"), this.#color("--line")];
    const axis = {
      stroke: ink,
      grid: { stroke: grid, width: 1 },
      ticks: { stroke: grid, width: 1 },
    };
    const value = (_: unknown, raw: number | null) => raw === null ? "–" : text(raw);
    return {
      width,
      height: HEIGHT,
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: true },
        y: isLogarithmic ? { distr: 3, range: powers } : { range: fromZero },
      },
      axes: [axis, {
        ...axis,
        size: 70,
        values: (_: unknown, splits: readonly (number | null)[]) =>
          splits.map((split) => split === null ? "" : text(split)),
      }],
      series: [
        {
          label: "Time",
          value: (_: unknown, time: number | null) => time === null ? "–" : clock(time),
        },
        ...lines.map(({ label, color, dash }) => ({
          label,
          stroke: this.#color(color),
          width: 2,
          dash,
          value,
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
  return new Date(seconds * 1_000).toLocaleTimeString();
}

function fromZero(_: unknown, __: number, most: number | null): [number, number] {
  return [0, Math.max(1, (most ?? 0) * 1.1)];
}

function powers(_: unknown, least: number | null, most: number | null): [number, number] {
  const low = 10 ** Math.floor(Math.log10(Math.max(0.1, least ?? 1)));
  return [low, Math.max(low * 10, 10 ** Math.ceil(Math.log10(Math.max(1, most ?? 1))))];
}
