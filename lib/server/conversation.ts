/**
 * What a protocol does in a session.
 *
 * @module
 */

import type { CafeResponse, DecodedRequest } from "../cafe/mod.ts";
import type { DecodeError, Decoder, Encoder } from "../codec/mod.ts";
import type { Client, ClientFigures } from "../handler/mod.ts";
import { DEFAULT_USER, type ErrorResponse } from "../model/mod.ts";
import type { RespCall, RespReply } from "../resp/mod.ts";
import type { AnswersReply, GetRun } from "./plain/get_runs.ts";
import type { Wait } from "./wait.ts";
import type { Wire } from "./wire.ts";

/** The first byte of a CAFE frame. No request of RESP that means anything begins with it. */
export const CAFE_FIRST = 0xca;

/** A message that waits to be sent holds this much more than its bytes: its objects and its header. */
export const PUSH_OVERHEAD = 320;

/** A request of any protocol, as its decoder emits it. */
export type Incoming = DecodedRequest | RespCall | GetRun;

/** A reply of any protocol, as its encoder takes it, or answers that are encoded. */
export type Outgoing = RespReply | CafeResponse | AnswersReply;

/** What a decoder of a connection is doing. */
export type DecoderState = "Idle" | "Header" | "Body";

/** A decoder that says what it is doing. */
export interface StatefulDecoder<T> extends Decoder<T> {
  /** What it waits for. */
  readonly state: DecoderState;
  /** Whether a request waits until those before it are carried out, and then for an empty chunk. */
  readonly held?: boolean;
  /** Whether it keeps views of what has come of a request; without it, it may. */
  readonly keepsViews?: boolean;
}

/** What a conversation tells of itself when somebody asks. */
export type ConversationFigures = Pick<
  ClientFigures,
  | "user"
  | "name"
  | "library"
  | "libraryVersion"
  | "flags"
  | "database"
  | "channels"
  | "patterns"
  | "queued"
  | "queuedBytes"
  | "command"
  | "version"
>;

/** What is told of a connection that has sent nothing yet. */
export const SILENT: ConversationFigures = {
  user: DEFAULT_USER,
  name: "",
  library: "",
  libraryVersion: "",
  flags: "",
  database: 0,
  channels: 0,
  patterns: 0,
  queued: -1,
  queuedBytes: 0,
  command: "",
  version: 2,
};

/** Where a conversation puts its replies, what it knows of its connection, and what it tells of its end. */
export interface Outbox {
  /** The connection, as others see it. */
  readonly client: Client;
  /** The connection around it. */
  readonly wire: Wire;
  /** Adds a reply. */
  add(reply: Outgoing): void;
  /** Adds something that is sent unasked, which holds about so many bytes. */
  addUnasked(reply: Outgoing, bytes: number): void;
  /** Lets the reply to this request wait until all that was changed by now is on stable storage. */
  requireSync(): void;
  /** Lets no further request be carried out before a wait is over, by which the request is answered. */
  pause(wait: Wait): void;
  /** Ends the conversation when what was added is sent: no further request is carried out. */
  finish(): void;
}

/** A protocol's side of a session: decoder, encoder, and what happens between them. */
export interface Conversation<I extends Incoming = Incoming, O extends Outgoing = Outgoing> {
  /** What it speaks. */
  readonly protocol: "cafe" | "resp";
  /** The number of the database that its requests are about. */
  readonly database: number;
  /** What reads its requests. */
  readonly decoder: StatefulDecoder<I>;
  /** What writes its replies. */
  readonly encoder: Encoder<O>;
  /** Whether it waits for messages, so that it need not send requests. */
  readonly subscribed: boolean;
  /** Whether a password is wanted that its client has not given. */
  readonly authRequired: boolean;
  /**
   * Leave to answer plain GETs that come next without it, when all before them are answered. What it depends on
   * must change by requests of this conversation only, or close the store to workers.
   */
  readonly permit: number;
  /** How many bytes it holds besides requests and replies: its transaction. */
  readonly held?: number;
  /** Whether a request changes more than one entry, which are to be seen changed together; without it none does. */
  isCompound?(request: I): boolean;
  /** Whether somebody may look at the bytes of a request that was carried out; without it, somebody may. */
  keeps?(request: I): boolean;
  /** The requests that some bytes are. */
  requestsOf(bytes: Uint8Array): I[];
  /** Told that plain GETs of it were answered. */
  noteGets(): void;
  /** Carries out one request. */
  handle(request: I): void;
  /** Told after some requests; `isLast` when all that have come are carried out, and none waits. */
  endBatch?(isLast: boolean): void;
  /** Adds the next part of a value that is sent in parts, if there is one. */
  addPart?(): void;
  /**
   * What is replied to a request that was carried out, but whose effects could not be stored.
   *
   * @param replied Whether there is a reply already, whose place this takes.
   */
  notStored(request: I, failure: ErrorResponse, replied: boolean): O | undefined;
  /** Told when the stream of requests has ended, and nothing is wrong with it. */
  endInput?(): void;
  /** Answers what made the stream of requests corrupt, or cut it. */
  fail(cause: DecodeError): void;
  /** Says that nothing more is read. */
  goAway(): void;
  /** Tells of itself. */
  figures(): ConversationFigures;
  /** Gives up what it holds of the server: subscriptions and the like. May be called more than once. */
  close(): void;
}
