/**
 * What the console asks.
 *
 * @module
 */

import type { Services } from "../../handler/mod.ts";
import { connections, kill } from "./connections.ts";
import { entry, keys, remove, store } from "./keys.ts";
import { hotKeys, overview, slowLog } from "./figures.ts";
import { numberOf, objectIn, Refusal, textOf } from "./json.ts";
import { type Stage, whyNotReady } from "./readiness.ts";
import type { Answer, Routes } from "./routes.ts";
import { type Deed, deedsOf, may, type Visitor, Visits } from "./visits.ts";

/** What the answers depend on. */
export interface ApiOptions {
  /** What the server does now. */
  readonly stage: () => Stage;
  /** Whether whoever asks has given the token. */
  readonly hasToken: boolean;
}

/** A request of somebody who may do what is asked. */
export interface Asked {
  /** What is asked about. */
  readonly services: Services;
  /** The request. What is asked stands in its body, not behind a question mark: addresses get into logs. */
  readonly request: Request;
  /** The address that it came from. */
  readonly host: string;
  /** Who asks. */
  readonly visitor: Visitor;
}

/** Gives what is answered as JSON. */
type Ask = (asked: Asked) => unknown;

/** The routes of the console. */
export function apiRoutes({ stage, hasToken }: ApiOptions): Routes {
  const visits = new Visits(hasToken);
  const open = (ask: (asked: Omit<Asked, "visitor">) => unknown): Answer => (request, host) => {
    const services = stage();
    return answered(services, () => {
      if (typeof services === "string") throw new Refusal(503, whyNotReady(services)!);
      return ask({ services, request, host });
    });
  };
  const by = (deed: Deed, ask: Ask): Answer =>
    open((asked) => {
      const visitor = visits.find(asked.services, asked.request);
      if (visitor === undefined) throw new Refusal(401, "Log in to see this.", true);
      if (may(visitor, deed)) return ask({ ...asked, visitor });
      throw new Refusal(403, `User ${visitor.user!.name} may not do this.`);
    });
  return {
    "/api/overview": { GET: open(({ services }) => overview(services)) },
    "/api/visit": {
      GET: open((asked) => aboutVisit(visits, asked.services, asked.request)),
      POST: open((asked) => logIn(visits, asked)),
      DELETE: open(({ request }) => visits.end(request)),
    },
    "/api/connections": {
      GET: by("connections", connections),
      DELETE: by("kill", kill),
    },
    "/api/slowlog": { GET: by("slowLog", ({ services }) => slowLog(services)) },
    "/api/hotkeys": { GET: by("hotKeys", ({ services }) => hotKeys(services)) },
    "/api/keys": { POST: by("keys", keys) },
    "/api/entry": {
      POST: by("look", entry),
      PUT: by("edit", store),
      DELETE: by("delete", remove),
    },
  };
}

/** Turns what was asked, or why it is not done, into an answer. */
async function answered(services: Stage, ask: () => unknown): Promise<Response> {
  try {
    return Response.json(await ask() ?? {});
  } catch (cause) {
    if (cause instanceof Refusal) return cause.response;
    if (typeof services !== "string") services.onDefect(cause);
    return new Refusal(500, "A fault of the server, see its log.").response;
  }
}

function aboutVisit(visits: Visits, services: Services, request: Request): unknown {
  const visitor = visits.find(services, request);
  return {
    wanted: visits.wanted(services),
    user: visitor?.user?.name,
    entered: visitor !== undefined,
    may: visitor ? deedsOf(visitor) : [],
    databases: numberOf("databases", services.databases.count),
  };
}

async function logIn(
  visits: Visits,
  { services, request, host }: Omit<Asked, "visitor">,
): Promise<unknown> {
  const { user, password } = await objectIn(request);
  const visit = await visits.begin(
    services,
    textOf("user", user),
    textOf("password", password),
    host,
  );
  return { visit };
}
