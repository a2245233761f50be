/**
 * Words as they are typed at the prompt, and the bytes that they stand for.
 *
 * A word is text, so that it can be an option or a number; a byte that `\xNN` names and that is no ASCII
 * is kept in it as one of the code units U+DC80 to U+DCFF, which no text contains by themselves. Python
 * holds odd file names in the same way (PEP 383, "surrogateescape").
 *
 * @module
 */

import { UsageError } from "./error.ts";

/** What is added to a byte from 0x80 to make the code unit that stands for it. */
const BYTE_AS_UNIT = 0xdc00;

const UTF8 = new TextEncoder();
const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  '"': '"',
  "'": "'",
  " ": " ",
};

/** What may stand outside double quotes, and what within. Without the flag `u`, a run needs no stack. */
const OUTSIDE =
  /(?<space>\s+)|'(?<literal>[^']*)'|(?<quote>")|(?<plain>[^\s'"\\]+)|\\(?<escape>x..|.)/sy;
const WITHIN = /(?<quote>")|(?<plain>[^"\\]+)|\\(?<escape>x..|.)/sy;

/**
 * Splits a line into words at white space. Within double quotes white space is kept; there and outside
 * quotes `\n`, `\r`, `\t`, `\\`, `\"`, `\'`, `\ ` and `\xNN` are read as escapes; within single quotes
 * nothing is.
 *
 * @throws {UsageError} When a quote is not closed, or an escape is unknown.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isWithin = false;
  for (let at = 0; at < line.length;) {
    const pattern = isWithin ? WITHIN : OUTSIDE;
    pattern.lastIndex = at;
    const piece = pattern.exec(line);
    if (piece === null) throw unreadable(line.slice(at));
    at = pattern.lastIndex;
    const { space, quote, literal, plain, escape } = piece.groups!;
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      if (quote !== undefined) isWithin = !isWithin;
      word = (word ?? "") + (literal ?? plain ?? (escape ? unescape(escape) : ""));
    }
  }
  if (isWithin) throw unreadable('"');
  if (word !== undefined) words.push(word);
  return words;
}

function unreadable(rest: string): UsageError {
  if (rest.startsWith("\\")) return new UsageError("Cannot read the line: it ends in a backslash");
  return new UsageError(`Cannot read the line: the quote ${rest.charAt(0)} is not closed`);
}

function unescape(escape: string): string {
  if (/^x[\da-f]{2}$/i.test(escape)) return byteAsText(parseInt(escape.slice(1), 16));
  const character = NAMED_ESCAPES[escape];
  if (character !== undefined) return character;
  throw new UsageError(
    `Cannot read \\${escape}: the escapes are \\n \\r \\t \\\\ \\" \\' and \\xNN`,
  );
}

function byteAsText(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : BYTE_AS_UNIT + byte);
}

/** The bytes that a word stands for: its UTF-8, with the bytes that `\xNN` named. */
export function bytesOf(word: string): Uint8Array {
  if (word.isWellFormed()) return UTF8.encode(word);
  const bytes: number[] = [];
  for (const character of word) {
    const unit = character.codePointAt(0)! - BYTE_AS_UNIT;
    if (unit >= 0x80 && unit <= 0xff) bytes.push(unit);
    else bytes.push(...UTF8.encode(character));
  }
  return Uint8Array.from(bytes);
}

/** Characters that do not print, or that mean something in double quotes. */
const ODD = /[\p{C}\p{Zl}\p{Zp}"\\]/gu;

/**
 * Bytes as text that is safe to show and that {@linkcode splitWords} reads back within double quotes:
 * UTF-8 where it prints, otherwise escapes. Bytes that are no UTF-8 are escaped but for their ASCII.
 */
export function escapeBytes(bytes: Uint8Array): string {
  try {
    const text = STRICT_UTF8.decode(bytes);
    return text.replace(ODD, (odd) => Array.from(UTF8.encode(odd), escapeByte).join(""));
  } catch {
    return Array.from(bytes, escapeByte).join("");
  }
}

function escapeByte(byte: number): string {
  const named = '\n\r\t\\"'.indexOf(String.fromCharCode(byte));
  if (named !== -1) return `\\${'nrt\\"'[named]}`;
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}

/** Bytes as a word in double quotes, as {@linkcode splitWords} reads it. */
export function quoteBytes(bytes: Uint8Array): string {
  return `"${escapeBytes(bytes)}"`;
}
