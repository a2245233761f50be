/**
 * Requests about keys, whatever they hold, and about databases.
 *
 * @module
 */

/** How many databases a server has; their numbers begin with 0. */
export const DATABASE_COUNT = 16;

/** Is about several keys: removes them, tells how many there are, or makes this the time of their last access. */
export interface ManyKeysRequest<Op extends "DELETE_MANY" | "EXISTS" | "TOUCH_MANY"> {
  /** Which request this is. */
  readonly op: Op;
  /** The keys, any bytes. One that is named twice counts as often as it is found. */
  readonly keys: readonly Uint8Array[];
}

/** Asks what type of value a key holds. */
export interface TypeRequest {
  /** Which request this is. */
  readonly op: "TYPE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
}

/** Asks for all keys that match a pattern. */
export interface KeysRequest {
  /** Which request this is. */
  readonly op: "KEYS";
  /** What the keys match. */
  readonly pattern: Uint8Array;
}

/** Asks for a page of the keys that match a pattern. */
export interface ScanKeysRequest {
  /** Which request this is. */
  readonly op: "SCAN_KEYS";
  /** The cursor of the page before; 0 for the first page. */
  readonly cursor: number;
  /** What the keys match; none for all keys. */
  readonly pattern: Uint8Array | undefined;
  /** At how many keys the page looks, from 1. */
  readonly count: number;
  /** The type of the keys' values in small letters; none for all types. */
  readonly type: string | undefined;
}

/** Asks for any key. */
export interface RandomKeyRequest {
  /** Which request this is. */
  readonly op: "RANDOM_KEY";
}

/** Gives an entry another key. */
export interface RenameRequest {
  /** Which request this is. */
  readonly op: "RENAME";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The new key. */
  readonly newKey: Uint8Array;
  /** Whether nothing happens when there is an entry of that key; the answer is MISS then. */
  readonly ifAbsent: boolean;
}

/** Copies an entry. */
export interface CopyRequest {
  /** Which request this is. */
  readonly op: "COPY";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The key of the copy. */
  readonly newKey: Uint8Array;
  /** The number of the copy's database; none for the same. */
  readonly database: number | undefined;
  /** Whether an entry of that key is replaced. */
  readonly replace: boolean;
}

/** Moves an entry to another database, where it has the same key. */
export interface MoveRequest {
  /** Which request this is. */
  readonly op: "MOVE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** The number of that database. */
  readonly database: number;
}

/**
 * When an expiry is set: only where there was none, only where there was one, only if it is later or
 * earlier than that. An entry that does not expire ends later than any other.
 */
export type ExpiryCondition = "nx" | "xx" | "gt" | "lt";

/** Sets when an entry ends. */
export interface ExpireRequest {
  /** Which request this is. */
  readonly op: "EXPIRE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** Milliseconds from now or since 1970; a time that has passed removes the entry. */
  readonly ms: number;
  /** Whether that is from now. */
  readonly fromNow: boolean;
  /** What must hold, all of it; the answer is MISS otherwise. */
  readonly conditions: readonly ExpiryCondition[];
  /** The name of the command, for the error of a time that is too far. */
  readonly command: string;
}

/** Asks when an entry ends. */
export interface ExpiryRequest {
  /** Which request this is. */
  readonly op: "EXPIRY";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** Whether the answer counts from now or from 1970. */
  readonly fromNow: boolean;
  /** The unit of the answer in milliseconds, to which it is rounded. */
  readonly unit: number;
}

/** Lets an entry stay. */
export interface PersistRequest {
  /** Which request this is. */
  readonly op: "PERSIST";
  /** The key, any bytes. */
  readonly key: Uint8Array;
}

/** Asks how many keys there are in the database. */
export interface DatabaseSizeRequest {
  /** Which request this is. */
  readonly op: "DATABASE_SIZE";
}

/** Removes all keys of the database, or of all databases. */
export interface FlushRequest {
  /** Which request this is. */
  readonly op: "FLUSH";
  /** Which. */
  readonly scope: "database" | "all";
}

/** Gives each of two databases the number of the other. */
export interface SwapDatabasesRequest {
  /** Which request this is. */
  readonly op: "SWAP_DATABASES";
  /** The number of one. */
  readonly first: number;
  /** The number of the other. */
  readonly second: number;
}

/** Asks how an entry is kept. */
export interface ObjectRequest {
  /** Which request this is. */
  readonly op: "OBJECT";
  /** The key, any bytes. */
  readonly key: Uint8Array;
  /** What is asked: the form of its value, how many share that, since when and how often it is accessed. */
  readonly about: "encoding" | "refcount" | "idletime" | "freq";
}

/** Any request about keys. */
export type KeyRequest =
  | ManyKeysRequest<"DELETE_MANY">
  | ManyKeysRequest<"EXISTS">
  | ManyKeysRequest<"TOUCH_MANY">
  | TypeRequest
  | KeysRequest
  | ScanKeysRequest
  | RandomKeyRequest
  | RenameRequest
  | CopyRequest
  | MoveRequest
  | ExpireRequest
  | ExpiryRequest
  | PersistRequest
  | DatabaseSizeRequest
  | FlushRequest
  | SwapDatabasesRequest
  | ObjectRequest;
