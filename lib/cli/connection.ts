/**
 * The connection of a command to its server.
 *
 * @module
 */

import { MAX_VALUE_LENGTH } from "../cafe/mod.ts";
import type { Address, ClientOptions } from "../client/mod.ts";
import { DEFAULT_TIMEOUT } from "../client/options.ts";
import { DEFAULT_HOST, DEFAULT_PORT } from "../server/address.ts";
import type { Io } from "./io.ts";
import { type OptionValues, switchOption, valueOption } from "./options.ts";
import { formatAddress, formatTime, parseAddress, parseTimeout } from "./quantities.ts";
import { describe, UsageError } from "./error.ts";
import { permissionHint } from "./permissions.ts";
import { TLS_CLIENT_OPTIONS, withTls } from "./tls.ts";

/** What commands give to every call. */
export interface CommandOptions {
  /** Aborted when the command is to end early: the call is rejected with the signal's reason. */
  readonly signal: AbortSignal;
}

/** What commands that write give to their calls. */
export interface WriteOptions extends CommandOptions {
  /** Whether the answer waits until all is on the server's disk. */
  readonly durable?: boolean;
}

/** What commands use of a client. */
export interface CommandClient extends AsyncDisposable {
  /** Asks for an answer. */
  ping(value: Uint8Array, options: CommandOptions): Promise<Uint8Array>;
  /** The value of a key. */
  get(key: Uint8Array, options: CommandOptions): Promise<Uint8Array | undefined>;
  /** Stores a value; `ttl` in milliseconds. */
  set(
    key: Uint8Array,
    value: Uint8Array,
    options: WriteOptions & { readonly ttl?: number },
  ): Promise<unknown>;
  /** Removes a key; whether there was one. */
  delete(key: Uint8Array, options: WriteOptions): Promise<boolean>;
  /** Adds to an integer. */
  incr(key: Uint8Array, delta: bigint, options: WriteOptions): Promise<bigint>;
  /** The keys that begin with a prefix. */
  scan(prefix: Uint8Array, options: CommandOptions): AsyncIterable<Uint8Array>;
  /** The figures of the server, or of one section. */
  stats(
    section: string | undefined,
    options: CommandOptions,
  ): Promise<ReadonlyMap<string, string>>;
  /** The messages of a channel, until they are disposed of. */
  subscribe(
    channel: Uint8Array,
    options: CommandOptions,
  ): Promise<AsyncIterable<Uint8Array> & AsyncDisposable>;
  /** Sends a message; how many receive it. */
  publish(channel: Uint8Array, message: Uint8Array, options: CommandOptions): Promise<number>;
  /** Has a snapshot written in place of the journal; `started`, or `running` when one is under way. */
  compact(options: CommandOptions): Promise<string>;
}

/** How the frames of a command are protected. */
export type ConnectProtection = Pick<ClientOptions, "sign" | "encrypt" | "secret">;

/** How a command connects. */
export interface ConnectOptions {
  /** How long connecting and each answer may take, in milliseconds; 0: any time. */
  readonly timeout: number;
  /** Whether a connection that is lost is replaced. */
  readonly reconnect: boolean;
  /** The password of the server; none when it wants none. */
  readonly password: string | undefined;
  /** Whose password it is; none: that of the user `default`. */
  readonly user?: string | undefined;
  /** How frames are protected; none: not at all. */
  readonly protection?: ConnectProtection | undefined;
}

/** Connects to a server; rejects when nobody listens there. */
export type Connect = (address: Address, options: ConnectOptions) => Promise<CommandClient>;

/** The environment variable that says where to connect to. */
const VARIABLE = "CORTADO";

/** The environment variable that has the password: others on this machine see the words of a command. */
export const PASSWORD_VARIABLE = "CORTADO_PASSWORD";

/** The password of the environment; none when it has none. */
export function passwordOf(io: Pick<Io, "env">): string | undefined {
  return io.env(PASSWORD_VARIABLE) || undefined;
}

/** The environment variable that has the name of a user. */
export const USER_VARIABLE = "CORTADO_USER";

/** The user of the environment; none when it has none, or no password. */
export function userOf(io: Pick<Io, "env">): string | undefined {
  return passwordOf(io) && (io.env(USER_VARIABLE) || undefined);
}

