/**
 * The normal client that is measured beside an attack.
 *
 * @module
 */

import { latencyFigures } from "../../bench/latencies.ts";
import type { Windows } from "./attack.ts";
import type { Order } from "./normal_worker.ts";

/** How long a window is, in milliseconds: the machine stops at random, and most windows are not hit. */
const WINDOW = 50;

/** What was measured by now. */
export class Measured {
  readonly #windows: Float64Array[] = [];

  /** Adds the times of a window. */
  add(times: Float64Array): void {
    this.#windows.push(times);
  }

  /** What they amount to. */
  get windows(): Windows {
    return {
      figures: this.#windows.map(latencyFigures),
      all: latencyFigures(this.#windows.flatMap((times) => [...times])),
    };
  }
}

/** Asks the worker, one thing after the other. */
export class NormalClient implements Disposable {
  readonly #worker = new Worker(new URL("./normal_worker.ts", import.meta.url), { type: "module" });

  /** Connects to a server, and gives its password. */
  async connect(port: number, password: string | undefined): Promise<void> {
    await this.#order({ port, password });
  }

  /** Talks to the server for a while. */
  async talk(measured: Measured): Promise<void> {
    measured.add(await this.#order({ time: WINDOW }));
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  #order(order: Order): Promise<Float64Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Float64Array>();
    this.#worker.onmessage = ({ data }: MessageEvent<Float64Array>) => resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`the normal client failed: ${event.message}`));
    };
    this.#worker.postMessage(order);
    return promise;
  }
}
