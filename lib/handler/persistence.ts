/**
 * The handlers of requests about what is kept on disk.
 *
 * @module
 */

import { CommandError, type CompactRequest, type Response } from "../model/mod.ts";
import type { Handlers } from "./handlers.ts";

/** Puts a snapshot of all entries in place of the journal. */
function compact(): Response {
  throw new CommandError(
    "NOT_DURABLE",
    "Cannot compact: the server keeps nothing on disk (option data)",
  );
}

/** The handlers of requests about what is kept on disk. */
export const PERSISTENCE_HANDLERS: Handlers<CompactRequest> = {
  COMPACT: compact,
};
