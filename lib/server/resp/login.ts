/**
 * AUTH, and HELLO with AUTH.
 *
 * @module
 */

import type { Credentials } from "../../model/mod.ts";
import { respError, type RespParsedCall } from "../../resp/mod.ts";
import type { Outgoing } from "../conversation.ts";
import { logIn, type Outcome, tooManyFailures } from "../login.ts";
import type { RespConversation } from "./conversation.ts";
import { isError } from "./measure.ts";
import { isWanted } from "./reply_mode.ts";

const WRONG_PASSWORD = respError(
  "WRONGPASS invalid username-password pair or user is disabled.",
);

/** EXEC replies at once, and a hash takes time. */
const NOT_IN_EXEC = respError("ERR AUTH inside MULTI is not allowed when the server has users");

/**
 * Answers what `entered` gives when credentials are right: at once, or when they have been looked at, before
 * the requests behind this one are carried out.
 */
export function whenLoggedIn(
  conversation: RespConversation,
  credentials: Credentials,
  { command }: RespParsedCall,
  entered: () => Outgoing,
): Outgoing | undefined {
  const { services, transaction } = conversation;
  const executing = transaction?.executing === true;
  if (executing && services.users !== undefined) return NOT_IN_EXEC;
  const wanted = isWanted(conversation.replies);
  let reply: Outgoing | undefined;
  let isLate = false;
  logIn(conversation, credentials, (outcome) => {
    reply = replyTo(outcome, conversation, entered);
    if (!isLate) return;
    if (isError(reply)) services.statistics.resp.of(command).failed++;
    if (wanted) conversation.reply(reply);
  }, executing);
  isLate = true;
  return reply;
}

function replyTo(
  outcome: Outcome,
  conversation: RespConversation,
  entered: () => Outgoing,
): Outgoing {
  if (outcome === "wrong") return WRONG_PASSWORD;
  if (outcome === "tooMany") return respError(`ERR ${tooManyFailures(conversation.services)}`);
  conversation.enter(outcome.user);
  return entered();
}
