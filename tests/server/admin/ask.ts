/** Asking what the console asks, without a network. */

import type { Services } from "../../../lib/handler/mod.ts";
import { apiRoutes } from "../../../lib/server/admin/api.ts";
import { refusalOf } from "../../../lib/server/admin/guard.ts";
import { answerBy } from "../../../lib/server/admin/routes.ts";

/** What is answered: the status, and what the body holds. */
export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** How a request is sent. */
export interface Sent {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address that it comes from. */
  readonly host?: string;
}

/** Asks as the page does. */
export type Ask = (path: string, sent?: Sent) => Promise<Answered>;

/** A console of services, on a loopback address; a token is wanted when there is one. */
export function consoleOf(services: Services, token = ""): Ask {
  const routes = apiRoutes({ stage: () => services, hasToken: token !== "" });
  const guard = { hostname: "127.0.0.1", token };
  const answer = answerBy(routes, (request, isOpen) => refusalOf(guard, request, isOpen));
  return async (path, { method = "GET", body, headers = {}, host = "10.0.0.1" } = {}) => {
    const request = new Request(`http://localhost:9/api/${path}`, {
      method,
      headers: { "cortado-console": "1", ...headers },
      ...body !== undefined && { body: JSON.stringify(body) },
    });
    const response = await answer(request, host);
    const text = await response.text();
    return { status: response.status, body: parsed(text), headers: response.headers };
  };
}

/** The same for who has logged in. */
export async function visitorOf(ask: Ask, user: string, password: string): Promise<Ask> {
  const { body: { visit } } = await ask("visit", { method: "POST", body: { user, password } });
  return (path, sent = {}) =>
    ask(path, { ...sent, headers: { ...sent.headers, "cortado-visit": String(visit) } });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

/** A question about keys, with what is asked in its body. */
export function post(body: unknown): Sent {
  return { method: "POST", body };
}

/** Bytes of a text, in hex. */
export function hex(text: string): string {
  return new TextEncoder().encode(text).toHex();
}
