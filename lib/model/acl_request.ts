/**
 * Requests about users, and what they may do.
 *
 * @module
 */

/** Asks who the connection is. */
export interface AclWhoAmIRequest {
  /** Which request this is. */
  readonly op: "ACL_WHOAMI";
}

/** Asks for all users, with what they may do. */
export interface AclListRequest {
  /** Which request this is. */
  readonly op: "ACL_LIST";
}

/** Asks for the names of all users. */
export interface AclUsersRequest {
  /** Which request this is. */
  readonly op: "ACL_USERS";
}

/** Asks for what one user may do. */
export interface AclGetUserRequest {
  /** Which request this is. */
  readonly op: "ACL_GETUSER";
  /** The name. */
  readonly name: string;
}

/** Asks which categories there are, or which commands are in one. */
export interface AclCatRequest {
  /** Which request this is. */
  readonly op: "ACL_CAT";
  /** The category, without `@`. */
  readonly category: string | undefined;
}

/** Any request about users. */
export type AclRequest =
  | AclWhoAmIRequest
  | AclListRequest
  | AclUsersRequest
  | AclGetUserRequest
  | AclCatRequest;
