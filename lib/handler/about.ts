/**
 * The releases of the server, and the handlers of the requests that only CAFE has: PING, HELLO and STATS.
 *
 * @module
 */

import {
  CommandError,
  type HelloRequest,
  ok,
  type PingRequest,
  type Response,
  type StatsRequest,
  text,
} from "../model/mod.ts";
import type { Peer, Services } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { heldMemory, usedMemory } from "./memory.ts";
import { journalFigures } from "./persistence.ts";

/** The release of the server. The same as in deno.json; a test holds them together. */
export const VERSION = "0.1.0";

/** The release of Redis whose commands and replies it has: tools choose by it what they send. */
export const REDIS_VERSION = "7.0.15";

/** The version of the CAFE protocol that the server speaks. */
const PROTOCOL = 1;

const PONG = new TextEncoder().encode("PONG");
const UTF8 = new TextDecoder();

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

/** The figures of the server, in sections. */
const SECTIONS: Readonly<Record<string, (services: Services) => Record<string, string | number>>> =
  {
    server: ({ databases, startedAt }) => ({
      server: `cortado ${VERSION}`,
      uptime_ms: Math.max(0, Math.floor(databases.now() - startedAt)),
    }),
    connections: ({ counters }) => ({
      connections: counters.connections,
      connections_accepted: counters.accepted,
      connections_refused: counters.refused,
    }),
    requests: ({ counters }) => ({ requests: counters.requests, errors: counters.errors }),
    store: ({ databases }) => ({
      keys: databases.total(({ size }) => size),
      keys_with_expiry: databases.total(({ expiringSize }) => expiringSize),
      keys_expired: databases.total(({ expired }) => expired),
      bytes: databases.total(({ bytes }) => bytes),
      memory_used: usedMemory(databases),
      memory_held: heldMemory(databases),
    }),
    channels: ({ channels }) => ({ channels: channels.size }),
    journal: journalFigures,
  };

/** The figures of one section, or of all, as lines `name: value`. */
function stats(request: StatsRequest, { services }: Peer): Response {
  const name = UTF8.decode(request.section);
  const sections = name === "" ? Object.keys(SECTIONS) : [name];
  const lines = sections.flatMap((section) => {
    if (!Object.hasOwn(SECTIONS, section)) {
      const known = Object.keys(SECTIONS).join(", ");
      throw new CommandError(
        "BAD_REQUEST",
        `Cannot show section ${JSON.stringify(section.slice(0, 64))}: there are ${known}`,
      );
    }
    return Object.entries(SECTIONS[section]!(services));
  });
  return text(lines.map(([name, value]) => `${name}: ${value}\n`).join(""));
}

/** The handlers of PING, HELLO and STATS. */
export const ABOUT_HANDLERS: Handlers<PingRequest | HelloRequest | StatsRequest> = {
  PING: ping,
  HELLO: hello,
  STATS: stats,
};
