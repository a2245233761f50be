/**
 * What calls resolve to, and how it is read from an answer.
 *
 * @module
 */

import { type Reply, replySize, replyText } from "../cafe/mod.ts";
import type { BasicOp } from "../model/mod.ts";
import type { Answer } from "./call.ts";
import { ReplyError } from "./error.ts";

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
 * Reads an answer by the kind of its request.
 *
 * @throws {ReplyError} When `read` throws: one of its own is passed on, another one is its cause.
 */
export function readReply<T>(op: BasicOp, reply: Reply, read: (reply: Reply) => T): T {
  try {
    return read(reply);
  } catch (cause) {
    if (cause instanceof ReplyError) throw cause;
    const { length } = reply.value;
    throw new ReplyError(op, `its ${length} bytes are not what such an answer has`, cause);
  }
}

/**
 * The entry that the OK to a GET which asked for the version carries.
 *
 * @throws {ReplyError} When it has no version.
 */
export function replyEntry({ value, version, ttl }: Reply): Entry {
  if (version !== undefined) return { value, version, ttl };
  throw new ReplyError("GET", "it has no version");
}

/** A value as a stream, and what is known of it. */
export interface StreamedEntry {
  /** The value, in chunks that stay unchanged. It fails with a `ConnectionError` when the connection is lost. */
  readonly value: ReadableStream<Uint8Array>;
  /** How many bytes the value has. */
  readonly size: number;
  /** What is left of the time to live, in milliseconds; `undefined`: the entry does not expire. */
  readonly ttl: number | undefined;
}

/** Reads the answer to a GET in parts: a short value comes whole. The signal ends the stream. */
export function streamedEntry(answer: Answer, signal?: AbortSignal): StreamedEntry {
  const { stream, value, ttl } = answer;
  if (stream !== undefined) {
    const whole = signal ? stream.pipeThrough(new TransformStream(), { signal }) : stream;
    return { value: whole, size: replySize(answer), ttl };
  }
  return { value: ReadableStream.from(value.length === 0 ? [] : [value]), size: value.length, ttl };
}

/** The fields that {@linkcode ServerInfo} promises, and their types. */
const INFO_FIELDS: readonly (readonly [path: string, type: "string" | "number"])[] = [
  ["server", "string"],
  ["version", "string"],
  ["protocol", "number"],
  ["limits.maxKeySize", "number"],
  ["limits.maxValueSize", "number"],
  ["window.requests", "number"],
  ["window.bytes", "number"],
];

/**
 * What the OK to a HELLO says. A later server may say more.
 *
 * @throws {ReplyError} When it is not a JSON object, or a field is missing or of another type.
 */
export function replyInfo(reply: Reply): ServerInfo {
  const info = parseJson(reply);
  if (!isObject(info)) throw new ReplyError("HELLO", "it is not a JSON object");
  for (const [path, type] of INFO_FIELDS) {
    const found: string = typeof valueAt(info, path);
    if (found === type) continue;
    throw new ReplyError("HELLO", `its field ${path} is not a ${type}`);
  }
  // The fields were checked just now, one by one.
  return info as unknown as ServerInfo;
}

function parseJson(reply: Reply): unknown {
  try {
    return JSON.parse(replyText(reply));
  } catch (cause) {
    throw new ReplyError("HELLO", "it is not a JSON object", cause);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((at, name) => isObject(at) ? at[name] : undefined, value);
}

/** What the server has done about a COMPACT: begun with it, or found one under way and left it at that. */
export type Compaction = "started" | "running";

/**
 * What the OK to a COMPACT says.
 *
 * @throws {ReplyError} When it says something else.
 */
export function replyCompaction(reply: Reply): Compaction {
  const state = replyText(reply);
  if (state === "started" || state === "running") return state;
  throw new ReplyError("COMPACT", "it is neither started nor running");
}

/** What the OK to a STATS says, in lines `name: value`. */
export function replyStats(reply: Reply): Map<string, string> {
  const lines = replyText(reply).split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => {
    const colon = line.indexOf(": ");
    return colon === -1 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 2)];
  }));
}
