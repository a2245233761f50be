/**
 * SUBSCRIBE and its like.
 *
 * @module
 */

import { checkSubscriptions, type Message } from "../../handler/mod.ts";
import { CommandError, type SubscriptionRequest, type TopicKind } from "../../model/mod.ts";
import {
  RESP_NULL,
  respArray,
  respBulk,
  respError,
  respInteger,
  respPush,
  type RespValue,
} from "../../resp/mod.ts";
import type { RespConversation } from "./conversation.ts";
import type { ConnectionHandlers } from "./handlers.ts";

/** A message as a client gets it. */
export function messageOf({ channel, payload, pattern }: Message): RespValue {
  const parts = [respBulk(channel), respBulk(payload)];
  if (pattern === undefined) return respPush([respBulk("message"), ...parts]);
  return respPush([respBulk("pmessage"), respBulk(pattern), ...parts]);
}

/** The words of confirmations. */
const WORDS = {
  channel: { join: "subscribe", leave: "unsubscribe" },
  pattern: { join: "psubscribe", leave: "punsubscribe" },
} as const;

/** The handlers of SUBSCRIBE and its like; each confirms every subscription by itself. */
export const SUBSCRIPTION_HANDLERS: ConnectionHandlers<SubscriptionRequest> = {
  SUBSCRIBE_TO({ kind, names }, conversation) {
    for (const name of names) join(conversation, kind, name);
    return undefined;
  },
  UNSUBSCRIBE_FROM({ kind, names }, conversation) {
    const leaving = names.length > 0 ? names : namesOf(conversation, kind);
    for (const name of leaving) leave(conversation, kind, name);
    if (leaving.length === 0) confirm(conversation, WORDS[kind].leave, RESP_NULL);
    return undefined;
  },
  PUBSUB_CHANNELS: ({ pattern }, { services }) =>
    respArray(services.channels.names(pattern).map((name) => respBulk(name))),
  PUBSUB_NUMSUB: ({ channels }, { services }) =>
    respArray(channels.flatMap((channel) => [
      respBulk(channel),
      respInteger(services.channels.subscribersOf(channel)),
    ])),
  PUBSUB_NUMPAT: (_, { services }) => respInteger(services.channels.patternCount),
};

/** Subscribes, or says why not. */
function join(conversation: RespConversation, kind: TopicKind, name: Uint8Array): void {
  const { channels } = conversation.services;
  try {
    if (kind === "channel") {
      if (!channels.has(conversation, name)) checkSubscriptions(conversation);
      channels.subscribe(conversation, name, false);
    } else {
      if (!channels.hasPattern(conversation, name)) checkSubscriptions(conversation);
      channels.subscribePattern(conversation, name);
    }
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    conversation.reply(respError(`ERR ${cause.message}`));
    return;
  }
  confirm(conversation, WORDS[kind].join, respBulk(name));
}

/** Ends a subscription; that is confirmed also where there was none. */
function leave(conversation: RespConversation, kind: TopicKind, name: Uint8Array): void {
  const { channels } = conversation.services;
  if (kind === "channel") channels.unsubscribe(conversation, name);
  else channels.unsubscribePattern(conversation, name);
  confirm(conversation, WORDS[kind].leave, respBulk(name));
}

/** A push also in RESP2: a client that wants no replies gets it all the same. */
function confirm(conversation: RespConversation, word: string, name: RespValue): void {
  const count = conversation.services.channels.countOf(conversation);
  conversation.listens = count > 0;
  conversation.reply(respPush([respBulk(word), name, respInteger(count)]));
}

function namesOf(conversation: RespConversation, kind: TopicKind): Uint8Array[] {
  const { channels } = conversation.services;
  return kind === "channel" ? channels.channelsOf(conversation) : channels.patternsOf(conversation);
}
