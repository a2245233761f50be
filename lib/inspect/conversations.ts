/**
 * The connections of a capture, each with its two streams.
 *
 * @module
 */

import { BatchDecoder } from "../codec/mod.ts";
import { type Counter, Exchange } from "./exchange.ts";
import { type Direction, type Item, type Located, moved } from "./item.ts";
import type { Segment } from "./packet.ts";
import { count } from "./printable.ts";
import { InspectedStream, type InspectOptions } from "./stream.ts";
import { type Connection, type Piece, TcpReassembler } from "./tcp.ts";

/** Ports on which CAFE and RESP are found. */
const PORTS: readonly number[] = [51966, 6379];

/** One direction of a connection. */
interface Side {
  readonly stream: InspectedStream;
  readonly decoder: BatchDecoder<readonly Item[]>;
  /** Where the decoder began, in bytes from the start of the stream. */
  readonly base: number;
}

/** A connection that is followed; not one that has nothing of both protocols. */
interface Conversation {
  readonly exchange: Exchange;
  readonly isOurs: boolean;
  /** The one that serves; `undefined` when that is not known. */
  readonly server: string | undefined;
  readonly sides: Map<string, Side>;
}

/** Follows the connections of a capture. */
export class Conversations {
  readonly #counter: Counter;
  readonly #options: InspectOptions & { readonly ports?: readonly number[] | undefined };
  readonly #tcp = new TcpReassembler();
  readonly #conversations = new Map<Connection, Conversation>();
  #others = 0;

  /** Makes it for one capture. */
  constructor(
    counter: Counter,
    options: InspectOptions & { readonly ports?: readonly number[] | undefined },
  ) {
    this.#counter = counter;
    this.#options = options;
  }

  /** Takes a segment, and adds what it completes to `found`. */
  push(segment: Segment, found: Located[]): void {
    for (const piece of this.#tcp.push(segment)) this.#take(piece, found);
  }

  /** Ends all connections. */
  end(found: Located[]): void {
    for (const piece of this.#tcp.end()) this.#take(piece, found);
  }

  /** What was left out, in sentences. */
  notes(): string[] {
    if (this.#others === 0) return [];
    return [`${count(this.#others, "connection")} of other protocols left out; --port shows them`];
  }

  #take(piece: Piece, found: Located[]): void {
    const { connection, from, bytes, missing, isEnd, isLast, time } = piece;
    if (isEnd && !this.#conversations.has(connection)) return;
    const conversation = this.#conversationOf(piece);
    if (conversation.isOurs) {
      conversation.exchange.time = time;
      const tell = (items: readonly Item[], base: number) => {
        for (const item of items) {
          found.push({ item: moved(item, base), connection: `${from} > ${piece.to}`, time });
        }
      };
      let side = this.#sideOf(conversation, from);
      if (missing > 0) side = this.#skip(conversation, from, side, missing, tell);
      const items: (readonly Item[])[] = [];
      if (bytes.length > 0) side.decoder.push(bytes, items);
      if (isEnd) side.decoder.end(items);
      tell(items.flat(), side.base);
    }
    if (isLast) this.#conversations.delete(connection);
  }

  /** Ends what came before missing bytes, and begins anew behind them. */
  #skip(
    conversation: Conversation,
    from: string,
    side: Side,
    missing: number,
    tell: (items: readonly Item[], base: number) => void,
  ): Side {
    const at = side.base + side.decoder.offset + side.decoder.waiting;
    const cut: (readonly Item[])[] = [];
    side.decoder.end(cut);
    tell(cut.flat(), side.base);
    const message = "these bytes are not in the capture";
    tell([{ type: "gap", offset: at, missing, message }], 0);
    const { protocol } = side.stream;
    const direction = side.stream.direction ?? directionFrom(conversation, from);
    const next = this.#newSide(conversation, at + missing, { protocol, direction, isLost: true });
    conversation.sides.set(from, next);
    return next;
  }

  #conversationOf({ connection, bytes, from }: Piece): Conversation {
    const known = this.#conversations.get(connection);
    if (known !== undefined) return known;
    const server = this.#serverOf(connection, from, bytes);
    const isOurs = this.#isOurs(connection, bytes);
    if (!isOurs) this.#others++;
    const exchange = new Exchange(this.#counter);
    const conversation = { exchange, isOurs, server, sides: new Map() };
    this.#conversations.set(connection, conversation);
    return conversation;
  }

  #isOurs({ firstPort, secondPort }: Connection, bytes: Uint8Array): boolean {
    const { ports } = this.#options;
    const known = ports ?? PORTS;
    if (known.includes(firstPort) || known.includes(secondPort)) return true;
    if (ports !== undefined) return false;
    const first = String.fromCharCode(...bytes.subarray(0, 32));
    return first.startsWith("\xca\xfe\x01") || /^\*[1-9][0-9]*\r\n\$[0-9]/.test(first);
  }

  #serverOf(connection: Connection, from: string, bytes: Uint8Array): string | undefined {
    const { first, second, firstPort, secondPort, client } = connection;
    if (client !== undefined) return client === first ? second : first;
    const ports = this.#options.ports ?? PORTS;
    if (ports.includes(secondPort)) return second;
    if (ports.includes(firstPort)) return first;
    const isRequest = /^\*[1-9]/.test(String.fromCharCode(...bytes.subarray(0, 8)));
    const other = from === first ? second : first;
    return isRequest ? other : undefined;
  }

  #sideOf(conversation: Conversation, from: string): Side {
    const known = conversation.sides.get(from);
    if (known !== undefined) return known;
    const direction = directionFrom(conversation, from);
    const side = this.#newSide(conversation, 0, { direction });
    conversation.sides.set(from, side);
    return side;
  }

  #newSide({ exchange }: Conversation, base: number, more: InspectOptions): Side {
    const known = Object.fromEntries(
      Object.entries(more).filter(([, value]) => value !== undefined),
    );
    const stream = new InspectedStream(exchange, { ...this.#options, ...known });
    return { stream, decoder: new BatchDecoder(stream), base };
  }
}

/** Which direction the bytes of one end have; `undefined` when it is not known which end serves. */
function directionFrom({ server }: Conversation, from: string): Direction | undefined {
  if (server === undefined) return undefined;
  return from === server ? "response" : "request";
}
