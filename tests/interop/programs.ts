/** The programs of Redis, run against a server. */

import { scenario } from "./scenario.ts";
import type { ServerOptions, TestServer } from "./servers.ts";

/** What a program left. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** redis-cli for one server, in one version of the protocol. */
export class RedisCli {
  readonly server: TestServer;
  /** 2 is what it speaks when it is told nothing. */
  readonly resp: 2 | 3;

  constructor(server: TestServer, resp: 2 | 3) {
    this.server = server;
    this.resp = resp;
  }

  /** Runs it to its end. */
  run(args: readonly string[], input?: Uint8Array | string): Promise<Output> {
    return run("redis-cli", this.#arguments(args), input);
  }

  /** Its output, when it says nothing else and ends with 0. */
  async stdout(args: readonly string[], input?: Uint8Array | string): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, input);
    if (code !== 0 || stderr !== "") {
      throw new Error(`redis-cli ${args.join(" ")}: code ${code}, ${stderr}, ${stdout}`);
    }
    return stdout;
  }

  /** Starts it, for a command that does not end by itself. */
  spawn(args: readonly string[]): Deno.ChildProcess {
    return spawn("redis-cli", this.#arguments(args));
  }

  #arguments(args: readonly string[]): string[] {
    return [...addressOf(this.server), ...this.resp === 3 ? ["-3"] : [], ...args];
  }
}

/** The options with which both programs connect. */
export function addressOf({ hostname, port }: TestServer): string[] {
  return ["-h", hostname, "-p", `${port}`];
}

/** Runs a program to its end. */
export async function run(
  program: string,
  args: readonly string[],
  input: Uint8Array | string = "",
): Promise<Output> {
  const child = spawn(program, args);
  const output = child.output();
  const writer = child.stdin.getWriter();
  try {
    await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
    await writer.close();
  } catch (cause) {
    // It has ended without reading all, which its output tells.
    if (!(cause instanceof Deno.errors.BrokenPipe)) throw cause;
  }
  const { code, stdout, stderr } = await output;
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out!, stderr: err! };
}

/** Starts a program, away from the variables that change what it does. */
function spawn(program: string, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(program, {
    args: [...args],
    env: { PATH: Deno.env.get("PATH") ?? "" },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Registers a scenario for redis-cli, in RESP2 and in RESP3. */
export function redisCli(
  claim: string,
  body: (cli: RedisCli) => Promise<void>,
  options: ServerOptions = {},
): void {
  for (const resp of [2, 3] as const) {
    scenario(
      `redis-cli in RESP${resp}: ${claim}`,
      (server) => body(new RedisCli(server, resp)),
      { ...options, needs: ["redis-cli"] },
    );
  }
}
