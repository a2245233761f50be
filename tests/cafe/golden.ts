/**
 * The golden corpus of CAFE version 1: the same dumps stand in docs/cafe.md, and a test holds the two
 * together. They are written from the specification, never by the encoders under test.
 */

import type { CafeResponse, DecodedRequest, Reply } from "../../lib/cafe/mod.ts";
import type { ErrorCode } from "../../lib/model/mod.ts";
import { GOLDEN_BASIC_REFUSED, GOLDEN_BROKEN } from "./golden_errors.ts";
import {
  GOLDEN_PARTS_REFUSED,
  GOLDEN_PARTS_REQUESTS,
  GOLDEN_PARTS_RESPONSES,
} from "./golden_parts.ts";
import { GOLDEN_BASIC_REQUESTS } from "./golden_requests.ts";
import { GOLDEN_BASIC_RESPONSES } from "./golden_responses.ts";

export { GOLDEN_BROKEN };

/** What every example has. */
interface Golden {
  readonly name: string;
  /** Hex bytes with a comment per field: `ca fe  ; magic`. */
  readonly dump: string;
}

/** One request frame, and the request that it equals. */
export interface GoldenRequest extends Golden {
  readonly direction: "request";
  readonly request: DecodedRequest;
  /** Whether the encoder writes these very bytes for the request. */
  readonly canonical: boolean;
}

/** One response frame, the response that encodes to it, and the reply that it decodes to. */
export interface GoldenResponse extends Golden {
  readonly direction: "response";
  readonly response: CafeResponse;
  readonly reply: Reply;
}

/** A stream of requests that cannot be read to its end. */
export interface GoldenBroken extends Golden {
  readonly direction: "broken";
  /** What is delivered before the error. */
  readonly before: readonly DecodedRequest[];
  readonly error: {
    readonly code: ErrorCode;
    readonly offset: number;
    readonly id: number | undefined;
    readonly message: string;
  };
}

/** One frame each that is a request which can be carried out. */
export const GOLDEN_REQUESTS: readonly GoldenRequest[] = [
  ...GOLDEN_BASIC_REQUESTS,
  ...GOLDEN_PARTS_REQUESTS,
];

/** One frame each that is answered with an error. */
export const GOLDEN_REFUSED: readonly GoldenRequest[] = [
  ...GOLDEN_BASIC_REFUSED,
  ...GOLDEN_PARTS_REFUSED,
];

/** One response frame each. */
export const GOLDEN_RESPONSES: readonly GoldenResponse[] = [
  ...GOLDEN_BASIC_RESPONSES,
  ...GOLDEN_PARTS_RESPONSES,
];

/** All examples. */
export const GOLDEN: readonly (GoldenRequest | GoldenResponse | GoldenBroken)[] = [
  ...GOLDEN_REQUESTS,
  ...GOLDEN_REFUSED,
  ...GOLDEN_BROKEN,
  ...GOLDEN_RESPONSES,
];
