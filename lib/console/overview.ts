/**
 * What the server does now.
 *
 * @module
 */

import type { Overview } from "./answers.ts";
import { ask } from "./api.ts";
import { BYTE_STEPS, Chart, COUNT_STEPS, type Series } from "./charts.ts";
import { choice, element, labelled, say } from "./dom.ts";
import { type Latency, type Point, pointOf, type Whose } from "./figures.ts";
import { amount, duration, micros, size } from "./text.ts";
import type { View } from "./view.ts";

/** So many looks are kept: five minutes. */
const KEPT = 300;
/** After a longer time without a look a chart has a gap, in milliseconds. */
const GAP = 5_000;

/** What is kept of a look. */
interface Look {
  readonly overview: Overview;
  readonly point: Point;
}

/** Figures as charts, of the last five minutes in which they were looked at. */
export class OverviewView implements View {
  readonly period = 1_000;
  readonly isPrivate = false;
  readonly element: HTMLElement;
  readonly #looks: Look[] = [];
  readonly #tiles = new Map<string, readonly [value: HTMLElement, note: HTMLElement]>();
  readonly #whose = choice(
    [["all", "all requests"], ["cafe", "CAFE"], ["resp", "RESP"]],
    () => this.#draw(),
  );
  readonly #charts: readonly (readonly [Chart, (looks: readonly Look[]) => Series[]])[];
  #last: Overview | undefined = undefined;

  /** Makes it, empty. */
  constructor() {
    this.#charts = [
      [
        new Chart({
          title: "Requests per second",
          lines: [
            { label: "CAFE", color: "--c1" },
            { label: "RESP", color: "--c2", dash: [6, 3] },
          ],
          text: amount,
        }),
        (looks) => [of(looks, ({ point }) => point.cafe), of(looks, ({ point }) => point.resp)],
      ],
      [
        new Chart({
          title: "Latency",
          lines: [
            { label: "p50", color: "--c3" },
            { label: "p99", color: "--c1", dash: [6, 3] },
            { label: "p99.9", color: "--c4", dash: [2, 3] },
          ],
          text: micros,
          isLogarithmic: true,
        }, labelled("Of", this.#whose, { class: "field inline" })),
        (looks) => (["p50", "p99", "p999"] as const).map((name) => this.#latency(looks, name)),
      ],
      [
        new Chart({
          title: "Bytes per second",
          lines: [
            { label: "in", color: "--c1" },
            { label: "out", color: "--c2", dash: [6, 3] },
          ],
          text: size,
          steps: BYTE_STEPS,
        }),
        (looks) => [of(looks, ({ point }) => point.received), of(looks, ({ point }) => point.sent)],
      ],
      [
        new Chart({
          title: "Memory",
          lines: [
            { label: "process", color: "--c1" },
            { label: "heap", color: "--c3", dash: [6, 3] },
            { label: "entries", color: "--c2", dash: [2, 3] },
          ],
          text: size,
          steps: BYTE_STEPS,
        }),
        (looks) => [
          of(looks, ({ overview }) => overview.memory.rss),
          of(looks, ({ overview }) => overview.memory.heapUsed),
          of(looks, ({ overview }) => overview.store.used),
        ],
      ],
      [
        new Chart({
          title: "Connections",
          lines: [
            { label: "CAFE", color: "--c1" },
            { label: "RESP", color: "--c2", dash: [6, 3] },
            { label: "silent", color: "--c3", dash: [2, 3] },
          ],
          text: amount,
          steps: COUNT_STEPS,
        }),
        (looks) =>
          (["cafe", "resp", "none"] as const).map((name) =>
            of(looks, ({ overview }) => overview.connections[name])
          ),
      ],
      [
        new Chart({
          title: "Event loop lag, longest",
          lines: [{ label: "lag", color: "--c4" }],
          text: micros,
        }),
        (looks) => [of(looks, ({ point }) => point.lag)],
      ],
    ];
    this.element = element(
      "div",
      {},
      element("dl", { class: "tiles" }, ...TILES.map(({ title }) => this.#tile(title))),
      element("div", { class: "charts" }, ...this.#charts.map(([chart]) => chart.element)),
    );
  }

  async refresh(): Promise<void> {
    const overview = await ask<Overview>("GET", "overview");
    const before = this.#last;
    this.#last = overview;
    if (before === undefined || overview.now <= before.now) return;
    const point = pointOf(before, overview);
    if (overview.now - before.now > GAP) this.#looks.push(gapAt(before));
    this.#looks.push({ overview, point });
    this.#looks.splice(0, this.#looks.length - KEPT);
    for (const { title, value, note } of TILES) {
      const [shown, below] = this.#tiles.get(title)!;
      say(shown, value(overview, point));
      say(below, note(overview, point));
    }
    this.#draw();
  }

  repaint(): void {
    for (const [chart] of this.#charts) chart.repaint();
  }

  #draw(): void {
    const times = this.#looks.map(({ point }) => point.time);
    for (const [chart, seriesOf] of this.#charts) chart.show([times, ...seriesOf(this.#looks)]);
  }

  #latency(looks: readonly Look[], name: keyof Latency): Series {
    const whose = this.#whose.value as Whose; // It has no others.
    return of(looks, ({ point }) => point.latency[whose][name]);
  }

  #tile(title: string): HTMLElement {
    const value = element("dd", { class: "value" }, "–");
    const note = element("dd", { class: "note" }, "");
    this.#tiles.set(title, [value, note]);
    return element("div", { class: "panel tile" }, element("dt", {}, title), value, note);
  }
}

/** A place at which all lines end. */
function gapAt(overview: Overview): Look {
  const none = { p50: undefined, p99: undefined, p999: undefined };
  const unknown = { cafe: NaN, resp: NaN, received: NaN, sent: NaN, errors: NaN };
  const latency = { all: none, cafe: none, resp: none };
  const time = overview.now / 1_000 + 0.001;
  return {
    overview,
    point: { ...unknown, time, latency, found: undefined, lag: undefined },
  };
}

function of(looks: readonly Look[], valueOf: (look: Look) => number | undefined): Series {
  return looks.map((look) => {
    const value = valueOf(look);
    return value === undefined || Number.isNaN(value) ? null : value;
  });
}

/** A figure in large letters, with a note below it. */
interface Tile {
  readonly title: string;
  readonly value: (overview: Overview, point: Point) => string;
  readonly note: (overview: Overview, point: Point) => string;
}

const TILES: readonly Tile[] = [
  {
    title: "Requests per second",
    value: (_, { cafe, resp }) => amount(cafe + resp),
    note: ({ requests }, { errors }) => `${amount(requests)} in all, ${amount(errors)} errors/s`,
  },
  {
    title: "Latency, p99",
    value: (_, { latency }) => micros(latency.all.p99),
    note: (_, { latency }) => `p50 ${micros(latency.all.p50)}, p99.9 ${micros(latency.all.p999)}`,
  },
  {
    title: "Connections",
    value: ({ connections: { cafe, resp, none } }) => amount(cafe + resp + none),
    note: ({ connections: { limit, refused } }) =>
      `of ${amount(limit)}, ${amount(refused)} refused`,
  },
  {
    title: "Keys",
    value: ({ store }) => amount(store.keys),
    note: (_, { found }) =>
      found === undefined ? "none looked up" : `${Math.round(100 * found)}% found`,
  },
  {
    title: "Memory",
    value: ({ memory }) => size(memory.rss),
    note: ({ store: { used, limit } }) =>
      `entries ${size(used)}${limit > 0 ? ` of ${size(limit)}` : ""}`,
  },
  {
    title: "Running for",
    value: ({ now, startedAt }) => duration(Math.max(0, now - startedAt)),
    note: ({ version, journal }) =>
      `release ${version}, ${
        journal === undefined ? "in memory" : journal.failed ? "disk has failed" : "kept on disk"
      }`,
  },
];
