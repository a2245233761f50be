/**
 * What the server needs of a socket.
 *
 * @module
 */

/** What a connection needs of a socket: `Deno.TcpConn` and `Deno.UnixConn` are such. */
export interface Socket {
  /** Reads into `room`; null at the end. */
  read(room: Uint8Array): Promise<number | null>;
  /** Writes at least one of the bytes; returns how many. */
  write(bytes: Uint8Array): Promise<number>;
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
