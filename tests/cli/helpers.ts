/** What the tests of the command line share. */

import { main } from "../../lib/cli/mod.ts";
import type { Io } from "../../lib/cli/mod.ts";
import type { CommandClient, Connect } from "../../lib/cli/connection.ts";
import { concat } from "@std/bytes";

/** The UTF-8 of a text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of bytes. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** An output that keeps what is written. */
export class MemoryOutput {
  readonly #written: Uint8Array[] = [];
  #waiting: (() => void)[] = [];

  write(bytes: Uint8Array): Promise<void> {
    this.#written.push(bytes.slice());
    for (const check of this.#waiting.splice(0)) check();
    return Promise.resolve();
  }

  get bytes(): Uint8Array {
    return concat(this.#written);
  }

  get text(): string {
    return textOf(this.bytes);
  }

  /** Resolves when `text` has been written. */
  async waitFor(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

/** What stands around a command in a test. */
export interface Surroundings {
  readonly stdin?: Uint8Array | string | ReadableStream<Uint8Array>;
  readonly env?: Record<string, string>;
  /** The environment variables that may be read; without it all may, and be listed. */
  readonly readable?: RegExp;
  /** Whether standard output is a terminal. */
  readonly terminal?: boolean;
  readonly connect?: Connect;
}

/** An `Io` in memory. */
export class MemoryIo implements Io {
  readonly stdin: ReadableStream<Uint8Array>;
  readonly stdout = new MemoryOutput();
  readonly stderr = new MemoryOutput();
  readonly isTerminal: Io["isTerminal"];
  readonly #env: Record<string, string>;
  readonly #readable: RegExp | undefined;
  #listeners: ((exitCode: number) => void)[] = [];

  constructor({ stdin = "", env = {}, readable, terminal = false }: Surroundings = {}) {
    const isStream = stdin instanceof ReadableStream;
    this.stdin = isStream ? stdin : new Blob([new Uint8Array(bytesOf(stdin))]).stream();
    this.isTerminal = { stdin: false, stdout: terminal, stderr: terminal };
    this.#env = env;
    this.#readable = readable;
  }

  env(name: string): string | undefined {
    return this.#env[name];
  }

  envNames(): readonly string[] | undefined {
    return this.#readable === undefined ? Object.keys(this.#env) : undefined;
  }

  mayReadEnv(name: string): boolean {
    return this.#readable?.test(name) ?? true;
  }

  onEndSignal(listener: (exitCode: number) => void): () => void {
    this.#listeners.push(listener);
    return () => this.#listeners = this.#listeners.filter((other) => other !== listener);
  }

  /** How many listen for signals. */
  get listeners(): number {
    return this.#listeners.length;
  }

  /** Sends a signal. */
  signal(exitCode: number): void {
    for (const listener of this.#listeners) listener(exitCode);
  }
}

function bytesOf(stdin: Uint8Array | string): Uint8Array {
  return typeof stdin === "string" ? utf8(stdin) : stdin;
}

/** What a command did. */
export interface Outcome {
  readonly code: number;
  readonly bytes: Uint8Array;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process. */
export async function run(args: string[], surroundings: Surroundings = {}): Promise<Outcome> {
  const io = new MemoryIo(surroundings);
  const code = await main(args, io, surroundings.connect);
  return { code, bytes: io.stdout.bytes, stdout: io.stdout.text, stderr: io.stderr.text };
}

/** A client whose calls wait until their signal aborts. */
export function waitingClient(): CommandClient {
  const wait = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  return {
    ping: (_, { signal }) => wait(signal),
    get: (_, { signal }) => wait(signal),
    set: (_key, _value, { signal }) => wait(signal),
    delete: (_, { signal }) => wait(signal),
    incr: (_key, _delta, { signal }) => wait(signal),
    // deno-lint-ignore require-yield -- it waits for its first key
    async *scan(_, { signal }) {
      await wait(signal);
    },
    stats: (_, { signal }) => wait(signal),
    subscribe: (_, { signal }) => wait(signal),
    publish: (_channel, _message, { signal }) => wait(signal),
    compact: ({ signal }) => wait(signal),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
