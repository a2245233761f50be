/**
 * The handlers of requests about the connection.
 *
 * @module
 */

import type { ConnectionRequest } from "../../model/mod.ts";
import type { ParsedRequest, RespParsedCall } from "../../resp/mod.ts";
import type { Outgoing } from "../conversation.ts";
import { ACL_HANDLERS } from "./acl.ts";
import { BASIC_HANDLERS } from "./basic.ts";
import { CLIENT_HANDLERS } from "./client.ts";
import { COMMAND_HANDLERS } from "./command.ts";
import type { RespConversation } from "./conversation.ts";
import { MONITOR_HANDLERS } from "./monitor.ts";
import { PERSISTENCE_HANDLERS } from "./persistence.ts";
import { SHUTDOWN_HANDLERS } from "./shutdown.ts";
import { SUBSCRIPTION_HANDLERS } from "./subscriptions.ts";
import { TRANSACTION_HANDLERS } from "./transaction.ts";

/** Carries out a request about the connection; answers nothing when it has replied already. */
export type ConnectionHandler<R> = (
  request: R,
  conversation: RespConversation,
  call: RespParsedCall,
) => Outgoing | undefined;

/** A handler for each request of a union, by its `op`. */
export type ConnectionHandlers<R extends { readonly op: string }> = {
  readonly [Op in R["op"]]: ConnectionHandler<Extract<R, { readonly op: Op }>>;
};

const HANDLERS: ConnectionHandlers<ConnectionRequest> = {
  ...BASIC_HANDLERS,
  ...CLIENT_HANDLERS,
  ...TRANSACTION_HANDLERS,
  ...SUBSCRIPTION_HANDLERS,
  ...MONITOR_HANDLERS,
  ...COMMAND_HANDLERS,
  ...ACL_HANDLERS,
  ...PERSISTENCE_HANDLERS,
  ...SHUTDOWN_HANDLERS,
};

/** The requests about the connection. A Set answers sooner than an object that most names are not in. */
const OPS: ReadonlySet<string> = new Set(Object.keys(HANDLERS));

/** Whether a request is one about the connection. */
export function isOfConnection(request: ParsedRequest): request is ConnectionRequest {
  return OPS.has(request.op);
}

/** Carries out a request about the connection; answers nothing when it has replied already. */
export function handleOfConnection(
  request: ConnectionRequest,
  conversation: RespConversation,
  call: RespParsedCall,
): Outgoing | undefined {
  // The handler of an `op` takes the requests with that `op`: TypeScript cannot follow that.
  return (HANDLERS[request.op] as ConnectionHandler<ConnectionRequest>)(
    request,
    conversation,
    call,
  );
}
