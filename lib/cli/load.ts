/**
 * The command `load`.
 *
 * @module
 */

import process from "node:process";
import type { Address } from "../client/mod.ts";
import { oneLineJson } from "../inspect/printable.ts";
import type { Load, LoadProtocol, LoadResult } from "../load/mod.ts";
import type { Credentials } from "../model/mod.ts";
import { type Command, command } from "./command.ts";
import { addressFor, hintFor, passwordOf, userOf } from "./connection.ts";
import { describe, UsageError } from "./error.ts";
import { type Io, writeLine } from "./io.ts";
import { comparisonOf, figuresOf, type LoadFigures } from "./load_figures.ts";
import { formatMix, LOAD_OPTIONS, type LoadPlan, planOf, protocolsOf } from "./load_options.ts";
import { LoadProgress } from "./load_progress.ts";
import { loadText } from "./load_text.ts";
import type { OptionValues } from "./options.ts";
import { permissionHint } from "./permissions.ts";
import { formatAddress } from "./quantities.ts";
import { withTls } from "./tls.ts";

/** A server that is asked. */
interface Target {
  readonly name: string;
  readonly address: Address;
  readonly protocol: LoadProtocol;
}

/** Sends requests to servers as fast as they answer, or at a rate, and prints how long the answers took. */
export const loadCommand: Command<Io> = command({
  name: "load",
  summary: "send many requests to one server or several, and print how fast they are answered",
  notes: [
    "Several servers take turns in short slices: --connect old=127.0.0.1:51966,new=127.0.0.1:51967",
    "With --rate latency counts from when a request was due, not from when it could be sent (no",
    "coordinated omission); to send in time, the load keeps one processor busy then.",
    "--prefill, set, incr and del change what is stored: keys are key:000000000001, counters cnt:...",
    "Ctrl-C ends it and prints what was measured. The exit code is 1 if a reply was an error.",
  ],
  options: LOAD_OPTIONS,
  prepare(_operands, values) {
    const { connect = [undefined] } = values;
    const plan = planOf(values, connect.length);
    const protocols = protocolsOf(values.protocol, connect.length);
    return async (io) => {
      const targets = await Promise.all(connect.map(async (server, at) => {
        const address = await withTls(addressFor(server?.address, io), values);
        const name = server?.name ?? formatAddress(address);
        return { name, address, protocol: protocols[at]! };
      }));
      return await runLoad(targets, plan, values, io);
    };
  },
});

async function runLoad(
  targets: readonly Target[],
  plan: LoadPlan,
  { json = false }: OptionValues<typeof LOAD_OPTIONS>,
  io: Io,
): Promise<number> {
  const stop = new AbortController();
  let interrupted: number | undefined;
  using loads = new DisposableStack();
  const stopListening = io.onEndSignal((exitCode) => {
    if (interrupted !== undefined) loads.dispose(); // A second signal waits for no reply.
    interrupted = exitCode;
    stop.abort();
  });
  try {
    const results = await measure(targets, plan, io, loads, stop.signal);
    const figures = results.map((result, at) =>
      figuresOf(result, formatAddress(targets[at]!.address), targets[at]!.protocol.name)
    );
    await print(figures, plan, json, interrupted !== undefined, io);
    if (interrupted !== undefined) return interrupted;
    const failed = figures.filter(({ failure }) => failure !== null);
    if (failed.length > 0) {
      const reasons = failed.map(({ name, failure }) => `Cannot go on with ${name}: ${failure}`);
      throw new Error(reasons.join("; "));
    }
    return figures.some(({ errors }) => Object.keys(errors).length > 0) ? 1 : 0;
  } finally {
    stopListening();
  }
}

/** Connects to all servers, fills them if that is wanted, and measures them. */
async function measure(
  targets: readonly Target[],
  plan: LoadPlan,
  io: Io,
  stack: DisposableStack,
  signal: AbortSignal,
): Promise<LoadResult[]> {
  const { takeTurns } = await import("../load/mod.ts");
  await using progress = new LoadProgress(io);
  const loads = new Map<string, Load>();
  for (const target of targets) {
    progress.begin(`connecting to ${target.name}`);
    const load = stack.use(await connect(target, plan, io));
    loads.set(target.name, load);
    if (!plan.prefill || signal.aborted) continue;
    progress.begin(`storing keys in ${target.name}`, () => load.tally);
    await load.fill(signal);
  }
  const { duration, count, rate, rounds, warmup } = plan;
  const share = (all: number | undefined) => all && Math.max(1, Math.ceil(all / rounds));
  return await takeTurns(loads, {
    rounds,
    warmup,
    signal,
    slice: { duration: share(duration), count: share(count), rate },
    onTurn(name, round) {
      const what = round < 0 ? "warming up" : `round ${round + 1} of ${rounds}`;
      progress.begin(`${name}, ${what}`, () => loads.get(name)!.tally);
    },
  });
}

async function connect({ name, address, protocol }: Target, plan: LoadPlan, io: Io): Promise<Load> {
  const { Load } = await import("../load/mod.ts");
  const { connectSocket } = await import("../client/mod.ts");
  const credentials = credentialsOf(io);
  try {
    return await Load.connect((signal) => connectSocket(address, signal), {
      ...plan,
      protocol,
      credentials,
      cpu: ownCpu,
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    const cause = error instanceof Error && error.cause || error;
    const reason = permissionHint(cause, [address]) ?? describe(error);
    throw new Error(`Cannot connect to ${name}: ${reason}${hintFor(cause)}`);
  }
}

function credentialsOf(io: Io): Credentials | undefined {
  const password = passwordOf(io);
  if (password === undefined) return undefined;
  const utf8 = new TextEncoder();
  return { user: utf8.encode(userOf(io) ?? "default"), password: utf8.encode(password) };
}

/** The processor time that this process has taken, in milliseconds. */
function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function print(
  servers: readonly LoadFigures[],
  plan: LoadPlan,
  json: boolean,
  interrupted: boolean,
  io: Io,
): Promise<void> {
  const comparison = comparisonOf(servers);
  if (json) {
    const { mix, rate = null, duration = null, count = null, ...rest } = plan;
    const settings = { ...rest, mix: formatMix(mix), rate, duration, count };
    return await writeLine(
      io.stdout,
      oneLineJson({ settings, interrupted, servers, comparison }),
    );
  }
  await writeLine(io.stdout, loadText(plan, servers, comparison).trimEnd());
}
