import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import { DecodeError } from "../../lib/codec/mod.ts";
import { Inspector, type Located } from "../../lib/inspect/mod.ts";
import { Random } from "../random.ts";
import {
  BEGAN,
  block,
  captured,
  clientEnds,
  conversation,
  LINKS,
  pcap,
  pcapng,
  type Said,
  type SegmentSpec,
} from "./captures.ts";
import { framesOf, inspect, PURE, summary, textOf, utf8 } from "./helpers.ts";

const GET = Uint8Array.fromHex("cafe0101001000030000000000000007" + "666f6f");
const OK = Uint8Array.fromHex("cafe0180001000000000000300000007" + "626172");
const SAID: readonly Said[] = [{ by: "client", bytes: GET }, { by: "server", bytes: OK }];
const EXPECTED = ["request GET foo, id 7", "response OK bar, id 7"];

for (const linkType of Object.keys(LINKS).map(Number)) {
  for (const ends of [clientEnds(), { ...clientEnds(), from: "2001:db8::1", to: "::1" }]) {
    const family = ends.from.includes(":") ? "IPv6" : "IPv4";
    Deno.test(`captures of link type ${linkType} with ${family} are read`, PURE, () => {
      const packets = captured(conversation(SAID, ends), linkType);
      for (const littleEndian of [true, false]) {
        const form = { linkType, littleEndian };
        assertEquals(summary(inspect(pcap(packets, form))), EXPECTED);
        assertEquals(summary(inspect(pcapng(packets, form))), EXPECTED);
      }
    });
  }
}

Deno.test("captures tell who sends, when, and after which time an answer comes", PURE, () => {
  const packets = captured(conversation(SAID));
  const forms: readonly Uint8Array[] = [
    pcap(packets),
    pcap(packets, { nanoseconds: true }),
    pcapng(packets),
    pcapng(packets, { resolution: 9 }),
    pcapng(packets, { resolution: 0x80 | 20 }),
  ];
  for (const bytes of forms) {
    const [request, reply] = inspect(bytes);
    assertEquals(request!.connection, "10.0.0.1:40000 > 10.0.0.2:51966");
    assertEquals(reply!.connection, "10.0.0.2:51966 > 10.0.0.1:40000");
    assert(Math.abs(request!.time! - (BEGAN + 3)) < 0.01, `${request!.time}`);
    const [, answer] = framesOf([request!, reply!]);
    assertEquals(Math.round(answer!.answers!.milliseconds!), 1);
  }
  const simple = inspect(pcapng(packets, { simple: true }));
  assertEquals([summary(simple), simple[0]!.time], [EXPECTED, undefined]);
});

const LONG: readonly Said[] = Array.from({ length: 30 }, (_, at) => [
  { by: "client" as const, bytes: concat([GET, GET]) },
  { by: "server" as const, bytes: at % 2 === 0 ? concat([OK, OK]) : concat([OK, OK]) },
]).flat();

/** What is found, by who sends it. */
function bySender(found: readonly Located[]): string[] {
  const lines = found.map(({ connection }, at) => `${connection} ${summary([found[at]!])[0]}`);
  return lines.toSorted();
}

Deno.test(
  "captures with segments out of order, sent twice and overlapping are put in order",
  PURE,
  () => {
    const segments = conversation(LONG, clientEnds(), 7);
    const plain = bySender(inspect(pcap(captured(segments))));
    assertEquals(plain.length, 120);
    const random = new Random(11);
    for (let round = 0; round < 20; round++) {
      const shuffled: SegmentSpec[] = [];
      for (const segment of segments.slice(2, -3)) {
        const places = Math.min(shuffled.length, random.below(6));
        shuffled.splice(shuffled.length - places, 0, segment);
        if (random.once(4)) shuffled.splice(random.below(shuffled.length + 1), 0, segment);
        const { payload = new Uint8Array(), sequence } = segment;
        if (payload.length > 2 && random.once(4)) {
          const part = { ...segment, sequence: (sequence + 1) >>> 0, payload: payload.subarray(1) };
          shuffled.splice(random.below(shuffled.length + 1), 0, part);
        }
      }
      const all = [...segments.slice(0, 2), ...shuffled, ...segments.slice(-3)];
      assertEquals(bySender(inspect(pcap(captured(all)))), plain, `${round}`);
    }
  },
);

Deno.test("captures say what they do not have, and go on behind it", PURE, () => {
  const segments = conversation(LONG, clientEnds(), 7);
  const lost = segments.findIndex(({ fromPort }, at) => at > 20 && fromPort === 40_000);
  const found = inspect(pcap(captured(segments.filter((_, at) => at !== lost))));
  const lines = summary(found);
  assert(lines.some((line) => line.startsWith("gap of")), `${lines}`);
  assert(lines.filter((line) => line === EXPECTED[0]).length >= 57, `${lines}`);
  assertStringIncludes(textOf(found), "missing at offset");
});

