/**
 * What the server needs of a socket.
 *
 * @module
 */

import { formatHostPort } from "./address.ts";

/** What a connection needs of a socket: `Deno.TcpConn` and `Deno.UnixConn` are such. */
export interface Socket {
  /** The address of the peer, where it has one. */
  readonly remoteAddr?: Deno.Addr;
  /** The address at this side, where it has one. */
  readonly localAddr?: Deno.Addr;
  /**
   * Reads into `room`; null at the end. A socket that a worker has lets it answer what there is a permit for; to
   * others a permit means nothing.
   */
  read(room: Uint8Array, permit?: number): Promise<number | null>;
  /** Writes at least one of the bytes; returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** When its worker has last answered requests, in milliseconds since 1970. Only such a socket has it. */
  readonly answeredAt?: number;
  /** Whether the last request was one that its worker has answered. */
  readonly answeredLast?: boolean;
  /** How many bytes were written that the kernel has not taken; without it none. */
  readonly unsent?: number;
  /** Resolves when it has taken some of them. */
  whenSent?(): Promise<void>;
  /** Resolves when its worker, if it has one, has sent its answers and gives no others. */
  stopAnswers?(): Promise<void>;
  /** Ends the sending side. */
  closeWrite(): Promise<void>;
  /** Ends the socket; what is pending on it is rejected. */
  close(): void;
}

/** Closes a socket that may be closed already. */
export function closeQuietly(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // It was closed before: by its peer's reset, or by the end of a linger.
  }
}

/** Replies go out at once, and a peer that vanished is noticed. */
export function prepareTcp(socket: Pick<Deno.TcpConn, "setNoDelay" | "setKeepAlive">): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true);
}

/** Whether it is a Unix socket. */
export function isUnix({ localAddr }: Socket): boolean {
  return localAddr !== undefined && "path" in localAddr;
}

/** An address as `HOST:PORT`, or the path of a Unix socket and `:0`, as Redis writes them. */
export function addressText(address: Deno.Addr | undefined): string {
  if (address === undefined) return "?:0";
  if ("path" in address) return `${address.path}:0`;
  return "hostname" in address ? formatHostPort(address) : "?:0";
}
