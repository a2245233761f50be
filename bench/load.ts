/**
 * A lean load: prebuilt requests out, replies counted by their bytes and not decoded, so that the server
 * is what is measured.
 *
 * @module
 */

import { type CafeRequest, CafeRequestEncoder } from "../lib/cafe/mod.ts";
import { encodeAll } from "../lib/codec/mod.ts";

/** Requests of one kind, and how large their replies are. */
export interface Load {
  /** The request frames side by side, all of one size. */
  readonly frames: Uint8Array;
  /** How many bytes a request has. */
  readonly frameSize: number;
  /** How many bytes each reply has. */
  readonly replySize: number;
}

/** Encodes a load. All requests must have frames of one size. */
export function loadOf(requests: readonly CafeRequest[], replySize: number): Load {
  const frames = encodeAll(new CafeRequestEncoder(), requests);
  return { frames, frameSize: frames.length / requests.length, replySize };
}

/** Opens a connection to a server on this machine. */
export async function connectTo(port: number): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  return connection;
}

/** Opens several. */
export function connectMany(port: number, count: number): Promise<Deno.TcpConn[]> {
  return Promise.all(Array.from({ length: count }, () => connectTo(port)));
}

/** Sends `batches` batches of `depth` requests on each connection, each when the one before is answered. */
export async function drive(
  connections: readonly Deno.TcpConn[],
  load: Load,
  depth: number,
  batches: number,
): Promise<void> {
  const size = depth * load.frameSize;
  const places = Math.floor(load.frames.length / size);
  await Promise.all(connections.map(async (connection, index) => {
    // Each connection begins somewhere else, so that all keys are in use.
    const first = Math.floor(places * index / connections.length);
    for (let batch = 0; batch < batches; batch++) {
      const at = ((first + batch) % places) * size;
      await converse(connection, load.frames.subarray(at, at + size), depth * load.replySize);
    }
  }));
}

/** Where replies are read to. One room serves all connections: nobody looks at them. */
const REPLIES = new Uint8Array(65_536);

/**
 * Sends bytes and waits for so many bytes of replies.
 *
 * @throws {Error} When there are more or fewer.
 */
export async function converse(
  connection: Deno.Conn,
  requests: Uint8Array,
  replies: number,
): Promise<void> {
  for (let at = 0; at < requests.length;) at += await connection.write(requests.subarray(at));
  let due = replies;
  while (due > 0) {
    const count = await connection.read(REPLIES);
    if (count === null) break;
    due -= count;
  }
  if (due !== 0) throw new Error(`Cannot go on: ${replies - due} bytes came, not ${replies}`);
}
