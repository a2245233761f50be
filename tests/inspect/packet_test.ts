import { assertEquals } from "@std/assert";
import { type Packet, segmentOf } from "../../lib/inspect/packet.ts";
import { BEGAN, ipPacket } from "./captures.ts";
import { PURE } from "./helpers.ts";

const ADDRESSES: readonly (readonly [address: string, what: string])[] = [
  ["fe80::1", "whose first group ends in 0"],
  ["2001:db8:10::1", "with a group that ends in 0 before its run of zeros"],
  ["::", "of zeros only"],
  ["::1", "that begins with zeros"],
  ["2001:db8::", "that ends with zeros"],
  ["2001:db8:0:1:1:1:1:1", "with one group of 0, which is not left out"],
  ["1:0:0:2::3", "with two runs, of which the longer is left out"],
  ["1::2:3:0:0:4", "with two runs of one length, of which the first is left out"],
  ["100:10:1000:a0:0:b:c:d", "without a run, whose groups end in 0"],
  ["::ffff:7f00:1", "that is one of IPv4"],
];

for (const [address, what] of ADDRESSES) {
  Deno.test(`packet shows the address ${address}, ${what}`, PURE, () => {
    const ends = { from: address, to: "::1", fromPort: 4, toPort: 5 };
    const bytes = ipPacket({ ...ends, time: BEGAN, sequence: 1, flags: "S" });
    const packet: Packet = { time: BEGAN, linkType: 101, bytes };
    const segment = segmentOf(packet);
    assertEquals(typeof segment === "string" ? segment : segment.from, `[${address}]:4`);
  });
}
