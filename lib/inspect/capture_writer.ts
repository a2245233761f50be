/**
 * Conversations as a capture that Wireshark reads.
 *
 * @module
 */

import { concat } from "@std/bytes";
import { WriteBuffer } from "../bytes/mod.ts";

/** An end of a connection. */
export interface CaptureEnd {
  /** Its IP address. */
  readonly hostname: string;
  /** Its port. */
  readonly port: number;
}

/** A connection; the same object for all that is said on it. */
export interface CaptureConnection {
  /** The client. */
  readonly client: CaptureEnd;
  /** The server. */
  readonly server: CaptureEnd;
}

/** Who says something. */
export type CaptureSide = "client" | "server";

const SECTION = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;
const INTERFACE = 1;
const ENHANCED_PACKET = 6;
/** Packets begin with their IP header. */
const RAW_IP = 101;
const AROUND = 12;
/** So many bytes are in one packet: its length has 16 bits. */
const MAX_PAYLOAD = 32_768;
const TCP = 6;
const IP_HEADER = 20;
const IPV6_HEADER = 40;
const TCP_HEADER = 20;

const FIN = 0x01;
const SYN = 0x02;
const PSH = 0x08;
const ACK = 0x10;

/** The sequence numbers of a connection. */
type Numbers = Record<CaptureSide, number>;

/**
 * Writes what is said on connections as a pcapng, each with the segments of TCP that it might have had. The
 * bytes that each call returns stand behind one another in the file.
 *
 * @example
 * ```ts
 * import { CaptureWriter, Inspector } from "@cortado/cortado/inspect";
 * import { assertEquals } from "@std/assert";
 *
 * const writer = new CaptureWriter();
 * const inspector = new Inspector();
 * const connection = {
 *   client: { hostname: "127.0.0.1", port: 40_000 },
 *   server: { hostname: "127.0.0.1", port: 51_966 },
 * };
 * inspector.push(writer.begin());
 * inspector.push(writer.opened(connection, Date.now()));
 * const ping = Uint8Array.fromHex("cafe01040000000000000000");
 * const [found] = inspector.push(writer.sent(connection, "client", ping, Date.now()));
 * assertEquals(found?.connection, "127.0.0.1:40000 > 127.0.0.1:51966");
 * ```
 */
export class CaptureWriter {
  readonly #numbers = new Map<CaptureConnection, Numbers>();

  /** What stands before all else. */
  begin(): Uint8Array {
    const out = new WriteBuffer();
    block(out, SECTION, 16, () => {
      out.u32(BYTE_ORDER);
      out.u16(1); // The version of the format: 1.0.
      out.u16(0);
      out.u64(0); // How long the section is, is not known: below.
    });
    block(out, INTERFACE, 8, () => {
      out.u16(RAW_IP);
      out.u16(0);
      out.u32(0); // No packet is cut.
    });
    const bytes = concat(out.drain());
    bytes.fill(0xff, 16, 24);
    return bytes;
  }

  /** A connection begins. `time` is in milliseconds since 1970. */
  opened(connection: CaptureConnection, time: number): Uint8Array {
    this.#numbers.set(connection, { client: 0, server: 0 });
    const out = new WriteBuffer();
    this.#segment(out, connection, "client", SYN, [], time);
    this.#segment(out, connection, "server", SYN | ACK, [], time);
    this.#segment(out, connection, "client", ACK, [], time);
    return concat(out.drain());
  }

  /** A side has sent bytes. `time` is in milliseconds since 1970. */
  sent(
    connection: CaptureConnection,
    by: CaptureSide,
    bytes: Uint8Array,
    time: number,
  ): Uint8Array {
    const out = new WriteBuffer();
    for (let at = 0; at < bytes.length; at += MAX_PAYLOAD) {
      const payload = bytes.subarray(at, at + MAX_PAYLOAD);
      this.#segment(out, connection, by, PSH | ACK, payload, time);
    }
    return concat(out.drain());
  }

  /** A side sends no more. `time` is in milliseconds since 1970. */
  ended(connection: CaptureConnection, by: CaptureSide, time: number): Uint8Array {
    const out = new WriteBuffer();
    this.#segment(out, connection, by, FIN | ACK, [], time);
    return concat(out.drain());
  }

