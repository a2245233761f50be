/**
 * The messages of CAFE as data: what each opcode is, and what its key and value are.
 *
 * @module
 */

import type { ErrorCode } from "../model/mod.ts";
import type { FlagName } from "./layout.ts";
import { type ReplyType, REQUEST_OPCODES, type RequestType, RESPONSE_OPCODES } from "./opcodes.ts";

/**
 * How a part of a key or a value is written: integers are big-endian; `bytes`, `text` (UTF-8) and `json` go
 * to the end; `keys` is a u16 length and so many bytes, again and again to the end; `credentials` is a
 * password, or a 0, a u16 length, the password and a JSON object (docs/cafe.md, HELLO).
 */
export type PartType =
  | "u32"
  | "u64"
  | "i64"
  | "bytes"
  | "text"
  | "json"
  | "keys"
  | "credentials";

/** A part of a key or a value. */
export interface LayoutPart {
  /** What it is called. */
  readonly name: string;
  /** How it is written. */
  readonly type: PartType;
}

/** A key or a value: its parts in their order, none when it must be empty. */
export interface LayoutPayload {
  /** The parts. */
  readonly parts: readonly LayoutPart[];
  /** Whether it may be empty although it has a part of a size. */
  readonly optional: boolean;
}

/** What every message has. */
export interface LayoutMessage {
  /** The byte that stands for it. */
  readonly opcode: number;
  /** What it does, in a sentence. */
  readonly about: string;
  /** Its key. */
  readonly key: LayoutPayload;
  /** Its value. */
  readonly value: LayoutPayload;
  /** Its value when it has MORE; the same as `value` when that changes nothing. */
  readonly valueWithMore: LayoutPayload;
}

/** A request. */
export interface LayoutRequest extends LayoutMessage {
  /** Its name. */
  readonly name: RequestType;
  /** Which of TTL, VERSION and MORE it takes. */
  readonly takes: readonly FlagName[];
  /** The value of the OK that answers it; `undefined` when none does. */
  readonly reply: LayoutPayload | undefined;
}

/** A response. */
export interface LayoutResponse extends LayoutMessage {
  /** Its name. */
  readonly name: ReplyType;
  /** Whether it answers one request, and takes its place in their order. */
  readonly answers: boolean;
}

/** Nothing. */
const EMPTY = payload();
const KEY = payload("key:bytes");
const CHANNEL = payload("channel:bytes");
const MESSAGE = payload("message:bytes");
const SIZE = payload("size:u64");
const COUNT = payload("count:u32");

/** All requests, in the order of their opcodes. */
export const REQUEST_LAYOUT: readonly LayoutRequest[] = [
  request("GET", "Reads the value of a key.", KEY, EMPTY, payload("value:bytes"), {
    takes: ["VERSION", "MORE"],
    withMore: payload("window:u32"),
  }),
  request("SET", "Stores a value.", KEY, payload("value:bytes"), EMPTY, {
    takes: ["TTL", "VERSION", "MORE"],
    withMore: SIZE,
  }),
  request("DELETE", "Removes an entry.", KEY, EMPTY, EMPTY, { takes: ["VERSION"] }),
  request("PING", "Is answered with its value, or PONG.", EMPTY, MESSAGE, MESSAGE),
  request(
    "HELLO",
    "Says who the client is, and what it would use.",
    payload("user:text"),
    payload("password:credentials"),
    payload("server:json"),
  ),
  request(
    "INCR",
    "Adds to an integer.",
    KEY,
    payload("delta:i64", true),
    payload("result:i64"),
  ),
  request(
    "APPEND",
    "Appends bytes to a value.",
    KEY,
    payload("tail:bytes"),
    payload("length:u32"),
  ),
  request("TOUCH", "Sets or removes the expiry of an entry.", KEY, EMPTY, EMPTY, {
    takes: ["TTL"],
  }),
  request(
    "SCAN",
    "Lists keys with a prefix, a page at a time.",
    payload("prefix:bytes"),
    payload("cursor:u64", true),
    payload("cursor:u64 keys:keys"),
  ),
  request(
    "STATS",
    "Asks for the figures of the server.",
    payload("section:text"),
    EMPTY,
    payload("figures:text"),
  ),
  request("SUBSCRIBE", "Asks for the messages of a channel.", CHANNEL, EMPTY, EMPTY),
  request("UNSUBSCRIBE", "Asks for them no more.", CHANNEL, EMPTY, EMPTY),
  request("PUBLISH", "Sends a message to a channel.", CHANNEL, MESSAGE, COUNT),
  request(
    "COMPACT",
    "Has the server write a snapshot and drop the journal before it.",
    EMPTY,
    EMPTY,
    payload("state:text"),
  ),
  request(
    "PART",
    "The next bytes of the value of a SET.",
    EMPTY,
    payload("part:bytes"),
    undefined,
    {
      takes: ["MORE"],
    },
  ),
  request(
    "WINDOW",
    "Allows more parts of the value of a GET; 0 gives the request up.",
    EMPTY,
    payload("more:u32"),
    undefined,
  ),
];

