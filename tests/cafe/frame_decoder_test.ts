import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { crc32, ReadBuffer } from "../../lib/bytes/mod.ts";
import {
  CafeRequestDecoder,
  type DecodedRequest,
  FLAGS,
  type FrameBuilder,
  FrameDecoder,
  type RequestHead,
} from "../../lib/cafe/mod.ts";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import type { SetRequest } from "../../lib/model/mod.ts";
import { utf8 } from "./dump.ts";
import { decode, decodeReplies, decodeRequests, encodeRequests, hex, PLAIN } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

const PING: DecodedRequest = { ...PLAIN, op: "PING", value: new Uint8Array(0) };
const PING_BYTES = hex("cafe 01 04 0000 0000 00000000");
const SET: SetRequest & RequestHead = {
  ...PLAIN,
  id: 7,
  op: "SET",
  key: utf8("foo"),
  value: utf8("bar"),
  ttl: undefined,
  version: undefined,
};
const SET_BYTES = hex("cafe 01 02 0010 0003 00000003 00000007 666f6f 626172");

/** The error of a stream, after the requests that it begins with. */
function failure(bytes: Uint8Array, before: readonly DecodedRequest[] = []) {
  const { messages, error } = decodeRequests(bytes);
  assertEquals(messages, before);
  if (error === undefined) throw new Error("The stream was decoded to its end");
  const { code, offset, id, message } = error;
  return { code, offset, id, message };
}

/** A frame with its CRC-32 behind it. */
function checked(frame: Uint8Array): Uint8Array {
  const trailer = new Uint8Array(4);
  new DataView(trailer.buffer).setUint32(0, crc32(frame));
  return concat([frame, trailer]);
}

// Waiting

for (let cut = 1; cut <= 12; cut++) {
  Deno.test(`CafeRequestDecoder waits when the header is cut at byte ${cut}`, PURE, () => {
    const decoder = new CafeRequestDecoder();
    const batches = new BatchDecoder(decoder);
    const requests: DecodedRequest[] = [];
    batches.push(SET_BYTES.slice(0, cut), requests);
    assertEquals([requests.length, batches.waiting, decoder.state], [0, cut, "Header"]);
    batches.push(SET_BYTES.slice(cut), requests);
    assertEquals([requests, batches.waiting, decoder.state], [[SET], 0, "Idle"]);
  });
}

Deno.test("CafeRequestDecoder goes through Idle, Header and Body", PURE, () => {
  const decoder = new CafeRequestDecoder();
  const input = new ReadBuffer();
  const states = [...SET_BYTES].map((byte) => {
    input.append(Uint8Array.of(byte));
    return `${decoder.decode(input)?.op ?? "waits"} ${decoder.state}`;
  });
  assertEquals(states, [
    ...Array<string>(15).fill("waits Header"), // 12 bytes of header, 4 of the id
    ...Array<string>(6).fill("waits Body"),
    "SET Idle",
  ]);
});

Deno.test("CafeRequestDecoder names what it needs: magic, header, extensions, frame", PURE, () => {
  const decoder = new CafeRequestDecoder();
  const input = new ReadBuffer();
  const missing = [[0, 1], [1, 2], [2, 12], [12, 16], [16, 21]].map(([from, to]) => {
    input.append(SET_BYTES.slice(from, to));
    decoder.decode(input);
    return input.missing;
  });
  assertEquals(missing, [1, 10, 4, 6, 1]);
});

Deno.test("CafeRequestDecoder gives views of what it was given, not copies", PURE, () => {
  const chunk = encodeRequests(SET);
  const request = decodeRequests(chunk).messages[0] as SetRequest;
  assertEquals([request.key.buffer, request.value.buffer], [chunk.buffer, chunk.buffer]);
});

// Wrong magic

Deno.test("CafeRequestDecoder delivers all requests before a wrong magic", PURE, () => {
  const bytes = concat([PING_BYTES, SET_BYTES, utf8("*1\r\n$4\r\nPING\r\n")]);
  assertEquals(failure(bytes, [PING, SET]), {
    code: "PROTOCOL",
    offset: 34,
    id: undefined,
    message: "Cannot decode frame at offset 34: expected the magic ca fe, " +
      'found 2a 31 0d 0a 24 34 0d 0a ("*1\\r\\n$4\\r\\n"): it looks like a RESP (Redis) request',
  });
  verifyDecoder({
    decoder: () => new CafeRequestDecoder(),
    input: bytes,
    messages: [PING, SET],
    error: { code: "PROTOCOL", offset: 34 },
  });
});

