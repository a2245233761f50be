/**
 * Requests that wait in a transaction.
 *
 * @module
 */

import type { RespCommand, RespParsedCall } from "../../resp/mod.ts";

/** A queued request holds this much more than its arguments, as was measured: its objects... */
const CALL_OVERHEAD = 256;
/** ...and each argument this much more than its bytes. */
const ARGUMENT_OVERHEAD = 200;

/** About how many bytes a request of these arguments holds while it is queued. */
export function sizeOf(args: RespCommand): number {
  let bytes = CALL_OVERHEAD;
  for (const { length } of args) bytes += length + ARGUMENT_OVERHEAD;
  return bytes;
}

/** A request to keep: a small argument would keep a whole block of received bytes alive. */
export function keptCall(call: RespParsedCall): RespParsedCall {
  if (!call.args.some(isPart)) return call;
  const { command, request, rejected } = call;
  const args = call.args.map((argument) => isPart(argument) ? argument.slice() : argument);
  // The request has parts of the arguments too; what is invalid has none.
  return {
    args,
    command,
    request: request.op === "INVALID" ? request : command.parse(args),
    rejected,
  };
}

/** Whether bytes are less than half of what they keep alive. */
function isPart({ length, buffer }: Uint8Array): boolean {
  return length * 2 < buffer.byteLength;
}