Deno.test("captures that keep packets in part say so", PURE, () => {
  const cut = captured(conversation([{ by: "client", bytes: concat([GET, GET, GET]) }]))
    .map(({ time, bytes }) => ({ time, bytes: bytes.subarray(0, 40 + 25) }));
  const lines = summary(inspect(pcap(cut)));
  assertEquals(lines[0], EXPECTED[0]);
  assert(lines.some((line) => line.startsWith("gap of 32")), `${lines}`);
});

Deno.test("captures that begin in the middle of a connection are read", PURE, () => {
  const segments = conversation(SAID).slice(3);
  assertEquals(summary(inspect(pcap(captured(segments)))), EXPECTED);
});

Deno.test("captures of RESP take the direction from the connection", PURE, () => {
  const said: Said[] = [
    { by: "client", bytes: utf8("PING\r\n") },
    { by: "server", bytes: utf8("*1\r\n$4\r\nPONG\r\n") },
  ];
  const segments = conversation(said, clientEnds(6379));
  const lines = summary(inspect(pcap(captured(segments))));
  assertEquals(lines, ["request PING", "response array of 1: PONG"]);
});

Deno.test("captures leave out what is of other protocols, and find both on any port", PURE, () => {
  const http = conversation(
    [{ by: "client", bytes: utf8("GET / HTTP/1.1\r\n\r\n") }],
    clientEnds(8080, 41_000),
  );
  const inspector = new Inspector();
  const found = inspector.push(pcap(captured([...http, ...conversation(SAID, clientEnds(9999))])));
  assertEquals(summary(inspector.end(found)), EXPECTED);
  assertStringIncludes(inspector.notes.join(), "1 connection of other protocols left out");
  assertEquals(inspect(pcap(captured(http)), { ports: [8080] }).length > 0, true);
});

Deno.test("captures with ports that are used again begin anew", PURE, () => {
  const once = conversation(SAID);
  const again = once.map((segment) => ({
    ...segment,
    time: segment.time + 1000,
    sequence: (segment.sequence + 77_777) >>> 0,
  }));
  const cut = once.slice(0, -3);
  assertEquals(summary(inspect(pcap(captured([...cut, ...again])))), [...EXPECTED, ...EXPECTED]);
});

Deno.test("captures that are cut anywhere tell what came before, and a typed error", PURE, () => {
  const packets = captured(conversation(SAID));
  for (const whole of [pcap(packets), pcapng(packets)]) {
    let errors = 0;
    for (let end = 5; end < whole.length; end++) {
      const found: Located[] = [];
      const inspector = new Inspector();
      try {
        inspector.push(whole.slice(0, end), found);
        inspector.end(found);
      } catch (error) {
        assert(error instanceof DecodeError, `${error}`);
        assertEquals(error.code, "CUT");
        errors++;
      }
      assertEquals(summary(found).filter((line) => !EXPECTED.includes(line)), [], `${end}`);
    }
    assert(errors > 300, `${errors}`);
  }
});

Deno.test(
  "captures that are damaged anywhere give typed errors, or what they seem to say",
  PURE,
  () => {
    const random = new Random(5);
    const packets = captured(conversation(LONG.slice(0, 6)));
    for (let round = 0; round < 400; round++) {
      const bytes = round % 2 === 0 ? pcap(packets) : pcapng(packets);
      for (let n = 0; n <= round % 8; n++) {
        bytes[4 + random.below(bytes.length - 4)] = random
          .below(256);
      }
      try {
        textOf(inspect(bytes, {}, 1 + random.below(500)));
      } catch (error) {
        assert(error instanceof DecodeError, `${error}`);
      }
    }
  },
);

Deno.test(
  "captures with impossible lengths are refused before anything is held for them",
  PURE,
  () => {
    const head = pcap([]);
    const record = new Uint8Array(16).fill(0xff);
    assertThrows(() => inspect(concat([head, record])), DecodeError, "over the limit");
    const long = block(6, new Uint8Array(20));
    long.fill(0xff, 4, 8);
    assertThrows(() => inspect(concat([pcapng([]), long])), DecodeError, "a block cannot have");
    const packet = block(6, Uint8Array.from({ length: 20 }, (_, at) => at === 0 ? 9 : 0));
    assertThrows(() => inspect(concat([pcapng([]), packet])), DecodeError, "interface 9 is not");
  },
);

Deno.test("inspector finds the format by the first bytes, however they come", PURE, () => {
  const packets = captured(conversation(SAID));
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [GET, "raw"],
    [utf8(GET.toHex()), "hex"],
    [utf8("*1\r\n$4\r\nPING\r\n"), "raw"],
    [utf8("PING\r\n"), "raw"],
    [pcap(packets), "pcap"],
    [pcapng(packets), "pcapng"],
  ];
  for (const [bytes, format] of cases) {
    for (const piece of [1, 5, bytes.length]) {
      const inspector = new Inspector();
      for (let at = 0; at < bytes.length; at += piece) inspector.push(bytes.slice(at, at + piece));
      inspector.end();
      assertEquals(inspector.format, format);
    }
  }
});

Deno.test("inspector finds nothing in nothing", PURE, () => {
  assertEquals(inspect(new Uint8Array()), []);
});
