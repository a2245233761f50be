/** Asking a server what its console asks. */

import { serve, type ServeOptions, type Server } from "../../../lib/server/mod.ts";

/** What is answered: the status, and what the body holds. */
export interface Answered {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- answers have any shape, and tests compare them
  readonly body: any;
  readonly headers: Headers;
}

/** How a request is sent. */
export interface Sent {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks as the page does. */
export type Ask = (path: string, sent?: Sent) => Promise<Answered>;

/** Tests what a server answers. */
export function testApi(
  name: string,
  options: ServeOptions,
  fn: (ask: Ask, server: Server) => Promise<void>,
): void {
  Deno.test({
    name,
    permissions: { net: ["127.0.0.1"], read: true, write: true },
    async fn() {
      await using server = await serve({ port: 0, admin: { port: 0 }, ...options });
      const base = `http://127.0.0.1:${server.adminAddr!.port}/`;
      await fn(async (path, { method = "GET", body, headers = {} } = {}) => {
        const response = await fetch(base + path, {
          method,
          headers: { "cortado-console": "1", ...headers },
          ...body !== undefined && { body: JSON.stringify(body) },
        });
        const text = await response.text();
        return { status: response.status, body: parsed(text), headers: response.headers };
      }, server);
    },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Bytes of a text, in hex. */
export function hex(text: string): string {
  return new TextEncoder().encode(text).toHex();
}
