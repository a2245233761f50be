/**
 * Requests about clients: the one that asks, and others.
 *
 * @module
 */

/** What a client is: one that listens to channels, or any other. Nobody is a master or a replica. */
export type ClientType = "normal" | "master" | "replica" | "pubsub";

/** Asks for the number of the connection. */
export interface ClientIdRequest {
  /** Which request this is. */
  readonly op: "CLIENT_ID";
}

/** Asks for what is known of the connection. */
export interface ClientInfoRequest {
  /** Which request this is. */
  readonly op: "CLIENT_INFO";
}

/** Asks for what is known of all connections, or of some. */
export interface ClientListRequest {
  /** Which request this is. */
  readonly op: "CLIENT_LIST";
  /** Only those of this type. */
  readonly type: ClientType | undefined;
  /** Only those with these numbers, in this order. */
  readonly ids: readonly (number | bigint)[] | undefined;
}

/** Asks for the client's name. */
export interface ClientGetNameRequest {
  /** Which request this is. */
  readonly op: "CLIENT_GETNAME";
}

/** Gives the client a name. */
export interface ClientSetNameRequest {
  /** Which request this is. */
  readonly op: "CLIENT_SETNAME";
  /** The name; empty for none. */
  readonly name: string;
}

/** Tells the name or the version of the client's library. */
export interface ClientSetInfoRequest {
  /** Which request this is. */
  readonly op: "CLIENT_SETINFO";
  /** Which of the two. */
  readonly what: "library" | "libraryVersion";
  /** What it is; empty for none. */
  readonly value: string;
}

/** Ends connections: those that all its conditions hold for. */
export interface ClientKillRequest {
  /** Which request this is. */
  readonly op: "CLIENT_KILL";
  /** The number. */
  readonly id: number | bigint | undefined;
  /** The address of the peer. */
  readonly address: string | undefined;
  /** The address at this side. */
  readonly localAddress: string | undefined;
  /** The type. */
  readonly type: ClientType | undefined;
  /** The name of the user. */
  readonly user: string | undefined;
  /** Whether the connection that asks is left alone. */
  readonly skipsMe: boolean;
  /** Whether it is to end the one connection from an address, and to fail when there is none. */
  readonly one: boolean;
}

/** Says which replies the client wants: all, none, or none to the next request. */
export interface ClientReplyRequest {
  /** Which request this is. */
  readonly op: "CLIENT_REPLY";
  /** Which. */
  readonly mode: "on" | "off" | "skip";
}

/** Protects the connection from being closed for want of memory, or no longer. */
export interface ClientNoEvictRequest {
  /** Which request this is. */
  readonly op: "CLIENT_NO_EVICT";
  /** Whether it is protected. */
  readonly on: boolean;
}

/** Makes the requests of the connection leave no trace in when keys were last used, or no longer. */
export interface ClientNoTouchRequest {
  /** Which request this is. */
  readonly op: "CLIENT_NO_TOUCH";
  /** Whether they leave none. */
  readonly on: boolean;
}

/** Any request about clients. */
export type ClientRequest =
  | ClientIdRequest
  | ClientInfoRequest
  | ClientListRequest
  | ClientGetNameRequest
  | ClientSetNameRequest
  | ClientSetInfoRequest
  | ClientKillRequest
  | ClientReplyRequest
  | ClientNoEvictRequest
  | ClientNoTouchRequest;
