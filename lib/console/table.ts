/**
 * Tables whose rows come and go.
 *
 * @module
 */

import { element, say } from "./dom.ts";

/** A column. */
export interface Column<Row> {
  /** What stands at its head. */
  readonly title: string;
  /** What stands in a row: text, or a control that is made once. */
  readonly cell: (row: Row) => string | (() => HTMLElement);
  /** Whether it holds numbers, which stand at the right. */
  readonly isNumber?: boolean;
  /** Whether it holds what programs write. */
  readonly isCode?: boolean;
  /** Whether it may be long: then it has several lines. */
  readonly isLong?: boolean;
}

/** A table. Rows are told apart by a key, so that a row that stays keeps the focus. */
export class Table<Row> {
  /** What scrolls when the table is too wide. */
  readonly element: HTMLElement;
  readonly #columns: readonly Column<Row>[];
  readonly #keyOf: (row: Row) => string;
  readonly #body = element("tbody");
  readonly #empty: HTMLElement;
  #rows = new Map<string, HTMLTableRowElement>();

  /** Makes an empty one. */
  constructor(
    caption: string,
    columns: readonly Column<Row>[],
    keyOf: (row: Row) => string,
    empty: string,
  ) {
    this.#columns = columns;
    this.#keyOf = keyOf;
    const head = columns.map(({ title, isNumber }) =>
      element("th", { scope: "col", class: isNumber ? "number" : undefined }, title)
    );
    this.#empty = element("p", { class: "empty" }, empty);
    const table = element(
      "table",
      {},
      element("caption", { class: "unseen" }, caption),
      element("thead", {}, element("tr", {}, ...head)),
      this.#body,
    );
    this.element = element(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
      table,
      this.#empty,
    );
    this.element.addEventListener("keydown", (event) => moveBetweenRows(this.#body, event));
  }

  /** Shows rows, in their order. */
  show(rows: readonly Row[]): void {
    const shown = new Map<string, HTMLTableRowElement>();
    for (const row of rows) {
      const key = this.#keyOf(row);
      const made = this.#rows.get(key) ?? this.#make(row);
      this.#fill(made, row);
      shown.set(key, made);
    }
    for (const [key, row] of this.#rows) if (!shown.has(key)) row.remove();
    for (const [at, row] of [...shown.values()].entries()) {
      if (this.#body.children[at] !== row) {
        this.#body.insertBefore(row, this.#body.children[at] ?? null);
      }
    }
    this.#rows = shown;
    this.#empty.hidden = shown.size > 0;
    keepOneStop(this.#body);
  }

  #make(row: Row): HTMLTableRowElement {
    const cells = this.#columns.map(({ cell, isNumber, isCode, isLong }) => {
      const content = cell(row);
      const made = element("td", {
        class:
          [isNumber && "number", isCode && "code", isLong && "long"].filter(Boolean).join(" ") ||
          undefined,
      });
      if (typeof content === "function") made.append(content());
      return made;
    });
    return element("tr", {}, ...cells);
  }

  #fill(made: HTMLTableRowElement, row: Row): void {
    for (const [at, { cell }] of this.#columns.entries()) {
      const content = cell(row);
      if (typeof content === "string") say(made.cells[at]!, content);
    }
  }
}

/** The arrow keys, Home and End lead from a control to that of another row. */
function moveBetweenRows(body: HTMLElement, event: KeyboardEvent): void {
  const controls = controlsIn(body);
  const at = controls.findIndex((control) => control === document.activeElement);
  if (at < 0) return;
  const target = targetOf(event.key, at, controls.length);
  if (target === undefined) return;
  event.preventDefault();
  controls[at]!.tabIndex = -1;
  controls[target]!.tabIndex = 0;
  controls[target]!.focus();
}

/** Where a key leads to, of so many places. */
export function targetOf(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case "ArrowDown":
      return Math.min(count - 1, at + 1);
    case "ArrowUp":
      return Math.max(0, at - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

/** Tab stops at one row only, so that it leads past the table. */
function keepOneStop(body: HTMLElement): void {
  const controls = controlsIn(body);
  const current = controls.find((control) => control.tabIndex === 0) ?? controls[0];
  for (const control of controls) control.tabIndex = control === current ? 0 : -1;
}

function controlsIn(body: HTMLElement): HTMLElement[] {
  return [...body.querySelectorAll<HTMLElement>("button")];
}
