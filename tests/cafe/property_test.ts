import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import * as fc from "fast-check";
import {
  CafeReplyDecoder,
  type CafeRequest,
  CafeRequestDecoder,
  type Reply,
  replyCode,
  replyCount,
  replyInteger,
  replyKeys,
  replyText,
  type ReplyType,
} from "../../lib/cafe/mod.ts";
import { DecodeError } from "../../lib/codec/mod.ts";
import {
  count,
  error,
  ERROR_CODES,
  goAway,
  integer,
  keys,
  miss,
  ok,
  push,
  type Response,
  text,
} from "../../lib/model/mod.ts";
import { decode, encodeRequests, encodeResponses } from "./helpers.ts";

const PURE = { permissions: "none" } as const;
const SEED = 0xcafe;

const bytes = fc.uint8Array({ maxLength: 40 }).map((view) => Uint8Array.from(view));
const version = fc.option(fc.maxSafeNat(), { nil: undefined });
const ttl = fc.option(fc.integer({ min: 1, max: 2 ** 52 }), { nil: undefined });
const id = fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { nil: undefined });
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const cursor = fc.maxSafeNat();
const head = { id, quiet: fc.boolean(), checksum: fc.boolean(), durable: fc.boolean() };

const request: fc.Arbitrary<CafeRequest> = fc.oneof(
  fc.record({ ...head, op: fc.constant("GET" as const), key: bytes, wantVersion: fc.boolean() }),
  fc.record({ ...head, op: fc.constant("SET" as const), key: bytes, value: bytes, ttl, version }),
  fc.record({ ...head, op: fc.constant("DELETE" as const), key: bytes, version }),
  fc.record({ ...head, op: fc.constant("PING" as const), value: bytes }),
  fc.record({ ...head, op: fc.constant("HELLO" as const), user: bytes, password: bytes }),
  fc.record({ ...head, op: fc.constant("INCR" as const), key: bytes, delta: i64 }),
  fc.record({ ...head, op: fc.constant("APPEND" as const), key: bytes, value: bytes }),
  fc.record({ ...head, op: fc.constant("TOUCH" as const), key: bytes, ttl }),
  fc.record({ ...head, op: fc.constant("SCAN" as const), prefix: bytes, cursor }),
  fc.record({ ...head, op: fc.constant("STATS" as const), section: bytes }),
  fc.record({ ...head, op: fc.constant("SUBSCRIBE" as const), channel: bytes }),
  fc.record({ ...head, op: fc.constant("UNSUBSCRIBE" as const), channel: bytes }),
  fc.record({ ...head, op: fc.constant("PUBLISH" as const), channel: bytes, message: bytes }),
  fc.record({ ...head, op: fc.constant("COMPACT" as const) }),
);

const body: fc.Arbitrary<Response> = fc.oneof(
  fc.tuple(bytes, version, version).map((args) => ok(...args)),
  i64.map(integer),
  u32.map(count),
  fc.string({ unit: "grapheme" }).map(text),
  fc.tuple(fc.array(bytes), cursor).map((args) => keys(...args)),
  fc.constant(miss()),
  fc.tuple(fc.constantFrom(...ERROR_CODES), fc.string()).map((args) => error(...args)),
  fc.tuple(bytes, bytes).map(([channel, message]) => push(channel, message, false)),
  fc.constant(goAway()),
);

const response: fc.Arbitrary<Response> = fc.tuple(body, id, fc.boolean())
  .map(([body, id, checksum]) => ({ ...body, id, checksum }));

/** Cuts bytes at places given as parts of their length, each piece in memory of its own. */
function cutAt(input: Uint8Array, parts: readonly number[]): Uint8Array[] {
  const places = parts.map((part) => Math.floor(part * input.length)).toSorted((a, b) => a - b);
  const edges = [0, ...places, input.length];
  return edges.slice(1).map((end, i) => input.slice(edges[i], end));
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 });

/** The responses that CAFE has a frame for. */
type FrameType = Exclude<Response["type"], "LIST">;

/** What a client learns of a reply, in the server's words. */
function asResponse(reply: Reply, type: FrameType): Response {
  const { id, checksum, key, value, ttl, version } = reply;
  switch (type) {
    case "OK":
      return { id, checksum, type, value, lent: false, ttl, version };
    case "INTEGER":
      return { id, checksum, type, value: replyInteger(reply) };
    case "COUNT":
      return { id, checksum, type, value: replyCount(reply) };
    case "TEXT":
      return { id, checksum, type, text: replyText(reply) };
    case "KEYS":
      return { id, checksum, type, ...replyKeys(reply) };
    case "ERR":
      return {
        ...error(ERROR_CODES.find((code) => code === replyCode(reply))!, replyText(reply)),
        id,
        checksum,
      };
    case "PUSH":
      return { id, checksum, type, channel: key, message: value };
    case "MISS":
    case "GOAWAY":
      return { id, checksum, type };
  }
}

