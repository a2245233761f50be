/** What the tests of the inspector share. */

import { type InspectedFrame, Inspector, type InspectorOptions } from "../../lib/inspect/mod.ts";
import { type Item, type Located, TextView } from "../../lib/inspect/mod.ts";

/** Pure tests need nothing. */
export const PURE = { permissions: "none" } as const;

/** What is found in bytes that come in pieces of a size. */
export function inspect(
  bytes: Uint8Array,
  options: InspectorOptions = {},
  piece: number = bytes.length,
): Located[] {
  const inspector = new Inspector(options);
  const found: Located[] = [];
  for (let at = 0; at < bytes.length; at += Math.max(1, piece)) {
    inspector.push(bytes.slice(at, at + piece), found);
  }
  return inspector.end(found);
}

/** The frames among what was found. */
export function framesOf(found: readonly Located[]): InspectedFrame[] {
  return found.flatMap(({ item }) => item.type === "frame" ? [item] : []);
}

/** Each item in a line. */
export function summary(found: readonly Located[]): string[] {
  return found.map(({ item }) => summaryOf(item));
}

function summaryOf(item: Item): string {
  switch (item.type) {
    case "frame":
      return `${item.direction} ${item.title}${item.faults.length > 0 ? " !" : ""}`;
    case "damage":
      return `damage at ${item.offset}`;
    case "resumed":
      return `${item.ended ? "ended" : "resumed"} at ${item.offset}, skipped ${item.skipped}`;
    case "gap":
      return `gap of ${item.missing} at ${item.offset}`;
  }
}

/** All as text. */
export function textOf(found: readonly Located[], color = false): string {
  const view = new TextView({ color });
  return found.flatMap((located) => view.lines(located)).join("\n");
}

/** Text as bytes. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
