/**
 * The loads that several comparisons have in common.
 *
 * @module
 */

import type { LoadOptions, Mix } from "../../lib/load/mod.ts";

/** How many connections there are, where a load is not about them. */
export const CONNECTIONS = 50;

/** How many requests a connection sends before it reads. */
export const DEPTHS: readonly number[] = [1, 16, 128];

/** What waits on all connections at once has no more bytes than this. */
export const MOST_WAITING = 67_108_864;

/** What is asked, by its name. */
export const MIXES: Readonly<Record<string, Mix>> = { GET: { GET: 1 }, SET: { SET: 1 } };

/** What is asked, how many times before a reply is read, and for values of how many bytes. */
export interface LoadShape {
  /** A name of {@linkcode MIXES}. */
  readonly mix: string;
  /** How many requests a connection sends before it reads. */
  readonly depth: number;
  /** How long values are, in bytes. */
  readonly size: number;
}

/** The name of a load. */
export function loadName({ mix, depth, size }: LoadShape): string {
  return `${mix}, depth ${depth}, ${size} B`;
}

/** A load of a shape, on so many keys. */
export function optionsOf({ mix, depth, size }: LoadShape, keys: number | undefined): LoadOptions {
  return { depth, connections: CONNECTIONS, keys, valueSize: [size, size], mix: MIXES[mix] };
}