  /** Forgets a connection of which both sides have ended. */
  forget(connection: CaptureConnection): void {
    this.#numbers.delete(connection);
  }

  #segment(
    out: WriteBuffer,
    connection: CaptureConnection,
    by: CaptureSide,
    flags: number,
    payload: ArrayLike<number>,
    time: number,
  ): void {
    const numbers = this.#numbers.get(connection) ?? { client: 0, server: 0 };
    const other = by === "client" ? "server" : "client";
    const packet = ipPacket(connection[by], connection[other], payload.length);
    const tcp = new DataView(packet.buffer, packet.length - payload.length - TCP_HEADER);
    tcp.setUint16(0, connection[by].port);
    tcp.setUint16(2, connection[other].port);
    tcp.setUint32(4, numbers[by]);
    tcp.setUint32(8, flags & ACK ? numbers[other] : 0);
    tcp.setUint8(12, TCP_HEADER / 4 << 4);
    tcp.setUint8(13, flags);
    tcp.setUint16(14, 0xffff);
    packet.set(payload, packet.length - payload.length);
    const length = payload.length + (flags & (SYN | FIN) ? 1 : 0);
    numbers[by] = (numbers[by] + length) >>> 0;
    this.#numbers.set(connection, numbers);
    enhancedPacket(out, packet, time);
  }
}

function enhancedPacket(out: WriteBuffer, packet: Uint8Array, time: number): void {
  const padding = -packet.length & 3;
  block(out, ENHANCED_PACKET, 20 + packet.length + padding, () => {
    out.u32(0);
    out.u64(Math.round(time * 1_000)); // Microseconds.
    out.u32(packet.length);
    out.u32(packet.length);
    out.bytes(packet);
    for (let at = 0; at < padding; at++) out.u8(0);
  });
}

/** Its type, its length, what it holds, and its length again. */
function block(out: WriteBuffer, type: number, size: number, write: () => void): void {
  out.u32(type);
  out.u32(AROUND + size);
  write();
  out.u32(AROUND + size);
}

/** A packet of IPv4, or of IPv6 when one of the ends has such an address, with room for a segment. */
function ipPacket({ hostname: from }: CaptureEnd, { hostname: to }: CaptureEnd, payload: number) {
  const size = TCP_HEADER + payload;
  if (from.includes(":") || to.includes(":")) {
    const packet = new Uint8Array(IPV6_HEADER + size);
    const view = new DataView(packet.buffer);
    view.setUint8(0, 0x60);
    view.setUint16(4, size);
    view.setUint8(6, TCP);
    view.setUint8(7, 64);
    packet.set(ipv6(from), 8);
    packet.set(ipv6(to), 24);
    return packet;
  }
  const packet = new Uint8Array(IP_HEADER + size);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, packet.length);
  view.setUint8(8, 64);
  view.setUint8(9, TCP);
  packet.set(ipv4(from), 12);
  packet.set(ipv4(to), 16);
  let sum = 0;
  for (let at = 0; at < IP_HEADER; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(10, ~sum & 0xffff);
  return packet;
}

function ipv4(text: string): number[] {
  return text.split(".").map(Number);
}

function ipv6(text: string): Uint8Array {
  if (!text.includes(":")) return Uint8Array.of(...new Uint8Array(10), 0xff, 0xff, ...ipv4(text));
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(text);
  const plain = dotted === null ? text : text.slice(0, dotted.index) + hexGroups(ipv4(dotted[0]));
  const [left = "", right] = plain.replace(/%.*$/, "").split("::");
  const groups = (part = "") => part.split(":").filter(Boolean);
  const zeros = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array.from({ length: zeros }, () => "0"), ...groups(right)];
  return Uint8Array.fromHex(all.map((group) => group.padStart(4, "0")).join(""));
}

function hexGroups([a = 0, b = 0, c = 0, d = 0]: number[]): string {
  return `${(a << 8 | b).toString(16)}:${(c << 8 | d).toString(16)}`;
}
