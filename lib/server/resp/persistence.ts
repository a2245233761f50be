/**
 * The handlers of SAVE and WAITAOF, which reply when something is on disk.
 *
 * @module
 */

import { journalOf, notStored } from "../../handler/mod.ts";
import type { SaveRequest, WaitSyncedRequest } from "../../model/mod.ts";
import {
  errorText,
  RESP_OK,
  respArray,
  respError,
  respInteger,
  type RespValue,
} from "../../resp/mod.ts";
import type { Journal } from "../../store/mod.ts";
import type { Wait } from "../wait.ts";
import type { RespConversation } from "./conversation.ts";
import type { ConnectionHandlers } from "./handlers.ts";
import { isWanted } from "./reply_mode.ts";

const SAVING = respError("ERR Background save already in progress");

const NO_JOURNAL = respError(
  "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.",
);

/** The handlers of requests that wait for the disk. */
export const PERSISTENCE_HANDLERS: ConnectionHandlers<SaveRequest | WaitSyncedRequest> = {
  SAVE(_, conversation) {
    const journal = journalOf(conversation.services, "save");
    if (!journal.compact()) return SAVING;
    const wait = { timeout: 0, until: journal.compacted };
    return replyAfter(conversation, wait, () => saved(journal));
  },
  WAIT_SYNCED({ local, replicas, timeout }, conversation) {
    const { services: { journal }, transaction } = conversation;
    if (local && journal === undefined) return NO_JOURNAL;
    const added = journal?.added ?? 0;
    const isMet = replicas === 0 && (!local || isSynced(journal, added));
    if (isMet || transaction?.executing) return acknowledged(journal, added);
    const synced = local ? journal?.settle(true) : undefined;
    const wait = { timeout, until: replicas === 0 ? synced : undefined };
    return replyAfter(conversation, wait, () => outcome(journal, added, local));
  },
};

/** Replies when a wait is over, if a reply to this request is wanted. */
function replyAfter(
  conversation: RespConversation,
  wait: Pick<Wait, "timeout" | "until">,
  reply: () => RespValue,
): undefined {
  const wanted = isWanted(conversation.replies);
  conversation.outbox.pause({
    ...wait,
    over: () => {
      if (wanted) conversation.reply(reply());
    },
  });
}

function saved({ figures: { reason } }: Journal): RespValue {
  return reason === undefined ? RESP_OK : respError(`ERR Cannot save: ${reason}`);
}

/** Whether the first so many changes are on stable storage. */
function isSynced(journal: Journal | undefined, added: number): boolean {
  return journal !== undefined && journal.synced >= added;
}

/** On how many disks they are: of this server, and of its replicas. */
function acknowledged(journal: Journal | undefined, added: number): RespValue {
  return respArray([respInteger(isSynced(journal, added) ? 1 : 0), respInteger(0)]);
}

/** While the journal cannot be written nobody needs to wait for it: that it failed says more than a 0. */
function outcome(journal: Journal | undefined, added: number, local: boolean): RespValue {
  const failure = local && !isSynced(journal, added) ? journal?.failure : undefined;
  return failure === undefined
    ? acknowledged(journal, added)
    : respError(errorText(notStored(failure)));
}
