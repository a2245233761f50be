/**
 * Protected mode: who may come in from other machines.
 *
 * @module
 */

import type { Users } from "./user.ts";

/** What decides whether clients must say who they are. */
export interface Admission {
  /** The password of clients; empty: none is asked for. */
  readonly password: string;
  /** The users of a file, which says what everybody may do. */
  readonly users?: Users | undefined;
}

/** Whether clients must say who they are before they may do anything. */
export function isProtected({ password, users }: Admission): boolean {
  return password !== "" || users !== undefined;
}
