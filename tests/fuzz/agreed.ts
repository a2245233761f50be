/** The side of a client that has agreed with a session on flags and on a window. */

import { WriteBuffer } from "../../lib/bytes/mod.ts";
import {
  type AgreedFlag,
  CafeReplyDecoder,
  CafeRequestEncoder,
  deriveKeys,
  encodeOffer,
  Opener,
  readGrant,
  type Reply,
  replyText,
  Sealer,
  type Window,
} from "../../lib/cafe/mod.ts";
import { BatchDecoder, encodeAll } from "../../lib/codec/mod.ts";
import type { Session } from "../../lib/server/mod.ts";
import { concat } from "@std/bytes";
import { frame, type Parts } from "../server/frames.ts";
import { protection } from "./talk.ts";

const NONE = new Uint8Array();

/** Frames in, replies out, behind a HELLO. */
export class Wire {
  /** What may be in flight, when a window was wanted. */
  readonly window: Window | undefined;
  readonly #sealer: Sealer;
  readonly #out = new WriteBuffer();
  readonly #replies: BatchDecoder<Reply>;

  /** Agrees on flags, and on a window when it is wanted. */
  constructor(session: Session, flags: readonly AgreedFlag[], window: boolean) {
    const offer = encodeOffer({ flags, nonce: new Uint8Array(32), window });
    const head = { id: undefined, quiet: false, checksum: false, durable: false };
    const hello = { op: "HELLO", user: NONE, password: NONE, offer, ...head } as const;
    const replies: Reply[] = [];
    const answer = session.receive(encodeAll(new CafeRequestEncoder(), [hello]));
    new BatchDecoder(new CafeReplyDecoder()).push(answer, replies);
    const grant = readGrant(JSON.parse(replyText(replies[0]!)));
    if (grant.flags.length !== flags.length) throw new Error("not all flags are granted");
    if (window !== (grant.window !== undefined)) throw new Error("a window is not granted");
    this.window = grant.window;
    const keys = deriveKeys(protection.secret, offer, grant.nonce ?? NONE, flags);
    this.#sealer = new Sealer(flags, keys.client);
    const decoder = new CafeReplyDecoder();
    decoder.release(new Opener(flags, keys.server));
    this.#replies = new BatchDecoder(decoder);
  }

  /** The bytes of the next frame. */
  seal(parts: Parts): Uint8Array {
    this.#sealer.seal((plain) => plain.bytes(frame(parts)), this.#out);
    return concat(this.#out.drain());
  }

  /** The replies that the next bytes bring. */
  read(bytes: Uint8Array): Reply[] {
    const replies: Reply[] = [];
    this.#replies.push(bytes, replies);
    return replies;
  }

  /** Looks that nothing is left of a frame at the end of the stream. */
  end(): void {
    this.#replies.end([]);
  }
}
