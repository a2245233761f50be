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
  REQUIRED_FLAGS,
  type RequiredFlag,
} from "../handler/settings.ts";
import { MIN_SECRET_SIZE } from "../cafe/session_keys.ts";
import { DEFAULT_HOST, DEFAULT_PORT } from "../server/address.ts";
import { type Limits, serverLimits } from "../server/limits.ts";
import type { Server, TlsOptions } from "../server/mod.ts";
import { MAX_WORKERS } from "../server/workers/most.ts";
import { ProtectedModeError } from "../server/protected_mode.ts";
import {
  DEFAULT_JOURNAL_SETTINGS,
  FSYNC_MODES,
  type FsyncMode,
} from "../store/journal/settings.ts";
import { readUsers } from "./users_option.ts";
import { ADMIN_OPTIONS, adminOf, checkAdmin } from "./admin.ts";
import { type Command, command } from "./command.ts";
import { CONFIG_OPTION, type Configuration, configure, limitLines } from "./configuration.ts";
import { PASSWORD_VARIABLE } from "./connection.ts";
import { describe, UsageError } from "./error.ts";
import { type Io, writeLine } from "./io.ts";
import { dataError } from "./data_error.ts";
import { LIMIT_OPTIONS } from "./limit_options.ts";
import { LoadReport } from "./load_report.ts";
import { Log } from "./log.ts";
import { switchOption, valueOption } from "./options.ts";
import { permissionHint } from "./permissions.ts";
import { checkTrace, observe, TRACE_OPTIONS } from "./trace_options.ts";
import { reloadAtSignal, TLS_NOTES, TLS_OPTIONS, tlsError, tlsOf } from "./tls.ts";
import {
  formatAddress,
  formatSize,
  parseCount,
  parseHost,
  parsePort,
  parseSize,
  tellSize,
} from "./quantities.ts";

const DATA = DEFAULT_JOURNAL_SETTINGS;

const OPTIONS = {
  host: valueOption("HOST", `the address to listen on (default ${DEFAULT_HOST})`, parseHost),
  port: valueOption("PORT", `the TCP port; 0: a free one (default ${DEFAULT_PORT})`, parsePort),
  unix: valueOption("PATH", "listen on a Unix socket as well", (path) => path),
  ...TLS_OPTIONS,
  noTcp: switchOption("do not listen on --port: on the Unix socket, or with TLS, alone"),
  workers: valueOption(
    "N",
    "threads for the sockets; costs more on 1 or 2 cores (docs/workers.md; default 0)",
    parseCount,
  ),
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
  maxMemory: {
    ...valueOption("SIZE", "what all entries may take; 0: any size (default 0)", parseSize),
    limit: { byDefault: 0, format: (bytes: number) => bytes === 0 ? "none" : tellSize(bytes) },
  },
  maxMemoryPolicy: valueOption(
    "NAME",
    `what goes when they take more, as allkeys-lfu (default ${DEFAULT_EVICTION_POLICY})`,
    parsePolicy,
  ),
  password: valueOption("PASSWORD", "the password that clients must give", (text) => text),
  users: valueOption(
    "FILE",
    "who may log in and do what, in JSON (docs/security.md)",
    (path) => path,
  ),
  secret: valueOption("TEXT", "what clients know too, for SIGNED and ENCRYPTED", (text) => text),
  require: valueOption(
    "FLAGS",
    `what every request must have, with commas between: ${REQUIRED_FLAGS.join(",")}`,
    parseFlags,
  ),
  noCompress: switchOption("do not compress values for clients that offer it"),
  noProtectedMode: switchOption("without a password, listen also where other machines connect"),
  ...ADMIN_OPTIONS,
  ...TRACE_OPTIONS,
  ...CONFIG_OPTION,
  ...LIMIT_OPTIONS,
};

