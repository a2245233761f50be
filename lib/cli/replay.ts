/**
 * The command `replay`.
 *
 * @module
 */

import {
  Answers,
  differences,
  histogram,
  readRecording,
  type RecordedConversation,
} from "../inspect/mod.ts";
import { type Command, command } from "./command.ts";
import { describe, UsageError } from "./error.ts";
import { type Io, writeLine } from "./io.ts";
import { openToRead } from "./inspect.ts";
import { valueOption } from "./options.ts";
import { parseAddress } from "./quantities.ts";

/** The exit code when answers differ. */
const DIFFERENT = 1;
/** How long answers that are still to come are waited for, in milliseconds. */
const PATIENCE = 2_000;

/** Plays a recording again, and compares the answers. */
export const replayCommand: Command<Io> = command({
  name: "replay",
  operands: "FILE",
  summary: "send the requests of a recording again, and compare the answers and their times",
  notes: [
    "FILE is what tap --record kept, or another pcap or pcapng of whole connections. Each connection is",
    "made again, with the same pauses. Versions of entries, times to live, checksums and signatures are",
    "not compared. What was signed or encrypted cannot be played again. The server may be another one: a",
    "Redis, for RESP.",
    "The exit code is 0 when all answers are the same, and 1 when some differ.",
    "",
    "Permissions: FILE needs --allow-read=FILE, other addresses than this machine's --allow-net=HOST:PORT.",
  ],
  options: {
    connect: valueOption("HOST:PORT", "the server to send them to", parseAddress),
    speed: valueOption("N", "how many times as fast (default 1); 0: without pauses", parseSpeed),
  },
  prepare: ([file = ""], { connect, speed = 1 }) => {
    if (connect === undefined || "path" in connect || connect.tls) {
      throw new UsageError("Cannot run replay: --connect HOST:PORT is missing, or is none");
    }
    return async (io) => {
      const conversations = await readFile(file);
      const began = Math.min(...conversations.flatMap(({ said }) => said.map(({ time }) => time)));
      const players = conversations.map((one) => new Player(one, connect, began, speed));
      await Promise.all(players.map((player) => player.play()));
      return await report(players, io);
    };
  },
});

async function readFile(path: string): Promise<RecordedConversation[]> {
  using file = await openToRead(path);
  const conversations = await readRecording(chunksOf(file));
  if (conversations.length > 0) return conversations;
  throw new Error(`Cannot play ${path}: nothing is said in it`);
}

async function* chunksOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = new Uint8Array(65_536);
    const size = await file.read(chunk);
    if (size === null) return;
    yield chunk.subarray(0, size);
  }
}

/** Plays one connection. */
class Player {
  readonly name: string;
  /** The answers of the recording. */
  readonly before = new Answers();
  /** The answers now. */
  readonly after = new Answers();
  /** Why it ended early. */
  failure: unknown = undefined;
  readonly #said: RecordedConversation["said"];
  readonly #to: Deno.ConnectOptions;
  readonly #began: number;
  readonly #speed: number;

  constructor(
    { name, said }: RecordedConversation,
    to: Deno.ConnectOptions,
    began: number,
    speed: number,
  ) {
    this.name = name;
    this.#said = said;
    this.#to = to;
    this.#began = began;
    this.#speed = speed;
    for (const { by, bytes, time } of said) this.before.said(by, bytes, time);
    this.before.end();
  }

  async play(): Promise<void> {
    const start = performance.now();
    try {
      using socket = await Deno.connect({ hostname: this.#to.hostname!, port: this.#to.port });
      const isDone = Promise.withResolvers<void>();
      const reading = this.#read(socket, () => isDone.resolve());
      for (const { by, bytes, time } of this.#said) {
        if (by === "server") continue;
        if (this.#speed > 0) await until(start + (time - this.#began) / this.#speed);
        this.after.said("client", bytes, performance.now());
        for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await socket.write(rest));
      }
      const timer = setTimeout(() => isDone.resolve(), PATIENCE);
      if (this.before.responses <= this.after.responses) isDone.resolve();
      await Promise.race([isDone.promise, reading]);
      clearTimeout(timer);
      socket.close();
      await reading;
      this.after.end();
    } catch (error) {
      this.failure ??= error;
    }
  }

  /** Reads answers to the end; `onAll` is called when there are as many as in the recording. */
  async #read(socket: Deno.TcpConn, onAll: () => void): Promise<void> {
    try {
      const room = new Uint8Array(65_536);
      for (let size = await socket.read(room); size !== null; size = await socket.read(room)) {
        this.after.said("server", room.slice(0, size), performance.now());
        if (this.after.responses >= this.before.responses) onAll();
      }
    } catch {
      // It was closed here, or by the server: missing answers are told as such.
    }
  }
}

async function until(time: number): Promise<void> {
  const left = time - performance.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}

async function report(players: readonly Player[], io: Io): Promise<number> {
  let different = 0;
  for (const { name, before, after, failure } of players) {
    if (failure !== undefined) await writeLine(io.stderr, `cortado: ${name}: ${describe(failure)}`);
    for (const { number, title, before: was, after: is } of differences(before, after)) {
      different++;
      await writeLine(io.stdout, `${name} request ${number}: ${title}`);
      await writeLine(io.stdout, `  recorded: ${was.join("; ") || "no answer"}`);
      await writeLine(io.stdout, `  now:      ${is.join("; ") || "no answer"}`);
    }
  }
  const requests = players.reduce((sum, { before }) => sum + before.requests.length, 0);
  await writeLine(io.stdout, `${requests} requests, ${different} answered in another way`);
  const times = (which: "before" | "after") =>
    players.flatMap((player) =>
      player[which].requests.flatMap(({ milliseconds }) => milliseconds ?? [])
    );
  const lines = [...histogram("recorded", times("before")), ...histogram("now", times("after"))];
  for (const line of lines) await writeLine(io.stdout, line);
  return different > 0 || players.some(({ failure }) => failure !== undefined) ? DIFFERENT : 0;
}

function parseSpeed(text: string): number {
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text)) return Number(text);
  throw new RangeError(`${JSON.stringify(text)} is no number from 0, such as 1 or 2.5`);
}
