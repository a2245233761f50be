/**
 * Replies that are more in RESP3 than in RESP2.
 *
 * @module
 */

import type { Response } from "../../model/mod.ts";
import { valueOf } from "../reply_encoder.ts";
import { respDouble, type RespEntry, respMap, type RespValue, respVerbatim } from "../value.ts";

/** A text that is to be shown as it is. */
export function asVerbatim(response: Response): RespValue {
  return response.type === "TEXT" ? respVerbatim("txt", response.text) : valueOf(response);
}

/** A list of keys and values by turns as a map; lists in it are such, too. */
export function asMap(response: Response): RespValue {
  return mapOf(response, asMap);
}

/** A map whose texts are numbers with fractions. */
export function asFigures(response: Response): RespValue {
  if (response.type === "TEXT") return respDouble(Number(response.text));
  return mapOf(response, asFigures);
}

function mapOf(response: Response, value: (response: Response) => RespValue): RespValue {
  if (response.type !== "LIST") return valueOf(response);
  const { items } = response;
  const entries: RespEntry[] = [];
  for (let at = 0; at + 1 < items.length; at += 2) {
    entries.push([valueOf(items[at]!), value(items[at + 1]!)]);
  }
  return respMap(entries);
}
