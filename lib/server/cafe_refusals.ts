/**
 * What is answered to a request of CAFE that is not carried out.
 *
 * @module
 */

import { type DecodedRequest, requestName } from "../cafe/mod.ts";
import type { RequiredFlag } from "../handler/mod.ts";
import { error, type ErrorResponse } from "../model/mod.ts";

/** A password is wanted that has not been given. */
export function authRequired(): ErrorResponse {
  return error("AUTH_REQUIRED", "Cannot carry out the request: send HELLO with the password first");
}

/** The server requires flags that a request has not. */
export function flagRequired(
  { op }: DecodedRequest,
  missing: readonly RequiredFlag[],
): ErrorResponse {
  const message =
    `Cannot carry out ${requestName(op)}: the server wants ${missing.join(", ")} on every request` +
    " (option required)";
  return error("FLAG_REQUIRED", message);
}

/** Nothing is told to be on stable storage that is not. */
export function notDurable({ op }: DecodedRequest): ErrorResponse {
  const message = `Cannot carry out ${
    requestName(op)
  } durably: the server keeps nothing on disk (option data)`;
  return error("NOT_DURABLE", message);
}
