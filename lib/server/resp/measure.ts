/**
 * Counting requests, and timing those that may be slow.
 *
 * @module
 */

import type { CommandFigures } from "../../handler/mod.ts";
import { errorText, type RespParsedCall } from "../../resp/mod.ts";
import type { Outgoing } from "../conversation.ts";
import type { RespConversation } from "./conversation.ts";
import { redacted } from "./redact.ts";

/** A quick command with more arguments may be slow: MGET, DEL. */
const MANY_ARGUMENTS = 64;
/** When the slow log wants times below this, in microseconds, every command is timed by itself. */
const QUICK_MICROS = 1_000;

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
  const { statistics, settings } = conversation.services;
  const figures = statistics.of(call.command);
  const exact = settings.slowerThan >= 0 && settings.slowerThan < QUICK_MICROS;
  let reply: Outgoing | undefined;
  if (figures.quick && !exact && !statistics.timing && call.args.length <= MANY_ARGUMENTS) {
    reply = conversation.perform(call);
    statistics.count(figures);
  } else reply = timed(conversation, call, figures);
  if (reply !== undefined && conversation.reply(reply)) figures.failed++;
}

function timed(
  conversation: RespConversation,
  call: RespParsedCall,
  figures: CommandFigures,
): Outgoing | undefined {
  const { statistics } = conversation.services;
  const began = statistics.begin();
  try {
    return conversation.perform(call);
  } finally {
    noteSlow(conversation, call, statistics.end(figures, began));
  }
}

function noteSlow(conversation: RespConversation, call: RespParsedCall, micros: number): void {
  const { slowerThan, latencyThreshold } = conversation.services.settings;
  if (slowerThan >= 0 && micros >= slowerThan) logSlow(conversation, call, micros);
  if (latencyThreshold > 0 && micros >= latencyThreshold * 1_000) {
    logLatency(conversation, call, micros);
  }
}

/** EXEC is not logged: what it carries out is. */
function logSlow(conversation: RespConversation, call: RespParsedCall, micros: number): void {
  if (call.command.flags.includes("skip_slowlog")) return;
  const { statistics, settings, databases } = conversation.services;
  const { address, name: clientName } = conversation;
  const time = databases.now();
  statistics.slowLog.add(
    { time, micros, args: redacted(call), address, clientName },
    settings.slowLogLength,
  );
}

function logLatency(
  { services }: RespConversation,
  { command }: RespParsedCall,
  micros: number,
): void {
  const event = command.flags.includes("fast") ? "fast-command" : "command";
  services.statistics.latency.add(event, micros / 1_000, services.databases.now());
}
