/**
 * Counting requests, and timing those that may be slow.
 *
 * @module
 */

import type { CommandFigures } from "../../handler/mod.ts";
import { errorText, type RespParsedCall } from "../../resp/mod.ts";
import type { Outgoing } from "../conversation.ts";
import { isTimed, noteSlow, type SlowRequest } from "../slow.ts";
import type { RespConversation } from "./conversation.ts";
import { redacted } from "./redact.ts";

/** A quick command with more arguments may be slow: MGET, DEL. */
const MANY_ARGUMENTS = 64;

/** Whether a reply says that a request failed. */
export function isError(reply: Outgoing): boolean {
  return reply.type === "ERR" || reply.type === "error";
}

/** The word in capitals that an error begins with. */
export function errorKind(reply: Outgoing): string {
  const text = reply.type === "ERR" ? errorText(reply) : reply.type === "error" ? reply.text : "";
  const end = text.indexOf(" ");
  return end === -1 ? text : text.slice(0, end);
}

/** Carries out a request, counts it, and replies where it has not replied already. */
export function measure(conversation: RespConversation, call: RespParsedCall): void {
  const { services } = conversation;
  const figures = services.statistics.resp.of(call.command);
  let reply: Outgoing | undefined;
  if (call.args.length > MANY_ARGUMENTS || isTimed(services, figures)) {
    reply = timed(conversation, call, figures);
  } else {
    reply = conversation.perform(call);
    services.statistics.count(figures);
  }
  if (reply !== undefined && conversation.reply(reply)) figures.failed++;
}

function timed(
  conversation: RespConversation,
  call: RespParsedCall,
  figures: CommandFigures,
): Outgoing | undefined {
  const { services } = conversation;
  const began = services.statistics.begin();
  try {
    return conversation.perform(call);
  } finally {
    const micros = services.statistics.end(figures, began);
    const quick = call.command.flags.includes("fast");
    noteSlow(services, { quick }, micros, () => slowRequest(conversation, call));
  }
}

/** EXEC is not logged: what it carries out is. */
function slowRequest(
  { address, name: clientName }: RespConversation,
  call: RespParsedCall,
): SlowRequest | undefined {
  if (call.command.flags.includes("skip_slowlog")) return undefined;
  return { args: redacted(call), address, clientName };
}
