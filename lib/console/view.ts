/**
 * What a view of the console is.
 *
 * @module
 */

import type { Visit } from "./answers.ts";

/** A view: one of the pages that the navigation leads to. */
export interface View {
  /** What it shows. */
  readonly element: HTMLElement;
  /** How often it is brought up to date while it is shown, in milliseconds; 0: only when it is opened. */
  readonly period: number;
  /** Whether it shows what only those who have logged in may see. */
  readonly isPrivate: boolean;
  /** Brings it up to date. */
  refresh(visit: Visit): void | Promise<void>;
  /** Told that colours have changed. */
  repaint?(): void;
}
