/**
 * What a conversation tells of itself.
 *
 * @module
 */

import { DEFAULT_USER } from "../../model/mod.ts";
import type { ConversationFigures } from "../conversation.ts";
import type { RespConversation } from "./conversation.ts";

/** What a conversation tells of itself. */
export function figuresOf(conversation: RespConversation): ConversationFigures {
  const { name, library, libraryVersion, database, version, transaction } = conversation;
  const { channels } = conversation.services;
  return {
    ...{ name, library, libraryVersion, database, version },
    user: conversation.user?.name ?? DEFAULT_USER,
    flags: flagsOf(conversation),
    channels: channels.channelCountOf(conversation),
    patterns: channels.patternCountOf(conversation),
    queued: transaction?.begun ? transaction.size : -1,
    queuedBytes: transaction?.bytes ?? 0,
    command: conversation.lastCommand?.name ?? "",
  };
}

/** A letter for each state, as in CLIENT LIST. */
function flagsOf(conversation: RespConversation): string {
  const { transaction } = conversation;
  return (conversation.monitoring ? "O" : "") +
    (conversation.listens ? "P" : "") +
    (transaction?.begun ? "x" : "") +
    (transaction?.watched.haveChanged() ? "d" : "") +
    (conversation.protected ? "e" : "") +
    (conversation.untouching ? "T" : "");
}
