/**
 * Bytes of any form that is known to what they say.
 *
 * @module
 */

import { concat } from "@std/bytes";
import { BatchDecoder, type Decoder } from "../codec/mod.ts";
import { Conversations } from "./conversations.ts";
import { Counter, Exchange } from "./exchange.ts";
import { HexDecoder, looksLikeHex } from "./hex_text.ts";
import type { Item, Located } from "./item.ts";
import { type Packet, segmentOf } from "./packet.ts";
import { isPcap, PcapDecoder } from "./pcap.ts";
import { isPcapng, PcapngDecoder } from "./pcapng.ts";
import { count } from "./printable.ts";
import { InspectedStream, type InspectOptions } from "./stream.ts";

/** How bytes are given: as they are, in hex, or in a capture of a network. */
export type Format = "raw" | "hex" | "pcap" | "pcapng";

/** All formats. */
export const FORMATS: readonly Format[] = ["raw", "hex", "pcap", "pcapng"];

/** How an {@linkcode Inspector} reads. */
export interface InspectorOptions extends InspectOptions {
  /** The format. By default the first bytes decide. */
  readonly format?: Format | undefined;
  /** The ports of servers in a capture. Default 51966 and 6379; the protocols are found on others too. */
  readonly ports?: readonly number[] | undefined;
}

/** So many bytes decide on the format, when they come. */
const LOOK = 256;

/**
 * Reads a stream of bytes of either protocol, raw, in hex or in a capture, and tells what it says: each frame
 * with its fields, what is damaged, and where it goes on.
 *
 * Memory is bounded by the longest frame or packet that is taken for one. It does not throw for what frames
 * hold; it does when hex or a capture cannot be read.
 *
 * @example
 * ```ts
 * import { Inspector } from "@cortado/cortado/inspect";
 * import { assertEquals } from "@std/assert";
 *
 * const inspector = new Inspector();
 * const dump = "ca fe 01 01 00 10 00 03 00 00 00 00 00 00 00 07 66 6f 6f"; // GET foo
 * const found = [...inspector.push(new TextEncoder().encode(dump)), ...inspector.end()];
 * const titles = found.map(({ item }) => item.type === "frame" ? item.title : item.type);
 * assertEquals(titles, ["GET foo, id 7"]);
 * ```
 */
export class Inspector {
  readonly #options: InspectorOptions;
  readonly #counter = new Counter();
  #first: Uint8Array = new Uint8Array();
  #source: Source | undefined = undefined;

  /** Makes it for one stream. */
  constructor(options: InspectorOptions = {}) {
    this.#options = options;
  }

  /** The format that is read; `undefined` until enough bytes have come. */
  get format(): Format | undefined {
    return this.#source?.format;
  }

  /** What was left out, in sentences: packets that have nothing of both protocols. */
  get notes(): readonly string[] {
    return this.#source?.notes() ?? [];
  }

  /**
   * Reads the next bytes; returns what they complete. Nobody may write to them afterwards.
   *
   * @throws {DecodeError} `HEX` or `CAPTURE`; what was found before is in `found`.
   */
  push(bytes: Uint8Array, found: Located[] = []): Located[] {
    if (this.#source === undefined) {
      this.#first = concat([this.#first, bytes]);
      const format = this.#options.format ?? formatOf(this.#first, false);
      if (format === undefined) return found;
      this.#begin(format, found);
    } else {
      this.#source.push(bytes, found);
    }
    return found;
  }

  /**
   * Reads what the end completes.
   *
   * @throws {DecodeError} `CUT` when the end is inside a packet, otherwise as `push`.
   */
  end(found: Located[] = []): Located[] {
    if (this.#source === undefined) {
      this.#begin(this.#options.format ?? formatOf(this.#first, true) ?? "raw", found);
    }
    this.#source!.end(found);
    return found;
  }

