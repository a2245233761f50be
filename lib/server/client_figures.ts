/**
 * What is told of a connection.
 *
 * @module
 */

import type { ClientFigures } from "../handler/mod.ts";
import { type Conversation, SILENT } from "./conversation.ts";
import type { Wire } from "./wire.ts";

/** What a session knows of its own state. */
export interface SessionState {
  /** Whether a request waits for something before it is answered. */
  readonly blocked: boolean;
  /** Whether nothing more is carried out. */
  readonly ended: boolean;
  /** How many bytes of requests are held. */
  readonly inputBytes: number;
  /** How many replies and messages wait. */
  readonly outputs: number;
}

/** What is told of a connection now. */
export function clientFigures(
  conversation: Conversation | undefined,
  wire: Wire,
  { blocked, ended, inputBytes, outputs }: SessionState,
): ClientFigures {
  const { address, localAddress, connectedAt, lastActive, outputBytes, writing } = wire;
  const figures = conversation?.figures() ?? SILENT;
  return {
    ...figures,
    ...wire.answeredElsewhere && { command: "get" },
    ...{ address, localAddress, connectedAt, lastActive, outputBytes, writing },
    flags: figures.flags + (blocked ? "b" : "") + (ended ? "c" : "") + (wire.isUnix ? "U" : ""),
    inputBytes,
    inputRoom: Math.max(0, wire.readBlock - inputBytes),
    outputs,
  };
}
