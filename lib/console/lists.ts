/**
 * Connections, slow requests and hot keys.
 *
 * @module
 */

import type { ConnectionRow, Connections, HotKeys, SlowLog, Visit } from "./answers.ts";
import { ask } from "./api.ts";
import { confirmed } from "./dialogs.ts";
import { button, element, say } from "./dom.ts";
import { type Column, Table } from "./table.ts";
import { duration, labelOf, micros, size } from "./text.ts";
import type { View } from "./view.ts";

/** What the lists have in common: a line that says how many there are, and a table. */
abstract class ListView<Row> implements View {
  abstract readonly period: number;
  readonly isPrivate = true;
  readonly element: HTMLElement;
  readonly #table: Table<Row>;
  readonly #summary = element("p", { class: "summary" });

  constructor(
    caption: string,
    columns: readonly Column<Row>[],
    keyOf: (row: Row) => string,
    empty: string,
  ) {
    this.#table = new Table(caption, columns, keyOf, empty);
    this.element = element("div", {}, this.#summary, this.#table.element);
  }

  abstract refresh(visit: Visit): Promise<void>;

  protected show(summary: string, rows: readonly Row[]): void {
    say(this.#summary, summary);
    this.#table.show(rows);
  }
}

/** Who is connected. */
export class ConnectionsView extends ListView<ConnectionRow> {
  readonly period = 2_000;

  /** Makes it, empty. */
  constructor(failed: (cause: unknown) => void) {
    const end = (row: ConnectionRow) => () =>
      button("End", () => void this.#end(row).catch(failed), {
        class: "danger small",
        "aria-label": `End connection ${row.id} of ${row.address}`,
      });
    super(
      "Connections",
      [
        { title: "Number", cell: ({ id }) => String(id), isNumber: true },
        { title: "Protocol", cell: protocolOf },
        { title: "Address", cell: ({ address }) => address, isCode: true },
        { title: "Client", cell: clientOf },
        { title: "User", cell: ({ user }) => user },
        { title: "Age", cell: ({ age }) => duration(age), isNumber: true },
        { title: "Idle", cell: ({ idle }) => duration(idle), isNumber: true },
        { title: "Last command", cell: commandOf, isCode: true },
        { title: "Database", cell: ({ database }) => String(database), isNumber: true },
        {
          title: "Channels",
          cell: ({ channels, patterns }) => String(channels + patterns),
          isNumber: true,
        },
        {
          title: "Waiting",
          cell: ({ inputBytes, outputBytes }) => size(inputBytes + outputBytes),
          isNumber: true,
        },
        { title: "End", cell: end },
      ],
      ({ id }) => String(id),
      "Nobody is connected.",
    );
  }

  async refresh(visit: Visit): Promise<void> {
    this.element.classList.toggle("read-only", !visit.may.includes("kill"));
    const { connections, total } = await ask<Connections>("GET", "connections");
    const shown = connections.length < total ? `, the first ${connections.length} are shown` : "";
    this.show(`${total} ${total === 1 ? "connection" : "connections"}${shown}.`, connections);
  }

  async #end({ id, address }: ConnectionRow): Promise<void> {
    const question =
      `Connection ${id} of ${address} is closed at once: what it has asked for is not answered.`;
    if (!await confirmed(question, "End the connection")) return;
    await ask("DELETE", "connections", { id });
  }
}

function protocolOf({ protocol, version }: ConnectionRow): string {
  if (protocol === "") return "–";
  return protocol === "resp" ? `RESP${version}` : "CAFE";
}

function clientOf({ name, library, libraryVersion }: ConnectionRow): string {
  return [name, [library, libraryVersion].filter(Boolean).join(" ")].filter(Boolean).join(", ");
}

function commandOf({ command, blocked }: ConnectionRow): string {
  return blocked ? `${command} (waits)` : command;
}

/** The slowest requests of late. */
export class SlowLogView extends ListView<SlowLog["entries"][number]> {
  readonly period = 3_000;

  /** Makes it, empty. */
  constructor() {
    super(
      "Slow requests",
      [
        { title: "Number", cell: ({ id }) => String(id), isNumber: true },
        { title: "Time", cell: ({ time }) => new Date(time).toLocaleString() },
        { title: "Took", cell: ({ micros: took }) => micros(took), isNumber: true },
        { title: "Request", cell: ({ args }) => args.join(" "), isCode: true, isLong: true },
        { title: "Address", cell: ({ address }) => address, isCode: true },
        { title: "Client", cell: ({ clientName }) => clientName },
      ],
      ({ id, time }) => `${id} ${time}`,
      "No request was slow.",
    );
  }

  async refresh(): Promise<void> {
    const { entries, total, threshold } = await ask<SlowLog>("GET", "slowlog");
    const which = threshold < 0
      ? "None are kept (slowlog-log-slower-than is less than 0)"
      : `Requests that took ${micros(threshold)} or more (slowlog-log-slower-than)`;
    const shown = entries.length < total ? `; the last ${entries.length} of ${total}` : "";
    this.show(`${which}${shown}.`, entries);
  }
}

/** The keys that most requests are about. */
export class HotKeysView extends ListView<HotKeys["keys"][number]> {
  readonly period = 2_000;

  /** Makes it, empty. */
  constructor() {
    super(
      "Hot keys",
      [
        {
          title: "Key",
          cell: ({ key }) => labelOf(Uint8Array.fromHex(key)),
          isCode: true,
          isLong: true,
        },
        { title: "Database", cell: ({ database }) => String(database), isNumber: true },
        { title: "Share", cell: ({ share }) => percent(share), isNumber: true },
        { title: "Too much by up to", cell: ({ error }) => percent(error), isNumber: true },
      ],
      ({ database, key }) => `${database} ${key}`,
      "No key was seen yet: one request in 256 is looked at.",
    );
  }

  async refresh(): Promise<void> {
    const { keys } = await ask<HotKeys>("GET", "hotkeys");
    this.show("Which part of all uses of keys each has, of the last minutes, from a sample.", keys);
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
