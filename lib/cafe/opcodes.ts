/**
 * The opcodes of CAFE version 1 (docs/cafe.md, sections 5 and 6).
 *
 * @module
 */

import type { BasicOp } from "../model/mod.ts";

/** The opcodes of requests, by name. */
export const REQUEST_OPCODES: Readonly<Record<BasicOp, number>> = {
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
};

/** The opcodes of responses, by name. */
export const RESPONSE_OPCODES = {
  OK: 128,
  ERR: 129,
  MISS: 130,
  PUSH: 131,
  GOAWAY: 132,
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

const NAMES = byOpcode({ ...REQUEST_OPCODES, ...RESPONSE_OPCODES });

/** The name of an opcode, for people: `SET`, or `opcode 77` where there is no name. */
export function opcodeName(opcode: number): string {
  return NAMES[opcode] ?? `opcode ${opcode}`;
}
