/**
 * Captures in the format of libpcap.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import { DecodeError, type Decoder } from "../codec/mod.ts";
import type { Packet } from "./packet.ts";

const HEADER = 24;
const RECORD = 16;
/** The longest packet, in bytes: over what any machine captures. */
const MAX_PACKET = 1_048_576;

/** The magic numbers, with the byte order and how many parts a second has. */
const MAGICS: Readonly<Record<string, readonly [littleEndian: boolean, parts: number]>> = {
  a1b2c3d4: [false, 1e6],
  d4c3b2a1: [true, 1e6],
  a1b23c4d: [false, 1e9],
  "4d3cb2a1": [true, 1e9],
};

/** Whether bytes begin a capture of libpcap. */
export function isPcap(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 4).toHex() in MAGICS;
}

/** Takes packets off a capture of libpcap, of either byte order, with micro- or nanoseconds. */
export class PcapDecoder implements Decoder<Packet> {
  #littleEndian = false;
  #parts = 0;
  #linkType = 0;

  /**
   * Takes the next packet.
   *
   * @throws {DecodeError} `CAPTURE` when it is no such capture, or a packet has an impossible length.
   */
  decode(input: Input): Packet | undefined {
    if (this.#parts === 0 && !this.#readHeader(input)) return undefined;
    if (input.length < RECORD) {
      input.need(RECORD);
      return undefined;
    }
    const view = viewOf(input);
    const size = view.getUint32(8, this.#littleEndian);
    if (size > MAX_PACKET) {
      throw captureError(input.offset, `a packet of ${size} bytes is over the limit ${MAX_PACKET}`);
    }
    if (input.length < RECORD + size) {
      input.need(RECORD + size);
      return undefined;
    }
    const seconds = view.getUint32(0, this.#littleEndian);
    const parts = view.getUint32(4, this.#littleEndian);
    input.skip(RECORD);
    const time = seconds * 1000 + parts * 1000 / this.#parts;
    return { time, linkType: this.#linkType, bytes: input.take(size) };
  }

  /** Says that a packet was cut; nothing when the capture ends between packets. */
  end(input: Input): Packet | undefined {
    const packet = this.decode(input);
    if (packet !== undefined || input.length === 0) return packet;
    throw cutCapture(input);
  }

  #readHeader(input: Input): boolean {
    if (input.length < HEADER) {
      input.need(HEADER);
      return false;
    }
    const view = viewOf(input);
    const magic = MAGICS[view.getUint32(0).toString(16).padStart(8, "0")];
    if (magic === undefined) throw captureError(input.offset, "no pcap begins with these bytes");
    [this.#littleEndian, this.#parts] = magic;
    this.#linkType = view.getUint32(20, this.#littleEndian) & 0xffff;
    input.skip(HEADER);
    return true;
  }
}

/** A view of the bytes that wait. */
export function viewOf({ bytes, start, length }: Input): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + start, length);
}

/** The error about a capture that cannot be read. */
export function captureError(offset: number, why: string): DecodeError {
  return new DecodeError("CAPTURE", offset, `Cannot read the capture at offset ${offset}: ${why}`);
}

/** The error about a capture that ends inside a packet. */
export function cutCapture({ offset, length }: Input): DecodeError {
  const why = `it is cut: ${length} bytes of a packet or block are left at its end`;
  return new DecodeError("CUT", offset, `Cannot read the capture at offset ${offset}: ${why}`);
}
