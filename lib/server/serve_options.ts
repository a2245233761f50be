/**
 * What a server is started with, and what it is then.
 *
 * @module
 */

import type { EvictionPolicy, Services, Users } from "../handler/mod.ts";
import type { AdminOptions } from "./admin/admin.ts";
import type { DataOptions } from "./data.ts";
import type { Limits } from "./limits.ts";
import type { WireObserver } from "./observer.ts";
import type { ProtectionOptions } from "./protection.ts";
import type { TlsOptions } from "./tls.ts";

/** Where a server listens, and how. */
export interface ServeOptions {
  /** The address to listen on. Default 127.0.0.1. */
  readonly hostname?: string;
  /** The port; 0 picks a free one. Default 51,966. */
  readonly port?: number;
  /** The path of a Unix socket to listen on as well. */
  readonly unix?: string;
  /** Whether to listen on TCP at all. Default true. */
  readonly tcp?: boolean;
  /**
   * How many threads own the sockets of TCP, from 0 to 64: they accept, read and write, and everything else
   * stays in this thread. On Linux, with `--unstable-net`. Default 0: this thread owns them.
   */
  readonly workers?: number;
  /** How to listen with TLS as well. */
  readonly tls?: TlsOptions;
  /** The limits; those that are not given have their defaults. */
  readonly limits?: Limits;
  /** How many bytes all entries may take; 0 for any number. Default 0. */
  readonly maxMemory?: number;
  /** What is done when they take more. Default: nothing more is written. */
  readonly maxMemoryPolicy?: EvictionPolicy;
  /** The password that clients must give; empty: none is asked for. Default empty. */
  readonly password?: string;
  /** Who may come in, and do what: see `parseUsers`. Not beside `password`. Default: everybody, everything. */
  readonly users?: Users;
  /** How frames of CAFE are protected. Default: as each client wants, without a secret. */
  readonly protection?: ProtectionOptions;
  /** Whether to refuse an address that other machines reach while no password is asked for. Default true. */
  readonly protectedMode?: boolean;
  /** Where entries are kept on disk; without it they are in memory only. */
  readonly data?: DataOptions;
  /** Where metrics and the health of the server are told over HTTP. Default: nowhere. */
  readonly admin?: AdminOptions;
  /** Told what happens that an operator should know, a line each. Default: nothing is told. */
  readonly log?: (line: string) => void;
  /** Looks on at what goes over the wire. Default: nobody. */
  readonly observer?: WireObserver | undefined;
  /** The present time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** A server that runs. */
export interface Server extends AsyncDisposable {
  /** The TCP address that it listens on, with the real port. */
  readonly addr: Deno.NetAddr | undefined;
  /** The path of the Unix socket that it listens on. */
  readonly unix: string | undefined;
  /** The address that it listens on with TLS, with the real port. */
  readonly tlsAddr: Deno.NetAddr | undefined;
  /** The address that it answers HTTP on, with the real port. */
  readonly adminAddr: Deno.NetAddr | undefined;
  /** What its connections share: the store, the counters. */
  readonly services: Services;
  /** Resolves when the server has ended. */
  readonly finished: Promise<void>;
  /**
   * Ends the server: accepts no more, answers what was read, sends GOAWAY, and closes; what is not done
   * after `shutdownTimeout` is cut off. Further calls wait for the same end.
   */
  shutdown(): Promise<void>;
  /**
   * Reads the certificate and its key again, and shows them to new connections; those that there are go on.
   *
   * @throws {TlsError} When they cannot be used: the old ones stay.
   * @throws {TypeError} When the server does not listen with TLS.
   */
  reloadTls(): Promise<void>;
}
