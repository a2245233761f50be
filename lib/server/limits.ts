/**
 * The limits of a server.
 *
 * @module
 */

import { DEFAULT_FRAME_LIMITS, frameLimits } from "../cafe/mod.ts";
import { DEFAULT_RESP_REQUEST_LIMITS } from "../resp/mod.ts";

/** The limits of a server. Sizes are in bytes, times in milliseconds. */
export interface Limits {
  /** The longest key. Default 65,535. */
  readonly maxKeySize?: number;
  /** The longest value of a CAFE frame; with CAFE an entry does not grow over it either. Default 67,108,864. */
  readonly maxValueSize?: number;
  /**
   * The longest value that a CAFE client may send in parts; all that come on one connection count together.
   * Default 1,073,741,824.
   */
  readonly maxStreamedSize?: number;
  /**
   * How many values of CAFE may come and go in parts on one connection at once. Default 64.
   */
  readonly maxTransfers?: number;
  /**
   * How many requests a CAFE client may have in flight that has asked for a window: a further one is answered
   * with `OVERRUN`. Default 8,192.
   */
  readonly maxInFlight?: number;
  /** How many bytes of frames such a client may have in flight. Default 16,777,216. */
  readonly maxInFlightBytes?: number;
  /**
   * The longest argument of a RESP request; with RESP an entry does not grow over it either. Redis calls it
   * `proto-max-bulk-len`. Default 536,870,912.
   */
  readonly maxBulkSize?: number;
  /**
   * The longest transaction of RESP: the requests that MULTI queues and the keys that WATCH holds, each with
   * what the server needs to keep it. Redis calls it `client-query-buffer-limit`. Default 1,073,741,824.
   */
  readonly maxTransactionSize?: number;
  /** How many connections there may be at once. Default 16,384. */
  readonly maxConnections?: number;
  /**
   * How many connections there may be at once from one address; those of an IPv6 network of 64 bits count as
   * one. 0 for any number. Default 12,288.
   */
  readonly maxConnectionsPerAddress?: number;
  /** How many bytes of channel messages are held for a connection that reads slowly. Default 16,777,216. */
  readonly maxOutputSize?: number;
  /** How many of them may be held for `softOutputTime` and longer. 0 for any number. Default 4,194,304. */
  readonly softOutputSize?: number;
  /** For how long more than `softOutputSize` may be held for a connection. Default 60,000. */
  readonly softOutputTime?: number;
  /**
   * How many bytes of requests and replies may be held for all connections together: what has come of
   * requests, transactions, and output that is not taken. 0 for any number. Default 1,073,741,824.
   */
  readonly maxBufferMemory?: number;
  /** How many channels and patterns one connection may be subscribed to. Default 1,024. */
  readonly maxSubscriptions?: number;
  /** How many requests of one connection are carried out before their replies are written. Default 1,024. */
  readonly maxBatch?: number;
  /**
   * After how long a connection is closed that neither sends nor takes anything; one that is subscribed
   * need not send. 0 for never. Default 0.
   */
  readonly idleTimeout?: number;
  /**
   * How many logins may fail on one connection: it is closed then. 0 for any number. Default 8.
   */
  readonly maxAuthFailures?: number;
  /**
   * How long a request may take to come whole: this, and a second for each 8,192 bytes of it that have come.
   * 0 for any time. Default 30,000.
   */
  readonly frameTimeout?: number;
  /** How long a connection may take to authenticate where a password is set. 0 for any time. Default 60,000. */
  readonly authTimeout?: number;
  /** How long a shutdown waits for replies to be taken. Default 5,000. */
  readonly shutdownTimeout?: number;
  /** How long a TLS handshake may take. Default 10,000. */
  readonly handshakeTimeout?: number;
}

/** The limits where none are given. */
export const DEFAULT_LIMITS: Required<Limits> = {
  ...DEFAULT_FRAME_LIMITS,
  maxStreamedSize: 1_073_741_824,
  maxTransfers: 64,
  maxInFlight: 8_192,
  maxInFlightBytes: 16_777_216,
  maxBulkSize: DEFAULT_RESP_REQUEST_LIMITS.maxBulkSize,
  maxTransactionSize: 1_073_741_824,
  maxConnections: 16_384,
  maxConnectionsPerAddress: 12_288,
  maxOutputSize: 16_777_216,
  softOutputSize: 4_194_304,
  softOutputTime: 60_000,
  maxBufferMemory: 1_073_741_824,
  maxSubscriptions: 1_024,
  maxBatch: 1_024,
  idleTimeout: 0,
  maxAuthFailures: 8,
  frameTimeout: 30_000,
  authTimeout: 60_000,
  shutdownTimeout: 5_000,
  handshakeTimeout: 10_000,
};

/** A timer takes no longer time: 2^31 - 1 ms. */
const MAX_TIME = 2_147_483_647;

/** Limits that are times. */
const TIMES: readonly (keyof Limits)[] = [
  "softOutputTime",
  "idleTimeout",
  "frameTimeout",
  "authTimeout",
  "shutdownTimeout",
  "handshakeTimeout",
];

/** Limits for which 0 would leave a server that cannot serve. */
const FROM_ONE: readonly (keyof Limits)[] = [
  "maxConnections",
  "maxBatch",
  "maxInFlight",
  "maxInFlightBytes",
  "handshakeTimeout",
];

/** The largest that a limit may be. A window tells the number of requests in 32 bits. */
function mostOf(name: keyof Limits): number {
  if (name === "maxInFlight") return 0xffff_ffff;
  return TIMES.includes(name) ? MAX_TIME : Number.MAX_SAFE_INTEGER;
}

/**
 * The limits with the defaults filled in.
 *
 * @throws {RangeError} When one is not a whole number in its range.
 */
export function serverLimits(limits: Limits): Required<Limits> {
  const all = { ...DEFAULT_LIMITS, ...limits };
  frameLimits({ maxKeySize: all.maxKeySize, maxValueSize: all.maxValueSize });
  for (const [name, value] of Object.entries(all)) {
    const least = FROM_ONE.includes(name as keyof Limits) ? 1 : 0;
    const most = mostOf(name as keyof Limits);
    if (Number.isSafeInteger(value) && value >= least && value <= most) continue;
    throw new RangeError(
      `Cannot use ${name} ${value}: it must be a whole number from ${least} to ${most}`,
    );
  }
  return all;
}
