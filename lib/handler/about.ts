/**
 * The handlers of requests about the server.
 *
 * @module
 */

import {
  CommandError,
  ok,
  type PingRequest,
  type Response,
  type StatsRequest,
  text,
} from "../model/mod.ts";
import type { Services } from "./context.ts";

/** The release of the server. The same as in deno.json; a test holds them together. */
export const VERSION = "0.1.0";

/** The version of the CAFE protocol that the server speaks. */
const PROTOCOL = 1;

const PONG = new TextEncoder().encode("PONG");
const UTF8 = new TextDecoder();

/** Answers with what was sent. */
export function ping(request: PingRequest): Response {
  return ok(request.value.length === 0 ? PONG : request.value);
}

/** Describes the server. There are no users yet: a name and a password are taken and not checked. */
export function hello({ limits }: Services): Response {
  const { maxKeySize, maxValueSize } = limits;
  return text(JSON.stringify({
    server: "cortado",
    version: VERSION,
    protocol: PROTOCOL,
    limits: { maxKeySize, maxValueSize },
    window: { requests: 0, bytes: 0 }, // 0: not limited.
  }));
}

/** The figures of the server, in sections. */
const SECTIONS: Readonly<Record<string, (services: Services) => Record<string, string | number>>> =
  {
    server: ({ store, startedAt }) => ({
      server: `cortado ${VERSION}`,
      uptime_ms: Math.max(0, Math.floor(store.now() - startedAt)),
    }),
    connections: ({ counters }) => ({
      connections: counters.connections,
      connections_accepted: counters.accepted,
      connections_refused: counters.refused,
    }),
    requests: ({ counters }) => ({ requests: counters.requests, errors: counters.errors }),
    store: ({ store }) => ({
      keys: store.size,
      keys_with_expiry: store.expiringSize,
      keys_expired: store.expired,
      bytes: store.bytes,
    }),
    channels: ({ channels }) => ({ channels: channels.size }),
  };

/** The figures of one section, or of all, as lines `name: value`. */
export function stats(request: StatsRequest, services: Services): Response {
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
