/**
 * Tables of handlers.
 *
 * @module
 */

import type { Response } from "../model/mod.ts";
import type { Peer } from "./context.ts";

/** A handler for each request of a union, by its `op`. */
export type Handlers<R extends { readonly op: string }> = {
  readonly [Op in R["op"]]: (request: Extract<R, { readonly op: Op }>, peer: Peer) => Response;
};
