import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { concat } from "@std/bytes";
import { deflateRawSync } from "node:zlib";
import { WriteBuffer } from "../../lib/bytes/mod.ts";
import {
  type AgreedFlag,
  CafeReplyDecoder,
  type CafeRequest,
  CafeRequestDecoder,
  CafeRequestEncoder,
  CafeResponseEncoder,
  COMPRESS_FROM,
  deriveKeys,
  ENCRYPTION_OVERHEAD,
  FLAGS,
  type FrameLimits,
  Head,
  HEADER_SIZE,
  Opener,
  Sealer,
  type SessionKeys,
  writeHead,
} from "../../lib/cafe/mod.ts";
import { text } from "../../lib/model/mod.ts";
import { decode, type Decoded, PLAIN } from "./helpers.ts";

const PURE = { permissions: "none" } as const;
const UTF8 = new TextEncoder();
const ALL: readonly AgreedFlag[] = ["COMPRESSED", "ENCRYPTED", "SIGNED"];

const KEYS: SessionKeys = deriveKeys(
  UTF8.encode("correct horse battery staple"),
  UTF8.encode("{}"),
  new Uint8Array(32),
  ALL,
);

function set(key: string, value: Uint8Array | string, id: number): CafeRequest {
  const bytes = typeof value === "string" ? UTF8.encode(value) : value;
  const options = { ttl: undefined, version: undefined };
  return { ...PLAIN, op: "SET", id, key: UTF8.encode(key), value: bytes, ...options };
}

const REQUESTS: readonly CafeRequest[] = [
  set("a", "", 1),
  { ...set("b", "small", 2), checksum: true },
  set("c", new Uint8Array(1_000).fill(7), 3),
  { ...PLAIN, op: "PING", id: 4, value: UTF8.encode("x".repeat(COMPRESS_FROM)) },
  { ...PLAIN, op: "GET", id: undefined, key: UTF8.encode("d"), wantVersion: true },
];

/** The frames of requests, each for itself. */
function sealed(flags: readonly AgreedFlag[], requests = REQUESTS): Uint8Array[] {
  const encoder = new CafeRequestEncoder();
  encoder.protect(new Sealer(flags, KEYS.client));
  return requests.map((request) => {
    const out = new WriteBuffer();
    encoder.encode(request, out);
    return concat(out.drain());
  });
}

function opening(flags: readonly AgreedFlag[], limits?: FrameLimits): CafeRequestDecoder {
  const decoder = new CafeRequestDecoder(limits);
  decoder.release(new Opener(flags, KEYS.client));
  return decoder;
}

function opened(
  frames: Uint8Array[],
  flags: readonly AgreedFlag[] = ALL,
  limits?: FrameLimits,
): Decoded<unknown> {
  return decode(opening(flags, limits), frames);
}

const COMBINATIONS = Array.from(
  { length: 8 },
  (_, bits) => ALL.filter((_, at) => bits & (1 << at)),
);

for (const flags of COMBINATIONS) {
  const names = flags.join(", ") || "nothing";
  Deno.test(
    `frames protected with ${names} are read as they were, however they are cut`,
    PURE,
    () => {
      const input = concat(sealed(flags));
      const expected = { messages: [...REQUESTS], error: undefined };
      // Not by verifyDecoder, which repeats frames on one stream: here each has its number.
      for (let cut = 0; cut <= input.length; cut++) {
        assertEquals(opened([input.slice(0, cut), input.slice(cut)], flags), expected);
      }
      const bytes = Array.from(input, (byte) => Uint8Array.of(byte));
      assertEquals(opened(bytes, flags), expected);
    },
  );
}

Deno.test("Sealer sets its flags, and those of the frame stay", PURE, () => {
  const flags = sealed(ALL).map((frame) => {
    const head = new Head();
    head.readHeader(frame, 0);
    return head.flags;
  });
  const always = FLAGS.ENCRYPTED | FLAGS.SIGNED;
  assertEquals(flags, [
    always | FLAGS.ID,
    always | FLAGS.ID | FLAGS.CHECKSUM,
    always | FLAGS.ID | FLAGS.COMPRESSED,
    always | FLAGS.ID | FLAGS.COMPRESSED,
    always | FLAGS.VERSION,
  ]);
});

