/**
 * Connections over the limit.
 *
 * @module
 */

import { CafeResponseEncoder } from "../cafe/mod.ts";
import { encodeAll } from "../codec/mod.ts";
import { error } from "../model/mod.ts";
import { respError, RespReplyEncoder } from "../resp/mod.ts";
import { CAFE_FIRST } from "./conversation.ts";
import { linger, LINGER_TIME } from "./linger.ts";
import { closeQuietly, type Socket } from "./socket.ts";

/** What clients of Redis look for, before the message. */
const TOO_MANY = "ERR max number of clients reached";

/** The peer said nothing in time. */
const SILENT = -1;

/**
 * Says in the protocol of the peer that there are too many connections, and closes; never rejects. A peer
 * that has said nothing for {@linkcode LINGER_TIME}, or when the signal aborts, is taken for a Redis client.
 *
 * @param message What the peer is told.
 */
export async function refuse(socket: Socket, message: string, signal: AbortSignal): Promise<void> {
  try {
    const first = await firstByte(socket, signal);
    if (first === undefined) return;
    const refusal = first === CAFE_FIRST
      ? encodeAll(new CafeResponseEncoder(), [error("CONNECTION_LIMIT", message)])
      : encodeAll(new RespReplyEncoder(), [respError(`${TOO_MANY}: ${message}`)]);
    await socket.write(refusal);
    await linger(socket);
  } catch {
    // The peer is gone: there is nobody to tell.
  } finally {
    closeQuietly(socket);
  }
}

/** The first byte that comes, {@linkcode SILENT} when none does in time, or nothing at the end. */
async function firstByte(socket: Socket, signal: AbortSignal): Promise<number | undefined> {
  const room = new Uint8Array(1);
  const read = socket.read(room).then((count) => count === null ? undefined : room[0]);
  read.catch(() => {}); // When it is not waited for any more, nobody else looks at its failure.
  const { promise: silence, resolve } = Promise.withResolvers<number>();
  const giveUp = () => resolve(SILENT);
  const timer = setTimeout(giveUp, LINGER_TIME);
  signal.addEventListener("abort", giveUp);
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}
