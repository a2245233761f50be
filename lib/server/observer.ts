/**
 * Who looks on at what goes over the wire.
 *
 * @module
 */

/** A connection, as an observer knows it. */
export interface ObservedClient {
  /** Its number, that of CLIENT ID. */
  readonly id: number;
  /** The address of the peer. */
  readonly address: string;
  /** The address at this side. */
  readonly localAddress: string;
}

/** Told of the bytes of one connection, as they come and go. It keeps none of them, and does not throw. */
export interface ByteListener {
  /**
   * Told what was read.
   *
   * @param isStart Whether a request begins there, which all replies to earlier ones were sent before.
   */
  received(bytes: Uint8Array, isStart: boolean): void;
  /** Told what was written. */
  sent(bytes: Uint8Array): void;
  /** Told that the connection has ended. */
  ended(): void;
}

/** What was received last on a connection that broke the protocol. */
export interface LastReceived {
  /** The protocol. */
  readonly protocol: "cafe" | "resp";
  /** The last requests, or parts of one; a request begins at the first byte. */
  readonly bytes: Uint8Array;
  /** Where in the stream they begin. */
  readonly offset: number;
  /** Where in the stream the request begins that is none. */
  readonly brokenAt: number;
}

/** Looks on at connections. */
export interface WireObserver {
  /** Told of a new connection; returns who is told of its bytes, `undefined` when nobody is. */
  connected(client: ObservedClient): ByteListener | undefined;
  /** Says more about a stream that broke the protocol, in lines for the log. */
  explain(last: LastReceived): readonly string[];
}
