/** A client of CAFE without a socket. */

import {
  type AgreedFlag,
  CafeReplyDecoder,
  type CafeRequest,
  CafeRequestEncoder,
  deriveKeys,
  encodeOffer,
  Opener,
  readGrant,
  type Reply,
  replyText,
  Sealer,
} from "../../lib/cafe/mod.ts";
import { BatchDecoder, encodeAll } from "../../lib/codec/mod.ts";
import type { Services } from "../../lib/handler/mod.ts";
import { Session } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { PLAIN } from "../cafe/helpers.ts";

const UTF8 = new TextEncoder();
const NONE = new Uint8Array();
const NONCE = new Uint8Array(32).fill(7);

/** What both sides know. */
export const SECRET = UTF8.encode("correct horse battery staple");

/** A HELLO, with an offer or a password. */
export function helloWith(offer: Uint8Array | undefined, password = NONE): CafeRequest {
  const user = password.length > 0 ? UTF8.encode("default") : NONE;
  return { ...PLAIN, op: "HELLO", user, password, ...offer && { offer } };
}

/** An offer of flags. */
export function offerOf(...flags: AgreedFlag[]): Uint8Array {
  return encodeOffer({ flags, nonce: NONCE });
}

/** A client without a socket. */
export class Talk {
  readonly session: Session;
  readonly #encoder = new CafeRequestEncoder();
  readonly #decoder = new CafeReplyDecoder();
  readonly #batches = new BatchDecoder(this.#decoder);

  constructor(services: Services) {
    this.session = new Session(services);
  }

  /** The replies to requests that come in one piece. */
  ask(...requests: CafeRequest[]): Reply[] {
    const replies: Reply[] = [];
    this.#batches.push(this.session.receive(this.bytes(...requests)), replies);
    return replies;
  }

  bytes(...requests: CafeRequest[]): Uint8Array {
    return encodeAll(this.#encoder, requests);
  }

  /** Offers flags and uses what is granted; returns that. */
  agree(...flags: AgreedFlag[]): readonly AgreedFlag[] {
    const offer = offerOf(...flags);
    const [reply] = this.ask(helloWith(offer));
    const grant = readGrant(JSON.parse(replyText(reply!)));
    const keys = deriveKeys(SECRET, offer, grant.nonce ?? NONE, grant.flags);
    if (grant.proof) assertEquals(grant.proof, keys.proof);
    this.#encoder.protect(new Sealer(grant.flags, keys.client));
    this.#decoder.release(new Opener(grant.flags, keys.server));
    return grant.flags;
  }
}
