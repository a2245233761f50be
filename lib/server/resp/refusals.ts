/**
 * Why a request is not carried out now, although it could be at another time or for another client.
 *
 * @module
 */

import { writeRefusal } from "../../handler/mod.ts";
import type { Command, CommandFlag } from "../../resp/mod.ts";
import type { RespConversation } from "./conversation.ts";

/** What may end a transaction when the memory is used up. */
const ENDING: readonly string[] = ["exec", "discard", "quit", "reset"];

/** Why DEBUG is refused, as Redis says it; nothing when it is not. */
export function debugRefusal(
  conversation: RespConversation,
  { name }: Command,
): string | undefined {
  if (name !== "debug") return undefined;
  const { debugAccess } = conversation.services.settings;
  if (debugAccess === "yes" || (debugAccess === "local" && conversation.isLocal)) return undefined;
  return 'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", ' +
    "you can run it from a local connection, otherwise you need to set this option in the " +
    "configuration file, and then restart the server.";
}

/**
 * Why a request is refused for want of memory or of replicas; nothing when it is not. EXEC is what it
 * would carry out. While a transaction is begun nothing can be queued without memory, reads neither.
 */
export function resourceRefusal(
  { services, transaction }: RespConversation,
  command: Command,
): string | undefined {
  const { maxMemory, minReplicas } = services.settings;
  if (maxMemory === 0 && minReplicas === 0) return undefined;
  const executes = command.name === "exec" && transaction !== undefined;
  const has = (flag: CommandFlag) =>
    command.flags.includes(flag) || (executes && transaction.holds(flag));
  const queues = transaction?.begun === true && !ENDING.includes(command.name);
  return writeRefusal(services, has("denyoom") || queues, has("write"));
}
