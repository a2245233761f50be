/**
 * Items as text, with colours where they are wanted.
 *
 * @module
 */

import type { FieldKind, InspectedField, InspectedFrame, Item, Located, Protocol } from "./item.ts";
import { count, hexOf, oneLine } from "./printable.ts";

/** How items are shown. */
export interface TextViewOptions {
  /** Whether to use colours of a terminal. Default false. */
  readonly color?: boolean | undefined;
  /** How many bytes of a field are shown. Default 64. */
  readonly maxBytes?: number | undefined;
}

/** So many bytes stand in a line. */
const WIDTH = 16;
/** How wide the column of bytes is, with its brackets. */
const COLUMN = 3 * WIDTH + 1;

const COLORS: Readonly<Record<FieldKind, number>> = {
  head: 36, // cyan
  extension: 33, // yellow
  key: 32, // green
  value: 34, // blue
  trailer: 35, // magenta
};
const RED = 31;
const BOLD = 1;
const DIM = 2;

/**
 * Shows items as lines of text: for each frame a title, the same in the other protocol, then a line or more
 * for each field, with its offset, its bytes in brackets, and what it says.
 *
 * @example
 * ```ts
 * import { Inspector, TextView } from "@cortado/cortado/inspect";
 * import { assertEquals } from "@std/assert";
 *
 * const inspector = new Inspector({ format: "raw" });
 * const [found] = inspector.push(Uint8Array.fromHex("cafe01040000000000000000"));
 * const [title, , magic] = new TextView().lines(found!);
 * assertEquals(title, "#1 request PING  (CAFE, offset 0, 12 bytes)");
 * assertEquals(magic!.replace(/ +/g, " "), " 0 [ca fe] magic");
 * ```
 */
export class TextView {
  readonly #color: boolean;
  readonly #maxBytes: number;
  /** When the first item came. */
  #began: number | undefined = undefined;

  /** Makes it for the items of one stream or capture. */
  constructor({ color = false, maxBytes = 64 }: TextViewOptions = {}) {
    this.#color = color;
    this.#maxBytes = maxBytes;
  }

  /** The lines of an item, without their ends. */
  lines({ item, connection, time }: Located): string[] {
    const from = connection === undefined ? [] : [this.#place(connection, time)];
    return [...from, ...this.#itemLines(item)];
  }

  #place(connection: string, time: number | undefined): string {
    if (time === undefined) return this.#paint(DIM, connection);
    this.#began ??= time;
    const seconds = ((time - this.#began) / 1000).toFixed(6);
    return this.#paint(DIM, `${new Date(time).toISOString()} +${seconds} s  ${connection}`);
  }

  #itemLines(item: Item): string[] {
    switch (item.type) {
      case "frame":
        return this.#frame(item);
      case "damage":
        return [
          this.#paint(RED, `!! damaged ${item.protocol} at offset ${item.offset}`),
          ...item.fields.flatMap((field) => this.#field(field)),
          ...item.fields.length > 0 ? [] : [`${place(item.offset)}  [${hexOf(item.bytes)}]`],
          this.#fault(item.message),
        ];
      case "resumed":
        return [this.#paint(RED, resumedText(item.skipped, item.offset, item.ended))];
      case "gap": {
        const missing = `${count(item.missing, "byte")} missing at offset ${item.offset}`;
        return [this.#paint(RED, `!! ${missing}: ${item.message}`)];
      }
    }
  }

  #frame(frame: InspectedFrame): string[] {
    const { number, direction, title, protocol, offset, size, fieldsLeft, answers } = frame;
    const where = `(${protocol}, offset ${offset}, ${count(size, "byte")})`;
    const answer = answers === undefined
      ? ""
      : ` to #${answers.number} ${answers.title}${inMilliseconds(answers.milliseconds)}`;
    return [
      `${this.#paint(BOLD, oneLine(`#${number} ${direction} ${title}`))}${answer}  ${where}`,
      ...frame.equals === undefined ? [] : [`          = ${other(protocol)}: ${frame.equals}`],
      ...frame.fields.flatMap((field) => this.#field(field)),
      ...fieldsLeft > 0 ? [`${" ".repeat(10)}and ${count(fieldsLeft, "field")} more`] : [],
      ...frame.faults.map((fault) => this.#fault(fault)),
    ];
  }

  #field({ offset, bytes, kind, depth, meaning }: InspectedField): string[] {
    const text = "  ".repeat(depth) + oneLine(meaning);
    if (bytes.length === 0) return [`${" ".repeat(10)}${"".padEnd(COLUMN)}  ${text}`];
    const shown = bytes.subarray(0, this.#maxBytes);
    const lines: string[] = [];
    for (let at = 0; at < shown.length; at += WIDTH) {
      const row = shown.subarray(at, at + WIDTH);
      const isLast = at + WIDTH >= shown.length;
      const open = at === 0 ? "[" : " ";
      const close = isLast && shown.length === bytes.length ? "]" : "";
      const hex = `${open}${hexOf(row)}${close}`;
      const padding = " ".repeat(Math.max(0, COLUMN - hex.length));
      const painted = this.#paint(COLORS[kind], hex);
      lines.push(`${place(offset + at)}  ${painted}${padding}  ${at === 0 ? text : ""}`.trimEnd());
    }
    const left = bytes.length - shown.length;
    if (left > 0) lines.push(`${" ".repeat(10)} ... ${count(left, "byte")} more]`);
    return lines;
  }

  #fault(message: string): string {
    return `${" ".repeat(10)}${this.#paint(RED, `^ ${oneLine(message)}`)}`;
  }

  #paint(color: number, text: string): string {
    return this.#color ? `\x1b[${color}m${text}\x1b[0m` : text;
  }
}

function other(protocol: Protocol): Protocol {
  return protocol === "CAFE" ? "RESP" : "CAFE";
}

function place(offset: number): string {
  return String(offset).padStart(8);
}

function resumedText(skipped: number, offset: number, ended: boolean): string {
  const what = `!! ${count(skipped, "byte")} skipped`;
  return ended ? `${what}, to the end` : `${what}: a frame begins at offset ${offset}`;
}

function inMilliseconds(time: number | undefined): string {
  return time === undefined ? "" : ` after ${time.toFixed(3)} ms`;
}
