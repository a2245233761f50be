import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes";
import { deflateRawSync } from "node:zlib";
import { Head, HEADER_SIZE, opcodeName } from "../../lib/cafe/mod.ts";
import { bytesOf } from "../cafe/dump.ts";
import {
  GOLDEN_BROKEN,
  GOLDEN_REFUSED,
  GOLDEN_REQUESTS,
  GOLDEN_RESPONSES,
} from "../cafe/golden.ts";
import { Random } from "../random.ts";
import { framesOf, inspect, PURE, summary, textOf, utf8 } from "./helpers.ts";

const WHOLE = [...GOLDEN_REQUESTS, ...GOLDEN_REFUSED, ...GOLDEN_RESPONSES];
const PING = Uint8Array.fromHex("cafe01040000000000000000");
const RAW = { format: "raw" } as const;

for (const { name, dump } of WHOLE) {
  Deno.test(
    `inspector shows golden ${name} as the codec reads it, with all its bytes`,
    PURE,
    () => {
      const bytes = bytesOf(dump);
      const [frame, ...others] = framesOf(inspect(bytes, RAW));
      assertEquals(others, []);
      const head = new Head();
      head.readHeader(bytes, 0);
      head.readExtensions(bytes, HEADER_SIZE);
      assertEquals(frame!.name, opcodeName(head.opcode));
      assertEquals([frame!.id, frame!.size], [head.id, bytes.length]);
      const numbers = new Map(frame!.fields.map((field) => [field.name, field.value]));
      assertEquals(numbers.get("flags"), head.flags);
      assertEquals(numbers.get("ttl"), head.ttl);
      assertEquals(numbers.get("entry_version"), head.entryVersion);
      const shown = frame!.fields.filter(({ depth }) => depth === 0).map((field) => field.bytes);
      assertEquals(concat(shown).toHex(), bytes.toHex());
      for (const { offset, bytes: field } of frame!.fields) {
        assertEquals(field, bytes.subarray(offset, offset + field.length));
      }
    },
  );
}

for (const { name, dump, request } of GOLDEN_REFUSED) {
  Deno.test(`inspector says of golden ${name} what the server answers`, PURE, () => {
    const [frame] = framesOf(inspect(bytesOf(dump), RAW));
    // SIGNED may have been agreed on, and an opcode of another version is not looked at.
    if (/signed|compressed|unsupported-flag|checksum-signed/.test(name)) return;
    if (request.op !== "INVALID") throw new Error("it is not refused");
    assert(frame!.faults.length > 0, textOf(inspect(bytesOf(dump), RAW)));
  });
}

for (const { name, dump } of GOLDEN_REQUESTS) {
  Deno.test(`inspector finds nothing wrong with golden ${name}`, PURE, () => {
    assertEquals(framesOf(inspect(bytesOf(dump), RAW))[0]!.faults, []);
  });
}

for (const { name, dump } of GOLDEN_BROKEN) {
  Deno.test(`inspector says what is wrong with golden ${name}`, PURE, () => {
    const found = inspect(bytesOf(dump), RAW);
    assert(
      found.some(({ item }) => item.type === "damage" || "faults" in item && item.faults.length),
    );
  });
}

Deno.test("inspector says the same of a stream however it is cut", PURE, () => {
  const bytes = concat([...WHOLE, ...GOLDEN_BROKEN].map(({ dump }) => bytesOf(dump)));
  const whole = textOf(inspect(bytes, RAW));
  for (const piece of [1, 2, 3, 7, 100, 4096]) {
    assertEquals(textOf(inspect(bytes, RAW, piece)), whole, `${piece}`);
  }
});

Deno.test("inspector shows a stream that ends at any byte, and never throws", PURE, () => {
  const bytes = concat(GOLDEN_REQUESTS.slice(0, 6).map(({ dump }) => bytesOf(dump)));
  const ends = new Set(framesOf(inspect(bytes, RAW)).map(({ offset, size }) => offset + size));
  for (let end = 1; end < bytes.length; end++) {
    const found = inspect(bytes.slice(0, end), RAW);
    const isWhole = found.every(({ item }) => item.type === "frame" && item.faults.length === 0);
    assertEquals(isWhole, ends.has(end), `${end}`);
  }
});

