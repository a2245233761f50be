import { assertEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import { CHAIN_THRESHOLD, crc32, WriteBuffer } from "../../lib/bytes/mod.ts";
import {
  type CafeRequest,
  CafeRequestEncoder,
  type DecodedRequest,
  MAX_TTL,
  type RequestHead,
} from "../../lib/cafe/mod.ts";
import type { SetRequest } from "../../lib/model/mod.ts";
import { utf8 } from "./dump.ts";
import { decodeRequest, decodeRequests, encodeRequests, hex, PLAIN } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

const NONE = new Uint8Array(0);
const KEY = utf8("foo");
const PING_BYTES = hex("cafe 01 04 0000 0000 00000000");
const SET: SetRequest & RequestHead = {
  ...PLAIN,
  op: "SET",
  key: KEY,
  value: utf8("bar"),
  ttl: undefined,
  version: undefined,
};

// Decoding: what is refused in step

const BAD: readonly (readonly [string, string, string])[] = [
  [
    "GET with a value",
    "cafe 01 01 0000 0001 00000002 61 6263",
    "Cannot carry out GET: its value must be empty and has 2 bytes",
  ],
  [
    "DELETE with a value",
    "cafe 01 03 0000 0001 00000002 61 6263",
    "Cannot carry out DELETE: its value must be empty and has 2 bytes",
  ],
  [
    "TOUCH with a value",
    "cafe 01 08 0000 0001 00000002 61 6263",
    "Cannot carry out TOUCH: its value must be empty and has 2 bytes",
  ],
  [
    "STATS with a value",
    "cafe 01 0a 0000 0000 00000001 61",
    "Cannot carry out STATS: its value must be empty and has 1 bytes",
  ],
  [
    "SUBSCRIBE with a value",
    "cafe 01 0b 0000 0001 00000001 61 62",
    "Cannot carry out SUBSCRIBE: its value must be empty and has 1 bytes",
  ],
  [
    "UNSUBSCRIBE with a value",
    "cafe 01 0c 0000 0001 00000001 61 62",
    "Cannot carry out UNSUBSCRIBE: its value must be empty and has 1 bytes",
  ],
  [
    "PING with a key",
    "cafe 01 04 0000 0001 00000000 61",
    "Cannot carry out PING: its key must be empty and has 1 bytes",
  ],
  [
    "COMPACT with a key",
    "cafe 01 0e 0000 0001 00000000 61",
    "Cannot carry out COMPACT: its key must be empty and has 1 bytes",
  ],
  [
    "COMPACT with a value",
    "cafe 01 0e 0000 0000 00000001 61",
    "Cannot carry out COMPACT: its value must be empty and has 1 bytes",
  ],
  [
    "INCR with 3 bytes",
    "cafe 01 06 0000 0001 00000003 61 000001",
    "Cannot carry out INCR: its value must have 0 or 8 bytes and has 3",
  ],
  [
    "SCAN with 4 bytes",
    "cafe 01 09 0000 0000 00000004 00000001",
    "Cannot carry out SCAN: its value must have 0 or 8 bytes and has 4",
  ],
  [
    "SCAN with a cursor of 2^53",
    "cafe 01 09 0000 0000 00000008 0020000000000000",
    "Cannot carry out SCAN: its cursor was not given by this server",
  ],
  [
    "SET with TTL 0",
    "cafe 01 02 0020 0000 00000000 0000000000000000",
    "Cannot carry out SET: time to live 0 ms is not in 1 to 4503599627370496",
  ],
  [
    "SET with TTL 2^52 + 1",
    "cafe 01 02 0020 0000 00000000 0010000000000001",
    "Cannot carry out SET: time to live 4503599627370497 ms is not in 1 to 4503599627370496",
  ],
  [
    "TOUCH with TTL 2^53",
    "cafe 01 08 0020 0000 00000000 0020000000000000",
    "Cannot carry out TOUCH: time to live is over 2^53 - 1 ms, not in 1 to 4503599627370496",
  ],
  [
    "SET with VERSION 2^53",
    "cafe 01 02 0040 0000 00000000 0020000000000000",
    "Cannot carry out SET: version is over 2^53 - 1",
  ],
  [
    "DELETE with VERSION 2^53 + 1",
    "cafe 01 03 0040 0000 00000000 0020000000000001",
    "Cannot carry out DELETE: version is over 2^53 - 1",
  ],
  [
    "DELETE with VERSION 2^64 - 1",
    "cafe 01 03 0040 0000 00000000 ffffffffffffffff",
    "Cannot carry out DELETE: version is over 2^53 - 1",
  ],
];

for (const [name, frame, message] of BAD) {
  Deno.test(`CafeRequestDecoder refuses ${name} in step`, PURE, () => {
    const { messages, error } = decodeRequests(concat([hex(frame), PING_BYTES]));
    assertEquals(error, undefined);
    assertEquals(messages, [
      { ...PLAIN, op: "INVALID", code: "BAD_REQUEST", message },
      { ...PLAIN, op: "PING", value: NONE },
    ]);
  });
}

Deno.test("CafeRequestDecoder takes TTL and VERSION at the ends of their ranges", PURE, () => {
  const least = "cafe 01 02 0060 0000 00000000 0000000000000001 0000000000000000";
  const most = "cafe 01 02 0060 0000 00000000 0010000000000000 001fffffffffffff";
  const bounds = [least, most].map((frame) => {
    const request = decodeRequest(hex(frame));
    return request.op === "SET" && [request.ttl, request.version];
  });
  assertEquals(bounds, [[1, 0], [2 ** 52, 2 ** 53 - 1]]);
});

Deno.test("CafeRequestDecoder refuses TTL and VERSION where they are not taken", PURE, () => {
  const taken: string[] = [];
  for (let opcode = 1; opcode <= 13; opcode++) {
    for (const [name, flag] of [["TTL", 0x20], ["VERSION", 0x40]] as const) {
      const frame = hex("cafe 01 00 0000 0000 00000000 0000000000000001");
      frame[3] = opcode;
      frame[5] = flag;
      const request = decodeRequest(frame);
      if (request.op !== "INVALID") taken.push(`${request.op} ${name}`);
      else assertEquals(request.code, "UNSUPPORTED_FLAG");
    }
  }
  assertEquals(taken, ["GET VERSION", "SET TTL", "SET VERSION", "DELETE VERSION", "TOUCH TTL"]);
});

Deno.test("CafeRequestDecoder names TTL and VERSION when neither is taken", PURE, () => {
  const frame = hex("cafe 01 06 0070 0001 00000000 00000003" + "00".repeat(16) + "61");
  assertEquals(decodeRequest(frame), {
    ...PLAIN,
    id: 3,
    op: "INVALID",
    code: "UNSUPPORTED_FLAG",
    message: "Cannot carry out INCR: it does not take TTL, VERSION",
  });
});

Deno.test("CafeRequestDecoder ignores what VERSION says on GET", PURE, () => {
  const request = decodeRequest(hex("cafe 01 01 0040 0001 00000000 ffffffffffffffff 61"));
  assertEquals(request.op === "GET" && request.wantVersion, true);
});

Deno.test(
  "CafeRequestDecoder answers a quiet and durable request that is wrong at once, with its checksum",
  PURE,
  () => {
    const frame = hex("cafe 01 01 0304 0000 00000001 61");
    const trailer = new Uint8Array(4);
    new DataView(trailer.buffer).setUint32(0, crc32(frame));
    const { quiet, checksum, durable, op } = decodeRequest(concat([frame, trailer]));
    assertEquals(
      { quiet, checksum, durable, op },
      { quiet: false, checksum: true, durable: false, op: "INVALID" },
    );
  },
);

Deno.test("CafeRequestDecoder takes empty keys and empty values", PURE, () => {
  const set = decodeRequest(hex("cafe 01 02 0000 0000 00000000"));
  assertEquals(set, { ...SET, key: NONE, value: NONE });
});

Deno.test("CafeRequestDecoder takes the cursor 0 and the delta 1 in both forms", PURE, () => {
  const scans = ["00000000", "00000008 0000000000000000"].map((rest) =>
    decodeRequest(hex(`cafe 01 09 0000 0000 ${rest}`))
  );
  assertEquals(scans[0], scans[1]);
  const incrs = ["00000000", "00000008 0000000000000001"].map((rest) =>
    decodeRequest(hex(`cafe 01 06 0000 0000 ${rest}`))
  );
  assertEquals(incrs[0], incrs[1]);
});

// Encoding

const WRONG: readonly (readonly [string, CafeRequest, string])[] = [
  [
    "a key of 65,536 bytes",
    { ...PLAIN, op: "GET", key: new Uint8Array(65_536), wantVersion: false },
    "Cannot encode GET: key_len 65536 is not a whole number from 0 to 65535",
  ],
  [
    "a channel of 65,536 bytes",
    { ...PLAIN, op: "PUBLISH", channel: new Uint8Array(65_536), message: NONE },
    "Cannot encode PUBLISH: key_len 65536 is not a whole number from 0 to 65535",
  ],
  [
    "the id 2^32",
    { ...SET, id: 2 ** 32 },
    "Cannot encode SET: id 4294967296 is not a whole number from 0 to 4294967295",
  ],
  [
    "the id -1",
    { ...SET, id: -1 },
    "Cannot encode SET: id -1 is not a whole number from 0 to 4294967295",
  ],
  [
    "a time to live of 0",
    { ...SET, ttl: 0 },
    "Cannot encode SET: ttl 0 is not a whole number from 1 to 4503599627370496",
  ],
  [
    "a time to live over 2^52",
    { ...PLAIN, op: "TOUCH", key: KEY, ttl: MAX_TTL + 1 },
    "Cannot encode TOUCH: ttl 4503599627370497 is not a whole number from 1 to 4503599627370496",
  ],
  [
    "a time to live that is not whole",
    { ...SET, ttl: 1.5 },
    "Cannot encode SET: ttl 1.5 is not a whole number from 1 to 4503599627370496",
  ],
  [
    "the version 2^53",
    { ...PLAIN, op: "DELETE", key: KEY, version: 2 ** 53 },
    "Cannot encode DELETE: version 9007199254740992 is not a whole number from 0 to 9007199254740991",
  ],
  [
    "the delta 2^63",
    { ...PLAIN, op: "INCR", key: KEY, delta: 2n ** 63n },
    "Cannot encode INCR: delta 9223372036854775808 does not fit a signed 64-bit integer",
  ],
  [
    "the cursor -1",
    { ...PLAIN, op: "SCAN", prefix: NONE, cursor: -1 },
    "Cannot encode SCAN: cursor -1 is not a whole number from 0 to 9007199254740991",
  ],
];

for (const [name, request, message] of WRONG) {
  Deno.test(`CafeRequestEncoder refuses ${name} before a byte is written`, PURE, () => {
    const out = new WriteBuffer();
    const error = assertThrows(() => new CafeRequestEncoder().encode(request, out), RangeError);
    assertEquals([error.message, out.length], [message, 0]);
  });
}

Deno.test("CafeRequestEncoder writes the longest key and the largest numbers", PURE, () => {
  const request: DecodedRequest = {
    id: 2 ** 32 - 1,
    quiet: true,
    checksum: true,
    durable: true,
    op: "SET",
    key: new Uint8Array(65_535).fill(7),
    value: NONE,
    ttl: MAX_TTL,
    version: 2 ** 53 - 1,
  };
  assertEquals(decodeRequest(encodeRequests(request)), request);
});

Deno.test("CafeRequestEncoder writes every signed 64-bit delta", PURE, () => {
  for (const delta of [-(2n ** 63n), -1n, 0n, 1n, 2n, 2n ** 32n, 2n ** 63n - 1n]) {
    const request: DecodedRequest = { ...PLAIN, op: "INCR", key: KEY, delta };
    assertEquals(decodeRequest(encodeRequests(request)), request);
  }
});

Deno.test("CafeRequestEncoder chains a large value and copies a small one", PURE, () => {
  const value = new Uint8Array(CHAIN_THRESHOLD).fill(9);
  const out = new WriteBuffer();
  new CafeRequestEncoder().encode({ ...SET, value }, out);
  assertEquals([out.copied, out.length], [15, 15 + CHAIN_THRESHOLD]);
  const views = out.drain();
  assertEquals(views.length, 2);
  assertEquals(views[1] === value, true);
});

Deno.test("CafeRequestEncoder covers chained values with their own checksum only", PURE, () => {
  const large = new Uint8Array(CHAIN_THRESHOLD).fill(9);
  const requests: CafeRequest[] = [
    { ...SET, value: large },
    { ...SET, checksum: true },
    { ...SET, value: large, checksum: true },
    { ...SET, value: large },
    { ...SET, value: large, checksum: true },
    { ...SET, key: large.subarray(0, 65_535), checksum: true },
  ];
  const decoded = decodeRequests(encodeRequests(...requests));
  assertEquals(decoded, { messages: requests, error: undefined });
});
