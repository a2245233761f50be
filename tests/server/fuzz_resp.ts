/** What must hold for each stream of RESP that a session is tried with. */

import { BatchDecoder } from "../../lib/codec/mod.ts";
import { type RespValue, RespValueDecoder } from "../../lib/resp/mod.ts";
import type { Services } from "../../lib/handler/mod.ts";
import { Session } from "../../lib/server/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";
import { array, MODES, type RespRequest, type RespStream } from "./fuzz_resp_streams.ts";
import { newQuietServices, newSession, talk } from "./fuzz_streams.ts";

/** After these the session may have ended, with a reply to nothing more. */
const LAST: readonly string[] = ["client|kill", "quit"];

/** Their replies are not the same each time: chance, the time that something took, memory, chunks. */
const UNSTEADY = /randomkey|slowlog|memory|latency|lolwut|\binfo\b|\blist\b/i;

/** So many bytes are replied to the few requests of a stream: COMMAND DOCS has the longest reply. */
const MAX_REPLIES = 4_194_304;

/** All databases may hold so much: a few keys each, with values up to the limit that the session has. */
const MAX_STORED = 1_048_576;

/**
 * Tries one stream: no exception, no fault of the server, replies that can be decoded to the end, the same
 * however it is cut, and for a stream in which nothing is wrong one reply a request, and then an answer to
 * PING. Throws when that is not so.
 */
export function tryRespStream({ bytes, requests, sizes }: RespStream): RespValue[] {
  const services = newQuietServices();
  const whole = talk(bytes, [bytes.length], new Session(services));
  const pieces = talk(bytes, sizes);
  const replies = decoded(whole);
  if (decoded(pieces).length !== replies.length) fail(`${replies.length} replies, cut otherwise`);
  if (!UNSTEADY.test(textOf(bytes)) && whole.toHex() !== pieces.toHex()) {
    fail(`cut in ${sizes}:\n${textOf(pieces)}\nwhole:\n${textOf(whole)}`);
  }
  if (textOf(whole).includes("fault of the server")) fail("a fault of the server");
  checkBounds(services, whole);
  if (requests !== undefined) checkClean(bytes, requests, replies);
  return replies;
}

function decoded(bytes: Uint8Array): RespValue[] {
  const values: RespValue[] = [];
  const batches = new BatchDecoder(new RespValueDecoder());
  batches.push(bytes, values);
  batches.end(values);
  return values;
}

function checkBounds(services: Services, sent: Uint8Array): void {
  if (sent.length > MAX_REPLIES) fail(`${sent.length} bytes of replies`);
  const stored = services.databases.total((store) => store.bytes);
  if (stored > MAX_STORED) fail(`${stored} bytes of entries`);
  const { channels, clients, monitors } = services;
  const left = [channels.size, channels.patternCount, clients.size, monitors.size];
  if (left.some((count) => count > 0)) fail(`a closed session leaves ${left}`);
}

function checkClean(
  bytes: Uint8Array,
  requests: readonly RespRequest[],
  replies: readonly RespValue[],
): void {
  const names = requests.map(({ name }) => name);
  if (!names.some((name) => MODES.includes(name))) {
    const answers = replies.filter(({ type }) => type !== "push").length;
    if (answers !== requests.length) fail(`${answers} replies to ${requests.length} requests`);
  }
  if (!names.some((name) => LAST.includes(name))) checkPing(bytes);
}

/** Asks a session that has taken the stream for an end to all modes, and for PONG. */
function checkPing(bytes: Uint8Array): void {
  const session = newSession();
  session.receive(bytes);
  session.receive(array([utf8("RESET")]));
  const answer = textOf(session.receive(array([utf8("PING")])));
  session.close();
  if (answer !== "+PONG\r\n") fail(`PING was answered with ${answer}`);
}

function fail(message: string): never {
  throw new Error(message);
}
