/**
 * The opcodes of CAFE version 1 (docs/cafe.md, sections 5 and 6).
 *
 * @module
 */

import type { BasicOp } from "../model/mod.ts";

/** The name of a request frame. */
export type RequestType = BasicOp | "PART" | "WINDOW";

/** The opcodes of requests, by name. */
export const REQUEST_OPCODES: Readonly<Record<RequestType, number>> = {
  GET: 1,
  SET: 2,
  DELETE: 3,
  PING: 4,
  HELLO: 5,
  INCR: 6,
  APPEND: 7,
  TOUCH: 8,
  SCAN: 9,
  STATS: 10,
  SUBSCRIBE: 11,
  UNSUBSCRIBE: 12,
  PUBLISH: 13,
  COMPACT: 14,
  PART: 15,
  WINDOW: 16,
};

/** The opcodes of responses, by name. */
export const RESPONSE_OPCODES = {
  OK: 128,
  ERR: 129,
  MISS: 130,
  PUSH: 131,
  GOAWAY: 132,
  PART: 133,
  WINDOW: 134,
} as const;

/** The name of a response frame. */
export type ReplyType = keyof typeof RESPONSE_OPCODES;

/** The names of a table of opcodes, by opcode. */
export function byOpcode<N extends string>(
  opcodes: Readonly<Record<N, number>>,
): readonly (N | undefined)[] {
  const names = Object.keys(opcodes) as N[];
  return Array.from({ length: 256 }, (_, opcode) => names.find((name) => opcodes[name] === opcode));
}

/** What a request is called, which is a SET or a GET whether its value goes in parts or not. */
export function requestName(op: string): string {
  return op === "SET_PARTS" || op === "GET_PARTS" ? op.slice(0, 3) : op;
}

const REQUESTS = byOpcode(REQUEST_OPCODES);
const RESPONSES = byOpcode(RESPONSE_OPCODES);

/** The name of an opcode, for people: `SET`, or `opcode 77` where there is no name. */
export function opcodeName(opcode: number): string {
  return REQUESTS[opcode] ?? RESPONSES[opcode] ?? `opcode ${opcode}`;
}
