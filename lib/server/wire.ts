/**
 * What a session knows of the connection around it.
 *
 * @module
 */

/** The connection around a session, as the session sees it. */
export interface Wire {
  /** The address of the peer, `HOST:PORT`; that of a Unix socket is its path and `:0`. */
  readonly address: string;
  /** The address at this side. */
  readonly localAddress: string;
  /** Whether it is a Unix socket. */
  readonly isUnix: boolean;
  /** When it was accepted, by the server's clock. */
  readonly connectedAt: number;
  /** When it last took or gave bytes, by the server's clock. */
  readonly lastActive: number;
  /** Whether the last request was answered by the thread that has the socket. */
  readonly answeredElsewhere: boolean;
  /** How large the block is that is read into, in bytes. */
  readonly readBlock: number;
  /** How many bytes of messages wait, or are being written. */
  readonly outputBytes: number;
  /** Whether something is being written. */
  readonly writing: boolean;
  /** Told that something which is sent unasked waits in the output, with about how many bytes that holds. */
  onPush(bytes: number): void;
  /** Ends the connection at once. */
  kill(): void;
}

/** Around a session without a connection: a test's, or a benchmark's. */
export const NO_WIRE: Wire = {
  address: "?:0",
  localAddress: "?:0",
  isUnix: false,
  connectedAt: 0,
  lastActive: 0,
  answeredElsewhere: false,
  readBlock: 0,
  outputBytes: 0,
  writing: false,
  onPush() {},
  kill() {},
};

const LOOPBACK = /^(127\.|\[::1\]:)/;

/** Whether the peer is on this machine. */
export function isLocal({ isUnix, address }: Wire): boolean {
  return isUnix || LOOPBACK.test(address);
}
