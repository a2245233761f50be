/**
 * The dissector for Wireshark.
 *
 * @module
 */

import {
  ERROR_LAYOUT,
  EXTENSION_FIELDS,
  FLAG_LAYOUT,
  FLAGS,
  HEADER_FIELDS,
  HEADER_SIZE,
  type LayoutMessage,
  type LayoutPayload,
  MAGIC,
  PROTOCOL_VERSION,
  REQUEST_LAYOUT,
  RESERVED_FLAGS,
  RESPONSE_LAYOUT,
  TRAILER_FIELDS,
} from "../cafe/mod.ts";
import { JAVA_VERSION } from "../cafe/foreign.ts";
import { DEFAULT_PORT } from "../server/address.ts";
import { DISSECTOR_FIELDS } from "./dissector_fields.ts";
import { DISSECTOR_FRAMES } from "./dissector_frames.ts";

/** A value of Lua. */
type Lua = string | number | boolean | undefined | readonly Lua[] | {
  readonly [name: string]: Lua;
};

/**
 * A dissector of CAFE for Wireshark and tshark, in Lua, whose tables are made from the layout of the codec.
 *
 * It shows every field, puts frames together that several segments have, matches responses with their
 * requests, and marks what is wrong. Wireshark finds CAFE on port 51966, wherever a connection begins with
 * `ca fe 01`, and where `Decode As...` says so.
 *
 * @example
 * ```ts
 * import { dissector } from "@cortado/cortado/inspect";
 * import { assertMatch } from "@std/assert";
 *
 * assertMatch(dissector(), /^-- CAFE/);
 * ```
 */
export function dissector(): string {
  const tables: Readonly<Record<string, Lua>> = {
    PORT: DEFAULT_PORT,
    MAGIC,
    VERSION: PROTOCOL_VERSION,
    JAVA: JAVA_VERSION,
    HEADER_SIZE,
    HEADER: HEADER_FIELDS.map(({ name, type, size, about }) => ({ name, type, size, about })),
    EXTENSIONS: EXTENSION_FIELDS.map(flagged),
    TRAILERS: TRAILER_FIELDS.map(flagged),
    FLAGS: FLAG_LAYOUT.map(({ name, bits, about }) => ({ name, bits, about })),
    FLAG: { ...FLAGS },
    RESERVED: RESERVED_FLAGS,
    MESSAGES: {
      ...Object.fromEntries(REQUEST_LAYOUT.map((message) => [
        message.opcode,
        {
          ...messageTable(message),
          isRequest: true,
          takes: message.takes.reduce((bits, name) => bits | FLAGS[name], 0),
          reply: payloadTable(message.reply),
        },
      ])),
      ...Object.fromEntries(RESPONSE_LAYOUT.map((message) => [
        message.opcode,
        { ...messageTable(message), isRequest: false, answers: message.answers },
      ])),
    },
    ERRORS: ERROR_LAYOUT,
  };
  const lines = Object.entries(tables).map(([name, table]) => `local ${name} = ${lua(table)}`);
  return `${HEAD}\n\n${lines.join("\n")}\n${DISSECTOR_FIELDS}${DISSECTOR_FRAMES}`;
}

const HEAD =
  `-- CAFE, the protocol of Cortado, for Wireshark and tshark. Written by "main.ts dissector".
-- Put it into the folder of personal Lua plugins, or use it with: tshark -X lua_script:cortado.lua`;

function flagged(
  { name, flag, type, size, about }: (typeof EXTENSION_FIELDS | typeof TRAILER_FIELDS)[number],
): Lua {
  return { name, type, size, about, flag: FLAGS[flag] };
}

function messageTable(
  { name, about, key, value, valueWithMore }: LayoutMessage & { readonly name: string },
): Readonly<Record<string, Lua>> {
  const tables = { key: payloadTable(key), value: payloadTable(value) };
  return { name, about, ...tables, more: payloadTable(valueWithMore) };
}

function payloadTable(payload: LayoutPayload | undefined): Lua {
  if (payload === undefined) return undefined;
  const { parts, optional } = payload;
  return { parts: parts.map(({ name, type }) => ({ name, type })), optional };
}

/** A value written in Lua. */
function lua(value: Lua): string {
  if (typeof value !== "object") return JSON.stringify(value); // Text of the layout is ASCII.
  if (Array.isArray(value)) return `{ ${value.map(lua).join(", ")} }`;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  const key = (name: string) => /^\d+$/.test(name) ? `[${name}]` : `["${name}"]`;
  return `{ ${entries.map(([name, member]) => `${key(name)} = ${lua(member)}`).join(", ")} }`;
}