Deno.test("CafeRequestDecoder tells a wrong first or second byte at once", PURE, () => {
  for (const bytes of [hex("00"), hex("fe"), hex("ca ff"), hex("ca ca fe")]) {
    const { error } = decode(new CafeRequestDecoder(), [bytes], false);
    assertEquals(error?.code, "PROTOCOL", bytes.toHex());
  }
});

Deno.test("CafeRequestDecoder takes a Java class file for a wrong magic", PURE, () => {
  const bytes = hex("cafebabe 0000 0034 000f 0a00 0300 0c07");
  assertEquals(failure(bytes), {
    code: "PROTOCOL",
    offset: 0,
    id: undefined,
    message: "Cannot decode frame at offset 0: expected the magic ca fe, " +
      "found ca fe ba be 00 00 00 34: it looks like a Java class file",
  });
  const error = { code: "PROTOCOL", offset: 0 };
  verifyDecoder({ decoder: () => new CafeRequestDecoder(), input: bytes, messages: [], error });
});

Deno.test("CafeRequestDecoder throws the same error again after a wrong magic", PURE, () => {
  const batches = new BatchDecoder(new CafeRequestDecoder());
  const errors = [utf8("G"), PING_BYTES].map((chunk) => {
    try {
      batches.push(chunk, []);
    } catch (error) {
      return error;
    }
  });
  assertEquals(errors[0] === errors[1], true);
});

// Frames that are skipped

Deno.test("CafeRequestDecoder skips an unknown version in step, with its id", PURE, () => {
  const strange = hex("cafe 02 ff 0070 0002 00000003 0000002a" + "11".repeat(16) + "00 00 000000");
  const { messages, error } = decodeRequests(concat([PING_BYTES, strange, SET_BYTES]));
  assertEquals(error, undefined);
  assertEquals(messages, [PING, {
    op: "INVALID",
    id: 42,
    quiet: false,
    checksum: false,
    durable: false,
    code: "UNSUPPORTED_VERSION",
    message: "Cannot decode frame: version 2 is not supported; version 1 is",
  }, SET]);
});

Deno.test("CafeRequestDecoder skips version 0xba unless a Java class file begins so", PURE, () => {
  const { messages, error } = decodeRequests(hex("cafe ba 01 0000 0000 00000000"));
  assertEquals([messages[0]?.op, messages.length, error], ["INVALID", 1, undefined]);
});

Deno.test("CafeRequestDecoder does not check the checksum of an unknown version", PURE, () => {
  const { messages, error } = decodeRequests(hex("cafe 03 01 0004 0000 00000000 00000000"));
  assertEquals(error, undefined);
  const [request] = messages;
  assertEquals(request?.op === "INVALID" && [request.code, request.checksum], [
    "UNSUPPORTED_VERSION",
    true,
  ]);
});

Deno.test("CafeRequestDecoder skips every opcode that no request has, in step", PURE, () => {
  for (let opcode = 0; opcode < 256; opcode++) {
    if (opcode >= 1 && opcode <= 16) continue;
    const frame = hex("cafe 01 00 0110 0001 00000002 00000009 61 6263");
    frame[3] = opcode;
    const { messages } = decodeRequests(concat([frame, PING_BYTES]));
    assertEquals(messages, [{
      op: "INVALID",
      id: 9,
      quiet: false, // An error is answered even when the request was quiet.
      checksum: false,
      durable: false,
      code: "UNKNOWN_OPCODE",
      message: `Cannot carry out opcode ${opcode}: no request has it`,
    }, PING]);
  }
});

// Flags

for (const flags of [0x0400, 0x0800, 0x0c00]) {
  const name = `0x${flags.toString(16).padStart(4, "0")}`;
  Deno.test(`CafeRequestDecoder ends at the reserved flag ${name}, with the id`, PURE, () => {
    const frame = SET_BYTES.slice();
    frame[4] = flags >> 8;
    assertEquals(failure(concat([PING_BYTES, frame]), [PING]), {
      code: "UNSUPPORTED_FLAG",
      offset: 12,
      id: 7,
      message:
        `Cannot decode frame: flag ${name} is reserved, so that the frame's length is not known`,
    });
  });
}

Deno.test("CafeRequestDecoder ignores the flags 0x1000 to 0x8000", PURE, () => {
  for (const high of [0x10, 0x20, 0x40, 0x80, 0xf0]) {
    const frame = SET_BYTES.slice();
    frame[4] = high;
    assertEquals(decodeRequests(frame), { messages: [SET], error: undefined });
  }
});

