/**
 * What calls resolve to, and how it is read from an answer.
 *
 * @module
 */

import { type Reply, replyText } from "../cafe/mod.ts";
import { DecodeError } from "../codec/mod.ts";

/** What a server says of itself. */
export interface ServerInfo {
  /** The name of the program. */
  readonly server: string;
  /** Its release. */
  readonly version: string;
  /** The version of the protocol that it speaks. */
  readonly protocol: number;
  /** How large frames may be, in bytes. */
  readonly limits: { readonly maxKeySize: number; readonly maxValueSize: number };
  /** How much may be in flight on one connection; 0: not limited. */
  readonly window: { readonly requests: number; readonly bytes: number };
}

/** A value and what is known of it. */
export interface Entry {
  /** The value, a view that stays unchanged. */
  readonly value: Uint8Array;
  /** The version, from 1: every write changes it. */
  readonly version: number;
  /** What is left of the time to live, in milliseconds; none: the entry does not expire. */
  readonly ttl: number | undefined;
}

/** A page of keys. */
export interface KeyPage {
  /** What the next page is asked for with; 0 when this page is the last. */
  readonly cursor: number;
  /** The keys, views that stay unchanged. */
  readonly keys: Uint8Array[];
}

/**
 * The entry that the OK to a GET which asked for the version carries.
 *
 * @throws {DecodeError} When it has no version.
 */
export function replyEntry({ value, version, ttl }: Reply): Entry {
  if (version !== undefined) return { value, version, ttl };
  throw new DecodeError("CORRUPT", 0, "Cannot read the answer to GET: it has no version");
}

/**
 * What the OK to a HELLO says.
 *
 * @throws {DecodeError} When it is not a JSON object.
 */
export function replyInfo(reply: Reply): ServerInfo {
  const wrong = (cause?: unknown) => {
    const error = new DecodeError(
      "CORRUPT",
      0,
      "Cannot read the answer to HELLO: not a JSON object",
    );
    error.cause = cause;
    return error;
  };
  let info: unknown;
  try {
    info = JSON.parse(replyText(reply));
  } catch (cause) {
    throw wrong(cause);
  }
  if (typeof info !== "object" || info === null || Array.isArray(info)) throw wrong();
  return info as ServerInfo;
}

/** What the OK to a STATS says, in lines `name: value`. */
export function replyStats(reply: Reply): Map<string, string> {
  const lines = replyText(reply).split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => {
    const colon = line.indexOf(": ");
    return colon === -1 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 2)];
  }));
}
