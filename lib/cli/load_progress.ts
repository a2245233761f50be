/**
 * How far a load is, on a terminal.
 *
 * @module
 */

import { oneLine } from "../inspect/printable.ts";
import type { Tally } from "../load/mod.ts";
import type { Io } from "./io.ts";

/** It is told so often, in milliseconds. */
const INTERVAL = 200;

const UTF8 = new TextEncoder();
/** Back to the beginning of the line, and away with what stands there. */
const CLEAR = "\r\x1b[K";

/** Tells in one line of a terminal what goes on; elsewhere it says nothing. */
export class LoadProgress implements AsyncDisposable {
  readonly #io: Pick<Io, "stderr" | "isTerminal">;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #what = "";
  #tally: () => Tally | undefined = () => undefined;
  #start = 0;
  #written: Promise<void> = Promise.resolve();

  /** Begins to tell. */
  constructor(io: Pick<Io, "stderr" | "isTerminal">) {
    this.#io = io;
    if (io.isTerminal.stderr) this.#timer = setInterval(() => this.#tell(), INTERVAL);
  }

  /** Says what begins now, and where it is counted. */
  begin(what: string, tally: () => Tally | undefined = () => undefined): void {
    this.#what = oneLine(what);
    this.#tally = tally;
    this.#start = performance.now();
    if (this.#timer !== undefined) this.#write("");
  }

  /** Removes the line. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    await this.#written;
    await this.#io.stderr.write(UTF8.encode(CLEAR));
  }

  #tell(): void {
    const tally = this.#tally();
    const seconds = (performance.now() - this.#start) / 1_000;
    this.#write(tally === undefined ? "" : countsOf(tally, seconds));
  }

  #write(counts: string): void {
    const line = UTF8.encode(CLEAR + this.#what + counts);
    this.#written = this.#written.then(() => this.#io.stderr.write(line)).catch(() => {});
  }
}

function countsOf({ requests, errorCount }: Tally, seconds: number): string {
  const count = (value: number) => Math.round(value).toLocaleString("en");
  return `: ${count(requests)} requests, ${count(requests / seconds)} a second, ${
    count(errorCount)
  } errors`;
}
