/**
 * The options of a client and of its calls.
 *
 * @module
 */

import {
  AGREED_FLAGS,
  checkSecret,
  DEFAULT_FRAME_LIMITS,
  type FrameLimits,
  frameLimits,
  needsSecret,
} from "../cafe/mod.ts";
import { type Credentials, DEFAULT_USER } from "../model/mod.ts";
import type { ServerError } from "./error.ts";
import type { Wanted } from "./handshake.ts";
import { MAX_IN_FLIGHT } from "./ids.ts";

/** Bytes, or text that is sent as UTF-8. An array must stay unchanged until its call has settled. */
export type Bytes = string | Uint8Array;

/** How long the answer to a call, and each attempt to connect, may take by default, in milliseconds. */
export const DEFAULT_TIMEOUT = 10_000;

/** Options of every call. */
export interface CallOptions {
  /** Rejects the call with the signal's reason. What was sent may be carried out all the same. */
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take, in milliseconds; 0: any time. Default: the client's `timeout`. */
  readonly timeout?: number | undefined;
  /** Whether the request and its answer carry a checksum. Default: the client's `checksum`. */
  readonly checksum?: boolean | undefined;
  /**
   * Whether the answer comes only when what the request has changed, and all that the server has carried
   * out before it, is on stable storage. Default: the client's `durable`. A SUBSCRIBE is never durable.
   */
  readonly durable?: boolean | undefined;
}

/** Options of a SET. */
export interface SetOptions extends CallOptions {
  /** Time to live in milliseconds, from 1; none: the entry does not expire. */
  readonly ttl?: number | undefined;
  /** Only if the entry has this version; 0: only if there is no entry. */
  readonly version?: number | undefined;
  /** Whether no answer is waited for: see `Client`. */
  readonly quiet?: boolean | undefined;
}

/** Options of a SET from a stream. */
export interface StreamOptions extends CallOptions {
  /** Time to live in milliseconds, from 1, which begins when the value is whole; none: it does not expire. */
  readonly ttl?: number | undefined;
  /** Only if the entry has this version when the value is whole; 0: only if there is no entry. */
  readonly version?: number | undefined;
  /** How long all of it may take, in milliseconds; 0: any time. Default 0. */
  readonly timeout?: number | undefined;
}

/** Options of a DELETE. */
export interface DeleteOptions extends CallOptions {
  /** Only if the entry has this version; 0: only if there is no entry. */
  readonly version?: number | undefined;
  /** Whether no answer is waited for: see `Client`. */
  readonly quiet?: boolean | undefined;
}

/** Options of a TOUCH. */
export interface TouchOptions extends CallOptions {
  /** Time to live in milliseconds, from 1; none: the expiry is removed. */
  readonly ttl?: number | undefined;
}

/**
 * When a lost connection is replaced. The pause before an attempt is a random part of
 * `minDelay * 2 ** failed attempts`, at the most `maxDelay` ("full jitter": clients that lost one server
 * at the same time do not come back at the same time).
 */
export interface ReconnectOptions {
  /** The longest pause before the first attempt, in milliseconds. Default 50. */
  readonly minDelay?: number | undefined;
  /** The longest pause before any attempt, in milliseconds. Default 2,000. */
  readonly maxDelay?: number | undefined;
  /**
   * After so many attempts in a row that failed (no connection, or one that was lost before it answered
   * anything) the client gives up and closes. Default 150, which with the other defaults is about two and
   * a half minutes: a server may be restarted meanwhile. How often one request is sent does not follow
   * from this: three times at the most.
   */
  readonly attempts?: number | undefined;
}

