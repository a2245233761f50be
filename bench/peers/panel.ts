/**
 * What all parts of a picture are made of.
 *
 * @module
 */

import { OWN_CAFE, OWN_RESP } from "./figures.ts";

/** A part of a picture. */
export interface Panel {
  /** How high it is. */
  readonly height: number;
  /** Its elements, from 0 on in both directions. */
  readonly content: string;
}

/** How wide a part is. */
export const PANEL_WIDTH = 500;

/** Where what stands below the head begins. */
export const HEAD_HEIGHT = 72;

/** The colours of our own, and those of the others in the order in which they come. */
const OWN: Readonly<Record<string, string>> = { [OWN_CAFE]: "cafe", [OWN_RESP]: "resp" };
const OTHERS = ["a", "b", "c"];

/** How wide a letter is about, for the places of a legend. */
const LETTER = 6.9;
const SWATCH = 10;

/** A text at a place; `anchor` says which part of it is there. */
export function textAt(
  x: number,
  y: number,
  text: string,
  classes = "",
  anchor: "start" | "middle" | "end" = "start",
): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${round(x)}" y="${round(y)}" class="${classes}" text-anchor="${anchor}">` +
    `${escaped}</text>`;
}

/** The title, what is shown in which unit, and which colour is which server. */
export function headOf(
  title: string,
  unit: string,
  colours: ReadonlyMap<string, string>,
): string {
  let content = textAt(0, 14, title, "title") + textAt(0, 32, unit, "muted");
  let x = 0;
  for (const [name, colour] of colours) {
    content += `<rect x="${round(x)}" y="43" width="${SWATCH}" height="${SWATCH}" rx="2" ` +
      `fill="${colour}"/>` + textAt(x + SWATCH + 5, 52, name);
    x += SWATCH + 15 + name.length * LETTER;
  }
  return content;
}

/** A colour for each name. */
export function coloursOf(names: Iterable<string>): Map<string, string> {
  const colours = new Map<string, string>();
  let others = 0;
  for (const name of new Set(names)) {
    const own = OWN[name] ?? OTHERS[others++ % OTHERS.length]!;
    colours.set(name, `var(--${own})`);
  }
  return colours;
}

/** A number for people: 1,234 is 1.2k. */
export function shortNumber(value: number): string {
  if (value >= 1e6) return `${digits(value / 1e6)}M`;
  if (value >= 1e3) return `${digits(value / 1e3)}k`;
  return digits(value);
}

function digits(value: number): string {
  const text = value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A coordinate, with no more digits than can be seen. */
export function round(value: number): number {
  return Math.round(10 * value) / 10;
}
