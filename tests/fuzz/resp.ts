/** What must hold for each stream of RESP that a session is tried with. */

import { BatchDecoder } from "../../lib/codec/mod.ts";
import { type RespValue, RespValueDecoder } from "../../lib/resp/mod.ts";
import type { Session } from "../../lib/server/mod.ts";
import { concat, equals, indexOfNeedle } from "@std/bytes";
import { textOf, utf8 } from "../codec/helpers.ts";
import { array, MODES, type RespRequest, type RespStream } from "./resp_streams.ts";
import {
  checkLeft,
  CountingSession,
  feed,
  finish,
  LIMITS,
  newQuietServices,
  type Outcome,
  talk,
} from "./talk.ts";

/** After these the session may have ended, with a reply to nothing more. */
const LAST: readonly string[] = ["client|kill", "quit"];

const FAULT = utf8("fault of the server");

/** So much is replied to a request, besides what is replied to COMMAND, whose replies are the longest. */
const MAX_REPLY = 65_536;
const MAX_LISTS = 16_777_216;

/**
 * Tries one stream: no exception, no fault of the server, replies that can be decoded to the end, the same
 * however it is cut, and for a stream in which nothing is wrong one reply a request, and then an answer to
 * PING. Throws when that is not so.
 */
export function tryRespStream({ bytes, requests, isSteady, sizes }: RespStream): Outcome {
  const services = newQuietServices();
  const session = new CountingSession(services);
  // What has come of a request is held whole: a changed count may make all that follows one request.
  const sent = feed(session, { bytes, sizes }, bytes.length + LIMITS.maxTransactionSize);
  const frames = session.carriedOut;
  if (requests !== undefined && !names(requests).some((name) => LAST.includes(name))) {
    checkPing(session);
  }
  const all = concat([sent, finish(session)]);
  if (isSteady) checkCut(bytes, sizes, all);
  if (all.length > frames * MAX_REPLY + MAX_LISTS) fail(`${all.length} bytes of replies`);
  if (indexOfNeedle(all, FAULT) >= 0) fail("a fault of the server");
  checkLeft(services);
  const replies = decoded(all);
  if (requests !== undefined) checkClean(requests, replies);
  const errors = replies.filter(({ type }) => type === "error").length;
  const pushed = replies.filter(({ type }) => type === "push").length;
  return { kind: "RESP", frames, done: replies.length - errors - pushed, errors };
}

/** A session is to send the same when the whole stream comes at once. */
function checkCut(bytes: Uint8Array, sizes: readonly number[], sent: Uint8Array): void {
  const whole = talk(bytes, [bytes.length]);
  if (!equals(sent, whole)) fail(`cut in ${sizes}:\n${textOf(sent)}\nwhole:\n${textOf(whole)}`);
}

function decoded(bytes: Uint8Array): RespValue[] {
  const values: RespValue[] = [];
  const batches = new BatchDecoder(new RespValueDecoder());
  batches.push(bytes, values);
  batches.end(values);
  return values;
}

function names(requests: readonly RespRequest[]): string[] {
  return requests.map(({ name }) => name);
}

function checkClean(requests: readonly RespRequest[], replies: readonly RespValue[]): void {
  if (names(requests).some((name) => MODES.includes(name))) return;
  const answers = replies.filter(({ type }) => type !== "push").length;
  if (answers !== requests.length) fail(`${answers} replies to ${requests.length} requests`);
}

/** Asks a session that has taken the stream for an end to all modes, and for PONG. */
function checkPing(session: Session): void {
  session.receive(array([utf8("RESET")]));
  const answer = textOf(session.receive(array([utf8("PING")])));
  if (answer !== "+PONG\r\n") fail(`PING was answered with ${answer}`);
}

function fail(message: string): never {
  throw new Error(message);
}
