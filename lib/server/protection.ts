/**
 * How a server protects frames of CAFE.
 *
 * @module
 */

import { checkSecret, needsSecret } from "../cafe/mod.ts";
import { REQUIRED_FLAGS, type RequiredFlag, type Settings } from "../handler/mod.ts";

/** How frames of CAFE are protected: docs/cafe.md, section 9. */
export interface ProtectionOptions {
  /**
   * What clients and the server know and nobody else, from 16 bytes; a text is its UTF-8. With it a client
   * may use SIGNED and ENCRYPTED. Default: none.
   */
  readonly secret?: string | Uint8Array;
  /** Whether COMPRESSED is granted. Default true. */
  readonly compress?: boolean;
  /** What every request must have; RESP has none of it, and is refused then. Default: nothing. */
  readonly required?: readonly RequiredFlag[];
}

/**
 * Puts options where handlers find them.
 *
 * @throws {RangeError} When the secret is too short, or there is none for what is required.
 */
export function protect(settings: Settings, options: ProtectionOptions): void {
  const { secret = "", compress = true, required = [] } = options;
  settings.secret = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  if (settings.secret.length > 0) checkSecret(settings.secret);
  settings.compress = compress;
  settings.required = REQUIRED_FLAGS.filter((name) => required.includes(name));
  const agreed = settings.required.filter((name) => name !== "CHECKSUM");
  if (settings.secret.length > 0 || !needsSecret(agreed)) return;
  throw new RangeError(`Cannot require ${agreed.join(", ")}: there is no secret (option secret)`);
}
