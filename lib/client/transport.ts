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

/** How to know that a server that is reached with TLS is the right one. */
export interface TlsTrust {
  /** Certificates in PEM that are trusted as well as those that Deno trusts. */
  readonly caCerts?: string[] | undefined;
  /** The name that the certificate of the server must have. Default: that of the host. */
  readonly serverName?: string | undefined;
}

/** A TCP port that a server listens on. */
export interface PortAddress {
  /** The name or the address of the host. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  /** Whether the server speaks TLS there, and how to know it. Default: it does not. */
  readonly tls?: boolean | TlsTrust | undefined;
}

/** Where a server listens: a TCP port, or the path of a Unix socket. */
export type Address = PortAddress | { readonly path: string };

/**
 * A transport over TCP (with Nagle's algorithm off), with TLS or without, or a Unix socket. With TLS it is
 * open when both sides have shaken hands: a certificate that is not trusted shows at once.
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
  return async (signal) => duplexOf(await connectSocket(address, signal));
}

/**
 * The socket of {@linkcode connectTo}, for whoever reads and writes it without streams.
 *
 * @throws {Error} What `Deno.connect` throws, or the reason of the signal when it aborts.
 *
 * @example
 * ```ts
 * import { connectSocket } from "@cortado/cortado/client";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * using socket = await connectSocket(listener.addr, new AbortController().signal);
 * using accepted = await listener.accept();
 * await socket.write(Uint8Array.of(7));
 * assertEquals(await accepted.read(new Uint8Array(8)), 1);
 * ```
 */
export async function connectSocket(address: Address, signal: AbortSignal): Promise<Deno.Conn> {
  if ("path" in address) {
    const conn = await Deno.connect({ transport: "unix", path: address.path });
    if (!signal.aborted) return conn;
    conn.close(); // There is no way to stop a Unix socket from connecting.
    throw signal.reason;
  }
  const { hostname, port, tls = false } = address;
  const conn = await Deno.connect({ hostname, port, signal });
  conn.setNoDelay(); // Requests are gathered before they are written: waiting for more gains nothing.
  conn.setKeepAlive(); // A server that vanished is noticed, if late.
  return tls === false ? conn : await secure(conn, hostname, tls === true ? {} : tls, signal);
}

/** Shakes hands on a connection; closes it when that fails. */
async function secure(
  conn: Deno.TcpConn,
  hostname: string,
  { caCerts = [], serverName = hostname }: TlsTrust,
  signal: AbortSignal,
): Promise<Deno.TlsConn> {
  let open: Deno.Conn = conn;
  const abort = () => open.close();
  try {
    const secured = await Deno.startTls(conn, { caCerts, hostname: serverName });
    open = secured;
    signal.throwIfAborted();
    signal.addEventListener("abort", abort);
    await secured.handshake();
    signal.throwIfAborted();
    return secured;
  } catch (cause) {
    if (!signal.aborted) open.close();
    throw signal.aborted ? signal.reason : cause;
  } finally {
    signal.removeEventListener("abort", abort);
  }
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
