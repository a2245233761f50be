/**
 * Who is answered over HTTP.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { isLoopback } from "../protected_mode.ts";
import { plain } from "./routes.ts";

/** What decides who is answered. */
export interface Guard {
  /** The name or address that is listened on. */
  readonly hostname: string;
  /** What callers must give; empty: nothing. */
  readonly token: string;
}

/** The token may be given as it is, or as the password of any user. */
const BEARER = 'Bearer realm="cortado"';

/** What the console asks begins with this. */
const API = "/api/";
/** What only the console's own page adds to its requests. */
const CONSOLE_HEADER = "cortado-console";

/** Why a request is not answered; nothing when it is. */
export function refusalOf(
  { hostname, token }: Guard,
  request: Request,
  isOpen: boolean,
): Response | undefined {
  if (isLoopback(hostname) && !isLoopback(unbracketed(new URL(request.url).hostname))) {
    return plain(403, "This server answers only to names of this machine, such as localhost.");
  }
  const isApi = new URL(request.url).pathname.startsWith(API);
  if (isApi && isForeign(request)) {
    return plain(
      403,
      `This is for the console: header ${CONSOLE_HEADER} is missing, or a page asks.`,
    );
  }
  if (isOpen || token === "" || isSame(tokenOf(request), token)) return undefined;
  // To Basic a browser would answer with a window of its own.
  const challenge = isApi ? BEARER : `${BEARER}, Basic realm="cortado", charset="UTF-8"`;
  return plain(401, "A token is wanted.", { "www-authenticate": challenge });
}

/**
 * Whether a page of somebody else may have sent a request. Such a page cannot add a header of its own without
 * asking first, which is answered with no; newer browsers say as well where a request comes from.
 */
function isForeign({ headers }: Request): boolean {
  if (!headers.has(CONSOLE_HEADER)) return true;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  return origin !== null && (!URL.canParse(origin) || new URL(origin).host !== headers.get("host"));
}

/** What the request gives as a token; empty for nothing. */
function tokenOf(request: Request): string {
  const [, scheme = "", given = ""] =
    /^(\w+) +(\S+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return given;
    case "basic": {
      const credentials = Buffer.from(given, "base64").toString();
      return credentials.slice(credentials.indexOf(":") + 1);
    }
    default:
      return "";
  }
}

/** Compares in a time that tells nothing of what is right. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