/** All responses, in the order of their opcodes. */
export const RESPONSE_LAYOUT: readonly LayoutResponse[] = [
  // What the value is, the request says.
  response("OK", "The request was carried out.", EMPTY, payload("value:bytes"), SIZE),
  response(
    "ERR",
    "The request, or the stream, was refused.",
    payload("code:text"),
    payload("text:text"),
  ),
  response("MISS", "There is no such key.", EMPTY, EMPTY),
  response("PUSH", "A message of a channel.", CHANNEL, MESSAGE),
  response("GOAWAY", "The server is about to close the connection.", EMPTY, EMPTY),
  response("PART", "The next bytes of the value of a GET.", EMPTY, payload("part:bytes")),
  response(
    "WINDOW",
    "Gives back what the client may have in flight.",
    EMPTY,
    payload("requests:u32 bytes:u64"),
  ),
];

/** The code of an error, in a sentence. */
export const ERROR_LAYOUT: Readonly<Record<ErrorCode, string>> = {
  PROTOCOL: "The stream cannot be read: a wrong magic, or a frame that did not come whole.",
  TOO_LARGE: "A length is over its limit.",
  CHECKSUM: "A checksum is not that of its frame.",
  SIGNATURE: "A frame is not signed with the right key and number.",
  ENCRYPTION: "A value is not encrypted, or was changed.",
  UNSUPPORTED_VERSION: "The frame's version is not spoken.",
  UNSUPPORTED_FLAG: "A flag is not in use, not taken by the request, or reserved.",
  UNKNOWN_OPCODE: "No request has this opcode.",
  BAD_REQUEST: "A key or a value has a wrong size, or a number is out of range.",
  CONFLICT: "The entry does not have the version of the SET or DELETE.",
  NOT_AN_INTEGER: "The entry of an INCR is not an integer.",
  OVERFLOW: "The result of an INCR does not fit 64 bits.",
  OUT_OF_MEMORY: "The entries, or what is held for clients, take too much memory.",
  NOT_DURABLE: "The server keeps nothing on disk.",
  NOT_STORED: "The server could not write to its disk.",
  SUBSCRIPTION_LIMIT: "The connection has all the subscriptions that it may have.",
  CONNECTION_LIMIT: "The server has all the connections that it may have.",
  AUTH_REQUIRED: "The server wants a password.",
  FORBIDDEN: "The user may not do this.",
  FLAG_REQUIRED: "The server wants a flag on every request that this one has not.",
  OVERRUN: "The client has more in flight than its window allows.",
  CANCELLED: "The client has given the request up.",
  INTERNAL: "A fault of the server.",
};

/** The request or response that an opcode stands for; `undefined` when none does. */
export function messageOf(opcode: number): LayoutRequest | LayoutResponse | undefined {
  return MESSAGES.get(opcode);
}

const MESSAGES: ReadonlyMap<number, LayoutRequest | LayoutResponse> = new Map(
  [...REQUEST_LAYOUT, ...RESPONSE_LAYOUT].map((message) => [message.opcode, message]),
);

/** Parts written as `name:type name:type`. */
function payload(parts = "", optional = false): LayoutPayload {
  const words = parts.split(" ").filter(Boolean).map((part) => part.split(":"));
  // The types are those of this file.
  return { parts: words.map(([name, type]) => ({ name, type }) as LayoutPart), optional };
}

function request(
  name: RequestType,
  about: string,
  key: LayoutPayload,
  value: LayoutPayload,
  reply: LayoutPayload | undefined,
  more: { takes?: readonly FlagName[]; withMore?: LayoutPayload } = {},
): LayoutRequest {
  const { takes = [], withMore = value } = more;
  const opcode = REQUEST_OPCODES[name];
  return { name, opcode, about, key, value, valueWithMore: withMore, takes, reply };
}

function response(
  name: ReplyType,
  about: string,
  key: LayoutPayload,
  value: LayoutPayload,
  valueWithMore: LayoutPayload = value,
): LayoutResponse {
  const answers = name === "OK" || name === "ERR" || name === "MISS";
  return { name, opcode: RESPONSE_OPCODES[name], about, key, value, valueWithMore, answers };
}
