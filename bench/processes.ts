/**
 * The processes that are measured, and what Linux says of them.
 *
 * @module
 */

/** A server that runs in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  /** Its process. */
  readonly pid: number;
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
}

/** Memory is read when a process has been left alone for so long, in milliseconds. */
const SETTLE = 1_000;

/** The time each thread of a process has run, in nanoseconds, by thread. */
export type CpuReading = ReadonlyMap<string, number>;

/**
 * Starts a program of `bench/servers`, which prints its port as its first line.
 *
 * @param permissions Flags for Deno, if it needs more than to listen.
 * @throws {Error} When it ends without one.
 */
export function startServer(
  program: string,
  permissions: readonly string[] = [],
): Promise<ServerProcess> {
  const path = new URL(`./servers/${program}`, import.meta.url).href;
  return start(program, ["--allow-net=127.0.0.1", ...permissions, path]);
}

/**
 * Starts the server of this project as its users do, with the permissions of `deno.json`.
 *
 * @param options More options for `serve`.
 * @param permissions Flags for Deno, beside `-P`.
 * @param onLog Told each line of its log, which goes to standard error otherwise.
 * @throws {Error} When it ends before it listens.
 */
export function startCortado(
  options: readonly string[] = [],
  permissions: readonly string[] = [],
  onLog?: (line: string) => void,
): Promise<ServerProcess> {
  const path = new URL("../main.ts", import.meta.url).href;
  const words = ["--no-prompt", "-P", ...permissions, path, "serve", "--port", "0", ...options];
  return start("main.ts serve", words, onLog);
}

/** Starts a program whose first line ends with the port. */
async function start(
  name: string,
  words: readonly string[],
  onLog?: (line: string) => void,
): Promise<ServerProcess> {
  const args = ["run", "--quiet", ...words];
  const stderr = onLog === undefined ? "inherit" : "piped";
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr })
    .spawn();
  const logged = onLog && tell(linesOf(child.stderr), onLog);
  const lines = linesOf(child.stdout);
  const { value } = await lines.next();
  if (!value) {
    throw new Error(`Cannot start ${name}: it ended with ${(await child.status).code}`);
  }
  const port = Number(/\d+$/.exec(value)?.[0]);
  return {
    pid: child.pid,
    port,
    async [Symbol.asyncDispose]() {
      await endProcess(child);
      await logged;
    },
  };
}

async function tell(lines: AsyncIterable<string>, listener: (line: string) => void): Promise<void> {
  for await (const line of lines) listener(line);
}

/** Ends a process that was started here, unless Ctrl-C has ended it, and waits for its end. */
export async function endProcess(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGTERM");
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof Deno.errors.NotFound)) throw cause;
  }
  await child.status;
}

/** The lines of a stream of text, without their ends. */
async function* linesOf(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/**
 * Answers each line with lines and a full stop, until the input ends; Ctrl-C is not for it. Only shell
 * builtins: no process is started for a reading.
 */
const METER = `
trap '' INT
while read -r what pid; do
  case $what in
    cpu) for task in /proc/$pid/task/*; do
           read -r ns rest < "$task/schedstat" && echo "\${task##*/} $ns"
         done ;;
    rss) while read -r name kib unit; do
           [ "$name" = VmRSS: ] && echo "$kib"
         done < "/proc/$pid/status" ;;
    peak) while read -r name kib unit; do
           [ "$name" = VmHWM: ] && echo "$kib"
         done < "/proc/$pid/status" ;;
    open) set -- /proc/$pid/fd/*
          echo $# ;;
    files) ulimit -n ;;
  esac
  echo .
done 2> /dev/null`;

/**
 * Reads the processor time and the memory of processes. A shell does it: Deno reads /proc only with all
 * permissions.
 */
export class Meter implements AsyncDisposable {
  readonly #shell: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #output: AsyncGenerator<string>;

  /**
   * Starts the meter.
   *
   * @throws {Deno.errors.NotSupported} Where there is no /proc.
   */
  constructor() {
    if (Deno.build.os !== "linux") {
      throw new Deno.errors.NotSupported(
        `Cannot measure processes on ${Deno.build.os}: this benchmark reads /proc, which Linux has`,
      );
    }
    const args = ["-c", METER];
    this.#shell = new Deno.Command("sh", { args, stdin: "piped", stdout: "piped" }).spawn();
    this.#input = this.#shell.stdin.getWriter();
    this.#output = linesOf(this.#shell.stdout);
  }

  /** How long each thread of a process has run by now. */
  async cpu(pid: number): Promise<CpuReading> {
    const lines = await this.#ask(`cpu ${pid}`);
    return new Map(lines.map((line) => {
      const [thread, time] = line.split(" ");
      return [thread!, Number(time)];
    }));
  }

  /** How much memory of a process is resident, in bytes. */
  async rss(pid: number): Promise<number> {
    const [kib] = await this.#ask(`rss ${pid}`);
    return Number(kib) * 1_024;
  }

  /** The same, when the process has been left alone for a second. */
  async settledRss(pid: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, SETTLE));
    return await this.rss(pid);
  }

  /** How much was resident at the most since the process began, in bytes. */
  async peakRss(pid: number): Promise<number> {
    const [kib] = await this.#ask(`peak ${pid}`);
    return Number(kib) * 1_024;
  }

  /** How many files a process has open, sockets among them. */
  async openFiles(pid: number): Promise<number> {
    const [count] = await this.#ask(`open ${pid}`);
    return Number(count);
  }

  /** How many files a process may open. */
  async fileLimit(): Promise<number> {
    const [limit] = await this.#ask("files 0");
    return limit === "unlimited" ? Infinity : Number(limit);
  }

  /** Ends the meter. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#output.return(undefined);
    await this.#shell.status;
  }

  async #ask(question: string): Promise<string[]> {
    await this.#input.write(new TextEncoder().encode(question + "\n"));
    const lines: string[] = [];
    for (;;) {
      const { value, done } = await this.#output.next();
      if (done || value === ".") return lines;
      lines.push(value);
    }
  }
}

/**
 * How long a process ran between two readings, in microseconds, all threads together. What a thread did
 * that has ended in between is not known and not counted.
 */
export function cpuBetween(before: CpuReading, after: CpuReading): number {
  let time = 0;
  for (const [thread, ns] of after) time += ns - (before.get(thread) ?? 0);
  return time / 1_000;
}
