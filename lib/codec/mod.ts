/**
 * A toolkit for your own binary protocols.
 *
 * - {@linkcode Decoder} and {@linkcode Encoder}: the two contracts, synchronous and free of I/O.
 * - {@linkcode decoderStream}, {@linkcode encoderStream}: any codec as a stream, with backpressure.
 * - {@linkcode LengthDelimitedDecoder}, {@linkcode DelimiterDecoder}, {@linkcode FixedSizeDecoder}:
 *   ready-made framings.
 *
 * `verifyDecoder`, the tests that every decoder should pass, is in `@cortado/cortado/verify-decoder`.
 *
 * @module
 */

export * from "./decoder.ts";
export * from "./delimiter.ts";
export * from "./encoder.ts";
export * from "./error.ts";
export * from "./fixed_size.ts";
export * from "./length_delimited.ts";
export * from "./reading.ts";
export * from "./streams.ts";
