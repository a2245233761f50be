/**
 * How connections end.
 *
 * @module
 */

import type { DecodeError } from "../codec/mod.ts";
import type { LastReceived } from "./observer.ts";

/** Why a connection ended. */
export type CloseReason =
  | "end of input"
  | "protocol error"
  | "quit"
  | "killed"
  | "idle"
  | "slow reader"
  | "frame timeout"
  | "authentication timeout"
  | "buffer memory"
  | "shutdown"
  | "shutdown deadline"
  | "connection lost";

/** How a connection ended. */
export interface Ending {
  /** Why. */
  readonly reason: CloseReason;
  /** What the peer did wrong, for a protocol error; which limit it was over, for one that tells. */
  readonly error: DecodeError | undefined;
  /** What was received last before that, as far as it is at hand. */
  readonly last?: LastReceived;
}
