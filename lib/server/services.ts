/**
 * What all connections of a server share.
 *
 * @module
 */

import {
  Channels,
  Clients,
  type EvictionPolicy,
  EvictionPool,
  FailedLogins,
  KeyspaceEvents,
  Monitors,
  newCounters,
  type Services,
  Settings,
  Statistics,
  type System,
  type Users,
} from "../handler/mod.ts";
import { Databases, type Journal } from "../store/mod.ts";
import { type Limits, serverLimits } from "./limits.ts";
import { isPassword } from "./password_hash.ts";
import { protect, type ProtectionOptions } from "./protection.ts";
import { ServerSystem } from "./system.ts";

/** What services are made of. */
export interface ServicesOptions {
  /** The limits; those that are not given have their defaults. */
  readonly limits?: Limits;
  /** The present time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** How many bytes all entries may take; 0 for any number. Default 0. */
  readonly maxMemory?: number;
  /** What is done when they take more. Default: nothing more is written. */
  readonly maxMemoryPolicy?: EvictionPolicy;
  /** The password of clients; empty: none is asked for. Default empty. */
  readonly password?: string;
  /** Who may come in, and do what. Default: everybody who has the password may do everything. */
  readonly users?: Users | undefined;
  /**
   * Whether a password is the one of a hash. Default: scrypt, off the event loop, which
   * {@linkcode Session.receive} does not wait for; a test gives one that answers at once.
   */
  readonly checkPassword?: Services["checkPassword"];
  /** How frames of CAFE are protected. Default: as each client wants, without a secret. */
  readonly protection?: ProtectionOptions;
  /** Whether clients may not end the need for a password where other machines reach the server. Default true. */
  readonly protectedMode?: boolean;
  /** The process, and the server as a whole. Default: this process, without a server that listens. */
  readonly system?: System;
  /** The entries. Default: none, in memory only. */
  readonly databases?: Databases;
  /** Where they are kept on disk. */
  readonly journal?: Journal | undefined;
  /** Told of each exception that is a defect of this program. Default: throws it again. */
  readonly onDefect?: (cause: unknown) => void;
}

/** The services of a server, with all its limits. */
export interface ServerServices extends Services {
  /** The limits. */
  readonly limits: { -readonly [name in keyof Limits]-?: number };
}

/**
 * Makes the services of a server: an empty store, no channels, counters at 0.
 *
 * @throws {RangeError} When a limit is out of range, a secret is too short, or there are users and a password.
 */
export function newServices(options: ServicesOptions = {}): ServerServices {
  const { limits = {}, now = Date.now, password = "", onDefect = rethrow } = options;
  if (options.users !== undefined && password !== "") {
    throw new RangeError("Cannot use a password beside users: the user default may have one");
  }
  const settings = new Settings(options.journal?.settings);
  settings.password = password;
  protect(settings, options.protection ?? {});
  settings.protectedMode = options.protectedMode ?? settings.protectedMode;
  settings.maxMemory = memorySize(options.maxMemory ?? settings.maxMemory);
  settings.maxMemoryPolicy = options.maxMemoryPolicy ?? settings.maxMemoryPolicy;
  const databases = options.databases ?? new Databases({ now });
  const channels = new Channels();
  const events = new KeyspaceEvents(channels);
  databases.onExpired = (key, index) => events.emit("x", "expired", key, index);
  databases.onCreated = (key, index) => events.emit("n", "new", key, index);
  return {
    databases,
    journal: options.journal,
    channels,
    events,
    clients: new Clients(),
    monitors: new Monitors(),
    counters: newCounters(),
    limits: serverLimits(limits),
    settings,
    users: options.users,
    checkPassword: options.checkPassword ?? isPassword,
    failedLogins: new FailedLogins(),
    evictions: new EvictionPool(),
    statistics: new Statistics(),
    system: options.system ?? new ServerSystem(),
    startedAt: now(),
    onDefect,
  };
}

function memorySize(bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  throw new RangeError(`Cannot set maxMemory ${bytes}: it must be a whole number from 0`);
}

function rethrow(cause: unknown): never {
  throw cause;
}
