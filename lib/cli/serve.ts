/**
 * The command `serve`.
 *
 * @module
 */

import type { Address } from "../client/mod.ts";
import {
  DEFAULT_EVICTION_POLICY,
  EVICTION_POLICIES,
  type EvictionPolicy,
} from "../handler/settings.ts";
import { DEFAULT_HOST, DEFAULT_PORT } from "../server/address.ts";
import { DEFAULT_LIMITS, type Limits, serverLimits } from "../server/limits.ts";
import type { Server } from "../server/mod.ts";
import {
  DEFAULT_JOURNAL_SETTINGS,
  FSYNC_MODES,
  type FsyncMode,
} from "../store/journal/settings.ts";
import { type Command, command } from "./command.ts";
import { PASSWORD_VARIABLE, passwordOf } from "./connection.ts";
import { describe, UsageError } from "./error.ts";
import { type Io, writeLine } from "./io.ts";
import { dataError } from "./data_error.ts";
import { LoadReport } from "./load_report.ts";
import { Log } from "./log.ts";
import { flagOf, type Option, type OptionValues, switchOption, valueOption } from "./options.ts";
import { permissionHint } from "./permissions.ts";
import {
  formatAddress,
  formatSize,
  formatTime,
  parseCount,
  parseHost,
  parsePort,
  parseSize,
  parseTime,
  parseTimeout,
} from "./quantities.ts";

/** A flag for every limit of the server. */
const LIMIT_OPTIONS = {
  maxKeySize: size("maxKeySize", "the longest key"),
  maxValueSize: size("maxValueSize", "the longest value of a CAFE frame"),
  maxBulkSize: size("maxBulkSize", "the longest argument of a Redis client"),
  maxTransactionSize: size("maxTransactionSize", "what MULTI queues and WATCH holds"),
  maxConnections: count("maxConnections", "how many clients may be connected"),
  maxConnectionsPerAddress: count(
    "maxConnectionsPerAddress",
    "and from one address; 0: any number",
  ),
  maxOutputSize: size("maxOutputSize", "what is held for a subscriber that reads slowly"),
  softOutputSize: size("softOutputSize", "and for longer than --soft-output-time; 0: any size"),
  softOutputTime: time("softOutputTime", "for how long more than --soft-output-size is held"),
  maxBufferMemory: size("maxBufferMemory", "requests and replies of all clients; 0: any size"),
  maxSubscriptions: count("maxSubscriptions", "how many channels a connection may subscribe to"),
  maxBatch: count("maxBatch", "how many requests run before their replies are written"),
  idleTimeout: time(
    "idleTimeout",
    "close a connection that sends and takes nothing so long; 0: never",
  ),
  frameTimeout: time("frameTimeout", "how long a request may take to come; 0: any time"),
  authTimeout: time("authTimeout", "how long a client may take to authenticate; 0: any time"),
  shutdownTimeout: {
    ...time("shutdownTimeout", "how long a shutdown waits for connections"),
    parse: parseTimeout,
  },
} satisfies Record<keyof Limits, Option<number>>;

const DATA = DEFAULT_JOURNAL_SETTINGS;

const OPTIONS = {
  host: valueOption("HOST", `the address to listen on (default ${DEFAULT_HOST})`, parseHost),
  port: valueOption("PORT", `the TCP port; 0: a free one (default ${DEFAULT_PORT})`, parsePort),
  unix: valueOption("PATH", "listen on a Unix socket as well", (path) => path),
  noTcp: switchOption("listen on the Unix socket alone"),
  data: valueOption("DIR", "keep entries on disk, in this directory", (path) => path),
  memory: switchOption("keep them in memory only, whatever --data says"),
  fsync: valueOption(
    "MODE",
    `when writes are on stable storage: ${FSYNC_MODES.join(", ")} (default ${DATA.fsync})`,
    parseFsync,
  ),
  compactMinSize: valueOption(
    "SIZE",
    `compact the journal when it has this (default ${formatSize(DATA.compactMinSize)})`,
    parseSize,
  ),
  compactPercentage: valueOption(
    "N",
    `and this share of the last snapshot, in percent; 0: never (default ${DATA.compactPercentage})`,
    parseCount,
  ),
  maxMemory: valueOption("SIZE", "what all entries may take; 0: any size (default 0)", parseSize),
  maxMemoryPolicy: valueOption(
    "NAME",
    `what goes when they take more, as allkeys-lfu (default ${DEFAULT_EVICTION_POLICY})`,
    parsePolicy,
  ),
  password: valueOption("PASSWORD", "the password that clients must give", (text) => text),
  ...LIMIT_OPTIONS,
};

