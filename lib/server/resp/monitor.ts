/**
 * MONITOR.
 *
 * @module
 */

import type { MonitorRequest } from "../../model/mod.ts";
import { RESP_OK, respError } from "../../resp/mod.ts";
import type { ConnectionHandlers } from "./handlers.ts";

/** The handler of MONITOR. */
export const MONITOR_HANDLERS: ConnectionHandlers<MonitorRequest> = {
  MONITOR(_, conversation) {
    if (conversation.transaction?.executing) {
      return respError("ERR MONITOR isn't allowed for DENY BLOCKING client");
    }
    if (conversation.monitoring) return undefined; // Redis does not answer a second one.
    conversation.services.monitors.add(conversation);
    return RESP_OK;
  },
};
