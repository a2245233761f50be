/**
 * The releases of the server, and the handlers of PING and HELLO of CAFE.
 *
 * @module
 */

import { type HelloRequest, ok, type PingRequest, type Response, text } from "../model/mod.ts";
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";

/** The release of the server. The same as in deno.json; a test holds them together. */
export const VERSION = "0.1.0";

/** The release of Redis whose commands and replies it has: tools choose by it what they send. */
export const REDIS_VERSION = "7.0.15";

/** The version of the CAFE protocol that the server speaks. */
const PROTOCOL = 1;

const PONG = new TextEncoder().encode("PONG");

/** Answers with what was sent. */
function ping(request: PingRequest): Response {
  return ok(request.value.length === 0 ? PONG : request.value);
}

/** Describes the server. The session has looked at the name and the password. */
function hello({ offer }: HelloRequest, peer: Peer): Response {
  const { services } = peer;
  const { maxKeySize, maxValueSize } = services.limits;
  return text(JSON.stringify({
    server: "cortado",
    version: VERSION,
    protocol: PROTOCOL,
    limits: { maxKeySize, maxValueSize },
    window: { requests: 0, bytes: 0 }, // 0: not limited.
    ...offer && peer.agree?.(offer),
  }));
}

/** The handlers of PING and HELLO. */
export const ABOUT_HANDLERS: Handlers<PingRequest | HelloRequest> = { PING: ping, HELLO: hello };
