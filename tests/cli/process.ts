/** Runs the command line as a process of its own, with no more permissions than it needs. */

import type { Outcome } from "./helpers.ts";
import { textOf } from "./helpers.ts";

const ROOT = `${import.meta.dirname}/../..`;

/** The permissions of the set `default` in deno.json. */
const DEFAULT_PERMISSIONS = [`--config=${ROOT}/deno.json`, "-P"];

/** What the tests that start processes need. */
export const PROCESS_PERMISSIONS: Deno.PermissionOptions = {
  run: true,
  read: true,
  net: ["127.0.0.1"],
};

/** How a process is started. */
export interface ProcessOptions {
  readonly permissions?: readonly string[];
  readonly env?: Record<string, string>;
  /** Whether the log has the lines that each server begins with: about the environment and the limits. */
  readonly wholeLog?: boolean;
}

/** What the log of each server begins with. */
const BEGINNING = /^(?:environment:|limit) /;

/** The arguments of `deno` that run the command line. */
export function denoArgs(args: readonly string[], { permissions }: ProcessOptions = {}): string[] {
  return [
    "run",
    "--quiet",
    "--no-prompt",
    ...permissions ?? DEFAULT_PERMISSIONS,
    `${ROOT}/main.ts`,
    ...args,
  ];
}

/** The process of a command, not started yet. */
function commandOf(
  args: readonly string[],
  options: ProcessOptions,
  stdin: "piped" | "null",
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: denoArgs(args, options),
    env: { CORTADO: "", NO_COLOR: "1", ...options.env },
    stdin,
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs a command to its end. */
export async function runProcess(
  args: readonly string[],
  options: ProcessOptions & { readonly stdin?: Uint8Array } = {},
): Promise<Outcome> {
  const child = commandOf(args, options, "piped").spawn();
  const input = child.stdin.getWriter();
  // A process that does not read its input may have ended before this is written.
  const written = input.write(new Uint8Array(options.stdin ?? [])).then(() => input.close());
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), written.catch(() => {})]);
  return { code, bytes: stdout, stdout: textOf(stdout), stderr: textOf(stderr) };
}

/** The text that a process writes, as it comes. */
class Text {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #leftOut: RegExp | undefined;
  #text = "";

  constructor(stream: ReadableStream<BufferSource>, leftOut?: RegExp) {
    this.#leftOut = leftOut;
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The first `count` lines, when they have come; all of them when it ends before. */
  async lines(count: number): Promise<string[]> {
    for (;;) {
      const lines = this.#text.split("\n").slice(0, -1)
        .filter((line) => !this.#leftOut?.test(line));
      if (lines.length >= count) return lines.slice(0, count);
      const { value, done } = await this.#reader.read();
      if (done) return lines;
      this.#text += value;
    }
  }
}

/** A server that runs as a process. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  /** Standard output. */
  readonly stdout: Text;
  /** Standard error. */
  readonly stderr: Text;

  /** Starts it. */
  constructor(args: readonly string[], options: ProcessOptions = {}) {
    this.#child = commandOf(["serve", ...args], options, "null").spawn();
    this.stdout = new Text(this.#child.stdout);
    this.stderr = new Text(this.#child.stderr, options.wholeLog ? undefined : BEGINNING);
  }

  /** The number of its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Where it listens: HOST:PORT, of its first line. */
  async address(): Promise<string> {
    const [line = ""] = await this.stdout.lines(1);
    return line.replace("listening on ", "");
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** How it ended, and all lines that it wrote. */
  async end(): Promise<{ code: number; stdout: string[]; stderr: string[] }> {
    const [stdout, stderr, { code }] = await Promise.all([
      this.stdout.lines(Infinity),
      this.stderr.lines(Infinity),
      this.#child.status,
    ]);
    return { code, stdout, stderr };
  }

  /** Ends it, if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      return; // It has ended, and `end` has read all that it wrote.
    }
    await this.end();
  }
}
