import { type ParsedRequest, RespCallDecoder } from "../../../lib/resp/mod.ts";
import { decode, raw } from "../helpers.ts";

/** The request that an inline command means; what is refused is `INVALID`. */
export function requestOf(line: string): ParsedRequest {
  const { messages } = decode(new RespCallDecoder(), [raw(`${line}\r\n`)]);
  const call = messages[0]!;
  if (!call.rejected) return call.request;
  return { op: "INVALID", code: "BAD_REQUEST", message: call.message };
}

/** The text of the error of an inline command, without `ERR`. */
export function refusalOf(line: string): string {
  const request = requestOf(line);
  return request.op === "INVALID" ? request.message : `it is ${request.op}`;
}
