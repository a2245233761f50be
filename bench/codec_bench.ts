/**
 * Every codec, decoding and encoding. An iteration is 128 messages in one chunk.
 *
 *     deno bench bench/codec_bench.ts
 *
 * @module
 */

import { WriteBuffer } from "../lib/bytes/mod.ts";
import {
  CafeReplyDecoder,
  CafeRequestDecoder,
  CafeRequestEncoder,
  CafeResponseEncoder,
} from "../lib/cafe/mod.ts";
import {
  BatchDecoder,
  type Decoder,
  DelimiterDecoder,
  DelimiterEncoder,
  encodeAll,
  type Encoder,
  FixedSizeDecoder,
  FixedSizeEncoder,
  LengthDelimitedDecoder,
  LengthDelimitedEncoder,
} from "../lib/codec/mod.ts";
import { ok } from "../lib/model/mod.ts";
import { BATCH, getRequests, LARGE_VALUE, setRequests, SMALL_VALUE } from "./messages.ts";

/** What is encoded is dropped when it reaches this size, as a stream writes it then. */
const FLUSH_AT = 65_536;

function benchDecoder<T>(name: string, group: string, decoder: Decoder<T>, bytes: Uint8Array) {
  const batches = new BatchDecoder(decoder);
  Deno.bench({
    name: `decode ${BATCH} ${name}`,
    group: `decode, ${group}`,
    baseline: name === "SET",
    permissions: "none",
    fn: () => batches.push(bytes, []),
  });
}

function benchEncoder<T>(name: string, group: string, encoder: Encoder<T>, messages: T[]) {
  const out = new WriteBuffer();
  Deno.bench({
    name: `encode ${BATCH} ${name}`,
    group: `encode, ${group}`,
    baseline: name === "SET",
    permissions: "none",
    fn() {
      for (const message of messages) {
        encoder.encode(message, out);
        if (out.copied >= FLUSH_AT) out.drain();
      }
      out.drain();
    },
  });
}

function benchCodec<T, R = T>(
  name: string,
  group: string,
  encoder: Encoder<T>,
  decoder: Decoder<R>,
  messages: T[],
) {
  benchDecoder(name, group, decoder, encodeAll(encoder, messages));
  benchEncoder(name, group, encoder, messages);
}

for (const size of [SMALL_VALUE, LARGE_VALUE]) {
  const group = `values of ${size} bytes`;
  const requests = setRequests(BATCH, size);
  const values = requests.map(({ value }) => value);
  const replies = values.map((value) => ok(value));
  const lines = { delimiter: "\n" };
  benchCodec("SET", group, new CafeRequestEncoder(), new CafeRequestDecoder(), requests);
  benchCodec("replies", group, new CafeResponseEncoder(), new CafeReplyDecoder(), replies);
  benchCodec(
    "length-delimited",
    group,
    new LengthDelimitedEncoder(),
    new LengthDelimitedDecoder(),
    values,
  );
  benchCodec("delimited", group, new DelimiterEncoder(lines), new DelimiterDecoder(lines), values);
  benchCodec("fixed-size", group, new FixedSizeEncoder(size), new FixedSizeDecoder(size), values);
}

benchCodec(
  "GET",
  "no values",
  new CafeRequestEncoder(),
  new CafeRequestDecoder(),
  getRequests(BATCH),
);
