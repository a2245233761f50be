/** Scenarios: what a client does with a server, first with redis-server, to prove the scenario itself. */

import { KINDS, type ServerOptions, startServer, type TestServer } from "./servers.ts";

/** How a scenario runs. */
export interface ScenarioOptions extends ServerOptions {
  /** The programs that it runs, apart from a server. Default: none. */
  readonly needs?: readonly string[];
  /** Why the client leaves timers behind: then nothing left is looked for. Default: it leaves nothing. */
  readonly leavesTimers?: string;
}

/** A scenario that takes longer hangs. Alone it takes less than a second, on a machine under load more. */
const TIMEOUT = 45_000;

const installed = new Map<string, boolean>();

/**
 * Registers a test of a scenario for each kind of server. A test that needs a program which is not there
 * is ignored, and says so in its name.
 */
export function scenario(
  name: string,
  body: (server: TestServer) => Promise<void>,
  options: ScenarioOptions = {},
): void {
  for (const kind of KINDS) {
    const needs = [...kind === "redis-server" ? [kind] : [], ...options.needs ?? []];
    const missing = needs.filter((program) => !isInstalled(program));
    const reason = missing.length === 0 ? "" : `, ignored: no ${missing.join(", no ")}`;
    Deno.test({
      name: `${name} (${kind}${reason})`,
      ignore: missing.length > 0,
      // Deno finds an interval that goes on while either of the two is on.
      ...options.leavesTimers !== undefined && { sanitizeOps: false, sanitizeResources: false },
      async fn() {
        await using server = await startServer(kind, options);
        await inTime(body(server));
      },
    });
  }
}

/** Rejects when a promise takes too long: unlike a timeout of Deno's, this lets the server be disposed. */
async function inTime(promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No end after ${TIMEOUT} ms`)), TIMEOUT);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function isInstalled(program: string): boolean {
  const known = installed.get(program);
  if (known !== undefined) return known;
  const found = answersVersion(program);
  installed.set(program, found);
  return found;
}

function answersVersion(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["--version"] }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
