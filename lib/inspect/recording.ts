/**
 * Captures as what each side said, to be played again.
 *
 * @module
 */

import { BatchDecoder, DecodeError, type Decoder } from "../codec/mod.ts";
import { type Packet, segmentOf } from "./packet.ts";
import { isPcap, PcapDecoder } from "./pcap.ts";
import { isPcapng, PcapngDecoder } from "./pcapng.ts";
import { type Connection, type Piece, TcpReassembler } from "./tcp.ts";

/** What one side said at once. */
export interface Utterance {
  /** Whether the client said it, or the server. */
  readonly by: "client" | "server";
  /** When, in milliseconds since 1970. */
  readonly time: number;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** A connection of a recording. */
export interface RecordedConversation {
  /** The client and the server, for people. */
  readonly name: string;
  /** When it began, in milliseconds since 1970. */
  readonly began: number;
  /** When the client ended it; `Infinity` when the recording ends before that. */
  ended: number;
  /** What was said, in the order of the recording. */
  readonly said: Utterance[];
}

/** The most bytes that may be said in a recording. */
const MAX_SIZE = 268_435_456;

/** What was recorded. */
export interface Recording {
  /** The connections on which something was said, in the order in which they began to. */
  readonly conversations: readonly RecordedConversation[];
  /** How the end of the recording is missing, in a sentence; `undefined` when it is not. */
  readonly cut: string | undefined;
}

/**
 * Reads a whole recording: a pcap or pcapng in which the connections are from their beginning. One that is
 * cut is read as far as it goes.
 *
 * @throws {DecodeError} `CAPTURE` when it cannot be read, or bytes are missing in it; `TOO_LARGE` when over
 *   256 MiB were said.
 */
export async function readRecording(chunks: AsyncIterable<Uint8Array>): Promise<Recording> {
  const recorder = new Recorder();
  let decoder: BatchDecoder<Packet> | undefined;
  for await (const chunk of chunks) {
    decoder ??= new BatchDecoder(decoderOf(chunk));
    const packets: Packet[] = [];
    decoder.push(chunk, packets);
    recorder.add(packets);
  }
  const cut = decoder && cutOf(decoder);
  return { conversations: recorder.end(), cut };
}

/** What is missing at the end. */
function cutOf(decoder: BatchDecoder<Packet>): string | undefined {
  try {
    decoder.end([]);
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError && error.code === "CUT") return error.message;
    throw error;
  }
}

function decoderOf(first: Uint8Array): Decoder<Packet> {
  if (isPcap(first)) return new PcapDecoder();
  if (isPcapng(first)) return new PcapngDecoder();
  throw new DecodeError("CAPTURE", 0, "Cannot read the recording: it is neither pcap nor pcapng");
}

/** Puts together what was said. */
class Recorder {
  readonly #tcp = new TcpReassembler();
  readonly #conversations = new Map<Connection, RecordedConversation>();
  #size = 0;

  add(packets: readonly Packet[]): void {
    for (const packet of packets) {
      const segment = segmentOf(packet);
      if (typeof segment !== "string") this.#take(this.#tcp.push(segment));
    }
  }

  end(): RecordedConversation[] {
    // The sides that end here did not end by themselves.
    this.#take(this.#tcp.end().filter(({ isEnd }) => !isEnd));
    return [...this.#conversations.values()];
  }

  #take(pieces: readonly Piece[]): void {
    for (const { connection, from, time = 0, bytes, missing, isEnd } of pieces) {
      if (missing > 0) {
        throw new DecodeError(
          "CAPTURE",
          0,
          `Cannot play the recording: bytes of ${from} are missing`,
        );
      }
      const by = from === (connection.client ?? connection.first) ? "client" : "server";
      const known = this.#conversations.get(connection);
      if (isEnd && by === "client" && known !== undefined) known.ended = time;
      if (bytes.length === 0) continue;
      this.#size += bytes.length;
      if (this.#size > MAX_SIZE) {
        const message = `Cannot play the recording: over ${MAX_SIZE} bytes were said in it`;
        throw new DecodeError("TOO_LARGE", 0, message);
      }
      // Views would keep the whole capture in memory.
      this.#conversationOf(connection).said.push({ by, time, bytes: bytes.slice() });
    }
  }

  #conversationOf(connection: Connection): RecordedConversation {
    const known = this.#conversations.get(connection);
    if (known !== undefined) return known;
    const { first, second, client = first, began = 0 } = connection;
    const name = client === first ? `${first} > ${second}` : `${second} > ${first}`;
    const conversation = { name, began, ended: Infinity, said: [] };
    this.#conversations.set(connection, conversation);
    return conversation;
  }
}
