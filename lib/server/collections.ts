/**
 * The garbage collections of the process.
 *
 * @module
 */

import type { CollectionFigures } from "../handler/mod.ts";
import { GCProfiler } from "node:v8";

/** The profiler tells times in these. */
const NANOS = 1_000_000_000;

/** Counts the pauses for garbage collection, from `start` to `stop`. */
export class Collections {
  readonly #figures = new Map<string, CollectionFigures>();
  #profiler: GCProfiler | undefined = undefined;

  /** What was counted, by the kind of collection. */
  get figures(): ReadonlyMap<string, CollectionFigures> {
    return this.#figures;
  }

  /** Begins to count. */
  start(): void {
    this.#profiler = new GCProfiler();
    this.#profiler.start();
  }

  /** Counts what has been since it was last called: what is not counted yet takes memory. */
  take(): void {
    if (this.#profiler === undefined) return;
    this.stop();
    this.start();
  }

  /** Counts what has been, and nothing more. */
  stop(): void {
    for (const { gcType, cost } of this.#profiler?.stop()?.statistics ?? []) {
      const kind = kindOf(gcType);
      const { count, seconds } = this.#figures.get(kind) ?? { count: 0, seconds: 0 };
      this.#figures.set(kind, { count: count + 1, seconds: seconds + cost / NANOS });
    }
    this.#profiler = undefined;
  }
}

/** `MarkSweepCompact` as `mark_sweep_compact`. */
function kindOf(type: string): string {
  return type.replaceAll(/(?<=[a-z])[A-Z]/g, "_$&").toLowerCase();
}