Deno.test("Sealer does not compress what compression does not make shorter", PURE, () => {
  const random = crypto.getRandomValues(new Uint8Array(4_096));
  const [frame] = sealed(["COMPRESSED"], [set("k", random, 1)]);
  const head = new Head();
  head.readHeader(frame!, 0);
  assertEquals([head.flags & FLAGS.COMPRESSED, head.valueLength], [0, 4_096]);
});

Deno.test(
  "Sealer appends nothing for a request that cannot be encoded, and does not count it",
  PURE,
  () => {
    const encoder = new CafeRequestEncoder();
    encoder.protect(new Sealer(ALL, KEYS.client));
    const out = new WriteBuffer();
    const wrong = set("k".repeat(65_536), "v", 1);
    assertThrows(() => encoder.encode(wrong, out), RangeError);
    assertEquals(out.length, 0);
    for (const request of REQUESTS) encoder.encode(request, out);
    assertEquals(opened([concat(out.drain())]), { messages: [...REQUESTS], error: undefined });
  },
);

Deno.test(
  "each bit of a signed frame that is flipped ends the stream, and nothing of it is read",
  PURE,
  () => {
    const frames = sealed(["SIGNED"], [set("key", "value", 1), set("next", "", 2)]);
    const first = frames[0]!;
    for (let bit = 0; bit < first.length * 8; bit++) {
      const changed = first.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      // Behind it stands enough for any length that a flipped bit may announce, up to the limits.
      const behind = new Uint8Array(200);
      const limits = { maxKeySize: 100, maxValueSize: 100 };
      const { messages, error } = opened([changed, behind], ["SIGNED"], limits);
      assertEquals(messages, [], `bit ${bit}`);
      assert(error !== undefined, `bit ${bit} is not noticed`);
    }
  },
);

Deno.test(
  "each bit of an encrypted frame that is flipped ends the stream, and nothing of it is read",
  PURE,
  () => {
    const first = sealed(["ENCRYPTED"], [set("key", "value", 1)])[0]!;
    for (let bit = 0; bit < first.length * 8; bit++) {
      const changed = first.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const limits = { maxKeySize: 100, maxValueSize: 100 };
      const { messages, error } = opened([changed, new Uint8Array(200)], ["ENCRYPTED"], limits);
      // A frame of another version is skipped, and says so: what it has is not looked at.
      const carriedOut = messages.filter((message) => !isRefused(message));
      assertEquals(carriedOut, [], `bit ${bit}`);
      assert(error !== undefined || messages.length > 0, `bit ${bit} is not noticed`);
    }
  },
);

function isRefused(message: unknown): boolean {
  return typeof message === "object" && message !== null && "op" in message &&
    message.op === "INVALID";
}

for (const [flag, code] of [["SIGNED", "SIGNATURE"], ["ENCRYPTED", "ENCRYPTION"]] as const) {
  const frames = sealed([flag]);
  const [a, b, c] = [frames[0]!, frames[1]!, frames[2]!];
  const histories = [
    ["replayed", [a, a], 1],
    ["left out", [a, c], 1],
    ["swapped with the next", [b, a], 0],
    ["sent again later", [a, b, a], 2],
  ] as const;
  for (const [what, stream, read] of histories) {
    Deno.test(`a frame under ${flag} that is ${what} ends the stream with ${code}`, PURE, () => {
      const { messages, error } = opened([...stream], [flag]);
      assertEquals([messages.length, error?.code], [read, code]);
    });
  }
  Deno.test(`a plain frame where ${flag} was agreed on ends the stream with ${code}`, PURE, () => {
    const { messages, error } = opened(sealed([]), [flag]);
    assertEquals([messages, error?.code], [[], code]);
  });
  Deno.test(
    `a frame that the other side has sent under ${flag} is refused with ${code}`,
    PURE,
    () => {
      const decoder = new CafeRequestDecoder();
      decoder.release(new Opener([flag], KEYS.server));
      assertEquals(decode(decoder, [a]).error?.code, code);
    },
  );
}

Deno.test("a frame of another version and one with an unknown opcode count as frames", PURE, () => {
  const encoder = new Sealer(["SIGNED"], KEYS.client);
  const out = new WriteBuffer();
  encoder.seal((plain) => writeHead(plain, 77, 0, 0, 0, 1, undefined, undefined), out);
  encoder.seal((plain) => {
    const at = writeHead(plain, 4, 0, 0, 0, 2, undefined, undefined);
    plain.patchU8(at + 2, 9);
  }, out);
  encoder.seal((plain) => writeHead(plain, 4, 0, 0, 0, 3, undefined, undefined), out);
  const { messages, error } = opened([concat(out.drain())], ["SIGNED"]);
  assertEquals([messages.length, error], [3, undefined]);
});

