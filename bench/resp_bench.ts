/**
 * RESP beside CAFE, decoding and encoding. An iteration is 128 messages in one chunk.
 *
 *     deno bench bench/resp_bench.ts
 *
 * @module
 */

import { WriteBuffer } from "../lib/bytes/mod.ts";
import {
  CafeReplyDecoder,
  type CafeRequest,
  CafeRequestDecoder,
  CafeRequestEncoder,
  CafeResponseEncoder,
} from "../lib/cafe/mod.ts";
import { BatchDecoder, type Decoder, encodeAll, type Encoder } from "../lib/codec/mod.ts";
import { ok } from "../lib/model/mod.ts";
import {
  RESP_OK,
  respArray,
  respBulk,
  respInteger,
  RespRequestDecoder,
  type RespValue,
  RespValueDecoder,
  RespValueEncoder,
} from "../lib/resp/mod.ts";
import { BATCH, getRequests, setRequests, SMALL_VALUE } from "./messages.ts";

const GETS = getRequests(BATCH);
const SETS = setRequests(BATCH, SMALL_VALUE);
const VALUES = SETS.map(({ value }) => value);

/** The request as a Redis client writes it. */
function respOf(...args: (string | Uint8Array)[]): RespValue {
  return respArray(args.map(respBulk));
}

function benchDecoder<T>(name: string, group: string, decoder: Decoder<T>, bytes: Uint8Array) {
  const batches = new BatchDecoder(decoder);
  Deno.bench({
    name: `${name}: decode ${BATCH} ${group}`,
    group: `decode ${group}`,
    baseline: name === "CAFE",
    permissions: "none",
    fn: () => batches.push(bytes, []),
  });
}

function benchEncoder<T>(name: string, group: string, encoder: Encoder<T>, messages: readonly T[]) {
  const out = new WriteBuffer();
  Deno.bench({
    name: `${name}: encode ${BATCH} ${group}`,
    group: `encode ${group}`,
    baseline: name === "CAFE",
    permissions: "none",
    fn() {
      for (const message of messages) encoder.encode(message, out);
      out.drain();
    },
  });
}

function benchRequests(group: string, cafe: CafeRequest[], resp: RespValue[]) {
  const encoder = new RespValueEncoder();
  benchDecoder("CAFE", group, new CafeRequestDecoder(), encodeAll(new CafeRequestEncoder(), cafe));
  benchDecoder("RESP", group, new RespRequestDecoder(), encodeAll(encoder, resp));
}

benchRequests("GET", GETS, GETS.map(({ key }) => respOf("GET", key)));
benchRequests("SET", SETS, SETS.map(({ key, value }) => respOf("SET", key, value)));

function benchReplies(group: string, cafe: Uint8Array[], resp: RespValue[]) {
  const responses = cafe.map((value) => ok(value));
  const encoder = new RespValueEncoder();
  benchEncoder("CAFE", group, new CafeResponseEncoder(), responses);
  benchEncoder("RESP", group, encoder, resp);
  const bytes = encodeAll(new CafeResponseEncoder(), responses);
  benchDecoder("CAFE", group, new CafeReplyDecoder(), bytes);
  benchDecoder("RESP", group, new RespValueDecoder(), encodeAll(encoder, resp));
}

benchReplies("values", VALUES, VALUES.map(respBulk));
benchReplies("OKs", VALUES.map(() => new Uint8Array(0)), VALUES.map(() => RESP_OK));
benchReplies(
  "integers",
  VALUES.map(() => new Uint8Array(8)),
  VALUES.map((_, i) => respInteger(i * 1_001)),
);
