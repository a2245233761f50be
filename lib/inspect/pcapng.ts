/**
 * Captures in the format pcapng, which Wireshark writes.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import type { Decoder } from "../codec/mod.ts";
import type { Packet } from "./packet.ts";
import { captureError, cutCapture, viewOf } from "./pcap.ts";

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
/** What a section begins with, in its byte order. */
const ORDER = 0x1a2b3c4d;
/** Type, length, and the length again. */
const AROUND = 12;
/** The longest block, in bytes. */
const MAX_BLOCK = 16_777_216;
const MAX_INTERFACES = 65_536;
/** What a date can say, in milliseconds from 1970. */
const MAX_TIME = 8.64e15;
const TIME_RESOLUTION = 9;
const TIME_OFFSET = 14;

/** Where packets were captured. */
interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** How many parts a second has. */
  readonly parts: number;
  /** What is added to times, in seconds. */
  readonly offset: number;
}

/** Whether bytes begin a pcapng. */
export function isPcapng(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 4).toHex() === "0a0d0d0a";
}

/** Takes packets off a pcapng; blocks that have none are skipped. */
export class PcapngDecoder implements Decoder<Packet> {
  #littleEndian = false;
  #interfaces: Interface[] = [];
  #hasSection = false;

  /**
   * Takes the next packet.
   *
   * @throws {DecodeError} `CAPTURE` when a block has an impossible length, or an interface is not known.
   */
  decode(input: Input): Packet | undefined {
    while (input.length > 0) {
      const size = this.#blockSize(input);
      if (size === undefined || input.length < size) {
        input.need(size ?? AROUND);
        return undefined;
      }
      const view = viewOf(input);
      const type = this.#typeOf(view);
      const body = new DataView(view.buffer, view.byteOffset + 8, size - AROUND);
      const packet = this.#read(type, body, input.offset);
      input.skip(size);
      if (packet !== undefined) return packet;
    }
    return undefined;
  }

  /** Says that a block was cut; nothing when the capture ends between blocks. */
  end(input: Input): Packet | undefined {
    const packet = this.decode(input);
    if (packet !== undefined || input.length === 0) return packet;
    throw cutCapture(input);
  }

  /** The type of a block: that of a section reads the same in both orders. */
  #typeOf(view: DataView): number {
    return view.getUint32(0, this.#littleEndian);
  }

  /** How long the next block is; `undefined` when that has not come. */
  #blockSize(input: Input): number | undefined {
    if (input.length < AROUND) return undefined;
    const view = viewOf(input);
    if (view.getUint32(0) === SECTION) this.#beginSection(view, input.offset);
    if (!this.#hasSection) throw captureError(input.offset, "no pcapng begins with these bytes");
    const size = view.getUint32(4, this.#littleEndian);
    if (size < AROUND || size % 4 !== 0 || size > MAX_BLOCK) {
      throw captureError(input.offset, `a block cannot have ${size} bytes (most ${MAX_BLOCK})`);
    }
    return size;
  }

  #beginSection(view: DataView, offset: number): void {
    const big = view.getUint32(8);
    const little = view.getUint32(8, true);
    if (big !== ORDER && little !== ORDER) {
      throw captureError(offset, "its byte order is not known");
    }
    this.#littleEndian = little === ORDER;
    this.#interfaces = [];
    this.#hasSection = true;
  }

  #read(type: number, body: DataView, offset: number): Packet | undefined {
    switch (type) {
      case INTERFACE:
        return this.#addInterface(body, offset);
      case ENHANCED_PACKET:
        return this.#enhanced(body, body.byteLength < 4 ? 0 : this.#u32(body, 0), offset);
      case OLD_PACKET: // The number of the interface has 16 bits, and 16 say how many were lost.
        return this.#enhanced(
          body,
          body.byteLength < 4 ? 0 : body.getUint16(0, this.#littleEndian),
          offset,
        );
      case SIMPLE_PACKET:
        return this.#simple(body, offset);
      default:
        return undefined;
    }
  }

  #u32(view: DataView, at: number): number {
    return view.getUint32(at, this.#littleEndian);
  }

  #addInterface(body: DataView, offset: number): undefined {
    if (body.byteLength < 8) throw captureError(offset, "the description of an interface is cut");
    if (this.#interfaces.length === MAX_INTERFACES) {
      throw captureError(offset, `it has over ${MAX_INTERFACES} interfaces`);
    }
    let parts = 1e6;
    let secondsMore = 0;
    for (let at = 8; at + 4 <= body.byteLength;) {
      const code = body.getUint16(at, this.#littleEndian);
      const length = body.getUint16(at + 2, this.#littleEndian);
      if (code === 0 || at + 4 + length > body.byteLength) break;
      if (code === TIME_RESOLUTION && length >= 1) parts = partsOf(body.getUint8(at + 4));
      if (code === TIME_OFFSET && length >= 8) {
        secondsMore = Number(body.getBigInt64(at + 4, this.#littleEndian));
      }
      at += 4 + length + (-length & 3);
    }
    this.#interfaces.push({
      linkType: body.getUint16(0, this.#littleEndian),
      snapLength: this.#u32(body, 4),
      parts,
      offset: secondsMore,
    });
  }

  #enhanced(body: DataView, number: number, offset: number): Packet {
    if (body.byteLength < 20) throw captureError(offset, "a packet is cut");
    const size = this.#u32(body, 12);
    if (20 + size > body.byteLength) {
      throw captureError(offset, `a packet of ${size} bytes is longer than its block`);
    }
    const { linkType, parts, offset: seconds } = this.#interface(number, offset);
    const stamp = this.#u32(body, 4) * 2 ** 32 + this.#u32(body, 8);
    const bytes = new Uint8Array(body.buffer, body.byteOffset + 20, size);
    const time = stamp / (parts / 1000) + seconds * 1000;
    return { time: Math.abs(time) <= MAX_TIME ? time : undefined, linkType, bytes };
  }

  #simple(body: DataView, offset: number): Packet {
    if (body.byteLength < 4) throw captureError(offset, "a packet is cut");
    const { linkType, snapLength } = this.#interface(0, offset);
    const sent = this.#u32(body, 0);
    const most = snapLength === 0 ? sent : Math.min(sent, snapLength);
    const size = Math.min(most, body.byteLength - 4);
    const bytes = new Uint8Array(body.buffer, body.byteOffset + 4, size);
    return { time: undefined, linkType, bytes };
  }

  #interface(number: number, offset: number): Interface {
    const found = this.#interfaces[number];
    if (found === undefined) throw captureError(offset, `interface ${number} is not described`);
    return found;
  }
}

/** How many parts a second has: a power of 10, or of 2 when the highest bit is set. */
function partsOf(resolution: number): number {
  return resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution;
}
