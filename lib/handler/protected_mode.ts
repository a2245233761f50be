/**
 * Protected mode: who may come in from other machines.
 *
 * @module
 */

/** What decides whether clients must say who they are. */
export interface Admission {
  /** The password of clients; empty: none is asked for. */
  readonly password: string;
}

/** Whether clients must say who they are before they may do anything. */
export function isProtected({ password }: Admission): boolean {
  return password !== "";
}
