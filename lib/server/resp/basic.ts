/**
 * The handlers of PING, HELLO, AUTH and other requests that every client sends.
 *
 * @module
 */

import { REDIS_VERSION } from "../../handler/mod.ts";
import {
  type BasicConnectionRequest,
  type ConnectionHelloRequest,
  DEFAULT_USER,
} from "../../model/mod.ts";
import {
  RESP_OK,
  respArray,
  respBulk,
  respError,
  respInteger,
  respMap,
  respSimple,
  type RespValue,
} from "../../resp/mod.ts";
import type { RespConversation } from "./conversation.ts";
import type { ConnectionHandlers } from "./handlers.ts";
import { whenLoggedIn } from "./login.ts";

const PONG = respSimple("PONG");

const NO_PASSWORD = respError(
  "ERR AUTH <password> called without any password configured for the default user. " +
    "Are you sure your configuration is correct?",
);

const HELLO_WITHOUT_AUTH = respError(
  "NOAUTH HELLO must be called with the client already authenticated, otherwise the " +
    "HELLO AUTH <user> <pass> option can be used to authenticate the client and " +
    "select the RESP protocol version at the same time",
);

const ONLY_USER = new TextEncoder().encode(DEFAULT_USER);

/** The handlers of requests that every client sends. */
export const BASIC_HANDLERS: ConnectionHandlers<BasicConnectionRequest> = {
  CONNECTION_PING({ message }, { onlyListens }) {
    // It is to look like a message: the client expects nothing else.
    if (onlyListens) return respArray([respBulk("pong"), respBulk(message ?? "")]);
    return message === undefined ? PONG : respBulk(message);
  },
  ECHO: ({ message }) => respBulk(message),
  CONNECTION_HELLO(request, conversation, call) {
    const { version, credentials } = request;
    if (version !== undefined && version !== 2 && version !== 3) {
      return respError("NOPROTO unsupported protocol version");
    }
    if (credentials === undefined) return introduce(request, conversation);
    return whenLoggedIn(conversation, credentials, call, () => introduce(request, conversation));
  },
  AUTH({ user = ONLY_USER, password }, conversation, call) {
    const { users, settings } = conversation.services;
    const none = users === undefined ? settings.password === "" : users.everybody !== undefined;
    if (call.args.length === 2 && none) return NO_PASSWORD;
    return whenLoggedIn(conversation, { user, password }, call, () => RESP_OK);
  },
  SELECT({ database }, conversation) {
    if (database < 0 || database >= conversation.services.databases.count) {
      return respError("ERR DB index is out of range");
    }
    conversation.database = database;
    return RESP_OK;
  },
  QUIT(_, { outbox }) {
    outbox.finish();
    return RESP_OK;
  },
  RESET(_, conversation) {
    conversation.reset();
    return respSimple("RESET");
  },
};

/** Takes the name and the version of a HELLO whose credentials, if any, are right. */
function introduce(
  { version, name }: ConnectionHelloRequest,
  conversation: RespConversation,
): RespValue {
  if (name !== undefined) conversation.name = name;
  if (conversation.authRequired) return HELLO_WITHOUT_AUTH;
  if (version === 2 || version === 3) conversation.speak(version);
  return greeting(conversation);
}

/** What HELLO replies. Some clients look for the name of Redis before they use what its release has. */
function greeting({ version, outbox }: RespConversation): RespValue {
  return respMap([
    [respBulk("server"), respBulk("redis")],
    [respBulk("version"), respBulk(REDIS_VERSION)],
    [respBulk("proto"), respInteger(version)],
    [respBulk("id"), respInteger(outbox.client.id)],
    [respBulk("mode"), respBulk("standalone")],
    [respBulk("role"), respBulk("master")],
    [respBulk("modules"), respArray([])],
  ]);
}
