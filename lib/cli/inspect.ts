/**
 * The command `inspect`.
 *
 * @module
 */

import { type Direction, type Format, FORMATS, Inspector } from "../inspect/mod.ts";
import type { Located, Protocol } from "../inspect/mod.ts";
import { type Command, command } from "./command.ts";
import { readFile } from "./files.ts";
import { type Io, writeLine } from "./io.ts";
import { switchOption, valueOption } from "./options.ts";
import { parseCount, parsePort } from "./quantities.ts";
import { type View, VIEW_OPTIONS, viewOf } from "./view_options.ts";

/** The exit code when something is wrong with what was read. */
const WRONG = 1;

const PROTOCOLS: Readonly<Record<string, Protocol>> = { cafe: "CAFE", resp: "RESP" };
const DIRECTIONS: Readonly<Record<string, Direction>> = {
  request: "request",
  response: "response",
};

const OPTIONS = {
  format: valueOption(
    "FORMAT",
    "raw, hex, pcap or pcapng; by default the first bytes decide",
    (text) => oneOf(Object.fromEntries(FORMATS.map((name) => [name, name])), text) as Format,
  ),
  protocol: valueOption(
    "NAME",
    "cafe or resp; by default the first bytes of a stream decide",
    (text) => oneOf(PROTOCOLS, text),
  ),
  direction: valueOption(
    "NAME",
    "request or response, for RESP; by default the first bytes decide",
    (text) => oneOf(DIRECTIONS, text),
  ),
  port: valueOption(
    "PORTS",
    "ports of servers in a capture, with commas between; others are left out then",
    parsePorts,
  ),
  follow: switchOption("wait for more at the end of FILE, until Ctrl-C"),
  limit: valueOption("N", "stop after so many frames", parseLimit),
  ...VIEW_OPTIONS,
};

/** Shows the frames of a stream, a hex dump or a capture. */
export const inspectCommand: Command<Io> = command({
  name: "inspect",
  operands: "[FILE]",
  summary: "show the frames of CAFE or RESP in a file: raw, hex, pcap or pcapng",
  notes: [
    "Without FILE, or with -, standard input is read. Every field is shown with its offset, its bytes and",
    "what it says; what is wrong stands behind ^. Behind damage it goes on with the next frame that it",
    "finds. Values with COMPRESSED are inflated; those with ENCRYPTED are not opened.",
    "The exit code is 0 when nothing is wrong, and 1 when something is.",
    "",
    "Permissions: FILE needs --allow-read=FILE; standard input needs none.",
  ],
  options: OPTIONS,
  prepare: ([file = "-"], options) => async (io) => {
    const { follow = false, limit = Infinity } = options;
    const { maxShown, show } = viewOf(options, io);
    const inspector = new Inspector({
      format: options.format,
      protocol: options.protocol,
      direction: options.direction,
      ports: options.port,
      maxShown,
    });
    const report = new Report(io, show, limit);
    const end = new AbortController();
    const stopListening = follow ? io.onEndSignal(() => end.abort()) : () => {};
    try {
      const chunks = file === "-" ? io.stdin : readFile(file, follow ? end.signal : undefined);
      return await inspectAll(chunks, inspector, report, io);
    } finally {
      stopListening();
    }
  },
});

/** Writes what was found, and remembers whether something is wrong. */
class Report {
  readonly #io: Io;
  readonly #show: View["show"];
  #left: number;
  /** Whether something was wrong. */
  isWrong = false;

  constructor(io: Io, show: View["show"], limit: number) {
    this.#io = io;
    this.#show = show;
    this.#left = limit;
  }

  /** Whether the limit is reached. */
  get isDone(): boolean {
    return this.#left <= 0;
  }

  async print(found: readonly Located[]): Promise<void> {
    const lines: string[] = [];
    for (const located of found) {
      if (this.isDone) break;
      const { item } = located;
      if (item.type !== "frame" || item.faults.length > 0) this.isWrong = true;
      if (item.type === "frame") this.#left--;
      lines.push(...this.#show(located));
    }
    if (lines.length > 0) await writeLine(this.#io.stdout, lines.join("\n"));
  }
}

async function inspectAll(
  chunks: AsyncIterable<Uint8Array>,
  inspector: Inspector,
  report: Report,
  io: Io,
): Promise<number> {
  for await (const chunk of chunks) {
    await printed(report, (found) => inspector.push(chunk, found));
    if (report.isDone) break;
  }
  if (!report.isDone) await printed(report, (found) => inspector.end(found));
  for (const note of inspector.notes) await writeLine(io.stderr, `cortado: ${note}`);
  return report.isWrong ? WRONG : 0;
}

/** Prints what a step finds, also when it throws behind it. */
async function printed(report: Report, step: (found: Located[]) => void): Promise<void> {
  const found: Located[] = [];
  try {
    step(found);
  } finally {
    await report.print(found);
  }
}

function oneOf<T>(choices: Readonly<Record<string, T>>, text: string): T {
  const choice = Object.hasOwn(choices, text) ? choices[text] : undefined;
  if (choice !== undefined) return choice;
  throw new RangeError(`${JSON.stringify(text)} is none of ${Object.keys(choices).join(", ")}`);
}

function parseLimit(text: string): number {
  const limit = parseCount(text);
  if (limit > 0) return limit;
  throw new RangeError(`${JSON.stringify(text)} is too little: the least is 1`);
}

function parsePorts(text: string): number[] {
  return text.split(",").map(parsePort);
}