const UNSUPPORTED = ["COMPRESSED", "ENCRYPTED", "SIGNED"] as const;

for (const name of UNSUPPORTED) {
  Deno.test(`CafeRequestDecoder skips a frame with ${name} in step`, PURE, () => {
    const flags = FLAGS[name] | FLAGS.ID;
    const frame = SET_BYTES.slice();
    frame[4] = flags >> 8;
    frame[5] = flags;
    const signature = new Uint8Array(name === "SIGNED" ? 32 : 0).fill(0xca);
    const { messages, error } = decodeRequests(concat([frame, signature, PING_BYTES]));
    assertEquals(error, undefined);
    assertEquals(messages, [{
      op: "INVALID",
      id: 7,
      quiet: false,
      checksum: false,
      durable: false,
      code: "UNSUPPORTED_FLAG",
      message: `Cannot decode frame: ${name} is not in use on this connection`,
    }, PING]);
  });
}

Deno.test(
  "CafeRequestDecoder checks the checksum before the signature that covers it",
  PURE,
  () => {
    const signed = hex("cafe 01 02 000c 0001 00000001 61 62");
    const signature = new Uint8Array(32);
    const good = concat([checked(signed), signature, PING_BYTES]);
    const { messages } = decodeRequests(good);
    assertEquals(messages.map(({ op }) => op), ["INVALID", "PING"]);
    good[14] = 0;
    assertEquals(failure(good).code, "CHECKSUM");
  },
);

Deno.test("CafeRequestDecoder names all flags that it does not carry out", PURE, () => {
  const [request] = decodeRequests(hex("cafe 01 04 000b 0000 00000000" + "00".repeat(32))).messages;
  assertEquals(
    request?.op === "INVALID" && request.message,
    "Cannot decode frame: COMPRESSED, ENCRYPTED, SIGNED is not in use on this connection",
  );
});

Deno.test(
  "FrameDecoder refuses the flags that its builder does not carry out, no others",
  PURE,
  () => {
    const builder: FrameBuilder<string> = {
      unsupported: FLAGS.QUIET,
      message: (_head, key, value) => `${key.length}+${value.length}`,
      refused: (_head, code, message) => `${code} ${message}`,
    };
    const signed = concat([hex("cafe 01 02 0089 0001 00000002 61 6263"), new Uint8Array(32)]);
    const quiet = hex("cafe 01 02 0101 0001 00000002 61 6263");
    assertEquals(decode(new FrameDecoder(builder), [concat([signed, quiet, signed])]).messages, [
      "1+2",
      "UNSUPPORTED_FLAG Cannot decode frame: QUIET is not in use on this connection",
      "1+2",
    ]);
  },
);

// Limits

Deno.test("CafeRequestDecoder refuses a value over its limit on the header alone", PURE, () => {
  const header = hex("cafe 01 02 0000 0003 04000001");
  const { messages, error } = decode(new CafeRequestDecoder(), [PING_BYTES, header], false);
  assertEquals(messages, [PING]);
  assertEquals([error?.code, error?.offset, error?.id, error?.message], [
    "TOO_LARGE",
    12,
    undefined,
    "Cannot decode frame: value_len 67108865 exceeds the limit 67108864 (option maxValueSize)",
  ]);
});

Deno.test("CafeRequestDecoder refuses a key over its limit on the header alone", PURE, () => {
  const header = hex("cafe 01 01 0000 00fb 00000000");
  const { error } = decode(new CafeRequestDecoder({ maxKeySize: 250 }), [header], false);
  assertEquals(
    [error?.code, error?.message],
    ["TOO_LARGE", "Cannot decode frame: key_len 251 exceeds the limit 250 (option maxKeySize)"],
  );
});

Deno.test("CafeRequestDecoder waits for the id before it refuses a length", PURE, () => {
  const decoder = new CafeRequestDecoder({ maxValueSize: 10 });
  const header = hex("cafe 01 02 0010 0003 0000000b");
  const waiting = decode(decoder, [header], false);
  assertEquals(waiting, { messages: [], error: undefined });
  const { error } = decode(new CafeRequestDecoder({ maxValueSize: 10 }), [
    header,
    hex("00000063"),
  ], false);
  assertEquals([error?.code, error?.id], ["TOO_LARGE", 99]);
});

Deno.test("CafeRequestDecoder takes lengths that are at their limit", PURE, () => {
  const { messages, error } = decodeRequests(SET_BYTES, { maxKeySize: 3, maxValueSize: 3 });
  assertEquals({ messages, error }, { messages: [SET], error: undefined });
});

