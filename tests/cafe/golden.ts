/**
 * The golden corpus of CAFE version 1: the same dumps stand in docs/cafe.md, and a test holds the two
 * together. They are written from the specification, never by the encoders under test.
 */

import type { DecodedRequest, Reply } from "../../lib/cafe/mod.ts";
import type { ErrorCode, Response } from "../../lib/model/mod.ts";
import { GOLDEN_BROKEN, GOLDEN_REFUSED } from "./golden_errors.ts";
import { GOLDEN_REQUESTS } from "./golden_requests.ts";
import { GOLDEN_RESPONSES } from "./golden_responses.ts";

export { GOLDEN_BROKEN, GOLDEN_REFUSED, GOLDEN_REQUESTS, GOLDEN_RESPONSES };

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
  readonly response: Response;
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

/** All examples. */
export const GOLDEN: readonly (GoldenRequest | GoldenResponse | GoldenBroken)[] = [
  ...GOLDEN_REQUESTS,
  ...GOLDEN_REFUSED,
  ...GOLDEN_BROKEN,
  ...GOLDEN_RESPONSES,
];
