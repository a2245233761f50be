/**
 * Requests in RESP, made before they are sent, and a call for the single ones.
 *
 * @module
 */

import { BatchDecoder } from "../lib/codec/mod.ts";
import { type RespValue, RespValueDecoder } from "../lib/resp/mod.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** How many bytes are read at once. */
const ROOM = 16_384;

/** The bytes of a request. All words are ASCII. */
export function requestOf(...words: readonly string[]): Uint8Array<ArrayBuffer> {
  const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
  return new TextEncoder().encode(`*${words.length}\r\n${parts.join("")}`);
}

/** Letters by chance, which no server can store in less room. */
export function randomText(size: number): string {
  const letter = () => LETTERS[Math.floor(Math.random() * LETTERS.length)]!;
  return Array.from({ length: size }, letter).join("");
}

/**
 * Sends a request over a connection of its own.
 *
 * @returns The reply as text; an error too.
 */
export async function ask(port: number, ...words: readonly string[]): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(requestOf(...words));
  const decoder = new BatchDecoder(new RespValueDecoder());
  const replies: RespValue[] = [];
  while (replies.length === 0) {
    const room = new Uint8Array(ROOM);
    const count = await connection.read(room);
    if (count === null) throw new Error(`Cannot read the reply to ${words[0]}: there is none`);
    decoder.push(room.subarray(0, count), replies);
  }
  return textOf(replies[0]!);
}

function textOf(reply: RespValue): string {
  if (reply.type === "bulk") return new TextDecoder().decode(reply.bytes);
  if (reply.type === "integer") return String(reply.value);
  if (reply.type === "simple" || reply.type === "error") return reply.text;
  throw new TypeError(`Cannot read a reply of type ${reply.type} as text`);
}
