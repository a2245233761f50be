/**
 * How far a server is with loading.
 *
 * @module
 */

import type { LoadProgress } from "../store/mod.ts";
import type { Io } from "./io.ts";
import type { Log } from "./log.ts";

/** A terminal is told so often, and a log, in milliseconds; what takes less is not told. */
const BAR_INTERVAL = 100;
const LINE_INTERVAL = 3_000;
/** How wide the bar is, in characters. */
const WIDTH = 30;

const MEBIBYTE = 1_048_576;
const UTF8 = new TextEncoder();

/** Tells how far loading is: by a bar on a terminal, by a line now and then in a log. */
export class LoadReport {
  readonly #io: Pick<Io, "stderr" | "isTerminal">;
  readonly #log: Pick<Log, "add">;
  readonly #elapsed: () => number;
  readonly #started: number;
  #last: number;
  #shown = false;

  /** Begins to measure the time. */
  constructor(
    io: Pick<Io, "stderr" | "isTerminal">,
    log: Pick<Log, "add">,
    elapsed: () => number = () => performance.now(),
  ) {
    this.#io = io;
    this.#log = log;
    this.#elapsed = elapsed;
    this.#started = this.#last = elapsed();
  }

  /** Tells it, when it is time for that. */
  async tell(progress: LoadProgress): Promise<void> {
    const { stderr: isTerminal } = this.#io.isTerminal;
    const isOver = progress.done === progress.total;
    const now = this.#elapsed();
    const isDue = now - this.#last >= (isTerminal ? BAR_INTERVAL : LINE_INTERVAL);
    if (!isDue && !(isOver && this.#shown)) return;
    this.#last = now;
    this.#shown = !isOver;
    if (!isTerminal) return this.#log.add(`loading: ${this.#text(progress)}`);
    const end = isOver ? "\n" : "";
    await this.#io.stderr.write(UTF8.encode(`\r${bar(progress)} ${this.#text(progress)}${end}`));
  }

  #text({ done, total, records }: LoadProgress): string {
    const seconds = (this.#elapsed() - this.#started) / 1_000;
    const percent = total === 0 ? 100 : Math.floor(100 * done / total);
    return `${percent}% of ${(total / MEBIBYTE).toFixed(1)} MiB, ${records} records, ${
      seconds.toFixed(1)
    } s`;
  }
}

function bar({ done, total }: LoadProgress): string {
  const filled = total === 0 ? WIDTH : Math.floor(WIDTH * done / total);
  return `[${"#".repeat(filled)}${".".repeat(WIDTH - filled)}]`;
}