/** Runs the server until a signal ends it. */
export const serve: Command<Io> = command({
  name: "serve",
  summary: "run the server until SIGINT or SIGTERM",
  notes: [
    "When it is ready, the first line on standard output is: listening on HOST:PORT",
    "and with --unix a line: listening on unix:PATH",
    "and with --admin a line: listening on http://HOST:PORT",
    ...TLS_NOTES,
    "The log goes to standard error.",
    "With --data DIR what clients write is there after a restart (docs/durability.md); without it",
    "it is in memory only.",
    "The first SIGINT or SIGTERM lets clients finish; a second one ends the server at once.",
    `The environment variable ${PASSWORD_VARIABLE} gives the password unseen, also to clients.`,
    "Every option is a variable as well, as CORTADO_MAX_VALUE_SIZE, and a field of the file of",
    '--config, as {"maxValueSize": "1MiB"}: flags go over variables, those over the file.',
    "The log says at start what each limit is, and who set it.",
    "",
    "Permissions: -P allows 127.0.0.1, [::1] and localhost. For other hosts give all of them, as in",
    "  deno run -P --allow-net=0.0.0.0 main.ts serve --host 0.0.0.0",
    "which takes a password as well, or --no-protected-mode,",
    "and for a Unix socket",
    "  --allow-net=127.0.0.1,unix:PATH --allow-read=PATH --allow-write=PATH",
    "-P allows the directory data beside deno.json. For another one give",
    "  --allow-read=DIR --allow-write=DIR",
  ],
  options: OPTIONS,
  prepare: (_, flags) => async (io) => {
    const configuration = await configure(OPTIONS, flags, io);
    checkOptions(configuration);
    return await runServer(configuration, io);
  },
});

type ServeConfiguration = Configuration<typeof OPTIONS>;

/** Checks what options together say. */
function checkOptions({ values, originOf }: ServeConfiguration): void {
  const { data, fsync, compactMinSize, compactPercentage, noTcp, unix } = values;
  if (data === undefined && (fsync ?? compactMinSize ?? compactPercentage) !== undefined) {
    throw new UsageError("Cannot keep entries on disk: --data DIR is missing");
  }
  checkTrace(values);
  const { secret, require } = values;
  const isShort = secret !== undefined && new TextEncoder().encode(secret).length < MIN_SECRET_SIZE;
  if (isShort) {
    throw new UsageError(
      `${originOf("secret").named}: it must have at least ${MIN_SECRET_SIZE} bytes`,
    );
  }
  const needing = require?.filter((name) => name !== "CHECKSUM") ?? [];
  if (needing.length > 0 && secret === undefined) {
    throw new UsageError(`Cannot require ${needing.join(", ")}: --secret TEXT is missing`);
  }
  if (noTcp && unix === undefined && tlsOf(values) === undefined) {
    throw new UsageError(
      "Cannot listen: --no-tcp leaves nothing to listen on; add --unix PATH or --tls-port PORT",
    );
  }
  checkWorkers(values, originOf);
  if (values.users !== undefined && passwordOfServer({ values, originOf }) !== "") {
    throw new UsageError(
      `${
        originOf("password").named
      }: it cannot be used beside users; the user default may have one`,
    );
  }
  checkAdmin(values, originOf);
  for (const [name, value] of Object.entries(limitsOf(values))) checkLimit(name, value, originOf);
}

/** Checks that there can be so many workers. */
function checkWorkers(
  { workers = 0, noTcp }: ServeConfiguration["values"],
  originOf: ServeConfiguration["originOf"],
): void {
  if (workers > MAX_WORKERS) {
    throw new UsageError(
      `${originOf("workers").named}: there can be at most ${MAX_WORKERS}`,
    );
  }
  if (workers > 0 && noTcp) {
    throw new UsageError(
      `${originOf("workers").named}: they own the sockets of --port, and --no-tcp leaves none`,
    );
  }
}

async function runServer(configuration: ServeConfiguration, io: Io): Promise<number> {
  const { values } = configuration;
  const { host = DEFAULT_HOST, port = DEFAULT_PORT, unix, noTcp = false } = values;
  const { maxMemory, maxMemoryPolicy, noProtectedMode = false, workers } = values;
  const data = dataOptions(values);
  const tls = tlsOf(values);
  const admin = adminOf(values);
  const addresses = [
    ...noTcp ? [] : [{ hostname: host, port }],
    ...tls === undefined ? [] : [{ hostname: host, port: tls.port, tls: true }],
    ...unix === undefined ? [] : [{ path: unix }],
    ...admin === undefined ? [] : [admin],
  ];
  const log = new Log(io.stderr);
  const progress = new LoadReport(io, log);
  await using observing = await observe(values, log);
  const users = values.users === undefined ? undefined : await readUsers(values.users);
  const server = await start(
    addresses,
    { data: data?.directory, config: values.config, tls },
    async () => {
      const { serve } = await import("../server/mod.ts");
      const on = { hostname: host, port, tcp: !noTcp, ...unix !== undefined && { unix } };
      return serve({
        ...on,
        ...workers !== undefined && { workers },
        ...tls && { tls },
        ...admin && { admin },
        limits: limitsOf(values),
        ...maxMemory !== undefined && { maxMemory },
        ...maxMemoryPolicy !== undefined && { maxMemoryPolicy },
        password: passwordOfServer(configuration),
        ...users && { users },
        protectedMode: !noProtectedMode,
        protection: protectionOptions(values),
        log: (line) => log.add(line),
        observer: observing.observer,
        ...data && { data: { ...data, onProgress: (at) => progress.tell(at) } },
      });
    },
  );
  for (const line of configuration.notes) log.add(line);
  for (const line of limitLines(OPTIONS, configuration)) log.add(line);
  return await runUntilSignal(server, io, log);
}

