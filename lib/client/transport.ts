/**
 * What a client talks over.
 *
 * @module
 */

import { readableFrom, writableTo } from "../codec/mod.ts";

/** A stream of bytes in each direction. */
export interface Duplex {
  /** What the server sends. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What the server gets. A chunk is not written to again by the client. */
  readonly writable: WritableStream<Uint8Array>;
  /**
   * Frees everything at once: reads and writes that are pending end, with an error or without. Calls after
   * the first do nothing.
   */
  close(): void;
}

/** Opens a connection; rejects when the signal aborts before that. */
export type Transport = (signal: AbortSignal) => Promise<Duplex>;

/** Where a server listens: a TCP port, or the path of a Unix socket. */
export type Address = { readonly hostname: string; readonly port: number } | {
  readonly path: string;
};

/**
 * A transport over TCP (with Nagle's algorithm off) or a Unix socket.
 *
 * @example
 * ```ts
 * import { connectTo } from "@cortado/cortado/client";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const { hostname, port } = listener.addr;
 * const [duplex, accepted] = await Promise.all([
 *   connectTo({ hostname, port })(new AbortController().signal),
 *   listener.accept(),
 * ]);
 * await duplex.writable.getWriter().write(Uint8Array.of(7));
 * const room = new Uint8Array(1);
 * await accepted.read(room);
 * assertEquals(room, Uint8Array.of(7));
 * duplex.close();
 * accepted.close();
 * ```
 */
export function connectTo(address: Address): Transport {
  return async (signal) => duplexOf(await open(address, signal));
}

async function open(address: Address, signal: AbortSignal): Promise<Deno.Conn> {
  if ("path" in address) {
    const conn = await Deno.connect({ transport: "unix", path: address.path });
    if (!signal.aborted) return conn;
    conn.close(); // There is no way to stop a Unix socket from connecting.
    throw signal.reason;
  }
  const { hostname, port } = address;
  const conn = await Deno.connect({ hostname, port, signal });
  conn.setNoDelay(); // Requests are gathered before they are written: waiting for more gains nothing.
  conn.setKeepAlive(); // A server that vanished is noticed, if late.
  return conn;
}

function duplexOf(conn: Deno.Conn): Duplex {
  let open = true;
  return {
    readable: readableFrom(conn),
    writable: writableTo(conn),
    close() {
      if (open) conn.close();
      open = false;
    },
  };
}