/** The environment variable that has the secret of client and server. */
const SECRET_VARIABLE = "CORTADO_SECRET";

/** Options that protect frames. */
const PROTECTION_OPTIONS = {
  sign: switchOption(`sign all frames with the secret in $${SECRET_VARIABLE}`),
  encrypt: switchOption("encrypt all values with it"),
};

/**
 * How frames are protected, with the secret of the environment.
 *
 * @throws {UsageError} When they are to be, and it has none.
 */
export function protectionOf(
  { sign = false, encrypt = false }: OptionValues<typeof PROTECTION_OPTIONS>,
  io: Pick<Io, "env">,
): ConnectProtection | undefined {
  if (!sign && !encrypt) return undefined;
  const secret = io.env(SECRET_VARIABLE);
  if (secret) return { sign, encrypt, secret };
  throw new UsageError(
    `Cannot ${sign ? "sign" : "encrypt"}: the environment variable ${SECRET_VARIABLE} is missing`,
  );
}

const BY_DEFAULT = `default: $${VARIABLE}, or ${DEFAULT_HOST}:${DEFAULT_PORT}`;

/** The options of every command that talks to a server. */
export const CONNECTION_OPTIONS = {
  connect: valueOption(
    "ADDRESS",
    `the server, HOST:PORT, tls:HOST:PORT or unix:PATH (${BY_DEFAULT})`,
    parseAddress,
  ),
  timeout: valueOption(
    "TIME",
    `how long an answer may take; 0: any time (default ${formatTime(DEFAULT_TIMEOUT)})`,
    parseTimeout,
  ),
  ...TLS_CLIENT_OPTIONS,
  ...PROTECTION_OPTIONS,
};

/**
 * Where to connect to: what the option says, then the environment, then the default.
 *
 * @throws {UsageError} When the environment variable is wrong.
 */
export function addressFor(option: Address | undefined, io: Pick<Io, "env">): Address {
  if (option !== undefined) return option;
  const variable = io.env(VARIABLE);
  if (!variable) return { hostname: DEFAULT_HOST, port: DEFAULT_PORT };
  try {
    return parseAddress(variable);
  } catch (error) {
    throw new UsageError(`Environment variable ${VARIABLE}: ${describe(error)}`);
  }
}

/**
 * Where the options of a command and the environment say that the server is, and how to connect to it.
 *
 * @throws {UsageError} When what they say together cannot be.
 * @throws {Error} When a file that they name cannot be read.
 */
export async function targetOf(
  values: OptionValues<typeof CONNECTION_OPTIONS>,
  io: Pick<Io, "env">,
  reconnect: boolean,
): Promise<readonly [Address, ConnectOptions]> {
  const { timeout = DEFAULT_TIMEOUT } = values;
  const [password, user, protection] = [passwordOf(io), userOf(io), protectionOf(values, io)];
  const address = await withTls(addressFor(values.connect, io), values);
  return [address, { timeout, reconnect, password, user, protection }];
}

/**
 * Connects with the client of this project.
 *
 * @throws {Error} When there is no connection; the message says where to, why, and what to do.
 */
export async function connectClient(
  address: Address,
  { timeout, reconnect, password, user, protection }: ConnectOptions,
): Promise<CommandClient> {
  const { Client, ConnectionError } = await import("../client/mod.ts");
  try {
    return await Client.connect(address, {
      timeout,
      password,
      user,
      ...protection,
      reconnect: reconnect ? undefined : false,
      limits: { maxValueSize: MAX_VALUE_LENGTH }, // Whatever the server stores can be shown.
    });
  } catch (error) {
    const cause = error instanceof ConnectionError ? error.cause ?? error : error;
    const reason = permissionHint(cause, [address]) ?? describe(cause);
    throw new Error(`Cannot connect to ${formatAddress(address)}: ${reason}${hintFor(cause)}`);
  }
}

/** What to do about an error of connecting, behind its message; empty when that is not known. */
export function hintFor(cause: unknown): string {
  const isAbsent = cause instanceof Deno.errors.ConnectionRefused ||
    cause instanceof Deno.errors.NotFound;
  if (cause instanceof Error && cause.message.includes("UnknownIssuer")) {
    return "; give the certificate that it is signed with by --ca FILE";
  }
  return isAbsent ? "; is the server running?" : "";
}
