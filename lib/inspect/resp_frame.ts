/**
 * A whole request or reply of RESP to its fields, and to what is wrong with it.
 *
 * @module
 */

import { BatchDecoder, DecodeError } from "../codec/mod.ts";
import {
  isSecretSetting,
  type RespCall,
  RespCallDecoder,
  type RespCommand,
  type RespValue,
  RespValueDecoder,
  secretArguments,
} from "../resp/mod.ts";
import { asCafe, basicRequest } from "./equivalent.ts";
import type { Exchange, PendingRequest } from "./exchange.ts";
import type { Direction, FieldKind, InspectedField, InspectedFrame } from "./item.ts";
import { count, maySayPassword, oneLine, quote, word } from "./printable.ts";
import type { ReplyHead } from "./resp_replies.ts";
import type { Token } from "./resp_tokens.ts";

/** What is known of a frame before it is understood. */
export interface RespFrameParts {
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** Where it begins in its stream. */
  readonly offset: number;
  /** Who sends it. */
  readonly direction: Direction;
  /** Its tokens, the first of them. */
  readonly tokens: readonly Token[];
  /** How many more there are. */
  readonly left: number;
  /** How many bytes of a value are told. */
  readonly maxShown: number;
  /** Whether these are its first bytes only. */
  readonly isCut?: boolean;
}

/** How many arguments or values a title names. */
const TITLE_VALUES = 4;
/** How deep a title looks into values. */
const TITLE_DEPTH = 2;

/** The frame as it is told. */
export function inspectResp(parts: RespFrameParts, exchange: Exchange): InspectedFrame {
  const { offset, bytes, direction, left } = parts;
  const number = exchange.nextNumber();
  const { name, title, faults, answered, equals, isSecret } = direction === "request"
    ? request(parts, exchange, number)
    : reply(parts, exchange);
  return {
    type: "frame",
    number,
    protocol: "RESP",
    direction,
    offset,
    size: bytes.length,
    name,
    title,
    equals,
    id: undefined,
    fields: parts.tokens.map((token) => fieldOf(token, parts, isSecret(token))),
    fieldsLeft: left,
    faults,
    answers: answered === undefined ? undefined : exchange.lastAnswered,
  };
}

/** What a frame says. */
interface Said {
  readonly name: string;
  readonly title: string;
  readonly faults: readonly string[];
  readonly answered?: PendingRequest | undefined;
  readonly equals?: string | undefined;
  /** Whether a token has a password. */
  readonly isSecret: (token: Token) => boolean;
}

function request(parts: RespFrameParts, exchange: Exchange, number: number): Said {
  const { bytes } = parts;
  const calls: RespCall[] = [];
  const fault = decodeAll(new BatchDecoder(new RespCallDecoder()), bytes, calls);
  const [call] = calls;
  const args = call?.args ?? contentsOf(parts);
  if (args.length === 0 || (call === undefined && !parts.isCut)) {
    const isSecret = maySayPassword(bytes);
    return {
      name: "nothing",
      title: fault ?? "a request without arguments",
      faults: listOf(fault),
      isSecret: ({ type }) => isSecret && type === "",
    };
  }
  const name = latin1(args[0]!).toUpperCase();
  const secrets = secretArguments(args);
  const title = titleOf(args, secrets);
  exchange.resp.sent(args, { number, name, title });
  const isSecret = secretTokens(parts, secrets);
  if (call === undefined) return { name, title, faults: cutOf(parts), isSecret };
  const basic = call.rejected ? undefined : basicRequest(call.request);
  const equals = basic && asCafe(basic);
  return { name, title, faults: listOf(refusalOf(call)), equals, isSecret };
}

/** The arguments of a request, or the texts of a reply. */
function contentsOf({ bytes, tokens, isCut }: RespFrameParts): Uint8Array[] {
  return tokens.filter(isContent).map(({ at, size }) => {
    const isWhole = !isCut || at + size < bytes.length;
    return bytes.subarray(at, at + size - (isWhole ? 2 : 0));
  });
}

/** Whether it is the bytes of an announced length, or a line without one. */
function isContent({ type }: Token): boolean {
  return type === "";
}

function secretTokens(
  { tokens }: RespFrameParts,
  secrets: ReadonlySet<number>,
): (token: Token) => boolean {
  if (secrets.size === 0) return () => false;
  const contents = tokens.filter(isContent);
  const isInline = contents[0]?.depth === 0;
  return (token) => isInline ? isContent(token) : secrets.has(contents.indexOf(token));
}

/** That no more is told of a frame. */
function cutOf({ bytes, isCut }: RespFrameParts): string[] {
  return isCut ? [`cut: the first ${count(bytes.length, "byte")} are shown`] : [];
}

/** What Cortado would answer to a request that it does not take. */
function refusalOf(call: RespCall): string | undefined {
  if (call.rejected) return `Cortado refuses it: ${oneLine(call.message)}`;
  const { request } = call;
  return request.op === "INVALID" ? `Cortado refuses it: ${oneLine(request.message)}` : undefined;
}

/** A command with its first arguments; without its secrets. */
function titleOf(args: RespCommand, secrets: ReadonlySet<number>): string {
  const shown = args.slice(0, 1 + TITLE_VALUES)
    .map((arg, at) => secrets.has(at) ? "(masked)" : word(arg));
  const more = args.length - shown.length;
  if (/^(AUTH|HELLO)$/i.test(shown[0]!)) return shown[0]!;
  return shown.join(" ") + (more > 0 ? ` and ${count(more, "argument")} more` : "");
}

