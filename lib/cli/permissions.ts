/**
 * What to do about permissions that Deno was not given.
 *
 * @module
 */

import type { Address } from "../client/mod.ts";
import { formatHostPort } from "../server/address.ts";

/** The flags to give when `error` says that a permission for the addresses is missing. */
export function permissionHint(
  error: unknown,
  addresses: readonly Address[],
): string | undefined {
  if (!(error instanceof Deno.errors.NotCapable)) return undefined;
  return `Deno does not permit it; run again with ${permissionFlags(addresses).join(" ")}`;
}

/**
 * All flags that the addresses need: a flag takes the place of what `-P` says for its kind, so that one
 * alone would take away what another address needs.
 */
function permissionFlags(addresses: readonly Address[]): string[] {
  const paths = addresses.flatMap((address) => "path" in address ? [address.path] : []).join();
  const hosts = addresses.map((address) =>
    "path" in address ? `unix:${address.path}` : formatHostPort(address)
  );
  const net = `--allow-net=${hosts.join()}`;
  return paths === "" ? [net] : [net, `--allow-read=${paths}`, `--allow-write=${paths}`];
}
