/**
 * The limits of the server as options of `serve`.
 *
 * @module
 */

import { DEFAULT_LIMITS, type Limits } from "../server/limits.ts";
import { type Option, valueOption } from "./options.ts";
import {
  formatSize,
  formatTime,
  parseCount,
  parseSize,
  parseTime,
  parseTimeout,
  tellSize,
  tellTime,
} from "./quantities.ts";

/** A flag for every limit of the server. */
export const LIMIT_OPTIONS = {
  maxKeySize: size("maxKeySize", "the longest key"),
  maxValueSize: size("maxValueSize", "the longest value of a CAFE frame"),
  maxStreamedSize: size("maxStreamedSize", "the longest value of CAFE that comes in parts"),
  maxTransfers: count("maxTransfers", "values of CAFE that come and go in parts at once"),
  maxInFlight: count("maxInFlight", "requests of a client that keeps to a window"),
  maxInFlightBytes: size("maxInFlightBytes", "and how many bytes of them"),
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
  maxAuthFailures: count(
    "maxAuthFailures",
    "how many logins may fail on a connection; 0: any number",
  ),
  frameTimeout: time("frameTimeout", "how long a request may take to come; 0: any time"),
  authTimeout: time("authTimeout", "how long a client may take to authenticate; 0: any time"),
  shutdownTimeout: {
    ...time("shutdownTimeout", "how long a shutdown waits for connections"),
    parse: parseTimeout,
  },
  handshakeTimeout: {
    ...time("handshakeTimeout", "how long a TLS handshake may take"),
    parse: parseTimeout,
  },
} satisfies Record<keyof Limits, Option<number>>;

function size(name: keyof Limits, summary: string): Option<number> {
  const byDefault = DEFAULT_LIMITS[name];
  const option = valueOption("SIZE", `${summary} (default ${formatSize(byDefault)})`, parseSize);
  return { ...option, limit: { byDefault, format: tellSize } };
}

function count(name: keyof Limits, summary: string): Option<number> {
  const byDefault = DEFAULT_LIMITS[name];
  const option = valueOption("COUNT", `${summary} (default ${byDefault})`, parseCount);
  return { ...option, limit: { byDefault, format: String } };
}

function time(name: keyof Limits, summary: string): Option<number> {
  const byDefault = DEFAULT_LIMITS[name];
  const option = valueOption("TIME", `${summary} (default ${formatTime(byDefault)})`, parseTime);
  return { ...option, limit: { byDefault, format: tellTime } };
}
