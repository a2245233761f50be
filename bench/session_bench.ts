/**
 * A session without a socket: bytes of requests in, bytes of replies out.
 *
 *     deno bench bench/session_bench.ts
 *
 * @module
 */

import { type CafeRequest, CafeRequestEncoder, type RequestHead } from "../lib/cafe/mod.ts";
import { encodeAll } from "../lib/codec/mod.ts";
import type { PingRequest } from "../lib/model/mod.ts";
import { newServices, Session } from "../lib/server/mod.ts";
import { getRequests, setRequests, SMALL_VALUE } from "./messages.ts";

const KEYS = 1_000;

const sets = setRequests(KEYS, SMALL_VALUE);
const gets = getRequests(KEYS);
const session = new Session(newServices());
session.receive(encodeAll(new CafeRequestEncoder(), sets));

const ping: PingRequest & RequestHead = {
  op: "PING",
  value: new Uint8Array(0),
  id: undefined,
  quiet: false,
  checksum: false,
  durable: false,
};

function benchSession(name: string, requests: readonly CafeRequest[]) {
  const bytes = encodeAll(new CafeRequestEncoder(), requests);
  Deno.bench({
    name: `${requests.length} ${name}`,
    group: `batches of ${requests.length}`,
    baseline: name === "PING",
    permissions: "none",
    fn: () => void session.receive(bytes),
  });
}

for (const count of [1, 16, 128]) {
  benchSession("PING", Array.from({ length: count }, () => ping));
  benchSession("GET", gets.slice(0, count));
  benchSession("SET", sets.slice(0, count));
}