/** The frame that each response becomes. */
function frameOf(type: FrameType): ReplyType {
  return type === "INTEGER" || type === "COUNT" || type === "TEXT" || type === "KEYS" ? "OK" : type;
}

Deno.test("requests come back as they were encoded, however the stream is cut", PURE, () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 8 }), cuts, (requests, parts) => {
      const chunks = cutAt(encodeRequests(...requests), parts);
      const decoded = decode(new CafeRequestDecoder(), chunks);
      assertEquals(decoded, { messages: requests, error: undefined });
    }),
    { seed: SEED, numRuns: 500 },
  );
});

Deno.test("replies say what the responses said, however the stream is cut", PURE, () => {
  fc.assert(
    fc.property(fc.array(response, { maxLength: 8 }), cuts, (responses, parts) => {
      const chunks = cutAt(encodeResponses(...responses), parts);
      const { messages, error } = decode(new CafeReplyDecoder(), chunks);
      assertEquals(error, undefined);
      assertEquals(
        messages.map(({ type }) => type),
        responses.map(({ type }) => frameOf(type as FrameType)),
      );
      assertEquals(
        messages.map((reply, i) => asResponse(reply, responses[i]!.type as FrameType)),
        responses,
      );
    }),
    { seed: SEED, numRuns: 500 },
  );
});

/** Bytes that get past the magic more often than random ones do. */
const nearly = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc.uint8Array({ minLength: 10, maxLength: 40 }).map((rest) =>
      Uint8Array.of(
        0xca,
        0xfe,
        0x01,
        rest[0]! % 16,
        rest[1]! & 0xf3,
        rest[2]!,
        0,
        0,
        0,
        0,
        0,
        ...rest,
      )
    ),
  ),
  { maxLength: 6 },
).map((parts) => concat(parts));

/** Reads a stream in both directions: only protocol errors may come of it, and always the same. */
function readBoth(input: Uint8Array, parts: readonly number[]): void {
  for (const make of [() => new CafeRequestDecoder(), () => new CafeReplyDecoder()]) {
    const whole = decode<unknown>(make(), [input]);
    const cut = decode<unknown>(make(), cutAt(input, parts));
    assertEquals(cut.messages, whole.messages);
    assertEquals([cut.error?.code, cut.error?.offset], [whole.error?.code, whole.error?.offset]);
  }
}

Deno.test("arbitrary bytes never throw anything but a ProtocolError", PURE, () => {
  fc.assert(fc.property(nearly, cuts, readBoth), { seed: SEED, numRuns: 1_000 });
});

const mutation = fc.record({
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  kind: fc.constantFrom("set", "insert", "remove"),
  byte: fc.integer({ min: 0, max: 255 }),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

/** The stream with one byte changed, inserted or removed. */
function mutate(input: Uint8Array, { place, kind, byte }: Mutation): Uint8Array {
  const at = Math.floor(place * input.length);
  const middle = kind === "remove" ? [] : [byte];
  const rest = input.subarray(kind === "insert" ? at : at + 1);
  return concat([input.subarray(0, at), Uint8Array.from(middle), rest]);
}

Deno.test(
  "a mutated stream never throws anything but a ProtocolError, and keeps what came before",
  PURE,
  () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 6 }),
        mutation,
        cuts,
        (requests, change, parts) => {
          const input = encodeRequests(...requests);
          readBoth(mutate(input, change), parts);
          const at = Math.floor(change.place * input.length);
          const { messages } = decode(new CafeRequestDecoder(), [mutate(input, change)]);
          const intact = requests.filter((_, i) =>
            encodeRequests(...requests.slice(0, i + 1)).length <= at
          );
          assertEquals(messages.slice(0, intact.length), intact);
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  },
);

Deno.test("readers of replies throw nothing but a DecodeError", PURE, () => {
  const plain = {
    type: "OK",
    id: undefined,
    checksum: false,
    more: false,
    ttl: undefined,
    version: undefined,
  } as const;
  fc.assert(
    fc.property(bytes, bytes, (key, value) => {
      const reply: Reply = { ...plain, key, value };
      for (const read of [replyInteger, replyCount, replyKeys, replyText, replyCode]) {
        try {
          read(reply);
        } catch (thrown) {
          assert(thrown instanceof DecodeError, `${thrown}`);
        }
      }
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});
