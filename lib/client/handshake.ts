/**
 * What a connection begins with when its frames are to be protected.
 *
 * @module
 */

import { NO_BYTES } from "../bytes/mod.ts";
import {
  type AgreedFlag,
  Credit,
  deriveKeys,
  encodeOffer,
  HELLO_NONCE_SIZE,
  isSame,
  needsSecret,
  newHelloNonce,
  Opener,
  readGrant,
  type Reply,
  Sealer,
} from "../cafe/mod.ts";
import { Call } from "./call.ts";
import { replyInfo } from "./results.ts";

/** What a client wants of each connection. */
export interface Wanted {
  /** The flags that it offers. */
  readonly flags: readonly AgreedFlag[];
  /** What the server knows too; empty when no flag needs it. */
  readonly secret: Uint8Array;
  /** Whether it keeps to a window that the server grants. */
  readonly window: boolean;
}

/** What was agreed on: how the two directions of a connection are protected, and what may be in flight. */
export interface Agreed {
  /** Protects what is sent. */
  readonly sealer: Sealer;
  /** Reads what comes. */
  readonly opener: Opener;
  /** How much may be sent; none: any amount. */
  readonly credit: Credit | undefined;
}

/** A HELLO with an offer, and what follows from its answer. One serves one connection: its nonce is used once. */
export class Handshake {
  /** The HELLO. */
  readonly call: Call;
  readonly #wanted: Wanted;
  readonly #offer: Uint8Array;

  /** Makes the offer. */
  constructor(wanted: Wanted, checksum: boolean) {
    const nonce = needsSecret(wanted.flags) ? newHelloNonce() : undefined;
    this.#wanted = wanted;
    this.#offer = encodeOffer({ flags: wanted.flags, nonce, window: wanted.window });
    const head = { id: undefined, quiet: false, checksum, durable: false };
    const nobody = { user: NO_BYTES, password: NO_BYTES };
    this.call = new Call({ op: "HELLO", ...nobody, offer: this.#offer, ...head }, {}, 0);
    this.call.answer.catch(() => {}); // The connection looks at it.
  }

  /**
   * What the answer says. COMPRESSED may be refused; SIGNED and ENCRYPTED must be granted, by a server that
   * has the secret.
   *
   * @throws {Error} When that is not so.
   */
  finish(reply: Reply): Agreed {
    const grant = readGrant({ ...replyInfo(reply) });
    const flags = this.#wanted.flags.filter((name) => grant.flags.includes(name));
    const refused = this.#wanted.flags.filter((name) =>
      name !== "COMPRESSED" && !flags.includes(name)
    );
    if (refused.length > 0) {
      throw new Error(`the server does not grant ${refused.join(", ")}: it has no secret`);
    }
    const credit = grant.window && this.#wanted.window ? new Credit(grant.window) : undefined;
    if (!needsSecret(flags)) {
      const [sealer, opener] = [new Sealer(flags, undefined), new Opener(flags, undefined)];
      return { sealer, opener, credit };
    }
    const nonce = grant.nonce ?? NO_BYTES;
    const keys = deriveKeys(this.#wanted.secret, this.#offer, nonce, flags);
    if (nonce.length !== HELLO_NONCE_SIZE || !isSame(grant.proof, keys.proof)) {
      throw new Error("the server does not show that it has the secret (option secret)");
    }
    const [sealer, opener] = [new Sealer(flags, keys.client), new Opener(flags, keys.server)];
    return { sealer, opener, credit };
  }
}
