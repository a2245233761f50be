/** Captures of a network, written by hand: what the tests read with the inspector and with tshark. */

import { concat } from "@std/bytes";

/** One direction of a connection. */
export interface Ends {
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
}

/** A segment to be sent. */
export interface SegmentSpec extends Ends {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly sequence: number;
  readonly acknowledges?: number;
  /** Of `S`, `A`, `F`, `R`, `P`. */
  readonly flags: string;
  readonly payload?: Uint8Array;
}

/** A packet and its time in milliseconds since 1970. */
export interface Captured {
  readonly time: number;
  readonly bytes: Uint8Array;
}

const BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16 };
const NOTHING: Uint8Array = new Uint8Array();

/** The bytes of integers of these sizes, big-endian. */
function integers(...parts: readonly (readonly [size: number, value: number])[]): Uint8Array {
  return concat(
    parts.map(([size, value]) =>
      Uint8Array.fromHex(value.toString(16).padStart(2 * size, "0").slice(-2 * size))
    ),
  );
}

function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function addressOf(text: string): Uint8Array {
  if (!text.includes(":")) return Uint8Array.from(text.split(".").map(Number));
  const [left = "", right = ""] = text.split("::");
  const groups = (part: string) => part.split(":").filter(Boolean);
  const zeros = text.includes("::") ? 8 - groups(left).length - groups(right).length : 0;
  const all = [...groups(left), ...Array.from({ length: zeros }, () => "0"), ...groups(right)];
  return Uint8Array.fromHex(all.map((group) => group.padStart(4, "0")).join(""));
}

/** A packet of IPv4, or of IPv6 when the addresses are such. */
export function ipPacket(spec: SegmentSpec): Uint8Array {
  const { payload = NOTHING, flags, sequence, acknowledges = 0, fromPort, toPort } = spec;
  const [from, to] = [addressOf(spec.from), addressOf(spec.to)];
  const bits = [...flags].reduce((sum, flag) => sum | BITS[flag]!, 0);
  const tcp = concat([
    integers([2, fromPort], [2, toPort], [4, sequence], [4, acknowledges]),
    integers([1, 0x50], [1, bits], [2, 65_535], [2, 0], [2, 0]),
    payload,
  ]);
  const pseudo = concat([from, to, integers([4, tcp.length], [4, 6])]);
  tcp.set(integers([2, checksum(concat([pseudo, tcp]))]), 16);
  if (from.length === 16) {
    const head = integers([4, 0x6000_0000], [2, tcp.length], [1, 6], [1, 64]);
    return concat([head, from, to, tcp]);
  }
  const head = concat([
    integers([2, 0x4500], [2, 20 + tcp.length], [4, 0], [1, 64], [1, 6], [2, 0]),
    from,
    to,
  ]);
  head.set(integers([2, checksum(head)]), 10);
  return concat([head, tcp]);
}

/** What stands before IP, by link type. */
export const LINKS: Readonly<Record<number, (packet: Uint8Array) => Uint8Array>> = {
  0: (packet) => concat([Uint8Array.of(packet[0]! >> 4 === 6 ? 30 : 2, 0, 0, 0), packet]),
  1: (packet) => concat([new Uint8Array(12), integers([2, etherType(packet)]), packet]),
  101: (packet) => packet,
  108: (packet) => concat([integers([4, packet[0]! >> 4 === 6 ? 30 : 2]), packet]),
  113: (packet) => concat([new Uint8Array(14), integers([2, etherType(packet)]), packet]),
  276: (packet) => concat([integers([2, etherType(packet)]), new Uint8Array(18), packet]),
};

function etherType(packet: Uint8Array): number {
  return packet[0]! >> 4 === 6 ? 0x86dd : 0x0800;
}

/** How a pcap is written. */
export interface PcapForm {
  readonly linkType?: number;
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
}

