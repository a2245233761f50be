/**
 * Replies to bytes: what a server writes.
 *
 * @module
 */

import type { WriteBuffer } from "../bytes/mod.ts";
import type { Encoder } from "../codec/mod.ts";
import { fits64 } from "../model/mod.ts";
import { formatDouble } from "./double.ts";
import type { RespAttribute, RespList, RespMap, RespValue } from "./value.ts";
import {
  type RespVersion,
  SIGN,
  writeBoolean,
  writeBulk,
  writeInteger,
  writeLine,
  writeNull,
  writeNumber,
  writeSimple,
  writeText,
  writeVerbatim,
} from "./write.ts";

const NONE: readonly RespValue[] = [];

/**
 * Encodes replies of RESP2 or RESP3.
 *
 * In RESP2, what only RESP3 has becomes what Redis makes of it: a map an array of keys and values by
 * turns, a set and a push an array, a double, a big number and a verbatim string a bulk string, a boolean
 * 1 or 0; attributes are left out.
 *
 * @example
 * ```ts
 * import { encodeAll } from "@cortado/cortado/codec";
 * import { respBulk, respInteger, respMap, RespValueEncoder } from "@cortado/cortado/resp";
 * import { assertEquals } from "@std/assert";
 *
 * const map = respMap([[respBulk("proto"), respInteger(3)]]);
 * const encoder = new RespValueEncoder();
 * const text = () => new TextDecoder().decode(encodeAll(encoder, [map]));
 * assertEquals(text(), "*2\r\n$5\r\nproto\r\n:3\r\n");
 * encoder.version = 3;
 * assertEquals(text(), "%1\r\n$5\r\nproto\r\n:3\r\n");
 * ```
 */
export class RespValueEncoder implements Encoder<RespValue> {
  /** The protocol of the values that are encoded next. Default 2. */
  version: RespVersion;

  /** Makes an encoder. */
  constructor(version: RespVersion = 2) {
    this.version = version;
  }

  /**
   * Appends a value with all that it holds, however deep.
   *
   * @throws {RangeError} When an integer is not exact or needs more than 64 bits, or the format of a
   *   verbatim string is not three printable ASCII characters. Nothing is appended then.
   */
  encode(value: RespValue, out: WriteBuffer): void {
    const { version } = this;
    check(value);
    if (childrenOf(value, version).length === 0) return write(value, version, out);
    walk(value, version, check);
    walk(value, version, (part) => write(part, version, out));
  }
}

/** Where a walk stands in the children of one value. */
interface Place {
  readonly list: readonly RespValue[];
  readonly at: number;
}

/** Visits a value and all that it holds in the order of the wire: the stack is a list, whatever its depth. */
function walk(root: RespValue, version: RespVersion, visit: (value: RespValue) => void): void {
  const above: Place[] = [];
  let list: readonly RespValue[] = [root];
  let at = 0;
  for (;;) {
    while (at < list.length) {
      const value = list[at++]!;
      visit(value);
      const children = childrenOf(value, version);
      if (children.length === 0) continue;
      above.push({ list, at });
      list = children;
      at = 0;
    }
    const place = above.pop();
    if (place === undefined) return;
    ({ list, at } = place);
  }
}

function childrenOf(value: RespValue, version: RespVersion): readonly RespValue[] {
  switch (value.type) {
    case "array":
    case "set":
    case "push":
      return value.items;
    case "map":
      return value.entries.flat();
    case "attribute":
      return version === 2 ? [value.value] : [...value.entries.flat(), value.value];
    default:
      return NONE;
  }
}

function check(value: RespValue): void {
  if (value.type === "integer") checkInteger(value.value);
  else if (value.type === "verbatim" && !/^[\x20-\x7e]{3}$/.test(value.format)) {
    throw new RangeError(
      `Cannot encode a verbatim string: its format "${value.format}" must be three printable ASCII characters`,
    );
  }
}

function checkInteger(value: number | bigint): void {
  if (typeof value === "number" ? Number.isSafeInteger(value) : fits64(value)) return;
  throw new RangeError(
    `Cannot encode the integer ${value}: a number must be whole and within 2^53, a bigint within 64 bits`,
  );
}

/** Writes a value without its children. */
function write(value: RespValue, version: RespVersion, out: WriteBuffer): void {
  switch (value.type) {
    case "bulk":
      return writeBulk(value.bytes, out);
    case "integer":
      return writeInteger(value.value, out);
    case "simple":
      return writeSimple(value.text, out);
    case "error":
      return writeText(SIGN.error, value.text, out);
    case "null":
      return writeNull(value.form, version, out);
    case "boolean":
      return writeBoolean(value.value, version, out);
    case "double":
      return writeNumber(SIGN.double, formatDouble(value.value), version, out);
    case "bigNumber":
      return writeNumber(SIGN.bigNumber, String(value.value), version, out);
    case "verbatim":
      return writeVerbatim(value.format, value.bytes, version, out);
    default:
      return writeHead(value, version, out);
  }
}

function writeHead(
  value: RespList | RespMap | RespAttribute,
  version: RespVersion,
  out: WriteBuffer,
): void {
  const count = "items" in value ? value.items.length : value.entries.length;
  if (version === 3) writeLine(SIGN[value.type], count, out);
  else if (value.type === "map") writeLine(SIGN.array, 2 * count, out);
  else if (value.type !== "attribute") writeLine(SIGN.array, count, out);
}
