import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import * as fc from "fast-check";
import { encodeAll } from "../../lib/codec/mod.ts";
import {
  RESP_NULL,
  RESP_NULL_ARRAY,
  respArray,
  respAttribute,
  respBigNumber,
  respBoolean,
  respBulk,
  respDouble,
  type RespEntry,
  respError,
  respInteger,
  respMap,
  respPush,
  RespRequestDecoder,
  respSet,
  respSimple,
  type RespValue,
  RespValueDecoder,
  RespValueEncoder,
  respVerbatim,
} from "../../lib/resp/mod.ts";
import { cutAt, decode, raw } from "./helpers.ts";

const PURE = { permissions: "none" } as const;
const SEED = 0x2a;

const bytes = fc.uint8Array({ maxLength: 40 }).map((view) => Uint8Array.from(view));
const text = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n]/g, "."));
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 });
const printable = fc.string({ unit: fc.constantFrom(..."tx mkd~"), minLength: 3, maxLength: 3 });

const leaf: fc.Arbitrary<RespValue> = fc.oneof(
  text.map(respSimple),
  text.map(respError),
  fc.integer().map(respInteger),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(respInteger),
  bytes.map(respBulk),
  fc.constantFrom(RESP_NULL, RESP_NULL_ARRAY),
  fc.boolean().map(respBoolean),
  fc.double().map(respDouble),
  fc.bigInt().map(respBigNumber),
  fc.tuple(printable, bytes).map((args) => respVerbatim(...args)),
);

const { value } = fc.letrec<{ value: RespValue; entries: RespEntry[]; items: RespValue[] }>((
  tie,
) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    tie("items").map(respArray),
    tie("items").map(respSet),
    tie("items").map(respPush),
    tie("entries").map(respMap),
    fc.tuple(tie("entries"), tie("value")).map((args) => respAttribute(...args)),
  ),
  items: fc.array(tie("value"), { maxLength: 4 }),
  entries: fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }),
}));

/** A value with another put in place of each that it holds, the innermost first. */
function mapped(value: RespValue, change: (value: RespValue) => RespValue): RespValue {
  const inside = (part: RespValue) => mapped(part, change);
  const pair = ([key, value]: RespEntry): RespEntry => [inside(key), inside(value)];
  switch (value.type) {
    case "array":
    case "set":
    case "push":
      return change({ ...value, items: value.items.map(inside) });
    case "map":
      return change({ ...value, entries: value.entries.map(pair) });
    case "attribute":
      return change({ ...value, entries: value.entries.map(pair), value: inside(value.value) });
    default:
      return change(value);
  }
}

/** What a client of RESP3 learns: the two forms of null are one. */
function asResp3(value: RespValue): RespValue {
  return value.type === "null" ? RESP_NULL : value;
}

/** What a client of RESP2 learns, in types of RESP2. */
function asResp2(value: RespValue): RespValue {
  switch (value.type) {
    case "set":
    case "push":
      return respArray(value.items);
    case "map":
      return respArray(value.entries.flat());
    case "attribute":
      return value.value;
    case "boolean":
      return respInteger(value.value ? 1 : 0);
    case "bigNumber":
      return respBulk(String(value.value));
    case "verbatim":
      return respBulk(value.bytes);
    default:
      return value;
  }
}

/** Doubles are compared as what they become: text, in RESP2. */
function withoutDoubles(value: RespValue): RespValue {
  return value.type === "double" ? respInteger(0) : value;
}

Deno.test(
  "values come back from RESP3 as they were encoded, however the stream is cut",
  PURE,
  () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), cuts, (values, parts) => {
        const stream = encodeAll(new RespValueEncoder(3), values);
        const { messages, error } = decode(new RespValueDecoder(), cutAt(stream, parts));
        assertEquals(error, undefined);
        assertEquals(messages, values.map((value) => mapped(value, asResp3)));
      }),
      { seed: SEED, numRuns: 500 },
    );
  },
);

Deno.test("values come back from RESP2 as the types that it has", PURE, () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 5 }), cuts, (generated, parts) => {
      const values = generated.map((value) => mapped(value, withoutDoubles));
      const stream = encodeAll(new RespValueEncoder(2), values);
      const { messages, error } = decode(new RespValueDecoder(), cutAt(stream, parts));
      assertEquals(error, undefined);
      assertEquals(messages, values.map((value) => mapped(value, asResp2)));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

Deno.test("a double in RESP2 is the text that RESP3 writes", PURE, () => {
  fc.assert(
    fc.property(fc.double(), (number) => {
      const resp3 = encodeAll(new RespValueEncoder(3), [respDouble(number)]);
      const [resp2] = decode(
        new RespValueDecoder(),
        [encodeAll(new RespValueEncoder(2), [respDouble(number)])],
      ).messages;
      assertEquals(resp2, respBulk(resp3.slice(1, -2)));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

Deno.test("requests come back as they were encoded, however the stream is cut", PURE, () => {
  const command = fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 6 }), cuts, (commands, parts) => {
      const values = commands.map((args) => respArray(args.map(respBulk)));
      const stream = encodeAll(new RespValueEncoder(2), values);
      const { messages, error } = decode(new RespRequestDecoder(), cutAt(stream, parts));
      assertEquals(error, undefined);
      assertEquals(
        messages.map((args) => args.map((a) => [...a])),
        commands.map((args) => args.map((a) => [...a])),
      );
    }),
    { seed: SEED, numRuns: 500 },
  );
});

/** Bytes that are often near to what RESP is. */
const nearly = fc.array(
  fc.oneof(
    fc.constantFrom(..."*$+-:_#,(=!~>%|?0123459 tf\"'\\x\r\n\0").map(raw),
    fc.constantFrom("\r\n", "*1\r\n", "*2\r\n$1\r\n", "$0\r\n\r\n", "=4\r\ntxt:\r\n", "\\x41").map(
      raw,
    ),
    fc.uint8Array({ maxLength: 3 }),
  ),
  { maxLength: 30 },
).map((parts) => concat(parts));

Deno.test(
  "arbitrary bytes throw nothing but a ProtocolError, and the same however they are cut",
  PURE,
  () => {
    fc.assert(
      fc.property(nearly, cuts, (input, parts) => {
        for (const make of [() => new RespRequestDecoder(), () => new RespValueDecoder()]) {
          const whole = decode<unknown>(make(), [input]);
          const cut = decode<unknown>(make(), cutAt(input, parts));
          assertEquals(cut.messages, whole.messages);
          assertEquals(
            [cut.error?.code, cut.error?.offset, cut.error?.message],
            [whole.error?.code, whole.error?.offset, whole.error?.message],
          );
          assert(whole.error === undefined || whole.error.offset <= input.length);
        }
      }),
      { seed: SEED, numRuns: 3_000 },
    );
  },
);
