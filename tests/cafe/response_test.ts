import { assertEquals, assertThrows } from "@std/assert";
import { CHAIN_THRESHOLD, WriteBuffer } from "../../lib/bytes/mod.ts";
import {
  CafeResponseEncoder,
  type Reply,
  replyCode,
  replyCount,
  replyInteger,
  replyKeys,
  replyText,
} from "../../lib/cafe/mod.ts";
import { DecodeError } from "../../lib/codec/mod.ts";
import {
  count,
  error,
  goAway,
  integer,
  keys,
  list,
  miss,
  ok,
  push,
  type Response,
  text,
} from "../../lib/model/mod.ts";
import { utf8 } from "./dump.ts";
import { decodeReplies, encodeResponses, hex } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

/** The reply that a client reads of one response. */
function replyTo(response: Response): Reply {
  const { messages, error } = decodeReplies(encodeResponses(response));
  if (error !== undefined) throw error;
  assertEquals(messages.length, 1);
  return messages[0]!;
}

// Encoding

const WRONG: readonly (readonly [string, Response, string])[] = [
  [
    "the id 2^32",
    { ...miss(), id: 2 ** 32 },
    "Cannot encode MISS: id 4294967296 is not a whole number from 0 to 4294967295",
  ],
  [
    "the id 2^32 of an error",
    { ...error("INTERNAL", "Nothing came"), id: 2 ** 32 },
    "Cannot encode ERR: id 4294967296 is not a whole number from 0 to 4294967295",
  ],
  [
    "a negative time to live",
    ok(utf8("bar"), -1),
    "Cannot encode OK: ttl -1 is not a whole number from 0 to 9007199254740991",
  ],
  [
    "the version 2^53",
    ok(utf8("bar"), undefined, 2 ** 53),
    "Cannot encode OK: version 9007199254740992 is not a whole number from 0 to 9007199254740991",
  ],
  [
    "the integer 2^63",
    integer(2n ** 63n),
    "Cannot encode OK: integer 9223372036854775808 does not fit a signed 64-bit integer",
  ],
  [
    "the count 2^32",
    count(2 ** 32),
    "Cannot encode OK: count 4294967296 is not a whole number from 0 to 4294967295",
  ],
  [
    "a list, also an empty one",
    list([]),
    "Cannot encode a list: no frame of CAFE holds one",
  ],
  [
    "the cursor 2^53",
    keys([], 2 ** 53),
    "Cannot encode OK: cursor 9007199254740992 is not a whole number from 0 to 9007199254740991",
  ],
  [
    "a page with a key of 65,536 bytes",
    keys([utf8("a"), new Uint8Array(65_536)], 0),
    "Cannot encode OK: length of a key 65536 is not a whole number from 0 to 65535",
  ],
  [
    "a channel of 65,536 bytes",
    push(new Uint8Array(65_536), utf8("hi"), true),
    "Cannot encode PUSH: key_len 65536 is not a whole number from 0 to 65535",
  ],
];

for (const [name, response, message] of WRONG) {
  Deno.test(`CafeResponseEncoder refuses ${name} before a byte is written`, PURE, () => {
    const out = new WriteBuffer();
    const error = assertThrows(() => new CafeResponseEncoder().encode(response, out), RangeError);
    assertEquals([error.message, out.length], [message, 0]);
  });
}

Deno.test("CafeResponseEncoder gives every type its id and its checksum", PURE, () => {
  const responses: Response[] = [
    ok(utf8("bar"), 5, 6),
    integer(-1n),
    count(3),
    text("héllo"),
    keys([utf8("a"), new Uint8Array(0)], 9),
    miss(),
    error("CONFLICT", "Entry has another version"),
    push(utf8("news"), utf8("hi"), true),
    goAway(),
  ];
  for (const response of responses) {
    const { id, checksum } = replyTo({ ...response, id: 4_294_967_295, checksum: true });
    assertEquals({ id, checksum }, { id: 4_294_967_295, checksum: true }, response.type);
    assertEquals(replyTo({ ...response, checksum: false }).checksum, false);
  }
});

