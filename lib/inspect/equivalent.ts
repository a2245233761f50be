/**
 * Requests in the words of the other protocol.
 *
 * @module
 */

import { type DecodedRequest, REQUEST_OPCODES } from "../cafe/mod.ts";
import type { BasicRequest, StoreRequest } from "../model/mod.ts";
import type { ParsedRequest } from "../resp/mod.ts";
import { word } from "./printable.ts";

/** What both protocols have; `undefined` for what only one has. */
export function basicRequest(request: DecodedRequest | ParsedRequest): BasicRequest | undefined {
  switch (request.op) {
    case "STORE":
      return storeAsSet(request);
    case "DELETE_MANY": {
      const [key] = request.keys;
      return request.keys.length === 1 && key
        ? { op: "DELETE", key, version: undefined }
        : undefined;
    }
    case "PART":
    case "WINDOW":
      return undefined;
    default:
      // The ops of requests are those of BasicRequest where an opcode has the same name.
      return request.op in REQUEST_OPCODES ? request as BasicRequest : undefined;
  }
}

function storeAsSet(
  { key, value, expiry, condition, wantOld }: StoreRequest,
): BasicRequest | undefined {
  if (wantOld || condition === "present") return undefined;
  if (expiry.kind !== "in" && expiry.kind !== "never") return undefined;
  const ttl = expiry.kind === "in" ? expiry.ms : undefined;
  return { op: "SET", key, value, ttl, version: condition === "absent" ? 0 : undefined };
}

/** The command of Redis that does the same; `undefined` when there is none. */
export function asResp(request: BasicRequest): string | undefined {
  switch (request.op) {
    case "GET":
      return request.wantVersion ? undefined : `GET ${word(request.key)}`;
    case "SET":
      return setAsResp(
        request.version,
        `SET ${word(request.key)} ${word(request.value)}`,
        request.ttl,
      );
    case "DELETE":
      return request.version === undefined ? `DEL ${word(request.key)}` : undefined;
    case "PING":
      return request.value.length === 0 ? "PING" : `PING ${word(request.value)}`;
    case "HELLO":
      return request.password.length === 0 ? undefined : `AUTH ${word(request.user)} ...`;
    case "INCR":
      return `INCRBY ${word(request.key)} ${request.delta}`;
    case "APPEND":
      return `APPEND ${word(request.key)} ${word(request.value)}`;
    case "TOUCH": {
      const key = word(request.key);
      return request.ttl === undefined ? `PERSIST ${key}` : `PEXPIRE ${key} ${request.ttl}`;
    }
    case "SCAN":
      return `SCAN ${request.cursor}${matching(request.prefix)}`;
    case "STATS":
      return "INFO";
    case "SUBSCRIBE":
    case "UNSUBSCRIBE":
      return `${request.op} ${word(request.channel)}`;
    case "PUBLISH":
      return `PUBLISH ${word(request.channel)} ${word(request.message)}`;
    case "COMPACT":
      return "BGREWRITEAOF";
  }
}

function setAsResp(version: number | undefined, set: string, ttl: number | undefined) {
  if (version !== undefined && version !== 0) return undefined;
  return `${set}${ttl === undefined ? "" : ` PX ${ttl}`}${version === 0 ? " NX" : ""}`;
}

function matching(prefix: Uint8Array): string {
  return prefix.length === 0 ? "" : ` MATCH ${word(prefix)}*`;
}

/** The request of CAFE that does the same. */
export function asCafe(request: BasicRequest): string {
  switch (request.op) {
    case "SET":
      return `SET ${word(request.key)} ${word(request.value)}${extensions(request)}`;
    case "DELETE":
    case "TOUCH":
      return `${request.op} ${word(request.key)}${extensions(request)}`;
    case "GET":
      return `GET ${word(request.key)}`;
    case "PING":
      return request.value.length === 0 ? "PING" : `PING ${word(request.value)}`;
    case "HELLO":
      return "HELLO";
    case "INCR":
      return `INCR ${word(request.key)} ${request.delta}`;
    case "APPEND":
      return `APPEND ${word(request.key)} ${word(request.value)}`;
    case "SCAN":
      return `SCAN ${word(request.prefix)} ${request.cursor}`;
    case "STATS":
      return `STATS ${word(request.section)}`;
    case "SUBSCRIBE":
    case "UNSUBSCRIBE":
      return `${request.op} ${word(request.channel)}`;
    case "PUBLISH":
      return `PUBLISH ${word(request.channel)} ${word(request.message)}`;
    case "COMPACT":
      return "COMPACT";
  }
}

function extensions(
  { ttl, version }: { readonly ttl?: number | undefined; readonly version?: number | undefined },
): string {
  const time = ttl === undefined ? "" : `, TTL ${ttl}`;
  return version === undefined ? time : `${time}, VERSION ${version}`;
}
