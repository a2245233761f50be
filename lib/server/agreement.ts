/**
 * What a server grants of what a client offers.
 *
 * @module
 */

import {
  Credit,
  decodeOffer,
  deriveKeys,
  type Grant,
  needsSecret,
  newHelloNonce,
  Opener,
  Sealer,
} from "../cafe/mod.ts";
import type { HandlerLimits, Settings } from "../handler/mod.ts";

/** What two sides have agreed on. */
export interface Agreement {
  /** What the client is told; its flags are in use. */
  readonly grant: Grant;
  /** Protects what the server sends. */
  readonly sealer: Sealer;
  /** Reads what the client sends. */
  readonly opener: Opener;
  /** What the client may have in flight, if it wants to be told. */
  readonly credit: Credit | undefined;
}

/** What decides. */
export interface Terms {
  /** The secret, and whether values may be compressed. */
  readonly settings: Pick<Settings, "secret" | "compress">;
  /** How much may be in flight. */
  readonly limits: Pick<HandlerLimits, "maxInFlight" | "maxInFlightBytes">;
}

/**
 * Grants of an offer what the settings allow: COMPRESSED unless it is turned off, SIGNED and ENCRYPTED when
 * there is a secret.
 *
 * @throws {CommandError} `BAD_REQUEST` when the offer cannot be read.
 */
export function agreeOn(
  offer: Uint8Array,
  { settings: { secret, compress }, limits: { maxInFlight, maxInFlightBytes } }: Terms,
): Agreement {
  const wanted = decodeOffer(offer);
  const flags = wanted.flags.filter((name) => name === "COMPRESSED" ? compress : secret.length > 0);
  const nonce = needsSecret(flags) ? newHelloNonce() : undefined;
  const window = wanted.window ? { requests: maxInFlight, bytes: maxInFlightBytes } : undefined;
  const keys = nonce && deriveKeys(secret, offer, nonce, flags);
  return {
    grant: { flags, nonce, proof: keys?.proof, ...window && { window } },
    sealer: new Sealer(flags, keys?.server),
    opener: new Opener(flags, keys?.client),
    credit: window && new Credit(window),
  };
}
