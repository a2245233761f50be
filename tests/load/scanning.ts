/** What the tests of all protocols of a load have in common. */

import { assertEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import { WriteBuffer } from "../../lib/bytes/mod.ts";
import { BatchDecoder, DecodeError, type Decoder } from "../../lib/codec/mod.ts";
import type { LoadProtocol, LoadRequest, ScannedReply } from "../../lib/load/mod.ts";

/** The options of a test that needs nothing. */
export const PURE = { permissions: "none" } as const;

/** Text as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Checks that a scanner takes the replies before what is wrong, and refuses that, at its offset. */
export function assertRefuses(
  scanner: Decoder<ScannedReply>,
  before: Uint8Array,
  wrong: Uint8Array,
  code = "CORRUPT",
): void {
  const batches = new BatchDecoder(scanner);
  const thrown = assertThrows(() => batches.push(concat([before, wrong]), []), DecodeError);
  assertEquals([thrown.code, thrown.offset], [code, before.length]);
}

/** What a protocol makes of one request of each kind, whose key is `k`, and of logins by `p`. */
export function encoded(
  protocol: LoadProtocol,
  { value, delta }: { readonly value: string; readonly delta: number },
  users: readonly string[],
): Uint8Array {
  const key = utf8("k");
  const requests: LoadRequest[] = [
    { op: "GET", key, wantVersion: false },
    { op: "SET", key, value: utf8(value), ttl: undefined, version: undefined },
    { op: "DELETE", key, version: undefined },
    { op: "INCR", key, delta },
    { op: "PING", value: new Uint8Array(0) },
  ];
  const out = new WriteBuffer();
  for (const request of requests) protocol.encode(request, out);
  for (const user of users) protocol.encodeLogin({ user: utf8(user), password: utf8("p") }, out);
  return concat(out.drain());
}