Deno.test("inspector goes on with the next magic behind what is damaged", PURE, () => {
  const bytes = concat([PING, utf8("no frame"), PING, Uint8Array.of(0xca), PING]);
  assertEquals(
    summary(inspect(bytes, RAW)),
    [
      "request PING",
      "damage at 12",
      "resumed at 20, skipped 8",
      "request PING",
      "damage at 32",
      "resumed at 33, skipped 1",
      "request PING",
    ].map((line) => line),
  );
});

Deno.test("inspector finds the frame behind one whose length was damaged", PURE, () => {
  const checked = bytesOf(GOLDEN_REQUESTS.find(({ name }) => name === "set-checksum")!.dump);
  const damaged = checked.slice();
  damaged[11]! += 5; // value_len 8
  const found = inspect(concat([damaged, PING, PING]), RAW);
  assertEquals(framesOf(found).at(-1)!.title, "PING");
  assertStringIncludes(textOf(found), "the checksum is wrong");
  assertStringIncludes(textOf(found), "one seems to begin inside, at 22");
});

/** So many frames one in the other that all end at once, with wrong checksums, and no frame behind them. */
function nested(count: number): Uint8Array {
  const bytes = new Uint8Array(12 * count + 6);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < count; at++) {
    bytes.set(Uint8Array.fromHex("cafe010200040000"), 12 * at);
    view.setUint32(12 * at + 8, 12 * (count - at - 1));
  }
  return bytes;
}

Deno.test(
  "inspector reads frames one in the other in time that grows as their bytes do",
  PURE,
  () => {
    const few = summary(inspect(concat([nested(3), PING]), RAW));
    assertEquals(few.filter((line) => line.startsWith("request SET")).length, 3);
    const began = performance.now();
    const many = summary(inspect(concat([nested(20_000), PING, nested(20_000), PING]), RAW));
    assert(performance.now() - began < 2_000); // A few milliseconds; ten seconds when each is read.
    assertEquals(many.filter((line) => line.startsWith("request SET")).length, 12);
    assertEquals(many.filter((line) => line === "request PING").length, 2);
  },
);

Deno.test("inspector finds frames that a length which is too large seems to hold", PURE, () => {
  const long = Uint8Array.fromHex("cafe01020000000003000000"); // 50331648, or 3 in the other order
  const within = inspect(concat([long, PING, PING]), RAW);
  assertEquals(summary(within).slice(1), ["request PING", "request PING"]);
  const over = Uint8Array.fromHex("cafe01020000000005000000");
  const found = inspect(concat([over, PING]), RAW);
  assertEquals(summary(found), ["damage at 0", "resumed at 12, skipped 12", "request PING"]);
  assertStringIncludes(textOf(found), "it is 5 when its bytes are swapped");
});

Deno.test("inspector names what is no CAFE", PURE, () => {
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [utf8("GET / HTTP/1.1\r\n\r\n"), "an HTTP request"],
    [Uint8Array.fromHex("1603010200010001fc0303"), "a TLS handshake"],
    [Uint8Array.fromHex("cafebabe0000003d00100a"), "a Java class file"],
    [Uint8Array.fromHex("feca010400000000000000"), "all integers are big-endian"],
    [utf8("*1\r\n$4\r\nPING\r\n"), "a RESP (Redis) request"],
    [utf8("SSH-2.0-OpenSSH_9.2\r\n"), "an SSH greeting"],
  ];
  for (const [bytes, name] of cases) {
    assertStringIncludes(textOf(inspect(bytes, { ...RAW, protocol: "CAFE" })), name);
  }
});

Deno.test("inspector splits unknown opcodes and versions into key and value", PURE, () => {
  const frame = Uint8Array.fromHex("cafe0177001000010000000200000009" + "6b" + "7676");
  for (const version of [1, 2, 9]) {
    frame[2] = version;
    const [found] = framesOf(inspect(frame, RAW));
    const fields = found!.fields.slice(-2).map(({ name, bytes }) => `${name} ${bytes.toHex()}`);
    assertEquals([found!.id, ...fields], [9, "key 6b", "value 7676"]);
    assertEquals(found!.faults.length, 1);
  }
});