/** Runs the server until a signal ends it. */
export const serve: Command<Io> = command({
  name: "serve",
  summary: "run the server until SIGINT or SIGTERM",
  notes: [
    "When it is ready, the first line on standard output is: listening on HOST:PORT",
    "and with --unix a line: listening on unix:PATH",
    "The log goes to standard error.",
    "With --data DIR what clients write is there after a restart (docs/durability.md); without it",
    "it is in memory only.",
    "The first SIGINT or SIGTERM lets clients finish; a second one ends the server at once.",
    `The environment variable ${PASSWORD_VARIABLE} gives the password unseen, also to clients.`,
    "",
    "Permissions: -P allows 127.0.0.1, [::1] and localhost. For other hosts give all of them, as in",
    "  deno run -P --allow-net=0.0.0.0 main.ts serve --host 0.0.0.0",
    "and for a Unix socket",
    "  --allow-net=127.0.0.1,unix:PATH --allow-read=PATH --allow-write=PATH",
    "-P allows the directory data beside deno.json. For another one give",
    "  --allow-read=DIR --allow-write=DIR",
  ],
  options: OPTIONS,
  prepare(_, { host = DEFAULT_HOST, port = DEFAULT_PORT, unix, noTcp = false, ...rest }) {
    const { password, data, memory, fsync, compactMinSize, compactPercentage, ...others } = rest;
    const { maxMemory, maxMemoryPolicy, ...limits } = others;
    const kept = memory || data === undefined ? undefined : {
      directory: data,
      ...fsync !== undefined && { fsync },
      ...compactMinSize !== undefined && { compactMinSize },
      ...compactPercentage !== undefined && { compactPercentage },
    };
    if (data === undefined && (fsync ?? compactMinSize ?? compactPercentage) !== undefined) {
      throw new UsageError("Cannot keep entries on disk: --data DIR is missing");
    }
    if (noTcp && unix === undefined) {
      throw new UsageError("Cannot listen: --no-tcp leaves nothing to listen on; add --unix PATH");
    }
    checkLimits(limits);
    return async (io) => {
      const addresses = [
        ...noTcp ? [] : [{ hostname: host, port }],
        ...unix === undefined ? [] : [{ path: unix }],
      ];
      const log = new Log(io.stderr);
      const progress = new LoadReport(io, log);
      const server = await start(addresses, kept?.directory, async () => {
        const { serve } = await import("../server/mod.ts");
        const on = { hostname: host, port, tcp: !noTcp, ...unix !== undefined && { unix } };
        const secret = password ?? passwordOf(io) ?? "";
        return serve({
          ...on,
          limits,
          ...maxMemory !== undefined && { maxMemory },
          ...maxMemoryPolicy !== undefined && { maxMemoryPolicy },
          password: secret,
          log: (line) => log.add(line),
          ...kept && { data: { ...kept, onProgress: (at) => progress.tell(at) } },
        });
      });
      return await runUntilSignal(server, io, log);
    };
  },
});

/** Announces the server, and waits for its end. */
async function runUntilSignal(
  server: Server,
  io: Io,
  log: Log,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.finished.then(() => log.written()).then(() => resolve(0), reject);
  let signals = 0;
  // Before the announcement: whoever has read it may send a signal.
  const stopListening = io.onEndSignal((exitCode) => {
    if (++signals > 1) return resolve(exitCode);
    log.add("shutting down: a second signal ends the server at once");
    server.shutdown().catch(reject);
  });
  try {
    await writeLine(io.stdout, announcement(server)); // In one piece: who waits for it may read no more.
    return await promise;
  } finally {
    stopListening();
  }
}

function announcement({ addr, unix }: Server): string {
  const addresses = [...addr ? [addr] : [], ...unix === undefined ? [] : [{ path: unix }]];
  return addresses.map((address) => `listening on ${formatAddress(address)}`).join("\n");
}

async function start(
  addresses: readonly Address[],
  data: string | undefined,
  start: () => Promise<Server>,
): Promise<Server> {
  try {
    return await start();
  } catch (error) {
    const wrong = data === undefined ? undefined : dataError(error, data);
    if (wrong !== undefined) throw wrong;
    const where = addresses.map(formatAddress).join(" and ");
    const reason = permissionHint(error, addresses) ?? `${describe(error)}${hintFor(error)}`;
    throw new Error(`Cannot listen on ${where}: ${reason}`);
  }
}

/** What an operator can do about it. */
function hintFor(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "; stop the server that listens there, or give another --port or --unix";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) return "; give a --host of this machine";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "; give a --port from 1024, or another path";
  }
  return "";
}

function parseFsync(text: string): FsyncMode {
  const mode = FSYNC_MODES.find((mode) => mode === text);
  if (mode !== undefined) return mode;
  throw new Error(`there is no mode ${text}; give ${FSYNC_MODES.join(", ")}`);
}

function parsePolicy(text: string): EvictionPolicy {
  const policy = EVICTION_POLICIES.find((policy) => policy === text);
  if (policy !== undefined) return policy;
  throw new Error(`there is no policy ${text}; give ${EVICTION_POLICIES.join(", ")}`);
}

/** Checks the limits as the server will, and names the flag of the one that is wrong. */
function checkLimits(limits: OptionValues<typeof LIMIT_OPTIONS>): void {
  for (const [name, value] of Object.entries(limits)) {
    try {
      serverLimits({ [name]: value });
    } catch (error) {
      throw new UsageError(`Option ${flagOf(name)}: ${describe(error)}`);
    }
  }
}

function size(name: keyof Limits, summary: string): Option<number> {
  const byDefault = formatSize(DEFAULT_LIMITS[name]);
  return valueOption("SIZE", `${summary} (default ${byDefault})`, parseSize);
}

function count(name: keyof Limits, summary: string): Option<number> {
  return valueOption("COUNT", `${summary} (default ${DEFAULT_LIMITS[name]})`, parseCount);
}

function time(name: keyof Limits, summary: string): Option<number> {
  const byDefault = formatTime(DEFAULT_LIMITS[name]);
  return valueOption("TIME", `${summary} (default ${byDefault})`, parseTime);
}
