/**
 * The options of `serve` about its trace.
 *
 * @module
 */

import type { WireObserver } from "../server/observer.ts";
import { describe, UsageError } from "./error.ts";
import type { Output } from "./io.ts";
import { Log } from "./log.ts";
import { type OptionValues, switchOption, valueOption } from "./options.ts";
import { explainBroken, Trace } from "./trace.ts";

/** What is shown of the wire. */
export const TRACE_OPTIONS = {
  trace: switchOption("log all frames that come and go, annotated (docs/debugging.md)"),
  traceSample: valueOption("1/N", "of one connection of N only", parseSample),
  traceFilter: valueOption(
    "WORDS",
    "only frames that have all of them in their first line, or address",
    (text) => text,
  ),
  traceFile: valueOption("FILE", "add them to this file instead", (path) => path),
};

/** Values of the options. */
export type TraceValues = OptionValues<typeof TRACE_OPTIONS>;

/** Checks what they say together. */
export function checkTrace(
  { trace = false, traceSample, traceFilter, traceFile }: TraceValues,
): void {
  if (!trace && (traceSample ?? traceFilter ?? traceFile) !== undefined) {
    throw new UsageError("Cannot trace: --trace is missing");
  }
}

/** Who looks on at the wire, until it is disposed of. */
export interface Observing extends AsyncDisposable {
  /** Told of connections. */
  readonly observer: WireObserver;
}

/** Looks on as the options say: without a trace only at streams that break the protocol. */
export async function observe(
  { trace = false, traceSample, traceFilter, traceFile }: TraceValues,
  log: Log,
): Promise<Observing> {
  const explain = explainBroken;
  if (!trace) {
    return { observer: { connected: () => undefined, explain }, ...nothingToDispose };
  }
  const file = traceFile === undefined ? undefined : await openTrace(traceFile);
  const traceLog = file === undefined ? log : new Log(outputTo(file));
  return {
    observer: new Trace({ log: traceLog, sample: traceSample, filter: traceFilter }),
    async [Symbol.asyncDispose]() {
      await traceLog.written();
      file?.close();
    },
  };
}

const nothingToDispose: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

async function openTrace(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { append: true, create: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error(`Cannot write ${path}: it needs --allow-write=${path}`);
    }
    throw new Error(`Cannot write ${path}: ${describe(error)}`);
  }
}

function outputTo(file: Deno.FsFile): Output {
  return {
    async write(bytes) {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    },
  };
}

function parseSample(text: string): number {
  const [, many] = /^1\/([1-9]\d{0,8})$/.exec(text) ?? [];
  if (many !== undefined) return Number(many);
  throw new RangeError(`${JSON.stringify(text)} is not 1/N, such as 1/100`);
}
