/**
 * Typed responses to bytes: what a server writes.
 *
 * @module
 */

import type { WriteBuffer } from "../bytes/mod.ts";
import type { Encoder } from "../codec/mod.ts";
import type { ErrorCode, ErrorResponse, Response } from "../model/mod.ts";
import {
  RESP_NULL,
  RESP_OK,
  respArray,
  respBulk,
  respError,
  respInteger,
  respPush,
  type RespValue,
} from "./value.ts";
import { RespValueEncoder } from "./value_encoder.ts";
import {
  type RespVersion,
  SIGN,
  writeBulk,
  writeInteger,
  writeLine,
  writeNull,
  writeSimple,
} from "./write.ts";

/** The error of a request that needs the password first. */
export const AUTH_REQUIRED_TEXT = "NOAUTH Authentication required.";

/** What Redis says where a handler, which serves several protocols, says more. */
const TEXTS: { readonly [code in ErrorCode]?: string } = {
  NOT_AN_INTEGER: "ERR value is not an integer or out of range",
  OVERFLOW: "ERR increment or decrement would overflow",
  TOO_LARGE: "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
  OUT_OF_MEMORY: "OOM command not allowed when used memory > 'maxmemory'.",
  AUTH_REQUIRED: AUTH_REQUIRED_TEXT,
};

/** The text of an error reply. */
export function errorText({ code, message }: ErrorResponse): string {
  if (code === "NOT_STORED") return `MISCONF ${message}`;
  if (code === "FORBIDDEN") return `NOPERM ${message}`;
  return TEXTS[code] ?? `ERR ${message}`;
}

/** What a response is in RESP, where its command does not say otherwise. */
export function valueOf(response: Response): RespValue {
  switch (response.type) {
    case "OK":
      return response.value === undefined ? RESP_OK : { type: "bulk", bytes: response.value };
    case "INTEGER":
    case "COUNT":
      return respInteger(response.value);
    case "TEXT":
      return respBulk(response.text);
    case "MISS":
      return RESP_NULL;
    case "ERR":
      return respError(errorText(response));
    case "LIST":
      return respArray(response.items.map(valueOf));
    case "KEYS":
      return respArray([
        respBulk(String(response.cursor)),
        respArray(response.keys.map((key) => respBulk(key))),
      ]);
    case "PUSH":
      return respPush([
        respBulk("message"),
        respBulk(response.channel),
        respBulk(response.message),
      ]);
    case "GOAWAY":
      throw new RangeError("Cannot encode GOAWAY: RESP has no such reply");
  }
}

/** The head of an array whose items are the replies that are encoded next. */
export interface RespArrayStart {
  /** Which reply it is. */
  readonly type: "arrayStart";
  /** How many items are said to follow. */
  readonly length: number;
}

/** Makes the head of an array. */
export function respArrayStart(length: number): RespArrayStart {
  return { type: "arrayStart", length };
}

/** No reply: from here on, replies are encoded in another version of the protocol. */
export interface RespVersionStart {
  /** Which reply it is. */
  readonly type: "versionStart";
  /** The version. */
  readonly version: RespVersion;
}

/** Makes what changes the version of the replies that follow. */
export function respVersionStart(version: RespVersion): RespVersionStart {
  return { type: "versionStart", version };
}

/** A reply of any form. */
export type RespReply = Response | RespValue | RespArrayStart | RespVersionStart;

/** Whether it is a response of the model: their types are in capitals, those of RESP are not. */
function isResponse(reply: Response | RespValue): reply is Response {
  return reply.type.charCodeAt(0) < 0x61;
}

/**
 * Encodes responses, and values of RESP as they are.
 *
 * @example
 * ```ts
 * import { encodeAll } from "@cortado/cortado/codec";
 * import { count, miss } from "@cortado/cortado/model";
 * import { RespReplyEncoder } from "@cortado/cortado/resp";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeAll(new RespReplyEncoder(), [count(5), miss()]);
 * assertEquals(new TextDecoder().decode(bytes), ":5\r\n$-1\r\n");
 * ```
 */
export class RespReplyEncoder implements Encoder<RespReply> {
  readonly #values = new RespValueEncoder();

  /** The protocol of the replies that are encoded next. Default 2. */
  get version(): RespVersion {
    return this.#values.version;
  }

  /** Sets the protocol of the replies that are encoded next. */
  set version(version: RespVersion) {
    this.#values.version = version;
  }

  /**
   * Appends a reply.
   *
   * @throws {RangeError} What {@linkcode RespValueEncoder.encode} throws, and for a GOAWAY.
   */
  encode(reply: RespReply, out: WriteBuffer): void {
    // The most frequent replies are written as they are: a value made for each costs as much as its bytes.
    switch (reply.type) {
      case "OK":
        if (reply.value === undefined) writeSimple("OK", out);
        else writeBulk(reply.value, out);
        break;
      case "COUNT":
      case "INTEGER":
        writeInteger(reply.value, out);
        break;
      case "MISS":
        writeNull("bulk", this.version, out);
        break;
      case "LIST":
        writeLine(SIGN.array, reply.items.length, out);
        for (const item of reply.items) this.encode(item, out);
        break;
      case "arrayStart":
        writeLine(SIGN.array, reply.length, out);
        break;
      case "versionStart":
        this.version = reply.version;
        break;
      default:
        this.#values.encode(isResponse(reply) ? valueOf(reply) : reply, out);
    }
  }
}