/** How frames are protected. */
function protectionOptions({ secret, require, noCompress }: ServeConfiguration["values"]) {
  return {
    compress: !noCompress,
    ...secret !== undefined && { secret },
    ...require !== undefined && { required: require },
  };
}

/** The password that clients must give. Beside users that of the environment is one that they log in with. */
function passwordOfServer(
  { values, originOf }: Pick<ServeConfiguration, "values" | "originOf">,
): string {
  const { password = "", users } = values;
  const isOfClients = users !== undefined &&
    originOf("password").told === `environment ${PASSWORD_VARIABLE}`;
  return isOfClients ? "" : password;
}

/** Where entries are kept on disk, and how. */
function dataOptions({ data, memory, ...values }: ServeConfiguration["values"]) {
  const { fsync, compactMinSize, compactPercentage } = values;
  return memory || data === undefined ? undefined : {
    directory: data,
    ...fsync !== undefined && { fsync },
    ...compactMinSize !== undefined && { compactMinSize },
    ...compactPercentage !== undefined && { compactPercentage },
  };
}

/** The limits among the options. */
function limitsOf(values: ServeConfiguration["values"]): Limits {
  const names = Object.keys(LIMIT_OPTIONS);
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

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
  const stopReloading = reloadAtSignal(server, io, log);
  try {
    await writeLine(io.stdout, announcement(server)); // In one piece: who waits for it may read no more.
    return await promise;
  } finally {
    stopListening();
    stopReloading();
  }
}

function announcement({ addr, tlsAddr, unix, adminAddr }: Server): string {
  const addresses = [
    ...addr ? [addr] : [],
    ...tlsAddr ? [{ ...tlsAddr, tls: true }] : [],
    ...unix === undefined ? [] : [{ path: unix }],
  ];
  const all = addresses.map(formatAddress);
  if (adminAddr) all.push(`http://${formatAddress(adminAddr)}`);
  return all.map((address) => `listening on ${address}`).join("\n");
}

async function start(
  addresses: readonly Address[],
  { data, config, tls }: {
    readonly data: string | undefined;
    readonly config: string | undefined;
    readonly tls: TlsOptions | undefined;
  },
  start: () => Promise<Server>,
): Promise<Server> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof ProtectedModeError) throw new UsageError(protectedMode(addresses));
    const others = config === undefined ? [] : [config];
    const wrong = (data === undefined ? undefined : dataError(error, data, others)) ??
      (tls && tlsError(error, tls));
    if (wrong !== undefined) throw wrong;
    const where = addresses.map(formatAddress).join(" and ");
    const reason = permissionHint(error, addresses) ?? `${describe(error)}${hintFor(error)}`;
    throw new Error(`Cannot listen on ${where}: ${reason}`);
  }
}

/** What protected mode refuses, and both ways out. */
function protectedMode([address]: readonly Address[]): string {
  const where = address === undefined ? "" : ` on ${formatAddress(address)}`;
  return `Cannot listen${where}: without a password whoever reaches it may do everything ` +
    `(protected mode); set ${PASSWORD_VARIABLE}, or give --no-protected-mode`;
}

/** What an operator can do about it. */
function hintFor(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "; stop the server that listens there, or give another --port, --tls-port, --unix or --admin";
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

function parseFlags(text: string): readonly RequiredFlag[] {
  return text.split(",").map((word) => {
    const flag = REQUIRED_FLAGS.find((name) => name === word.toUpperCase());
    if (flag !== undefined) return flag;
    throw new Error(`there is no flag ${word}; give ${REQUIRED_FLAGS.join(", ")}`);
  });
}

/** Checks a limit as the server will, and names what set it when it is wrong. */
function checkLimit(
  name: string,
  value: number,
  originOf: ServeConfiguration["originOf"],
): void {
  try {
    serverLimits({ [name]: value });
  } catch (error) {
    throw new UsageError(`${originOf(name).named}: ${describe(error)}`);
  }
}
