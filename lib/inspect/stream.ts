/**
 * A stream of either protocol.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import { describeForeign } from "../cafe/foreign.ts";
import type { Decoder } from "../codec/mod.ts";
import { CafeStream } from "./cafe_stream.ts";
import type { Exchange } from "./exchange.ts";
import type { Direction, Item, Protocol } from "./item.ts";
import { RespStream } from "./resp_stream.ts";

/** How frames are looked at. */
export interface InspectOptions {
  /** The protocol. By default the first bytes of a stream decide. */
  readonly protocol?: Protocol | undefined;
  /** Who sends a stream of RESP. By default its first bytes decide; a frame of CAFE says it itself. */
  readonly direction?: Direction | undefined;
  /** How many bytes of a value are told in words. Default 64. */
  readonly maxShown?: number | undefined;
  /** The longest value that is taken for one, in bytes. Default 64 MiB and what encryption adds. */
  readonly maxValueSize?: number | undefined;
  /** How many bytes a compressed value is inflated to. Default 1 MiB. */
  readonly maxInflated?: number | undefined;
  /** A frame of which so many bytes have come is told without its rest. Default: none is. */
  readonly maxHeld?: number | undefined;
  /** Whether the stream may begin inside a frame, as behind bytes that are missing. Default false. */
  readonly isLost?: boolean | undefined;
}

/** 64 MiB, and what encryption adds. */
const MAX_VALUE = 67_108_864 + 28;
/** So many bytes tell what a stream is, if its first line is not shorter. */
const LOOK = 64;
const FIRST_OF_CAFE = 0xca;
const LF = 0x0a;
const CR = 0x0d;

/** Takes frames off one stream of a connection, and never throws. */
export class InspectedStream implements Decoder<readonly Item[]> {
  readonly #exchange: Exchange;
  readonly #options: InspectOptions;
  #stream: Decoder<readonly Item[]> | undefined = undefined;

  /** Makes it for one stream; both directions of a connection share an exchange. */
  constructor(exchange: Exchange, options: InspectOptions = {}) {
    this.#exchange = exchange;
    this.#options = options;
  }

  /** The protocol; `undefined` until it is known. */
  get protocol(): Protocol | undefined {
    if (this.#stream === undefined) return this.#options.protocol;
    return this.#stream instanceof CafeStream ? "CAFE" : "RESP";
  }

  /** Who sends a stream of RESP; `undefined` when that is not known, and of CAFE. */
  get direction(): Direction | undefined {
    return this.#stream instanceof RespStream ? this.#stream.direction : this.#options.direction;
  }

  /** Takes the next item; `undefined` when it has not come whole. */
  decode(input: Input): readonly Item[] | undefined {
    this.#stream ??= this.#begin(input, false);
    return this.#stream?.decode(input);
  }

  /** Takes what the end of the stream completes or cuts. */
  end(input: Input): readonly Item[] | undefined {
    this.#stream ??= this.#begin(input, true);
    return this.#stream?.end?.(input);
  }

  /** Chooses by the first bytes; `undefined` when more must come. */
  #begin(
    { bytes, start, end, length }: Input,
    isEnd: boolean,
  ): Decoder<readonly Item[]> | undefined {
    const blank = blankLength(bytes.subarray(start, end));
    const first = bytes.subarray(start + blank, Math.min(end, start + blank + LOOK));
    const { protocol, direction } = this.#options;
    const isKnown = protocol === "CAFE" || first[0] === FIRST_OF_CAFE ||
      (protocol !== undefined && direction !== undefined);
    const isLong = first.length === LOOK || blank === length && blank >= LOOK;
    if (!isKnown && !isEnd && !isLong && !isTelling(first, direction)) return undefined;
    const { maxShown = 64, maxValueSize = MAX_VALUE, maxInflated = 1_048_576 } = this.#options;
    const { isLost = false, maxHeld = Infinity } = this.#options;
    if ((protocol ?? protocolOf(first)) === "CAFE") {
      return new CafeStream(
        this.#exchange,
        { maxShown, maxValueSize, maxInflated, maxHeld },
        isLost,
      );
    }
    const options = { maxShown, maxBulkSize: Math.max(maxValueSize, 536_870_912), maxHeld };
    return new RespStream(this.#exchange, direction ?? guessDirection(first), options, isLost);
  }
}

/** How many bytes of empty lines stand before all else, as they may before requests of RESP. */
function blankLength(bytes: Uint8Array): number {
  const found = bytes.findIndex((byte) => byte !== CR && byte !== LF);
  return found < 0 ? bytes.length : found;
}

/**
 * Whether bytes have a whole line. When it is not known who sends them, also the first element of an array,
 * if that is a bulk string.
 */
function isTelling(first: Uint8Array, direction: Direction | undefined): boolean {
  const text = String.fromCharCode(...first);
  return direction === undefined && text.startsWith("*")
    ? /\n([^$]|\$.*\n.)/.test(text)
    : text.includes("\n");
}

/**
 * What bytes at the beginning of a stream are, which may be none behind empty lines: what is neither is shown
 * as damaged CAFE, which says what it may be.
 */
function protocolOf(first: Uint8Array): Protocol {
  if (first[0] === FIRST_OF_CAFE) return "CAFE";
  if (first.length === 0) return "RESP";
  if (describeForeign(first).includes("RESP")) return "RESP";
  const text = String.fromCharCode(...first);
  if (/^[A-Z]+ \S+ HTTP\/\d/.test(text)) return "CAFE"; // `GET k` is inline RESP.
  return /^([*$~>%|=!+:_#,(-][^\0]*\r\n|[A-Za-z]+( [^\0]*)?\r?\n)/.test(text) ? "RESP" : "CAFE";
}

/** Requests are arrays of bulk strings, or begin with a word; empty lines stand between requests only. */
function guessDirection(first: Uint8Array): Direction {
  const text = String.fromCharCode(...first);
  return /^(\*[1-9][0-9]*\r\n\$[0-9]+\r\n[A-Za-z]|[A-Za-z]|$)/.test(text) ? "request" : "response";
}
