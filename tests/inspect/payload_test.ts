/** Holds the layout of CAFE's messages against its encoders: what they write is split, and read as written. */

import {
  type CafeRequest,
  type CafeResponse,
  FLAGS,
  Head,
  HEADER_SIZE,
  type LayoutPayload,
  type LayoutRequest,
  type LayoutResponse,
  messageOf,
  placeFields,
  REQUEST_LAYOUT,
  type RequestType,
  RESPONSE_LAYOUT,
} from "../../lib/cafe/mod.ts";
import { splitPayload } from "../../lib/inspect/payload.ts";
import {
  count,
  error,
  goAway,
  integer,
  keys,
  miss,
  ok,
  push,
  type ResponseHead,
  text,
} from "../../lib/model/mod.ts";
import { assertEquals } from "@std/assert";
import { encodeRequests, encodeResponses, PLAIN } from "../cafe/helpers.ts";
import { PURE, utf8 } from "./helpers.ts";

/** The parts of a key and of a value: their names and what they say, bytes as text. */
type Parts = Readonly<Record<string, string | number | bigint>>;

/** Where a payload of the layout was found in a frame. */
const seen = new Set<string>();

const ID = { ...PLAIN, id: 7 };
const HEAD: ResponseHead = { id: 7, checksum: false };
const K = utf8("k");
const BIG = 2 ** 52 + 1;
const PARTS = { ttl: undefined, version: undefined };

function partsOf(layout: LayoutPayload, bytes: Uint8Array, place: string): Parts {
  if (layout.parts.length > 0) seen.add(place);
  const decoder = new TextDecoder();
  return Object.fromEntries(
    splitPayload(layout, bytes, "not as the layout has it", 64)
      .map(({ name, value, bytes }) => [name, value ?? decoder.decode(bytes)]),
  );
}

/** What the layout says of a frame; the value of an OK is that of the request it answers. */
function split(
  frame: Uint8Array,
  answered?: RequestType,
): { name: string; key: Parts; value: Parts } {
  const head = new Head();
  head.readHeader(frame, 0);
  head.readExtensions(frame, HEADER_SIZE);
  const message: LayoutRequest | LayoutResponse = messageOf(head.opcode)!;
  const slice = (name: string) => {
    const { field, at } = placeFields(head).find(({ field }) => field.name === name)!;
    return frame.subarray(at, at + field.size);
  };
  const { name } = message;
  const key = partsOf(message.key, slice("key"), `key of ${name}`);
  const request = REQUEST_LAYOUT.find(({ name }) => name === answered);
  if (request !== undefined) {
    return { name, key, value: partsOf(request.reply!, slice("value"), `reply to ${answered}`) };
  }
  const value = (head.flags & FLAGS.MORE) === 0
    ? partsOf(message.value, slice("value"), `value of ${name}`)
    : partsOf(message.valueWithMore, slice("value"), `value of ${name} with MORE`);
  return { name, key, value };
}

const REQUESTS: readonly (readonly [CafeRequest, key: Parts, value: Parts])[] = [
  [{ ...ID, op: "GET", key: K, wantVersion: false }, { key: "k" }, {}],
  [{ ...ID, op: "GET_PARTS", key: K, wantVersion: false, window: 0x8000_0001 }, { key: "k" }, {
    window: 0x8000_0001,
  }],
  [{ ...ID, op: "SET", key: K, value: utf8("v"), ...PARTS }, { key: "k" }, { value: "v" }],
  [{ ...ID, op: "SET_PARTS", key: K, size: BIG, ...PARTS }, { key: "k" }, { size: BIG }],
  [{ ...ID, op: "DELETE", key: K, version: undefined }, { key: "k" }, {}],
  [{ ...ID, op: "PING", value: utf8("hi") }, {}, { message: "hi" }],
  [{ ...ID, op: "HELLO", user: utf8("ann"), password: utf8("pw") }, { user: "ann" }, {
    password: "pw",
  }],
  [
    { ...ID, op: "HELLO", user: utf8("ann"), password: utf8("pw"), offer: utf8("{}") },
    { user: "ann" },
    { form: 0, password_len: 2, password: "pw", offer: "{}" },
  ],
  [{ ...ID, op: "INCR", key: K, delta: -2 }, { key: "k" }, { delta: -2 }],
  [{ ...ID, op: "APPEND", key: K, value: utf8("end") }, { key: "k" }, { tail: "end" }],
  [{ ...ID, op: "TOUCH", key: K, ttl: 5 }, { key: "k" }, {}],
  [{ ...ID, op: "SCAN", prefix: utf8("p"), cursor: BIG }, { prefix: "p" }, { cursor: BIG }],
  [{ ...ID, op: "STATS", section: utf8("memory") }, { section: "memory" }, {}],
  [{ ...ID, op: "SUBSCRIBE", channel: utf8("news") }, { channel: "news" }, {}],
  [{ ...ID, op: "UNSUBSCRIBE", channel: utf8("news") }, { channel: "news" }, {}],
  [{ ...ID, op: "PUBLISH", channel: utf8("news"), message: utf8("hi") }, { channel: "news" }, {
    message: "hi",
  }],
  [{ ...ID, op: "COMPACT" }, {}, {}],
  [{ ...ID, op: "PART", value: utf8("some"), last: false }, {}, { part: "some" }],
  [{ ...ID, op: "PART", value: utf8("rest"), last: true }, {}, { part: "rest" }],
  [{ ...ID, op: "WINDOW", bytes: 0x8000_0001 }, {}, { more: 0x8000_0001 }],
];

