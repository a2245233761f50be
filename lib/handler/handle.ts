/**
 * One request in, one response out.
 *
 * @module
 */

import { CommandError, error, errorFrom, type Request, type Response } from "../model/mod.ts";
import { hello, ping, stats } from "./about.ts";
import type { Peer, Services } from "./context.ts";
import { append, get, incr, remove, scan, set, touch } from "./entries.ts";
import { publish, subscribe, unsubscribe } from "./pubsub.ts";

/**
 * Carries out one request, and returns what is to be answered. It never throws: what cannot be carried
 * out becomes an ERR.
 *
 * @example
 * ```ts
 * import { Channels, handle, newCounters } from "@cortado/cortado/handler";
 * import { MemoryStore } from "@cortado/cortado/store";
 * import { assertEquals } from "@std/assert";
 *
 * const services = {
 *   store: new MemoryStore(),
 *   channels: new Channels(),
 *   counters: newCounters(),
 *   limits: { maxKeySize: 100, maxValueSize: 100, maxSubscriptions: 1 },
 *   startedAt: 0,
 *   onDefect: (cause: unknown) => {
 *     throw cause;
 *   },
 * };
 * const key = new TextEncoder().encode("n");
 * const request = { op: "INCR", key, delta: 5n, id: 1, quiet: false, checksum: false } as const;
 * const response = handle(request, services, { deliver() {} });
 * assertEquals(response.type === "INTEGER" && response.value, 5n);
 * ```
 */
export function handle(request: Request, services: Services, peer: Peer): Response {
  try {
    return carryOut(request, services, peer);
  } catch (cause) {
    if (cause instanceof CommandError) return errorFrom(cause);
    // A defect of this program must not end the connection, let alone the process.
    services.onDefect(cause);
    return error("INTERNAL", `Cannot carry out ${request.op}: a fault of the server, see its log`);
  }
}

function carryOut(request: Request, services: Services, peer: Peer): Response {
  switch (request.op) {
    case "GET":
      return get(request, services);
    case "SET":
      return set(request, services);
    case "DELETE":
      return remove(request, services);
    case "PING":
      return ping(request);
    case "HELLO":
      return hello(services);
    case "INCR":
      return incr(request, services);
    case "APPEND":
      return append(request, services);
    case "TOUCH":
      return touch(request, services);
    case "SCAN":
      return scan(request, services);
    case "STATS":
      return stats(request, services);
    case "SUBSCRIBE":
      return subscribe(request, services, peer);
    case "UNSUBSCRIBE":
      return unsubscribe(request, services, peer);
    case "PUBLISH":
      return publish(request, services);
    case "INVALID":
      return error(request.code, request.message);
  }
}
