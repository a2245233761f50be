/**
 * SHUTDOWN.
 *
 * @module
 */

import type { ShutdownRequest } from "../../model/mod.ts";
import { respError } from "../../resp/mod.ts";
import type { ConnectionHandlers } from "./handlers.ts";

/** The handler of SHUTDOWN: the end of the connection is the answer. */
export const SHUTDOWN_HANDLERS: ConnectionHandlers<ShutdownRequest> = {
  SHUTDOWN({ abort }, { services, outbox }) {
    if (abort) return respError("ERR No shutdown in progress.");
    services.system.shutdown();
    outbox.finish();
    return undefined;
  },
};