const RESPONSES: readonly (readonly [CafeResponse, key: Parts, value: Parts])[] = [
  [ok(utf8("v")), {}, { value: "v" }],
  [{ ...HEAD, type: "PARTS", size: BIG, ...PARTS }, {}, { size: BIG }],
  [error("CONFLICT", "no"), { code: "CONFLICT" }, { text: "no" }],
  [miss(), {}, {}],
  [push(utf8("news"), utf8("hi"), false), { channel: "news" }, { message: "hi" }],
  [goAway(), {}, {}],
  [{ ...HEAD, type: "PART", value: utf8("some"), last: false }, {}, { part: "some" }],
  [{ ...HEAD, type: "PART", value: utf8("rest"), last: true }, {}, { part: "rest" }],
  [{ ...HEAD, type: "WINDOW", window: { requests: 3, bytes: BIG } }, {}, {
    requests: 3,
    bytes: BIG,
  }],
];

const REPLIES: readonly (readonly [RequestType, CafeResponse, value: Parts])[] = [
  ["GET", ok(utf8("v")), { value: "v" }],
  ["SET", ok(), {}],
  ["DELETE", ok(), {}],
  ["PING", ok(utf8("PONG")), { message: "PONG" }],
  ["HELLO", text("{}"), { server: "{}" }],
  ["INCR", integer(-2n), { result: -2 }],
  ["APPEND", count(0x8000_0005), { length: 0x8000_0005 }],
  ["TOUCH", ok(), {}],
  ["SCAN", keys([utf8("key")], BIG), { cursor: BIG, key_len: 3, key: "key" }],
  ["STATS", text("keys:1"), { figures: "keys:1" }],
  ["SUBSCRIBE", ok(), {}],
  ["UNSUBSCRIBE", ok(), {}],
  ["PUBLISH", count(0x8000_0005), { count: 0x8000_0005 }],
  ["COMPACT", text("begun"), { state: "begun" }],
];

Deno.test(
  "payloads that the codec encodes are split by the layout to what was encoded",
  PURE,
  () => {
    for (const [request, key, value] of REQUESTS) {
      const name = request.op.replace("_PARTS", "");
      assertEquals(split(encodeRequests(request)), { name, key, value });
    }
    for (const [response, key, value] of RESPONSES) {
      const name = response.type === "PARTS" ? "OK" : response.type;
      assertEquals(split(encodeResponses(response)), { name, key, value });
    }
    for (const [request, response, value] of REPLIES) {
      assertEquals(split(encodeResponses(response), request), { name: "OK", key: {}, value });
    }
    assertEquals(seen, new Set(placesOfLayout()));
  },
);

/** All payloads of the layout that are not empty. */
function placesOfLayout(): string[] {
  const places = (name: string, { key, value, valueWithMore }: LayoutRequest | LayoutResponse) => [
    key.parts.length > 0 ? `key of ${name}` : "",
    value.parts.length > 0 ? `value of ${name}` : "",
    valueWithMore.parts.length > 0 && takesMore(name) ? `value of ${name} with MORE` : "",
  ];
  return [
    ...REQUEST_LAYOUT.flatMap((request) => [
      ...places(request.name, request),
      (request.reply?.parts.length ?? 0) > 0 ? `reply to ${request.name}` : "",
    ]),
    ...RESPONSE_LAYOUT.flatMap((response) => places(response.name, response)),
  ].filter((place) => place !== "");
}

function takesMore(name: string): boolean {
  const request = REQUEST_LAYOUT.find((request) => request.name === name);
  return request?.takes.includes("MORE") ?? name === "OK";
}