function compressed(value: Uint8Array): Uint8Array {
  const deflated = deflateRawSync(value);
  const frame = new Uint8Array(12 + 1 + deflated.length);
  frame.set(Uint8Array.fromHex("cafe01020001000100000000" + "6b"));
  new DataView(frame.buffer).setUint32(8, deflated.length);
  frame.set(deflated, 13);
  return frame;
}

Deno.test("inspector inflates a value, up to its limit", PURE, () => {
  const found = inspect(compressed(utf8("hello ".repeat(10))), RAW);
  assertStringIncludes(textOf(found), 'value "hello hello');
  assertStringIncludes(textOf(found), "deflate, 60 bytes when inflated");
  const bomb = inspect(compressed(new Uint8Array(2_000_000)), RAW);
  assertStringIncludes(textOf(bomb), "the value inflates to more than 1048576 bytes");
  const broken = compressed(utf8("hello"));
  broken.fill(0xff, 13);
  assertStringIncludes(textOf(inspect(broken, RAW)), "not raw deflate");
});

Deno.test("inspector names what is encrypted or signed, and does not open it", PURE, () => {
  const vector =
    "cafe0102001a00030000001f00000001666f6f0000000000000000000000005ce40886a53a1880c9" +
    "bb24008385122486ece05ff63bc5177392dbeb79581ee8701c1248869d31f45c3098e11e0a5e0a44356a";
  const [frame] = framesOf(inspect(Uint8Array.fromHex(vector), RAW));
  assertEquals([frame!.title, frame!.faults], ["SET foo, id 1", []]);
  const meanings = frame!.fields.map(({ meaning }) => meaning).join("\n");
  assertStringIncludes(meanings, "AES-256-GCM, not opened");
  assertStringIncludes(meanings, "HMAC-SHA-256, not checked");
});

Deno.test("inspector reads the value of an OK by the request that it answers", PURE, () => {
  const incr = Uint8Array.fromHex("cafe0106001000010000000000000009" + "6e");
  const ok = Uint8Array.fromHex("cafe0180001000000000000800000009" + "000000000000002a");
  const [request, reply] = framesOf(inspect(concat([incr, ok]), RAW));
  assertEquals(reply!.title, "OK result 42, id 9");
  assertEquals(reply!.answers, {
    number: request!.number,
    title: "INCR n, id 9",
    milliseconds: undefined,
  });
});

Deno.test(
  "inspector takes replies without ids in order, and leaves out those of quiet requests",
  PURE,
  () => {
    const frame = (opcode: string, flags: string) =>
      Uint8Array.fromHex(`cafe01${opcode}${flags}000000000000`);
    const quiet = frame("04", "0100");
    const found = framesOf(inspect(concat([quiet, PING, frame("80", "0000")]), RAW));
    assertEquals(found[2]!.answers?.number, 2);
  },
);

Deno.test(
  "inspector never throws on random bytes and damaged frames, and goes on in order",
  PURE,
  () => {
    const random = new Random(7);
    const golden = concat(WHOLE.map(({ dump }) => bytesOf(dump)));
    for (let round = 0; round < 300; round++) {
      const bytes = round % 3 === 0 ? random.bytes(500) : golden.slice();
      for (let n = 0; n <= round % 20; n++) bytes[random.below(bytes.length)] = random.below(256);
      const found = inspect(bytes, { format: "raw", protocol: "CAFE" });
      assert(textOf(found).length > 0);
      let next = 0;
      for (const { item } of found) {
        assert(item.offset >= next || item.type === "resumed", `${round}: ${summary(found)}`);
        next = item.offset;
      }
    }
  },
);

Deno.test(
  "inspector tells a long frame of CAFE before it has come whole, and finds its end",
  PURE,
  () => {
    const ping = "cafe01040000000000000000";
    const bytes = Uint8Array.fromHex(`cafe0102000000010000007c6b${ping.repeat(10)}00000000${ping}`);
    for (const piece of [1, 7, 50, 64, 100]) {
      const found = inspect(bytes, { format: "raw", protocol: "CAFE", maxHeld: 64 }, piece);
      const titles = framesOf(found).map(({ title, offset }) => `${offset} ${title}`);
      assertEquals(titles, ["0 SET k", "137 PING"]);
    }
  },
);