function reply(parts: RespFrameParts, exchange: Exchange): Said {
  const values: RespValue[] = [];
  const fault = decodeAll(new BatchDecoder(new RespValueDecoder()), parts.bytes, values);
  const [value] = values;
  const isSecret = secretTokens(parts, secretValues(contentsOf(parts)));
  if (value === undefined) {
    if (parts.isCut) return cutReply(parts, exchange, isSecret);
    return { name: "nothing", title: fault ?? "nothing", faults: listOf(fault), isSecret };
  }
  const title = describeValue(value, 0);
  const answered = exchange.resp.answered(headOf(value));
  return { name: value.type, title, faults: [], answered, isSecret };
}

function cutReply(parts: RespFrameParts, exchange: Exchange, isSecret: Said["isSecret"]): Said {
  const { tokens: [first] } = parts;
  const { name, meaning } = fieldOf(first!, parts, false);
  const [content] = contentsOf(parts);
  const word = content === undefined ? "" : latin1(content);
  const answered = exchange.resp.answered({ type: name, word, count: undefined });
  return { name, title: meaning, faults: cutOf(parts), answered, isSecret };
}

/** The places of texts that follow the name of a setting that is a secret. */
function secretValues(texts: readonly Uint8Array[]): ReadonlySet<number> {
  const places = texts.flatMap((text, at) =>
    text.length <= 32 && isSecretSetting(latin1(text)) ? [at + 1] : []
  );
  return new Set(places);
}

/** What of a value tells whose reply it is. */
function headOf(value: RespValue): ReplyHead {
  const { type } = value;
  if (type === "simple" || type === "error") return { type, word: value.text, count: undefined };
  if (!("items" in value)) return { type, word: "", count: undefined };
  const [first, , third] = value.items;
  const word = first?.type === "bulk" ? latin1(first.bytes) : "";
  return { type, word, count: third?.type === "integer" ? Number(third.value) : undefined };
}

/** A value in a few words. */
function describeValue(value: RespValue, depth: number): string {
  switch (value.type) {
    case "simple":
      return oneLine(value.text);
    case "error":
      return `error ${oneLine(value.text)}`;
    case "integer":
    case "double":
    case "bigNumber":
    case "boolean":
      return `${value.type} ${value.value}`;
    case "null":
      return "null";
    case "bulk":
      return word(value.bytes);
    case "verbatim":
      return `${value.format} ${word(value.bytes)}`;
    case "map":
      return `map of ${count(value.entries.length, "entry").replace("entrys", "entries")}`;
    case "attribute":
      return `attributes of ${
        depth < TITLE_DEPTH ? describeValue(value.value, depth + 1) : "a value"
      }`;
    default:
      return `${value.type} of ${value.items.length}${itemsOf(value.items, depth)}`;
  }
}

function itemsOf(items: readonly RespValue[], depth: number): string {
  if (items.length === 0 || depth >= TITLE_DEPTH) return "";
  const shown = items.slice(0, TITLE_VALUES).map((item) => describeValue(item, depth + 1));
  return `: ${shown.join(", ")}${items.length > shown.length ? ", ..." : ""}`;
}

const TYPES: Readonly<Record<string, readonly [name: string, meaning: string]>> = {
  "*": ["array", "array of"],
  "~": ["set", "set of"],
  ">": ["push", "push of"],
  "%": ["map", "map, entries:"],
  "|": ["attribute", "attributes, entries:"],
  "$": ["length", "bulk string, bytes:"],
  "=": ["length", "verbatim string, bytes:"],
  "!": ["length", "bulk error, bytes:"],
  "+": ["simple", "simple string"],
  "-": ["error", "error"],
  ":": ["integer", "integer"],
  "_": ["null", "null"],
  "#": ["boolean", "boolean"],
  ",": ["double", "double"],
  "(": ["bigNumber", "big number"],
};

function fieldOf(
  { at, size, type, depth }: Token,
  { bytes, offset, direction, maxShown, isCut }: RespFrameParts,
  secret: boolean,
): InspectedField {
  const token = bytes.subarray(at, at + size);
  const field = { offset: offset + at, bytes: token, depth, ...secret && { secret } };
  const known = TYPES[type];
  if (known === undefined) {
    const isPart = isCut && at + size === bytes.length;
    const end = isPart ? 0 : token[size - 2] === 0x0d ? 2 : 1;
    const content = token.subarray(0, size - end);
    const isInline = direction === "request" && depth === 0;
    const name = isInline ? "inline" : direction === "request" ? "argument" : "bytes";
    return {
      ...field,
      name,
      kind: "value",
      value: undefined,
      meaning: `${name} ${quote(content, maxShown)}`,
    };
  }
  const [name, meaning] = known;
  const text = latin1(token.subarray(1, Math.min(size - 2, 1 + maxShown)));
  const kind: FieldKind = "*~>%|".includes(type)
    ? "head"
    : "$=!".includes(type)
    ? "extension"
    : "value";
  return { ...field, name, kind, value: text, meaning: oneLine(`${meaning} ${text}`.trim()) };
}

/** Decodes one frame; returns what is wrong with it. */
function decodeAll<T>(
  decoder: BatchDecoder<T>,
  bytes: Uint8Array,
  messages: T[],
): string | undefined {
  try {
    decoder.push(bytes, messages);
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return oneLine(error.message);
    throw error;
  }
}

function listOf(fault: string | undefined): string[] {
  return fault === undefined ? [] : [fault];
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64));
}
