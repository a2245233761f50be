/**
 * Requests about the connection that they come on: its session carries them out.
 *
 * @module
 */

import type { AclRequest } from "./acl_request.ts";
import type { ClientRequest } from "./client_request.ts";
import type { CommandRequest } from "./command_request.ts";
import type { SaveRequest, WaitSyncedRequest } from "./persistence_request.ts";
import type { ShutdownRequest } from "./server_request.ts";
import type { SubscriptionRequest } from "./subscription_request.ts";
import type { TransactionRequest } from "./transaction_request.ts";

/** The name of the user that nobody has to log in for, and the only one where no others are named. */
export const DEFAULT_USER = "default";

/** A user's name and password. */
export interface Credentials {
  /** The name, any bytes. */
  readonly user: Uint8Array;
  /** The password, any bytes. */
  readonly password: Uint8Array;
}

/** Asks for an answer that may depend on what the connection does otherwise. */
export interface ConnectionPingRequest {
  /** Which request this is. */
  readonly op: "CONNECTION_PING";
  /** What the reply repeats; none: the reply is `PONG`. */
  readonly message: Uint8Array | undefined;
}

/** Asks for what it was sent. */
export interface EchoRequest {
  /** Which request this is. */
  readonly op: "ECHO";
  /** What the reply repeats. */
  readonly message: Uint8Array;
}

/** Introduces the client: asks for a version of the protocol, gives credentials and a name. */
export interface ConnectionHelloRequest {
  /** Which request this is. */
  readonly op: "CONNECTION_HELLO";
  /** The version that is asked for, which may not exist; none: the present one. */
  readonly version: number | bigint | undefined;
  /** Who asks; none: whoever it was before. */
  readonly credentials: Credentials | undefined;
  /** What the client calls itself, or empty for no name; none: what it did before. */
  readonly name: string | undefined;
}

/** Gives a password. */
export interface AuthRequest {
  /** Which request this is. */
  readonly op: "AUTH";
  /** Whose it is; none: the only user's. */
  readonly user: Uint8Array | undefined;
  /** The password, any bytes. */
  readonly password: Uint8Array;
}

/** Asks for the requests that follow to be about another database. */
export interface SelectRequest {
  /** Which request this is. */
  readonly op: "SELECT";
  /** The number of the database. */
  readonly database: number;
}

/** Ends the connection after the reply. */
export interface QuitRequest {
  /** Which request this is. */
  readonly op: "QUIT";
}

/** Makes the connection what it was when it began. */
export interface ResetRequest {
  /** Which request this is. */
  readonly op: "RESET";
}

/** Any request that every client sends. */
export type BasicConnectionRequest =
  | ConnectionPingRequest
  | EchoRequest
  | ConnectionHelloRequest
  | AuthRequest
  | SelectRequest
  | QuitRequest
  | ResetRequest;

/** Asks for all requests that are carried out, as they are. */
export interface MonitorRequest {
  /** Which request this is. */
  readonly op: "MONITOR";
}

/** Any request that a session carries out itself. */
export type ConnectionRequest =
  | BasicConnectionRequest
  | ClientRequest
  | TransactionRequest
  | SubscriptionRequest
  | MonitorRequest
  | CommandRequest
  | AclRequest
  | SaveRequest
  | WaitSyncedRequest
  | ShutdownRequest;
