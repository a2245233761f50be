/**
 * Where a server listens. Imports nothing, so that the command line need not load the server for it.
 *
 * @module
 */

/** Where Cortado listens unless told otherwise: this machine alone. */
export const DEFAULT_HOST = "127.0.0.1";

/** The port that Cortado listens on unless told otherwise: 0xCAFE. */
export const DEFAULT_PORT = 51_966;

/** A host and a port as text; an IPv6 address in brackets. */
export function formatHostPort(
  { hostname, port }: { readonly hostname: string; readonly port: number },
): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
