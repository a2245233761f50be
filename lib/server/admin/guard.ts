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

/** Both ways to give the token: as it is, or as the password of any user. */
const CHALLENGE = 'Bearer realm="cortado", Basic realm="cortado", charset="UTF-8"';

/** Why a request is not answered; nothing when it is. */
export function refusalOf(
  { hostname, token }: Guard,
  request: Request,
  isOpen: boolean,
): Response | undefined {
  if (isLoopback(hostname) && !isLoopback(unbracketed(new URL(request.url).hostname))) {
    return plain(403, "This server answers only to names of this machine, such as localhost.");
  }
  if (isOpen || token === "" || isSame(tokenOf(request), token)) return undefined;
  return plain(401, "A token is wanted.", { "www-authenticate": CHALLENGE });
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
