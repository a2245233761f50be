/**
 * The options of `serve` for HTTP: the console, metrics and health.
 *
 * @module
 */

import { MIN_TOKEN_LENGTH } from "../server/admin/token.ts";
import { DEFAULT_HOST, formatHostPort } from "../server/address.ts";
import type { AdminOptions } from "../server/mod.ts";
import { isLoopback } from "../server/protected_mode.ts";
import { UsageError } from "./error.ts";
import { type OptionValues, valueOption } from "./options.ts";
import type { Origin } from "./origin.ts";
import { parseHost, parsePort } from "./quantities.ts";
import { variableOf } from "./environment.ts";

/** The options. */
export const ADMIN_OPTIONS = {
  admin: valueOption(
    "HOST:PORT",
    `console and metrics over HTTP (docs/console.md); a PORT alone is on ${DEFAULT_HOST}`,
    parseEndpoint,
  ),
  adminToken: valueOption(
    "TOKEN",
    "what callers of --admin must give, of 16 characters or more",
    (text) => text,
  ),
};

interface Endpoint {
  readonly hostname: string;
  readonly port: number;
}

/** A port, or a host and a port. */
function parseEndpoint(text: string): Endpoint {
  if (/^\d+$/.test(text)) return { hostname: DEFAULT_HOST, port: parsePort(text) };
  const { host = "", port = "" } =
    /^(?<host>\[[^\]]+\]|[^:[\]]+):(?<port>\d+)$/.exec(text)?.groups ?? {};
  if (port !== "") return { hostname: parseHost(host), port: parsePort(port) };
  throw new RangeError(`${JSON.stringify(text)} is not PORT, HOST:PORT or [IPV6]:PORT`);
}

/** How HTTP is answered; nothing when it is not. */
export function adminOf(
  { admin, adminToken = "" }: OptionValues<typeof ADMIN_OPTIONS>,
): (AdminOptions & Endpoint) | undefined {
  return admin && { ...admin, token: adminToken };
}

/**
 * Checks what the options together say.
 *
 * @throws {UsageError} When a token is too short or for nothing, or everybody could ask from other machines.
 */
export function checkAdmin(
  values: OptionValues<typeof ADMIN_OPTIONS> & { readonly noProtectedMode?: boolean },
  originOf: (name: string) => Origin,
): void {
  const { admin, adminToken = "", noProtectedMode = false } = values;
  if (adminToken !== "" && adminToken.length < MIN_TOKEN_LENGTH) {
    throw new UsageError(
      `${originOf("adminToken").named}: it must have at least ${MIN_TOKEN_LENGTH} characters`,
    );
  }
  if (admin === undefined) {
    if (adminToken === "") return;
    throw new UsageError(`${originOf("adminToken").named}: --admin HOST:PORT is missing`);
  }
  if (isLoopback(admin.hostname) || adminToken !== "" || noProtectedMode) return;
  throw new UsageError(
    `Cannot listen on ${formatHostPort(admin)}: without a token whoever reaches it may see what ` +
      `the server does (protected mode); set ${
        variableOf("adminToken")
      }, or give --no-protected-mode`,
  );
}