/** A SET whose value is these bytes, said to be compressed. */
function compressedFrame(value: Uint8Array): Uint8Array {
  const out = new WriteBuffer();
  writeHead(out, 2, FLAGS.COMPRESSED, 1, value.length, 5, undefined, undefined);
  out.bytes(UTF8.encode("k"));
  out.bytes(value);
  return concat(out.drain());
}

Deno.test(
  "a value that inflates to its limit is read, and one byte more ends the stream",
  PURE,
  () => {
    const limits = { maxValueSize: 50_000 };
    const fits = compressedFrame(deflateRawSync(new Uint8Array(50_000)));
    assertEquals(opened([fits], ["COMPRESSED"], limits).error, undefined);
    const over = compressedFrame(deflateRawSync(new Uint8Array(50_001)));
    const { messages, error } = opened([over], ["COMPRESSED"], limits);
    assertEquals([messages, error?.code, error?.id], [[], "TOO_LARGE", 5]);
    assertEquals(
      error?.message,
      "Cannot decode frame: its value inflates to more than the limit 50000 (option maxValueSize)",
    );
  },
);

Deno.test("a bomb of a gigabyte is given up at the limit", PURE, () => {
  const layer = deflateRawSync(new Uint8Array(1_000_000_000), { level: 9 });
  const { error } = opened([compressedFrame(layer)], ["COMPRESSED"], { maxValueSize: 2_000_000 });
  assertEquals(error?.code, "TOO_LARGE");
});

Deno.test(
  "a value that is not deflate, or ends inside it, ends the stream with PROTOCOL",
  PURE,
  () => {
    const whole = deflateRawSync(UTF8.encode("hello ".repeat(20)));
    for (const value of [Uint8Array.of(7, 7, 7), new Uint8Array(), whole.subarray(0, -1)]) {
      assertEquals(opened([compressedFrame(value)], ["COMPRESSED"]).error?.code, "PROTOCOL");
    }
  },
);

Deno.test(
  "an encrypted value may be longer on the wire by its nonce and tag, and not more",
  PURE,
  () => {
    const limits = { maxValueSize: 5 };
    const fits = sealed(["ENCRYPTED"], [set("k", "12345", 1)]);
    assertEquals(opened(fits, ["ENCRYPTED"], limits).error, undefined);
    const over = sealed(["ENCRYPTED"], [set("k", "123456", 1)]);
    assertEquals(opened(over, ["ENCRYPTED"], limits).error?.code, "TOO_LARGE");
    assertEquals(fits[0]!.length, HEADER_SIZE + 4 + 1 + 5 + ENCRYPTION_OVERHEAD);
  },
);

Deno.test(
  "an encrypted value that is too short for a nonce and a tag ends the stream",
  PURE,
  () => {
    const out = new WriteBuffer();
    writeHead(out, 4, FLAGS.ENCRYPTED, 0, 27, undefined, undefined, undefined);
    out.bytes(new Uint8Array(27));
    assertEquals(opened([concat(out.drain())], ["ENCRYPTED"]).error?.code, "ENCRYPTION");
  },
);

Deno.test("responses are protected behind the one that says so, and not before", PURE, () => {
  const encoder = new CafeResponseEncoder();
  const [hello, next] = [text("hello"), text("next")];
  encoder.protectAfter(hello, new Sealer(ALL, KEYS.server));
  const out = new WriteBuffer();
  for (const response of [text("before"), hello, next]) encoder.encode(response, out);
  const decoder = new CafeReplyDecoder();
  const bytes = concat(out.drain());
  const plain = 2 * HEADER_SIZE + "before".length + "hello".length;
  assertEquals(decode(decoder, [bytes.subarray(0, plain)]).messages.length, 2);
  decoder.release(new Opener(ALL, KEYS.server));
  const [reply] = decode(decoder, [bytes.subarray(plain)]).messages;
  assertEquals(reply?.value, UTF8.encode("next"));
});