Deno.test(
  "CafeRequestDecoder holds memory for what has come, not for what is announced",
  PURE,
  () => {
    const decoder = new CafeRequestDecoder();
    const input = new ReadBuffer();
    const header = hex("cafe 01 02 0000 0000 04000000"); // A value of 64 MiB
    for (const chunk of [header, utf8("x".repeat(100)), utf8("y".repeat(100))]) {
      input.append(chunk);
      assertEquals(decoder.decode(input), undefined);
    }
    assertEquals(input.length, 212);
    assertEquals(input.bytes.buffer.byteLength < 1_000, true);
  },
);

// End of stream

const CUTS: readonly (readonly [number, string, number | undefined])[] = [
  [1, "1 of at least 12 bytes", undefined],
  [11, "11 of at least 12 bytes", undefined],
  [12, "12 of 22 bytes of SET", undefined],
  [15, "15 of 22 bytes of SET", undefined],
  [16, "16 of 22 bytes of SET (id 7)", 7],
  [21, "21 of 22 bytes of SET (id 7)", 7],
];

for (const [cut, found, id] of CUTS) {
  Deno.test(`CafeRequestDecoder says that a stream ended after ${found}`, PURE, () => {
    // A request with another id comes first: nothing of it may show.
    const before: DecodedRequest = { ...SET, id: 6 };
    const bytes = concat([encodeRequests({ ...SET, id: 6 }), SET_BYTES.slice(0, cut)]);
    assertEquals(failure(bytes, [before]), {
      code: "PROTOCOL",
      offset: 22,
      id,
      message: `Stream ended inside a frame: ${found} had come`,
    });
  });
}

Deno.test("CafeRequestDecoder takes the end of a stream between frames as clean", PURE, () => {
  assertEquals(decodeRequests(new Uint8Array(0)), { messages: [], error: undefined });
  assertEquals(decodeRequests(SET_BYTES), { messages: [SET], error: undefined });
});

// Checksums

Deno.test("CafeRequestDecoder says which checksum it found and which it expected", PURE, () => {
  const bytes = checked(hex("cafe 01 04 0004 0000 00000001 61"));
  const expected = bytes.subarray(-4).toHex();
  bytes[16] = bytes[16]! ^ 0x01;
  assertEquals(failure(concat([PING_BYTES, bytes]), [PING]), {
    code: "CHECKSUM",
    offset: 12,
    id: undefined,
    message: `Cannot decode frame at offset 12: its checksum is 0x${
      bytes.subarray(-4).toHex()
    }, its bytes have 0x${expected}`,
  });
});

Deno.test(
  "CafeRequestDecoder never gives the same request when any bit of a checked frame flips",
  PURE,
  () => {
    const request: DecodedRequest = { ...SET, checksum: true };
    const bytes = encodeRequests({ ...SET, checksum: true });
    assertEquals(decodeRequests(bytes).messages, [request]);
    const same = (a: DecodedRequest) => a.op === "SET" && a.checksum;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (0x80 >> (bit & 7));
      const { messages, error } = decodeRequests(flipped);
      assertEquals(messages.filter(same), [], `bit ${bit}`);
      const refused = error !== undefined || messages.some(({ op }) => op === "INVALID");
      assertEquals(refused, true, `bit ${bit} was not noticed`);
    }
  },
);

Deno.test(
  "CafeReplyDecoder ignores QUIET and DURABLE, which mean nothing in a response",
  PURE,
  () => {
    const { messages } = decodeReplies(hex("cafe 01 82 0310 0000 00000000 00000005"));
    assertEquals(messages.map(({ type, id }) => [type, id]), [["MISS", 5]]);
  },
);

Deno.test("CafeReplyDecoder follows the same rules", PURE, () => {
  const strange = decodeReplies(hex("cafe 02 80 0010 0000 00000000 00000005")).messages;
  assertEquals(strange.map(({ type, id }) => [type, id]), [["INVALID", 5]]);
  assertEquals(decodeReplies(hex("cafe 01 80 0400 0000 00000000")).error?.code, "UNSUPPORTED_FLAG");
  const large = decodeReplies(hex("cafe 01 80 0000 0000 0000000b"), { maxValueSize: 10 });
  assertEquals(large.error?.code, "TOO_LARGE");
  assertEquals(decodeReplies(hex("cafe 01 80 00")).error?.message.includes("ended"), true);
});