  #begin(format: Format, found: Located[]): void {
    const first = this.#first;
    this.#first = new Uint8Array();
    this.#source = sourceOf(format, this.#counter, this.#options);
    this.#source.push(first, found);
  }
}

/** The format of bytes; `undefined` when more must come. */
function formatOf(first: Uint8Array, isEnd: boolean): Format | undefined {
  if (first.length < 4 && !isEnd) return undefined;
  if (isPcap(first)) return "pcap";
  if (isPcapng(first)) return "pcapng";
  const shown = first.subarray(0, LOOK);
  if (!/^[\x20-\x7e\t\r\n]+$/.test(String.fromCharCode(...shown))) {
    return /^[\x20-\x7e\t\r\n]*;/.test(String.fromCharCode(...shown)) ? "hex" : "raw";
  }
  if (first.length < LOOK && !isEnd && !shown.includes(0x0a)) return undefined;
  return looksLikeHex(new TextDecoder().decode(shown)) ? "hex" : "raw";
}

/** One format. */
interface Source {
  readonly format: Format;
  push(bytes: Uint8Array, found: Located[]): void;
  end(found: Located[]): void;
  notes(): readonly string[];
}

function sourceOf(format: Format, counter: Counter, options: InspectorOptions): Source {
  switch (format) {
    case "raw":
      return rawSource(counter, options);
    case "hex":
      return hexSource(rawSource(counter, options));
    case "pcap":
      return captureSource(format, new PcapDecoder(), new Conversations(counter, options));
    case "pcapng":
      return captureSource(format, new PcapngDecoder(), new Conversations(counter, options));
  }
}

function rawSource(counter: Counter, options: InspectorOptions): Source {
  const decoder = new BatchDecoder(new InspectedStream(new Exchange(counter), options));
  const tell = (found: Located[], step: (items: (readonly Item[])[]) => void) => {
    const items: (readonly Item[])[] = [];
    step(items);
    for (const item of items.flat()) found.push({ item, connection: undefined, time: undefined });
  };
  return {
    format: "raw",
    push: (bytes, found) => tell(found, (items) => decoder.push(bytes, items)),
    end: (found) => tell(found, (items) => decoder.end(items)),
    notes: () => [],
  };
}

function hexSource(raw: Source): Source {
  const decoder = new BatchDecoder(new HexDecoder());
  const pass = (found: Located[], step: (pieces: Uint8Array[]) => void) => {
    const pieces: Uint8Array[] = [];
    try {
      step(pieces);
    } finally {
      for (const piece of pieces) raw.push(piece, found);
    }
  };
  return {
    ...raw,
    format: "hex",
    push: (bytes, found) => pass(found, (pieces) => decoder.push(bytes, pieces)),
    end(found) {
      try {
        pass(found, (pieces) => decoder.end(pieces));
      } finally {
        raw.end(found);
      }
    },
  };
}

function captureSource(
  format: Format,
  packets: Decoder<Packet>,
  conversations: Conversations,
): Source {
  const decoder = new BatchDecoder(packets);
  const skipped = new Map<string, number>();
  const pass = (found: Located[], step: (read: Packet[]) => void) => {
    const read: Packet[] = [];
    try {
      step(read);
    } finally {
      for (const packet of read) {
        const segment = segmentOf(packet);
        if (typeof segment !== "string") conversations.push(segment, found);
        else skipped.set(segment, (skipped.get(segment) ?? 0) + 1);
      }
    }
  };
  return {
    format,
    push: (bytes, found) => pass(found, (read) => decoder.push(bytes, read)),
    end(found) {
      try {
        pass(found, (read) => decoder.end(read));
      } finally {
        conversations.end(found);
      }
    },
    notes: () => [
      ...[...skipped].map(([why, many]) =>
        `${count(many, "packet")} ${many === 1 ? "was" : "were"} skipped: ${why}`
      ),
      ...conversations.notes(),
    ],
  };
}