// The vectors of the specification, against WebCrypto and against this implementation.

const VECTORS = vectorsOf(
  Deno.readTextFileSync(new URL("../../docs/cafe.md", import.meta.url)),
);

function vectorsOf(page: string): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const block = /```vectors\n([^`]*)```/.exec(page)![1]!;
  return new Map(
    block.trim().split("\n").map((line) => {
      const [, name, hex] = /^(.*\S)\s+([0-9a-f]+)$/.exec(line)!;
      return [name!, Uint8Array.fromHex(hex!)];
    }),
  );
}

function vector(name: string): Uint8Array<ArrayBuffer> {
  const bytes = VECTORS.get(name);
  if (bytes === undefined) throw new Error(`docs/cafe.md has no vector ${name}`);
  return bytes;
}

const AGREED: readonly AgreedFlag[] = ["ENCRYPTED", "SIGNED"];

Deno.test("the keys of the specification are those that are derived", PURE, () => {
  const keys = deriveKeys(vector("secret"), vector("offer"), vector("server nonce"), AGREED);
  assertEquals(keys.client, { sign: vector("client sign"), encrypt: vector("client encrypt") });
  assertEquals(keys.server, { sign: vector("server sign"), encrypt: vector("server encrypt") });
  assertEquals(keys.proof, vector("proof"));
});

Deno.test("the keys of the specification are what WebCrypto derives", PURE, async () => {
  const salt = await crypto.subtle.digest(
    "SHA-256",
    concat([vector("offer"), vector("server nonce")]),
  );
  assertEquals(new Uint8Array(salt), vector("salt"));
  const secret = await crypto.subtle.importKey("raw", vector("secret"), "HKDF", false, [
    "deriveBits",
  ]);
  for (const use of ["client sign", "client encrypt", "server sign", "server encrypt"]) {
    const info = UTF8.encode(`cafe 1 ${use} ENCRYPTED,SIGNED`);
    const hkdf = { name: "HKDF", hash: "SHA-256", salt, info };
    const bits = await crypto.subtle.deriveBits(hkdf, secret, 256);
    assertEquals(new Uint8Array(bits), vector(use));
  }
});

Deno.test("the frames of the specification are what this side sends and reads", PURE, () => {
  const keys = deriveKeys(vector("secret"), vector("offer"), vector("server nonce"), AGREED);
  const requests: CafeRequest[] = [
    set("foo", "bar", 1),
    { ...PLAIN, op: "GET", id: 2, key: UTF8.encode("foo"), wantVersion: false },
  ];
  const encoder = new CafeRequestEncoder();
  encoder.protect(new Sealer(AGREED, keys.client));
  const out = new WriteBuffer();
  for (const request of requests) encoder.encode(request, out);
  const frames = concat([vector("SET foo bar"), vector("GET foo")]);
  assertEquals(concat(out.drain()).toHex(), frames.toHex());
  const decoder = new CafeRequestDecoder();
  decoder.release(new Opener(AGREED, keys.client));
  assertEquals(decode(decoder, [frames]), { messages: requests, error: undefined });
  const replies = new CafeReplyDecoder();
  replies.release(new Opener(AGREED, keys.server));
  assertEquals(decode(replies, [vector("OK bar")]).messages[0]?.value, UTF8.encode("bar"));
});

Deno.test("a frame of the specification is one for WebCrypto", PURE, async () => {
  const frame = vector("GET foo");
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const signing = await crypto.subtle.importKey("raw", vector("client sign"), hmac, false, [
    "verify",
  ]);
  const signed = concat([Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1), frame.subarray(0, -32)]);
  assert(await crypto.subtle.verify("HMAC", signing, frame.slice(-32), signed));
  const key = await crypto.subtle.importKey("raw", vector("client encrypt"), "AES-GCM", false, [
    "decrypt",
  ]);
  const keyEnd = HEADER_SIZE + 4 + 3;
  const value = frame.slice(keyEnd, -32);
  const decrypt = (associated: Uint8Array<ArrayBuffer>) =>
    crypto.subtle.decrypt(
      { name: "AES-GCM", iv: value.slice(0, 12), additionalData: associated },
      key,
      value.slice(12),
    );
  assertEquals((await decrypt(frame.slice(0, keyEnd))).byteLength, 0);
  await assertRejects(() => decrypt(new Uint8Array(keyEnd)));
});
