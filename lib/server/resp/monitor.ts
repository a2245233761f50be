/**
 * MONITOR.
 *
 * @module
 */

import type { MonitorRequest } from "../../model/mod.ts";
import { RESP_OK, type RespCall, respError } from "../../resp/mod.ts";
import { monitorLine } from "../monitor_line.ts";
import type { RespConversation } from "./conversation.ts";
import type { ConnectionHandlers } from "./handlers.ts";
import { redacted } from "./redact.ts";
import { traitsOf } from "./traits.ts";

/** Lets those see a request who watch all of them. */
export function show({ database, outbox, services }: RespConversation, call: RespCall): void {
  const { databases, monitors } = services;
  if (call.command === undefined || traitsOf(call.command).isHidden) return;
  monitors.tell(monitorLine(databases.now(), database, outbox.wire, redacted(call)));
}

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
