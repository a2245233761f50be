/**
 * The handlers of CLIENT.
 *
 * @module
 */

import type { Client, ClientFigures, Services } from "../../handler/mod.ts";
import {
  type ClientKillRequest,
  type ClientListRequest,
  type ClientRequest,
  type ClientType,
  DEFAULT_USER,
} from "../../model/mod.ts";
import {
  RESP_NULL,
  RESP_OK,
  respBulk,
  respError,
  respInteger,
  type RespParsedCall,
  type RespValue,
  respVerbatim,
} from "../../resp/mod.ts";
import { clientLine } from "./client_line.ts";
import type { RespConversation } from "./conversation.ts";
import type { ConnectionHandlers } from "./handlers.ts";

/** The handlers of CLIENT. */
export const CLIENT_HANDLERS: ConnectionHandlers<ClientRequest> = {
  CLIENT_ID: (_, { outbox }) => respInteger(outbox.client.id),
  CLIENT_INFO: (_, conversation, call) => lines([conversation.outbox.client], conversation, call),
  CLIENT_LIST: (request, conversation, call) =>
    lines(listed(request, conversation.services), conversation, call),
  CLIENT_GETNAME: (_, { name }) => name === "" ? RESP_NULL : respBulk(name),
  CLIENT_SETNAME({ name }, conversation) {
    conversation.name = name;
    return RESP_OK;
  },
  CLIENT_SETINFO({ what, value }, conversation) {
    conversation[what] = value;
    return RESP_OK;
  },
  CLIENT_KILL: kill,
  CLIENT_REPLY({ mode }, conversation) {
    if (mode !== "skip") conversation.replies = mode;
    else if (conversation.replies !== "off") conversation.replies = "skipNext";
    return mode === "on" ? RESP_OK : undefined;
  },
  CLIENT_NO_EVICT({ on }, conversation) {
    conversation.protected = on;
    return RESP_OK;
  },
  CLIENT_NO_TOUCH({ on }, conversation) {
    conversation.untouching = on;
    return RESP_OK;
  },
};

/** The clients that a request asks for. */
function listed({ type, ids }: ClientListRequest, { clients }: Services): Client[] {
  if (ids !== undefined) {
    return ids.flatMap((id) => clients.find(Number(id)) ?? []);
  }
  return [...clients].filter((client) => type === undefined || type === typeOf(client.figures()));
}

function lines(
  clients: readonly Client[],
  { outbox, services }: RespConversation,
  { args }: RespParsedCall,
): RespValue {
  const argumentBytes = args.reduce((sum, { length }) => sum + length, 0);
  const text = clients.map((client) => {
    const own = client === outbox.client ? argumentBytes : 0;
    return clientLine(client.id, client.figures(), services.databases.now(), own);
  });
  return respVerbatim("txt", text.join(""));
}

/** The connection that asks ends when it has its reply, any other at once. */
function kill(request: ClientKillRequest, { services, outbox }: RespConversation): RespValue {
  const { user } = request;
  const isKnown = services.users === undefined
    ? user === DEFAULT_USER
    : services.users.find(user ?? "");
  if (user !== undefined && !isKnown) return respError(`ERR No such user '${user}'`);
  let count = 0;
  let self = false;
  for (const client of [...services.clients]) {
    const isSelf = client === outbox.client;
    if ((isSelf && request.skipsMe) || !matchesKill(request, client)) continue;
    count++;
    if (isSelf) self = true;
    else client.kill();
  }
  if (self) outbox.finish();
  if (!request.one) return respInteger(count);
  return count === 0 ? respError("ERR No such client") : RESP_OK;
}

function matchesKill(
  { id, address, localAddress, type, user }: ClientKillRequest,
  client: Client,
): boolean {
  if (id !== undefined && Number(id) !== client.id) return false;
  const figures = client.figures();
  return (address === undefined || address === figures.address) &&
    (localAddress === undefined || localAddress === figures.localAddress) &&
    (user === undefined || user === figures.user) &&
    (type === undefined || type === typeOf(figures));
}

function typeOf({ channels, patterns }: ClientFigures): ClientType {
  return channels + patterns > 0 ? "pubsub" : "normal";
}
