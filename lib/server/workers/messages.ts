/**
 * What the threads say to each other.
 *
 * @module
 */

import type { SharedDatabases, SharedNews } from "../../store/mod.ts";

/** Messages of a worker to the store's thread, about a connection. `value` is how many bytes were sent since. */
export const UP = {
  /** A connection was accepted; the bytes are an {@linkcode Opening} in JSON. */
  OPEN: 1,
  /** Bytes have come, for the oldest READ. */
  DATA: 2,
  /** The peer has ended its side; nothing is read any more. */
  EOF: 3,
  /** The socket has failed; nothing is read or written any more. */
  LOST: 4,
  /** Bytes were sent, and that is all. */
  ACK: 5,
  /** The worker has answered requests of the connection since it last said so. */
  ANSWERED: 6,
  /** It has answered one about a key, of the database `value`; it tells of few. The id means nothing. */
  KEY: 7,
  /** All answers are sent, and there will be no others: the answer to STOP. */
  STOPPED: 8,
} as const;

/** Messages of the store's thread to a worker, about a connection. */
export const DOWN = {
  /**
   * Bytes are wanted. Nothing is read of a socket otherwise. `value` says how many, and what of them the worker
   * may answer itself: see {@linkcode wantOf}. That holds until something else is said of the connection.
   */
  READ: 1,
  /** The bytes are to be sent. */
  WRITE: 2,
  /** Somebody waits for bytes to be sent: all that are sent are to be told of at once. */
  ASK: 3,
  /** The sending side ends. */
  END: 4,
  /** The connection ends at once; its id is never used again. */
  CLOSE: 5,
  /** The worker is to answer nothing more, and to say STOPPED when what it has answered is sent. */
  STOP: 6,
} as const;

/** The databases, as a worker needs them to begin with. */
export interface SharedStores {
  /** Their memory. */
  readonly shared: SharedDatabases;
  /** The longest key that is not refused. */
  readonly maxKeySize: number;
}

/** The addresses of a connection. */
export interface Opening {
  /** Of the peer. */
  readonly remote: Deno.NetAddr;
  /** At this side. */
  readonly local: Deno.NetAddr;
}

/** What is rare goes with `postMessage`: to a worker, */
export type Order =
  | {
    readonly order: "start";
    /** The bell of the store's thread. */
    readonly bell: SharedArrayBuffer;
    /** The rings of this worker, and its bell: see {@linkcode layout}. */
    readonly rings: SharedArrayBuffer;
    readonly hostname: string;
    readonly port: number;
    /** What the worker answers from; without it, it asks for all. */
    readonly store: SharedStores | undefined;
  }
  /** What it answers from has changed. */
  | { readonly order: "news"; readonly news: SharedNews }
  /** Accepts no more. */
  | { readonly order: "stop" }
  /** Does what stands in the ring, closes what is open, and ends. */
  | { readonly order: "end" };

/** and from a worker. */
export type Report =
  | { readonly report: "listening" }
  /** It cannot listen, for an error of Deno with this name. */
  | { readonly report: "failed"; readonly name: string; readonly message: string }
  | { readonly report: "accept error"; readonly message: string; readonly delay: number }
  | { readonly report: "stopped" }
  | { readonly report: "ended" };
