/**
 * Items as JSON.
 *
 * @module
 */

import type { InspectedField, Located } from "./item.ts";
import { oneLineJson } from "./printable.ts";

/** A value of JSON. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * An item as one line of JSON, for programs; what does not print is escaped. Bytes are in hex, at most `maxBytes` of each field; integers
 * that a number cannot hold exactly are strings; times are milliseconds since 1970.
 *
 * @example
 * ```ts
 * import { Inspector, jsonLine } from "@cortado/cortado/inspect";
 * import { assertEquals } from "@std/assert";
 *
 * const [found] = new Inspector().push(Uint8Array.fromHex("cafe01820010000000000000" + "00000007"));
 * const { name, direction, id } = JSON.parse(jsonLine(found!));
 * assertEquals([name, direction, id], ["MISS", "response", 7]);
 * ```
 */
export function jsonLine({ item, connection, time }: Located, maxBytes = Infinity): string {
  const object: Record<string, Json | undefined> = { connection, time };
  for (const [name, value] of Object.entries(item)) {
    object[name] = name === "fields"
      ? (value as readonly InspectedField[]).map((field) => jsonField(field, maxBytes))
      : value instanceof Uint8Array
      ? value.toHex()
      : value as Json | undefined;
  }
  return oneLineJson(object);
}

function jsonField({ bytes, value, ...field }: InspectedField, maxBytes: number): Json {
  return {
    name: field.name,
    offset: field.offset,
    size: bytes.length,
    hex: bytes.subarray(0, maxBytes).toHex(),
    ...value !== undefined && { value: typeof value === "bigint" ? `${value}` : value },
    meaning: field.meaning,
  };
}
