/**
 * One request in, one response out.
 *
 * @module
 */

import { CommandError, error, errorFrom, type Request, type Response } from "../model/mod.ts";
import { ABOUT_HANDLERS } from "./about.ts";
import { BIT_HANDLERS } from "./bits.ts";
import type { Peer } from "./context.ts";
import { ENTRY_HANDLERS } from "./entries.ts";
import type { Handlers } from "./handlers.ts";
import { KEY_HANDLERS } from "./keys.ts";
import { PERSISTENCE_HANDLERS } from "./persistence.ts";
import { CHANNEL_HANDLERS } from "./pubsub.ts";
import { SERVER_HANDLERS } from "./server.ts";
import { STATS_HANDLERS } from "./stats.ts";
import { STRING_HANDLERS } from "./strings.ts";

/** All handlers, by the request that each carries out. */
const HANDLERS: Handlers<Request> = {
  ...ENTRY_HANDLERS,
  ...STRING_HANDLERS,
  ...BIT_HANDLERS,
  ...KEY_HANDLERS,
  ...CHANNEL_HANDLERS,
  ...ABOUT_HANDLERS,
  ...STATS_HANDLERS,
  ...PERSISTENCE_HANDLERS,
  ...SERVER_HANDLERS,
  INVALID: ({ code, message }) => error(code, message),
};

/**
 * Carries out one request, and returns what is to be answered. It never throws: what cannot be carried
 * out becomes an ERR.
 *
 * @example
 * ```ts
 * import { handle } from "@cortado/cortado/handler";
 * import { newServices } from "@cortado/cortado/server";
 * import { assertEquals } from "@std/assert";
 *
 * const services = newServices();
 * const peer = {
 *   services,
 *   database: 0,
 *   store: services.databases.at(0),
 *   maxValueSize: 100,
 *   valueOption: "maxValueSize",
 *   deliver() {},
 * } as const;
 * const response = handle({ op: "INCR", key: Uint8Array.of(7), delta: 5 }, peer);
 * assertEquals(response.type === "INTEGER" && response.value, 5);
 * ```
 */
export function handle(request: Request, peer: Peer): Response {
  try {
    // The handler of an `op` takes the requests with that `op`: TypeScript cannot follow that.
    const handler = HANDLERS[request.op] as (request: Request, peer: Peer) => Response;
    return handler(request, peer);
  } catch (cause) {
    return errorOf(cause, request, peer);
  }
}

/** The ERR that an exception becomes: a defect of this program must not end the connection, let alone the process. */
export function errorOf(
  cause: unknown,
  { op }: { readonly op: string },
  { services }: Pick<Peer, "services">,
): Response {
  if (cause instanceof CommandError) return errorFrom(cause);
  services.onDefect(cause);
  return error("INTERNAL", `Cannot carry out ${op}: a fault of the server, see its log`);
}
