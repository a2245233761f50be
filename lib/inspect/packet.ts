/**
 * Packets of a capture to segments of TCP.
 *
 * @module
 */

import { readU16, readU32 } from "../bytes/mod.ts";

/** A packet of a capture. */
export interface Packet {
  /** When it was captured, in milliseconds since 1970; `undefined` when the capture does not say. */
  readonly time: number | undefined;
  /** What it begins with: a link type of the tcpdump project. */
  readonly linkType: number;
  /** Its bytes, which may be fewer than were sent. */
  readonly bytes: Uint8Array;
}

/** A segment of TCP. */
export interface Segment {
  /** When it was captured, in milliseconds since 1970; `undefined` when the capture does not say. */
  readonly time: number | undefined;
  /** Who sent it: `10.0.0.1:40000`. */
  readonly from: string;
  /** To whom: `10.0.0.2:51966`. */
  readonly to: string;
  /** The port of the sender. */
  readonly fromPort: number;
  /** The port of the receiver. */
  readonly toPort: number;
  /** The sequence number of its first byte. */
  readonly sequence: number;
  /** Whether it begins a connection. */
  readonly syn: boolean;
  /** Whether it acknowledges something. */
  readonly ack: boolean;
  /** Whether nothing follows it. */
  readonly fin: boolean;
  /** Whether the connection is reset. */
  readonly rst: boolean;
  /** Its bytes. */
  readonly payload: Uint8Array;
  /** How many bytes were sent: more than `payload` has when the capture cuts packets. */
  readonly sent: number;
}

/** What a packet is when it is no segment. */
export type NoSegment = "not TCP" | "a fragment" | "cut" | "an unknown link type";

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLAN: readonly number[] = [0x8100, 0x88a8, 0x9100];
const TCP = 6;

/** The bytes of IP in a packet, and nothing when it has none. */
function networkOf({ linkType, bytes }: Packet): Uint8Array | NoSegment {
  switch (linkType) {
    case 0: // NULL: the family, in the order of the machine that captured it
    case 108: // LOOP: the same, big-endian
      return bytes.subarray(4);
    case 1:
      return ethernet(bytes);
    case 12:
    case 14:
    case 101: // RAW
    case 228:
    case 229:
      return bytes;
    case 113: // Linux cooked
      return bytes.length < 16 ? "cut" : byType(readU16(bytes, 14), bytes.subarray(16));
    case 276: // Linux cooked, version 2
      return bytes.length < 20 ? "cut" : byType(readU16(bytes, 0), bytes.subarray(20));
    default:
      return "an unknown link type";
  }
}

function ethernet(bytes: Uint8Array): Uint8Array | NoSegment {
  let at = 12;
  while (at + 2 <= bytes.length && VLAN.includes(readU16(bytes, at))) at += 4;
  return at + 2 > bytes.length ? "cut" : byType(readU16(bytes, at), bytes.subarray(at + 2));
}

function byType(type: number, bytes: Uint8Array): Uint8Array | NoSegment {
  return type === IPV4 || type === IPV6 ? bytes : "not TCP";
}

/** The segment in a packet, or what it is instead. */
export function segmentOf(packet: Packet): Segment | NoSegment {
  const network = networkOf(packet);
  if (typeof network === "string") return network;
  if (network.length < 1) return "cut";
  switch (network[0]! >> 4) {
    case 4:
      return ipv4(network, packet.time);
    case 6:
      return ipv6(network, packet.time);
    default:
      return "not TCP";
  }
}

function ipv4(bytes: Uint8Array, time: number | undefined): Segment | NoSegment {
  if (bytes.length < 20) return "cut";
  const header = (bytes[0]! & 0x0f) * 4;
  if (bytes[9] !== TCP) return "not TCP";
  if ((readU16(bytes, 6) & 0x3fff) !== 0) return "a fragment";
  const announced = readU16(bytes, 2); // 0 where the network card cuts large ones itself.
  const size = announced === 0 ? bytes.length : announced;
  const address = (at: number) => bytes.subarray(at, at + 4).join(".");
  if (header < 20 || size < header) return "not TCP";
  return tcp(bytes.subarray(header, size), size - header, address(12), address(16), time);
}

/** Headers that may stand between IPv6 and TCP. */
const EXTENSIONS: readonly number[] = [0, 43, 60];
const FRAGMENT = 44;

function ipv6(bytes: Uint8Array, time: number | undefined): Segment | NoSegment {
  if (bytes.length < 40) return "cut";
  const announced = readU16(bytes, 4);
  const size = announced === 0 ? bytes.length : 40 + announced;
  let next = bytes[6]!;
  let at = 40;
  while (EXTENSIONS.includes(next)) {
    if (at + 2 > bytes.length) return "cut";
    next = bytes[at]!;
    at += 8 * (1 + bytes[at + 1]!);
  }
  if (next === FRAGMENT) return "a fragment";
  if (next !== TCP || size < at) return "not TCP";
  const address = (from: number) => `[${ipv6Text(bytes.subarray(from, from + 16))}]`;
  return tcp(bytes.subarray(at, size), size - at, address(8), address(24), time);
}

/** An address with its first longest run of zeros left out, as RFC 5952 has it. */
function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => readU16(bytes, 2 * at));
  const runs = groups.map((_, from) => {
    const end = groups.findIndex((group, at) => at >= from && group !== 0);
    return (end < 0 ? groups.length : end) - from;
  });
  const longest = Math.max(...runs);
  const text = (some: readonly number[]) => some.map((group) => group.toString(16)).join(":");
  if (longest < 2) return text(groups);
  const from = runs.indexOf(longest);
  return `${text(groups.slice(0, from))}::${text(groups.slice(from + longest))}`;
}

function tcp(
  bytes: Uint8Array,
  sent: number,
  from: string,
  to: string,
  time: number | undefined,
): Segment | NoSegment {
  if (bytes.length < 20) return "cut";
  const header = (bytes[12]! >> 4) * 4;
  if (header < 20 || sent < header) return "not TCP";
  const fromPort = readU16(bytes, 0);
  const toPort = readU16(bytes, 2);
  const flags = bytes[13]!;
  return {
    time,
    from: `${from}:${fromPort}`,
    to: `${to}:${toPort}`,
    fromPort,
    toPort,
    sequence: readU32(bytes, 4),
    fin: (flags & 0x01) !== 0,
    syn: (flags & 0x02) !== 0,
    rst: (flags & 0x04) !== 0,
    ack: (flags & 0x10) !== 0,
    payload: bytes.subarray(header),
    sent: sent - header,
  };
}
