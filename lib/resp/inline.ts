/**
 * Inline commands: a line of arguments, as people type them.
 *
 * @module
 */

import { CR } from "./ascii.ts";

const SPACE = 0x20;
const TAB = 0x09;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BACKSLASH = 0x5c;
const LETTER_X = 0x78;

/** What stands for another byte behind a backslash: `\n \r \t \b \a`. */
const ESCAPES: Readonly<Record<number, number>> = {
  0x6e: 0x0a,
  0x72: 0x0d,
  0x74: 0x09,
  0x62: 0x08,
  0x61: 0x07,
};

/** An argument and the place behind it. */
interface Token {
  readonly bytes: Uint8Array;
  readonly next: number;
}

/**
 * The arguments of a line without its end, as Redis splits it: white space is between arguments;
 * `"..."` holds any byte, with `\n \r \t \b \a \xHH` and a backslash before any other byte for that byte;
 * `'...'` holds any byte, with `\'` for the quote; a closing quote is followed by white space or the end.
 *
 * @param line Arguments without quotes are views of it.
 * @returns No arguments for a line of white space; `undefined` when the quotes are not balanced.
 */
export function splitInline(line: Uint8Array): Uint8Array[] | undefined {
  const args: Uint8Array[] = [];
  for (let at = skipSpace(line, 0); at < line.length;) {
    const token = readToken(line, at);
    if (token === undefined) return undefined;
    args.push(token.bytes);
    at = skipSpace(line, token.next);
  }
  return args;
}

/** The first words of lines that no Redis client sends, and that web browsers can be made to send. */
const HTTP_WORDS: readonly string[] = ["post", "host:"];

/** What HTTP can ask for besides. */
const HTTP_METHODS: readonly string[] = [
  "get",
  "head",
  "put",
  "delete",
  "options",
  "patch",
  "connect",
  "trace",
];

/** `connect` and the others are not longer. */
const MAX_METHOD = 7;

/** `GET` of a key that is called so is no request: it would have two keys. */
const HTTP_VERSION = /^HTTP\/\d/i;

/**
 * Whether the arguments of a line are one of HTTP: its request line, or the header `Host:`. A page in a web
 * browser may be made to send a request of HTTP to a server on the same machine, with commands in its body.
 */
export function isHttp(args: readonly Uint8Array[]): boolean {
  const [first, , version] = args;
  if (first === undefined || first.length > MAX_METHOD) return false;
  const word = String.fromCharCode(...first).toLowerCase();
  if (HTTP_WORDS.includes(word)) return true;
  return args.length === 3 && HTTP_METHODS.includes(word) &&
    HTTP_VERSION.test(String.fromCharCode(...version!.subarray(0, 8)));
}

function readToken(line: Uint8Array, from: number): Token | undefined {
  let at = from;
  while (at < line.length && !endsToken(line[at]!)) {
    if (isQuote(line[at]!)) return readQuoted(line, from, at);
    at++;
  }
  return { bytes: line.subarray(from, at), next: at };
}

/** An argument whose bytes before `open`, where its quote is, stand without quotes. */
function readQuoted(line: Uint8Array, from: number, open: number): Token | undefined {
  const quote = line[open]!;
  const bytes: number[] = Array.from(line.subarray(from, open));
  let at = open + 1;
  while (at < line.length && line[at] !== quote) {
    const escaped = quote === DOUBLE_QUOTE ? readEscape(line, at) : readQuoteEscape(line, at);
    bytes.push(escaped.byte);
    at += escaped.size;
  }
  const closed = at < line.length && (at + 1 === line.length || isSpace(line[at + 1]!));
  return closed ? { bytes: Uint8Array.from(bytes), next: at + 1 } : undefined;
}

/** The byte that is meant at `at`, and how many bytes of the line say so. */
function readEscape(line: Uint8Array, at: number): { byte: number; size: number } {
  const byte = line[at]!;
  const next = line[at + 1];
  if (byte !== BACKSLASH || next === undefined) return { byte, size: 1 };
  if (next === LETTER_X) {
    const high = hexDigit(line[at + 2]);
    const low = hexDigit(line[at + 3]);
    if (high !== undefined && low !== undefined) return { byte: high * 16 + low, size: 4 };
  }
  return { byte: ESCAPES[next] ?? next, size: 2 };
}

function readQuoteEscape(line: Uint8Array, at: number): { byte: number; size: number } {
  const escaped = line[at] === BACKSLASH && line[at + 1] === SINGLE_QUOTE;
  return escaped ? { byte: SINGLE_QUOTE, size: 2 } : { byte: line[at]!, size: 1 };
}

function hexDigit(byte = 0): number | undefined {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? undefined : digit;
}

function skipSpace(line: Uint8Array, from: number): number {
  let at = from;
  while (at < line.length && isSpace(line[at]!)) at++;
  return at;
}

/** White space of the C locale: space and the controls from TAB to CR. */
function isSpace(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CR);
}

/** Vertical tab and form feed are skipped between arguments, and part of one that has begun. */
function endsToken(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CR;
}

function isQuote(byte: number): boolean {
  return byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE;
}
