/**
 * The command `hash-password`.
 *
 * @module
 */

import { type Command, command } from "./command.ts";
import { type Io, writeLine } from "./io.ts";

/** Prints what a file of users has in place of a password. */
export const hashPasswordCommand: Command<Io> = command({
  name: "hash-password",
  summary: "read a password and print its hash, for the file of serve --users",
  notes: [
    "The password is the first line of standard input. On a terminal it is asked for, and not shown.",
  ],
  prepare: () => async (io) => {
    const password = await readPassword(io);
    if (password.length === 0) throw new Error("Cannot hash the password: it is empty");
    const { formatHash, hashPassword } = await import("../server/password_hash.ts");
    await writeLine(io.stdout, formatHash(await hashPassword(password)));
  },
});

async function readPassword(io: Io): Promise<Uint8Array> {
  if (!io.isTerminal.stdin) return await firstLine(io.stdin);
  await io.stderr.write(new TextEncoder().encode("Password: "));
  Deno.stdin.setRaw(true, { cbreak: true }); // Nothing is shown, and Ctrl-C ends the program.
  try {
    return await firstLine(io.stdin, true);
  } finally {
    Deno.stdin.setRaw(false);
    await writeLine(io.stderr, "");
  }
}

const LF = 0x0a;
const CR = 0x0d;
const BACKSPACES: readonly number[] = [0x08, 0x7f];
const END = 0x04;

/** The bytes of the first line, without its end; on a terminal without a line of its own with what keys do. */
async function firstLine(
  input: ReadableStream<Uint8Array>,
  raw = false,
): Promise<Uint8Array> {
  const line: number[] = [];
  for await (const chunk of input) {
    for (const byte of chunk) {
      if (byte === LF || (raw && (byte === CR || byte === END))) return withoutCr(line);
      if (raw && BACKSPACES.includes(byte)) removeCharacter(line);
      else line.push(byte);
    }
  }
  return withoutCr(line);
}

/** Removes the last character, which has several bytes when it is not ASCII. */
function removeCharacter(line: number[]): void {
  while (line.length > 0 && (line.pop()! & 0xc0) === 0x80);
}

function withoutCr(line: number[]): Uint8Array {
  return Uint8Array.from(line.at(-1) === CR ? line.slice(0, -1) : line);
}
