/**
 * Runs of redis-benchmark, and what they say.
 *
 * @module
 */

/** The tests of redis-benchmark that are run. Each has one row in its output. */
export const TESTS: readonly string[] = ["ping_mbulk", "set", "get", "incr", "mset"];

/** Keys are drawn at random from so many, unless settings say otherwise. */
export const KEYS = 100_000;

/** A run that takes longer is ended, in milliseconds: redis-benchmark tries forever to reach a server. */
const TIME_LIMIT = 60_000;

/** What is asked of a server. */
export interface Load {
  /** A name of `TESTS`. */
  readonly test: string;
  /** How many requests a client sends before it reads. */
  readonly depth: number;
}

/** What is the same in all runs. */
export interface Settings {
  /** How many connections there are. */
  readonly clients: number;
  /** How many bytes a value has. */
  readonly value: number;
  /** How many keys there are. Default {@linkcode KEYS}. */
  readonly keys?: number;
}

/** What redis-benchmark says of a run. */
export interface Run {
  /** How long it took, in milliseconds, of which redis-benchmark counts whole ones. */
  readonly time: number;
  /** The median latency, in milliseconds. */
  readonly p50: number;
  /** The latency that one request of a hundred exceeds, in milliseconds. */
  readonly p99: number;
}

/** A run of redis-benchmark that failed. */
export class RunError extends Error {
  /** Its name. */
  override readonly name = "RunError";
  /** Whether it was ended because of its time. */
  readonly late: boolean;

  /** Tells which run failed, and how. */
  constructor({ test, depth }: Load, reason: string, late = false) {
    super(`Cannot measure ${test} at depth ${depth}: redis-benchmark ${reason}`);
    this.late = late;
  }
}

/**
 * Runs one load once.
 *
 * @throws {RunError} When redis-benchmark fails, takes too long, or is stopped.
 */
export async function run(
  load: Load,
  port: number,
  requests: number,
  { clients, value, keys = KEYS }: Settings,
  stop: AbortSignal,
): Promise<Run> {
  const where = ["-h", "127.0.0.1", "-p", String(port), "-c", String(clients), "-r", String(keys)];
  const what = ["-t", load.test, "-P", String(load.depth), "-n", String(requests)];
  const limit = AbortSignal.timeout(TIME_LIMIT);
  const { success, code, stdout, stderr } = await new Deno.Command("redis-benchmark", {
    args: [...where, ...what, "-d", String(value), "--csv"],
    stdin: "null",
    signal: AbortSignal.any([stop, limit]),
  }).output();
  if (limit.aborted) throw new RunError(load, `took over ${TIME_LIMIT / 1_000} s`, true);
  const decoder = new TextDecoder();
  if (!success) {
    const lastWords = decoder.decode(stderr).trim().split("\n").at(-1);
    throw new RunError(load, `ended with ${code}: ${lastWords}`);
  }
  return parseRun(load, requests, decoder.decode(stdout));
}

/** Reads the only row behind the head. */
function parseRun(load: Load, requests: number, csv: string): Run {
  const [head = [], row = []] = csv.trim().split("\n").map((line) =>
    line.slice(1, -1).split('","')
  );
  // A run of less than a millisecond has the rate `inf`.
  const figure = (name: string) => Number(row[head.indexOf(name)]?.replace("inf", "Infinity"));
  const time = 1_000 * requests / figure("rps");
  const [p50, p99] = [figure("p50_latency_ms"), figure("p99_latency_ms")];
  if (![time, p50, p99].every(Number.isFinite)) {
    throw new RunError(load, `wrote no figures: ${csv.trim()}`);
  }
  return { time, p50, p99 };
}