/** A capture in the format of libpcap. */
export function pcap(packets: readonly Captured[], form: PcapForm = {}): Uint8Array<ArrayBuffer> {
  const { linkType = 101, littleEndian = true, nanoseconds = false } = form;
  const u32 = (value: number) => ordered(integers([4, value]), littleEndian);
  const parts = nanoseconds ? 1e9 : 1e6;
  const version = ordered(integers([2, 2], [2, 4]), false);
  if (littleEndian) version.set([2, 0, 4, 0]);
  const magic = u32(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
  const head = concat([magic, version, u32(0), u32(0), u32(262_144), u32(linkType)]);
  const records = packets.map(({ time, bytes }) => {
    const seconds = Math.floor(time / 1000);
    const rest = Math.round((time / 1000 - seconds) * parts);
    return concat([u32(seconds), u32(rest), u32(bytes.length), u32(bytes.length), bytes]);
  });
  return concat([head, ...records]) as Uint8Array<ArrayBuffer>;
}

function ordered(bytes: Uint8Array, littleEndian: boolean): Uint8Array {
  return littleEndian ? bytes.toReversed() : bytes;
}

/** A block of pcapng. */
export function block(type: number, body: Uint8Array, littleEndian = true): Uint8Array {
  const padded = concat([body, new Uint8Array(-body.length & 3)]);
  const size = ordered(integers([4, 12 + padded.length]), littleEndian);
  return concat([ordered(integers([4, type]), littleEndian), size, padded, size]);
}

/** How a pcapng is written. */
export interface PcapngForm {
  readonly linkType?: number;
  readonly littleEndian?: boolean;
  /** The option if_tsresol: a power of ten, or with the highest bit of two. Without it microseconds. */
  readonly resolution?: number;
  /** Whether packets are in simple blocks, which have no times. */
  readonly simple?: boolean;
}

/** A capture in the format pcapng. */
export function pcapng(
  packets: readonly Captured[],
  form: PcapngForm = {},
): Uint8Array<ArrayBuffer> {
  const { linkType = 101, littleEndian = true, resolution, simple = false } = form;
  const int = (size: number, value: number) => ordered(integers([size, value]), littleEndian);
  const order = concat([int(4, 0x1a2b3c4d), int(2, 1), int(2, 0), new Uint8Array(8).fill(0xff)]);
  const option = resolution === undefined
    ? NOTHING
    : concat([int(2, 9), int(2, 1), Uint8Array.of(resolution, 0, 0, 0), int(4, 0)]);
  const description = concat([int(2, linkType), int(2, 0), int(4, 0), option]);
  const parts = resolution === undefined
    ? 1e6
    : resolution & 0x80
    ? 2 ** (resolution & 0x7f)
    : 10 ** resolution;
  const blocks = packets.map(({ time, bytes }) => {
    if (simple) return block(3, concat([int(4, bytes.length), bytes]), littleEndian);
    const stamp = Math.round(time / 1000 * parts);
    const times = [int(4, Math.floor(stamp / 2 ** 32)), int(4, stamp % 2 ** 32)];
    const head = concat([int(4, 0), ...times, int(4, bytes.length), int(4, bytes.length)]);
    return block(6, concat([head, bytes]), littleEndian);
  });
  const section = block(0x0a0d0d0a, order, littleEndian);
  const other = block(0x0bad, Uint8Array.of(1, 2, 3), littleEndian); // One that nobody knows.
  const parted = [section, other, block(1, description, littleEndian), ...blocks];
  return concat(parted) as Uint8Array<ArrayBuffer>;
}

/** What one side says, and when. */
export interface Said {
  readonly by: "client" | "server";
  readonly bytes: Uint8Array;
}

const CLIENT = "10.0.0.1";
const SERVER = "10.0.0.2";

/** The ends of a connection to a port, as the client sees them. */
export function clientEnds(toPort = 51966, fromPort = 40_000): Ends {
  return { from: CLIENT, to: SERVER, fromPort, toPort };
}

function reversed({ from, to, fromPort, toPort }: Ends): Ends {
  return { from: to, to: from, fromPort: toPort, toPort: fromPort };
}

/** A millisecond of 2026 at which the first packet is captured. */
export const BEGAN = 1_790_000_000_000;

/**
 * The segments of a connection from its first to its last, a millisecond apart; what is said is cut into
 * segments of at most `most` bytes.
 */
export function conversation(
  said: readonly Said[],
  ends: Ends = clientEnds(),
  most = 1_400,
): SegmentSpec[] {
  const sides = { client: ends, server: reversed(ends) };
  const next = { client: 0xffff_ff00, server: 5_000 }; // The client's numbers begin again at 0.
  const segments: SegmentSpec[] = [];
  const send = (by: "client" | "server", flags: string, payload = NOTHING) => {
    const other = by === "client" ? "server" : "client";
    const time = BEGAN + segments.length;
    const acknowledges = flags.includes("A") ? next[other] : 0;
    segments.push({ ...sides[by], time, sequence: next[by], acknowledges, flags, payload });
    const length = payload.length + (/[SF]/.test(flags) ? 1 : 0);
    next[by] = (next[by] + length) >>> 0;
  };
  send("client", "S");
  send("server", "SA");
  send("client", "A");
  for (const { by, bytes } of said) {
    for (let at = 0; at < bytes.length; at += most) send(by, "PA", bytes.subarray(at, at + most));
  }
  send("client", "FA");
  send("server", "FA");
  send("client", "A");
  return segments;
}

/** Packets of a link type. */
export function captured(segments: readonly SegmentSpec[], linkType = 101): Captured[] {
  return segments.map((segment) => ({
    time: segment.time,
    bytes: LINKS[linkType]!(ipPacket(segment)),
  }));
}