/** Options of a client. */
export interface ClientOptions {
  /**
   * Whether requests carry ids. Without them the server must answer in order, and there are no quiet
   * requests. Default true.
   */
  readonly ids?: boolean | undefined;
  /**
   * Whether requests and their answers carry a checksum, unless a call says otherwise. An answer without
   * the checksum that was asked for ends the connection. Default false.
   */
  readonly checksum?: boolean | undefined;
  /**
   * Whether long values are compressed in both directions where that makes them shorter, if the server
   * grants it. Default false.
   */
  readonly compress?: boolean | undefined;
  /**
   * Whether every frame is signed, so that one that was changed, repeated, left out or moved on the way ends
   * the connection. Needs `secret`; a server that does not grant it ends the client. Default false.
   */
  readonly sign?: boolean | undefined;
  /**
   * Whether the values of all frames are encrypted. Keys, opcodes and lengths are not: use TLS where they
   * must not be seen. Needs `secret`; a server that does not grant it ends the client. Default false.
   */
  readonly encrypt?: boolean | undefined;
  /**
   * Whether each connection asks the server how much it may have in flight, and waits for it to be given back
   * instead of sending more; that takes a request and its answer before the first one. Default false: what
   * the server does not read waits in the network.
   */
  readonly flowControl?: boolean | undefined;
  /** What the client and the server know and nobody else, from 16 bytes: for `sign` and `encrypt`. */
  readonly secret?: Bytes | undefined;
  /**
   * Whether requests are durable, those that only read included, unless a call says otherwise: see
   * {@linkcode CallOptions}. Default false.
   */
  readonly durable?: boolean | undefined;
  /**
   * How long the answer to a call, and each attempt to connect, may take, in milliseconds; 0: any time.
   * The time of a call includes that of connecting again. Default 10,000.
   */
  readonly timeout?: number | undefined;
  /**
   * The password of the server, which each connection begins with. When it is wrong, each call is refused
   * with `AUTH_REQUIRED`. Default: none.
   */
  readonly password?: Bytes | undefined;
  /** Whose password it is. Default `default`, the only user of a server without a file of users. */
  readonly user?: Bytes | undefined;
  /** When a lost connection is replaced; false: never. */
  readonly reconnect?: false | ReconnectOptions | undefined;
  /**
   * How many requests may wait to be sent or to be answered; more are refused. One that was sent and then
   * aborted or timed out counts until its answer comes or its connection ends. Default 65,536.
   */
  readonly maxPending?: number | undefined;
  /** How many messages of one subscription may wait to be taken; with more it fails. Default 16,384. */
  readonly maxBuffered?: number | undefined;
  /** How large an answer may be. */
  readonly limits?: FrameLimits | undefined;
  /** Called with the error that a quiet request got. Default: such errors are dropped. */
  readonly onQuietError?: ((error: ServerError) => void) | undefined;
  /** A number from 0 to below 1, for the jitter. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Waits, and rejects when the signal aborts. For tests. Default: a timer. */
  readonly delay?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** The options with the defaults filled in. */
export interface Settings {
  /** Whether requests carry ids. */
  readonly ids: boolean;
  /** Whether requests carry a checksum. */
  readonly checksum: boolean;
  /** Whether answers wait for stable storage. */
  readonly durable: boolean;
  /** What each connection agrees on first; none: nothing. */
  readonly wanted: Wanted | undefined;
  /** In milliseconds; 0: any time. */
  readonly timeout: number;
  /** What each connection begins with; none without a password. */
  readonly credentials: Credentials | undefined;
  /** When a lost connection is replaced. */
  readonly reconnect: false | { readonly [K in keyof ReconnectOptions]-?: number };
  /** How many requests may wait. */
  readonly maxPending: number;
  /** How many messages of one subscription may wait. */
  readonly maxBuffered: number;
  /** How large an answer may be. */
  readonly limits: Required<FrameLimits>;
  /** Takes the errors of quiet requests. */
  readonly onQuietError: (error: ServerError) => void;
  /** A number from 0 to below 1. */
  readonly random: () => number;
  /** Waits. */
  readonly delay: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const UTF8 = new TextEncoder();

/** The bytes themselves, or the UTF-8 of a text. */
export function toBytes(bytes: Bytes): Uint8Array {
  return typeof bytes === "string" ? UTF8.encode(bytes) : bytes;
}

/**
 * The options with the defaults filled in.
 *
 * @throws {RangeError} When a number is out of range, or a secret is too short or missing.
 */
export function settingsOf(options: ClientOptions): Settings {
  const settings: Settings = {
    ids: options.ids ?? true,
    checksum: options.checksum ?? false,
    durable: options.durable ?? false,
    wanted: wantedOf(options),
    timeout: options.timeout ?? DEFAULT_TIMEOUT,
    credentials: credentialsOf(options),
    reconnect: reconnectSettings(options.reconnect),
    maxPending: options.maxPending ?? 65_536,
    maxBuffered: options.maxBuffered ?? 16_384,
    limits: limitSettings(options.limits),
    onQuietError: options.onQuietError ?? (() => {}),
    random: options.random ?? Math.random,
    delay: options.delay ?? delay,
  };
  check(settings);
  return settings;
}

function wantedOf(options: ClientOptions): Wanted | undefined {
  const { compress = false, sign = false, encrypt = false, flowControl: window = false } = options;
  const wanted = { COMPRESSED: compress, ENCRYPTED: encrypt, SIGNED: sign };
  const flags = AGREED_FLAGS.filter((name) => wanted[name]);
  const secret = toBytes(options.secret ?? "");
  if (needsSecret(flags)) checkSecret(secret);
  return flags.length === 0 && !window ? undefined : { flags, secret, window };
}

function credentialsOf({ user = DEFAULT_USER, password }: ClientOptions): Credentials | undefined {
  if (password === undefined) return undefined;
  return { user: toBytes(user), password: toBytes(password) };
}

function reconnectSettings(options: ClientOptions["reconnect"] = {}): Settings["reconnect"] {
  if (options === false) return false;
  const { minDelay = 50, maxDelay = 2_000, attempts = 150 } = options;
  return { minDelay, maxDelay, attempts };
}

function limitSettings(limits: FrameLimits = {}): Required<FrameLimits> {
  const {
    maxKeySize = DEFAULT_FRAME_LIMITS.maxKeySize,
    maxValueSize = DEFAULT_FRAME_LIMITS.maxValueSize,
  } = limits;
  return frameLimits({ maxKeySize, maxValueSize });
}

function check({ timeout, maxPending, maxBuffered, reconnect }: Settings): void {
  checkTimeout(timeout);
  checkNumber("maxPending", maxPending, 1, MAX_IN_FLIGHT);
  checkNumber("maxBuffered", maxBuffered, 1);
  if (reconnect === false) return;
  checkNumber("minDelay", reconnect.minDelay, 0);
  checkNumber("maxDelay", reconnect.maxDelay, reconnect.minDelay);
  checkNumber("attempts", reconnect.attempts, 1);
}

/** A timer takes no more milliseconds than this: a longer one would fire at once. */
export const MAX_TIMEOUT: number = 2 ** 31 - 1;

/**
 * Checks a timeout.
 *
 * @throws {RangeError} When it is not a number of milliseconds that a timer takes.
 */
export function checkTimeout(timeout: number): void {
  if (timeout >= 0 && timeout <= MAX_TIMEOUT) return;
  throw new RangeError(
    `Cannot use timeout ${timeout}: it must be a number of milliseconds from 0 to ${MAX_TIMEOUT}`,
  );
}

function checkNumber(name: string, value: number, least: number, most = MAX_TIMEOUT): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `Cannot use ${name} ${value}: it must be a whole number from ${least} to ${most}`,
  );
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(resolve, milliseconds);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  });
}
