/**
 * Bytes where a record should begin, for people.
 *
 * @module
 */

import { readU16 } from "../bytes/mod.ts";
import { flagNames, FLAGS } from "../cafe/mod.ts";
import { byOpcode } from "../cafe/opcodes.ts";
import { RECORD_OPCODES } from "../store/journal/records.ts";

const NAMES = byOpcode(RECORD_OPCODES);
const FLAGS_AT = 4;
/** So many bytes stand in a line. */
const WIDTH = 16;
/** So many bytes are shown behind the head. */
const MAX_REST = 32;

/** A field of a head. */
interface Field {
  readonly size: number;
  /** What it is, and what it says. */
  text(bytes: Uint8Array): string;
}

const HEADER: readonly Field[] = [
  { size: 2, text: () => "magic" },
  { size: 1, text: ([version]) => `version ${version}` },
  { size: 1, text: ([opcode]) => `opcode ${opcode}, ${NAMES[opcode!] ?? "which no record has"}` },
  { size: 2, text: (bytes) => `flags ${flagNames(readU16(bytes, 0))}` },
  { size: 2, text: (bytes) => `key_len ${numberOf(bytes)}` },
  { size: 4, text: (bytes) => `value_len ${numberOf(bytes)}` },
];

/** The extensions that flags announce, in their order. */
const EXTENSIONS: readonly (Field & { readonly flag: number })[] = [
  { flag: FLAGS.ID, size: 4, text: (bytes) => `store ${numberOf(bytes)}` },
  { flag: FLAGS.TTL, size: 8, text: (bytes) => `ends at ${numberOf(bytes)}` },
  { flag: FLAGS.VERSION, size: 8, text: (bytes) => `version ${numberOf(bytes)}` },
];

/**
 * Lines that show bytes as the head of a record and what follows it, whatever they are.
 *
 * @param place Where in its file the first of them is.
 */
export function dumpRecord(bytes: Uint8Array, place: number): string[] {
  const flags = bytes.length < FLAGS_AT + 2 ? 0 : readU16(bytes, FLAGS_AT);
  const fields = [...HEADER, ...EXTENSIONS.filter(({ flag }) => (flags & flag) !== 0)];
  const lines: string[] = [];
  let at = 0;
  for (const { size, text } of fields) {
    if (at + size > bytes.length) break;
    const field = bytes.subarray(at, at + size);
    lines.push(line(place + at, field, text(field)));
    at += size;
  }
  const end = Math.min(bytes.length, at + MAX_REST);
  for (; at < end; at += WIDTH) {
    const rest = bytes.subarray(at, Math.min(end, at + WIDTH));
    lines.push(line(place + at, rest, printable(rest)));
  }
  return lines;
}

function line(place: number, bytes: Uint8Array, text: string): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `${String(place).padStart(10)}  ${hex.padEnd(3 * WIDTH - 1)}  ${text}`;
}

function printable(bytes: Uint8Array): string {
  const ascii = (byte: number) => byte < 0x20 || byte > 0x7e ? "." : String.fromCharCode(byte);
  return `|${Array.from(bytes, ascii).join("")}|`;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytes.toHex()}`);
}
