/**
 * What a command reads from and writes to.
 *
 * @module
 */

/** Where bytes are written to. */
export interface Output {
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
}

/** The surroundings of a command, given so that tests need no process of their own. */
export interface Io {
  /** Standard input. */
  readonly stdin: ReadableStream<Uint8Array>;
  /** Standard output: answers. */
  readonly stdout: Output;
  /** Standard error: errors and the log. */
  readonly stderr: Output;
  /** Which of them a person sits at. */
  readonly isTerminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
  };
  /** The value of an environment variable. */
  env(name: string): string | undefined;
  /** The names of all environment variables; undefined when they may not be known. */
  envNames(): readonly string[] | undefined;
  /** Whether an environment variable may be read without asking a person for it. */
  mayReadEnv(name: string): boolean;
  /**
   * Calls `listener` at each signal that asks the process to end, with the exit code that stands for it:
   * 130 for SIGINT, 143 for SIGTERM. The returned function ends that.
   */
  onEndSignal(listener: (exitCode: number) => void): () => void;
}

/** The signals that ask a process to end, with the exit codes that stand for them: 128 and the number. */
const END_SIGNALS: readonly (readonly [Deno.Signal, number])[] = Deno.build.os === "windows"
  ? [["SIGINT", 130], ["SIGBREAK", 149]]
  : [["SIGINT", 130], ["SIGTERM", 143]];

/** The surroundings of this process. */
export function denoIo(): Io {
  return {
    // Made when it is asked for: the prompt reads the terminal in another way.
    get stdin() {
      return Deno.stdin.readable;
    },
    stdout: outputTo(Deno.stdout),
    stderr: outputTo(Deno.stderr),
    isTerminal: {
      stdin: Deno.stdin.isTerminal(),
      stdout: Deno.stdout.isTerminal(),
      stderr: Deno.stderr.isTerminal(),
    },
    env: (name) => Deno.env.get(name),
    envNames: () => isGranted({ name: "env" }) ? Object.keys(Deno.env.toObject()) : undefined,
    mayReadEnv: (variable) => isGranted({ name: "env", variable }),
    onEndSignal,
  };
}

function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}

function outputTo(sink: { write(bytes: Uint8Array): Promise<number> }): Output {
  return {
    async write(bytes) {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await sink.write(rest));
    },
  };
}

function onEndSignal(listener: (exitCode: number) => void): () => void {
  const ends = END_SIGNALS.map(([signal, exitCode]) => {
    const heard = () => listener(exitCode);
    Deno.addSignalListener(signal, heard);
    return () => Deno.removeSignalListener(signal, heard);
  });
  return () => ends.forEach((end) => end());
}

const UTF8 = new TextEncoder();

/** Writes a line of text. */
export async function writeLine(output: Output, line: string): Promise<void> {
  await output.write(UTF8.encode(`${line}\n`));
}
