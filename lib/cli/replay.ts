/**
 * The command `replay`.
 *
 * @module
 */

import { differences, readRecording, type Recording } from "../inspect/mod.ts";
import { count } from "../inspect/printable.ts";
import { Histogram } from "../load/histogram.ts";
import { type Command, command } from "./command.ts";
import { describe, UsageError } from "./error.ts";
import { readFile } from "./files.ts";
import { type Io, writeLine } from "./io.ts";
import { valueOption } from "./options.ts";
import { play, type Player } from "./player.ts";
import { parseAddress, parseTimeout } from "./quantities.ts";
import { bucketsOf, histogramText, NANOS, timesOf, timesText } from "./times.ts";

/** The exit code when answers differ. */
const DIFFERENT = 1;
/** How long the next byte is waited for, in milliseconds. */
const DEFAULT_TIMEOUT = 2_000;

/** Plays a recording again, and compares the answers. */
export const replayCommand: Command<Io> = command({
  name: "replay",
  operands: "FILE",
  summary: "send the requests of a recording again, and compare the answers and their times",
  notes: [
    "FILE is what tap --record kept, or another pcap or pcapng of whole connections. Each connection is",
    "made again at its time, with the same pauses. Versions of entries, times to live, checksums, signatures",
    "and numbers of connections are not compared. What was signed or encrypted cannot be played again. The",
    "server may be another one: a Redis, for RESP. Ctrl-C ends it and prints what was compared.",
    "The exit code is 0 when all answers are the same, and 1 when some differ.",
    "",
    "Permissions: FILE needs --allow-read=FILE, other addresses than this machine's --allow-net=HOST:PORT.",
  ],
  options: {
    connect: valueOption("HOST:PORT", "the server to send them to", parseAddress),
    speed: valueOption("N", "how many times as fast (default 1); 0: without pauses", parseSpeed),
    timeout: valueOption(
      "TIME",
      "how long the next byte may take, and as long as in the recording (default 2s)",
      parseTimeout,
    ),
  },
  prepare: ([file = ""], { connect, speed = 1, timeout = DEFAULT_TIMEOUT }) => {
    if (connect === undefined || "path" in connect || connect.tls) {
      throw new UsageError("Cannot run replay: --connect HOST:PORT is missing, or is none");
    }
    const { hostname, port } = connect;
    return async (io) => {
      const { conversations, cut } = await read(file);
      if (cut !== undefined) await writeLine(io.stderr, `cortado: ${cut}; it is played to there`);
      const stop = new AbortController();
      let interrupted: number | undefined;
      const stopListening = io.onEndSignal((exitCode) => {
        interrupted = exitCode;
        stop.abort();
      });
      try {
        const isCut = cut !== undefined;
        const options = { to: { hostname, port }, speed, timeout, isCut, signal: stop.signal };
        const result = await report(await play(conversations, options), isCut, io);
        return interrupted ?? result;
      } finally {
        stopListening();
      }
    };
  },
});

async function read(path: string): Promise<Recording> {
  const recording = await readRecording(readFile(path));
  if (recording.conversations.length > 0) return recording;
  throw new Error(`Cannot play ${path}: nothing is said in it`);
}

async function report(players: readonly Player[], isCut: boolean, io: Io): Promise<number> {
  let [different, unsent] = [0, 0];
  for (const player of players) {
    const { name, before, after, failure, ending } = player;
    if (failure !== undefined) await writeLine(io.stderr, `cortado: ${name}: ${describe(failure)}`);
    unsent += before.requests.length - after.requests.length;
    for (const { what, before: was, after: is } of differences(before, after)) {
      if (isCut && was.length === 0) continue; // What was answered may be in what is missing.
      different++;
      const lack = is.length < was.length && ending !== undefined ? [`nothing: ${ending}`] : [];
      await writeLine(io.stdout, `${name} ${what}`);
      await writeLine(io.stdout, `  recorded: ${was.join("; ") || "nothing"}`);
      await writeLine(io.stdout, `  now:      ${[...is, ...lack].join("; ") || "nothing"}`);
    }
  }
  const requests = players.reduce((sum, { before }) => sum + before.requests.length, 0);
  const left = unsent > 0 ? `, ${unsent} not sent` : "";
  await writeLine(
    io.stdout,
    `${count(requests, "request")}, ${different} answered in another way${left}`,
  );
  for (const [name, which] of [["recorded", "before"], ["now", "after"]] as const) {
    const times = new Histogram();
    for (const player of players) {
      for (const { milliseconds } of player[which].requests) {
        if (milliseconds !== undefined) times.add(milliseconds * NANOS);
      }
    }
    for (const line of linesOf(name, times)) await writeLine(io.stdout, line);
  }
  return different + unsent > 0 ? DIFFERENT : 0;
}

function linesOf(name: string, times: Histogram): string[] {
  if (times.count === 0) return [`${name}: no answers`];
  return [
    `${name}: ${count(times.count, "answer")}`,
    `  latency, ms    ${timesText(timesOf(times))}`,
    ...histogramText(bucketsOf(times)),
  ];
}

function parseSpeed(text: string): number {
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text)) return Number(text);
  throw new RangeError(`${JSON.stringify(text)} is no number from 0, such as 1 or 2.5`);
}