Deno.test("CafeResponseEncoder chains a large value and covers it with its checksum", PURE, () => {
  const value = new Uint8Array(CHAIN_THRESHOLD).fill(3);
  const out = new WriteBuffer();
  new CafeResponseEncoder().encode(ok(value), out);
  assertEquals(out.drain()[1] === value, true);
  const responses: Response[] = [ok(value), { ...ok(value), checksum: true }, {
    ...miss(),
    checksum: true,
  }];
  const { messages, error } = decodeReplies(encodeResponses(...responses));
  assertEquals(error, undefined);
  assertEquals(messages.map(({ value }) => value.length), [value.length, value.length, 0]);
});

Deno.test("CafeResponseEncoder counts the bytes of text, not its characters", PURE, () => {
  const reply = replyTo(text("é€𝄞"));
  assertEquals([reply.value.length, replyText(reply)], [9, "é€𝄞"]);
});

// Replies

Deno.test("replyText keeps a byte order mark", PURE, () => {
  assertEquals(replyText(replyTo(text("\ufeffa"))), "\ufeffa");
});

Deno.test("replyInteger reads what an integer response says", PURE, () => {
  for (const value of [-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n]) {
    assertEquals(replyInteger(replyTo(integer(value))), value);
  }
});

Deno.test("replyCount reads what a count response says", PURE, () => {
  for (const value of [0, 1, 4_294_967_295]) assertEquals(replyCount(replyTo(count(value))), value);
});

Deno.test("replyKeys reads what a keys response says", PURE, () => {
  const page = {
    cursor: 2 ** 53 - 1,
    keys: [utf8("a"), new Uint8Array(0), new Uint8Array(65_535)],
  };
  assertEquals(replyKeys(replyTo(keys(page.keys, page.cursor))), page);
  assertEquals(replyKeys(replyTo(keys([], 0))), { cursor: 0, keys: [] });
});

Deno.test("replyCode and replyText read what an error says", PURE, () => {
  const reply = replyTo(error("CONFLICT", "Store is full"));
  assertEquals([replyCode(reply), replyText(reply)], ["CONFLICT", "Store is full"]);
});

Deno.test("replyInteger and replyCount refuse a value of another size", PURE, () => {
  const reply = replyTo(ok(utf8("12345")));
  const wrong = [
    assertThrows(() => replyInteger(reply), DecodeError),
    assertThrows(() => replyCount(reply), DecodeError),
  ];
  assertEquals(wrong.map(({ code, message }) => [code, message]), [
    ["CORRUPT", "Cannot read a reply: its value has 5 bytes, not 8"],
    ["CORRUPT", "Cannot read a reply: its value has 5 bytes, not 4"],
  ]);
});

const BAD_PAGES: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["half a cursor", "00000000"],
  ["half a length", "0000000000000000 00"],
  ["half a key", "0000000000000000 0002 61"],
  ["a length without a key", "0000000000000000 0001 61 0001"],
  ["a cursor of 2^53", "0020000000000000"],
];

for (const [name, page] of BAD_PAGES) {
  Deno.test(`replyKeys refuses a page with ${name}`, PURE, () => {
    const value = hex(page);
    const thrown = assertThrows(() => replyKeys(replyTo(ok(value))), DecodeError);
    assertEquals(
      [thrown.code, thrown.message],
      ["CORRUPT", `Cannot read a page of keys of ${value.length} bytes`],
    );
  });
}

Deno.test("CafeReplyDecoder does not give numbers that are not exact", PURE, () => {
  for (const flag of ["20", "40"]) {
    const frame = hex(`cafe 01 80 00${flag} 0000 00000000 0020000000000001`);
    const [reply] = decodeReplies(frame).messages;
    assertEquals([reply!.type, replyCode(reply!)], ["INVALID", "PROTOCOL"]);
    assertEquals(replyText(reply!), "Cannot read OK: its TTL or VERSION is not below 2^53");
  }
});

Deno.test("CafeReplyDecoder skips an unknown opcode in step, with its id", PURE, () => {
  const frames = "cafe 01 01 0010 0001 00000002 00000007 61 6263 cafe 01 82 0000 0000 00000000";
  const { messages } = decodeReplies(hex(frames));
  assertEquals(messages.map(({ type, id }) => [type, id]), [["INVALID", 7], ["MISS", undefined]]);
  assertEquals(replyText(messages[0]!), "Cannot read opcode 1: no response has it");
});
