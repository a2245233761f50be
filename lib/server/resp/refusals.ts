/**
 * Why a request is not carried out.
 *
 * @module
 */

import { journalRefusal, memoryRefusal } from "../../handler/mod.ts";
import { AUTH_REQUIRED_TEXT, errorText, type RespParsedCall } from "../../resp/mod.ts";
import type { RespConversation } from "./conversation.ts";
import { permissionRefusal } from "./permissions.ts";
import { sizeOf } from "./queued_call.ts";
import { type CommandTraits, traitsOf } from "./traits.ts";
import { transactionTooLarge } from "./transaction.ts";

/** Writes may ask for replicas, and there never is one. */
const NO_REPLICAS = "NOREPLICAS Not enough good replicas to write.";

/** Why a request is not carried out, in the order in which Redis looks; nothing when it is. */
export function refusalOf(
  conversation: RespConversation,
  call: RespParsedCall,
): string | undefined {
  const traits = traitsOf(call.command);
  return protectionRefusal(conversation) ??
    debugRefusal(conversation, traits) ??
    authRefusal(conversation, traits) ??
    transactionRefusal(conversation, traits) ??
    permissionRefusal(conversation, call) ??
    journalFailure(conversation, traits) ??
    resourceRefusal(conversation, traits) ??
    subscriberRefusal(conversation, traits, call) ??
    monitorRefusal(conversation, traits) ??
    sizeRefusal(conversation, call);
}

/** What every request is to have, RESP cannot have. */
function protectionRefusal({ services }: RespConversation): string | undefined {
  const { required } = services.settings;
  if (required.length === 0) return undefined;
  return `ERR the server wants ${required.join(", ")} on every request (option required), ` +
    "which RESP does not have: use CAFE";
}

function debugRefusal(
  conversation: RespConversation,
  { isDebug }: CommandTraits,
): string | undefined {
  if (!isDebug) return undefined;
  const { debugAccess } = conversation.services.settings;
  if (debugAccess === "yes" || (debugAccess === "local" && conversation.isLocal)) return undefined;
  return 'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", ' +
    "you can run it from a local connection, otherwise you need to set this option in the " +
    "configuration file, and then restart the server.";
}

function authRefusal(
  conversation: RespConversation,
  { isOpen }: CommandTraits,
): string | undefined {
  if (conversation.authenticated || isOpen) return undefined;
  if (conversation.authRequired) return AUTH_REQUIRED_TEXT;
  conversation.decoder.authenticated = true; // The password was taken away meanwhile.
  return undefined;
}

function transactionRefusal(
  { transaction }: RespConversation,
  { isOutside }: CommandTraits,
): string | undefined {
  if (!transaction?.begun || !isOutside) return undefined;
  return "ERR Command not allowed inside a transaction";
}

/** The journal cannot be written. EXEC is what it would carry out. */
function journalFailure(
  { services: { journal }, transaction }: RespConversation,
  { isExec, writes }: CommandTraits,
): string | undefined {
  if (journal?.failure === undefined || !(writes || (isExec && transaction?.writes))) {
    return undefined;
  }
  return errorText(journalRefusal(journal.failure));
}

/**
 * For want of memory or of replicas. EXEC is what it would carry out. While a transaction is begun nothing
 * can be queued without memory, reads neither.
 */
function resourceRefusal(
  { services, transaction }: RespConversation,
  { isExec, isEnd, needsMemory, writes }: CommandTraits,
): string | undefined {
  const { maxMemory, minReplicas } = services.settings;
  if (maxMemory === 0 && minReplicas === 0) return undefined;
  const executed = isExec ? transaction : undefined;
  const queues = transaction?.begun === true && !isEnd;
  const refused = needsMemory || executed?.needsMemory || queues
    ? memoryRefusal(services)
    : undefined;
  if (refused !== undefined) return errorText(refused);
  return minReplicas > 0 && (writes || executed?.writes) ? NO_REPLICAS : undefined;
}

/** In RESP2 a client that is subscribed could not tell replies from messages. */
function subscriberRefusal(
  { onlyListens }: RespConversation,
  { isForSubscribers }: CommandTraits,
  { command }: RespParsedCall,
): string | undefined {
  if (!onlyListens || isForSubscribers) return undefined;
  return `ERR Can't execute '${command.name}': only (P|S)SUBSCRIBE / ` +
    "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context";
}

/** Redis takes a client that monitors for a replica. */
function monitorRefusal(
  { monitoring }: RespConversation,
  { usesData }: CommandTraits,
): string | undefined {
  return monitoring && usesData ? "ERR Replica can't interact with the keyspace" : undefined;
}

/** What is not to be queued any more is not kept. */
function sizeRefusal(
  { transaction, services }: RespConversation,
  call: RespParsedCall,
): string | undefined {
  if (transaction === undefined || transaction.refused || !transaction.takes(call.command)) {
    return undefined;
  }
  return transactionTooLarge(transaction.bytes + sizeOf(call.args), services);
}
