/**
 * Closing so that the last reply arrives.
 *
 * @module
 */

import { closeQuietly, type Socket } from "./socket.ts";

/** For how long a peer that still sends is read and ignored, in milliseconds. */
export const LINGER_TIME = 1_000;

/**
 * Ends the sending side and reads what still comes, until the peer has ended its side or
 * {@linkcode LINGER_TIME} has passed; never rejects. Without this, bytes that the peer sent and nobody
 * read would make the kernel reset the connection, and the peer might lose replies that it has not read.
 */
export async function linger(socket: Socket): Promise<void> {
  const timer = setTimeout(() => closeQuietly(socket), LINGER_TIME);
  try {
    await socket.closeWrite();
    const ignored = new Uint8Array(4_096);
    while (await socket.read(ignored) !== null);
  } catch {
    // The peer is gone, or took too long: there is nobody to wait for.
  } finally {
    clearTimeout(timer);
  }
}
